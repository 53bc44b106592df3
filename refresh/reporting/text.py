"""A report as Markdown, for terminals, tickets and pull requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from refresh.reporting import summary
from refresh.reporting.model import Report
from refresh.reporting.words import number, plain

_ROW_COLUMNS = ("collection", "mode", "read:", "masked:", "copied:", "dropped:", "written:")
_CHECK_COLUMNS = ("check", "documents:", "values:", "controls planted:", "found:", "findings:")
_FORETOLD_COLUMNS = ("phase", "foretold:", "took:")
_DIFFERENCE = "Difference of the schema, accepted"
_RUN_COLUMNS = ("phase", "attempt:", "begun", "ended", "how")


def as_text(report: Report) -> str:
    """Write a report.

    Args:
        report: The event.

    Returns:
        Markdown.
    """
    head = [f"# {summary.TITLES[report.kind]} {report.refresh_id}", "", summary.headline(report), ""]
    lines = [*head, *_table(("", ""), [("**outcome**", report.outcome), *summary.details(report)[1:]]), ""]
    for title, content in _sections(report):
        lines += [f"## {title}", "", *content, ""]
    return "\n".join(lines)


def _sections(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Give the sections that have something to say."""
    since = f"Since {report.changes.since}" if report.changes else ""
    copied, aurora = bool(report.collections), report.aurora
    wanted: tuple[tuple[object, str, Callable[[], list[str]]], ...] = (
        (report.changes, since, lambda: _changes(report)),
        (copied, "Collections", lambda: _table(_ROW_COLUMNS, _collections(report))),
        (report.unlisted, "Paths that no rule names", lambda: _list(_unlisted(report), none="None.")),
        (copied or report.findings, "Findings", lambda: _list(_findings(report), none="None.")),
        (report.checks, "What was looked at", lambda: [summary.CONTROL, "", *_table(_CHECK_COLUMNS, _checks(report))]),
        (copied, "Allowed on purpose", lambda: _list(summary.allowed(report), none="Nothing.")),
        (aurora, _DIFFERENCE, lambda: _list(aurora.difference if aurora else (), none="None.")),
        (report.phases, "Phases", lambda: _table(("phase", "seconds:"), _phases(report))),
        (summary.foretold(report), "Foretold and taken", lambda: _table(_FORETOLD_COLUMNS, summary.foretold(report))),
        (report.runs, "Runs of the phases", lambda: _table(_RUN_COLUMNS, _runs(report))),
        (report.runners, "Who and what ran it", lambda: _runners(report)),
        (report.hashes, "Hashes", lambda: [f"- {plain(name)}: `{value}`" for name, value in report.hashes.items()]),
        (report.rules, "Rules in force", lambda: _rules(report)),
    )
    yield from ((title, content()) for has, title, content in wanted if has)


def _runners(report: Report) -> list[str]:
    return [line for runner in report.runners for line in (*_table(("", ""), summary.who(runner)), "")][:-1]


def _changes(report: Report) -> list[str]:
    changes = report.changes
    if changes is None:
        return []
    counts = [
        (each.collection, number(each.before), number(each.now), summary.count_words(each.model_dump()))
        for each in changes.counts
    ]
    table = ["", *_table(("collection", "before:", "now:", "difference:"), counts)] if counts else []
    return [*_list(changes.rules, none="The rules are the same."), *table]


def _collections(report: Report) -> Iterator[tuple[object, ...]]:
    for row in report.collections:
        name = f"{row.database}.{row.collection}" + (" (unchecked)" if row.unchecked else "")
        yield name, row.mode, row.read, row.masked, row.copied, row.dropped, row.written


def _unlisted(report: Report) -> Iterator[str]:
    for row in report.unlisted:
        yield f"{row.collection} {row.path} ({row.type}, {row.count} times)"


def _findings(report: Report) -> Iterator[str]:
    for row in report.findings:
        yield f"{row.kind}: {' '.join(part for part in (row.collection, row.path) if part)} ({row.count} times)"


def _checks(report: Report) -> Iterator[tuple[object, ...]]:
    for row in report.checks:
        control = (row.control.planted, row.control.found) if row.control else ("", "")
        yield plain(row.check), "" if row.documents is None else row.documents, row.values, *control, row.findings


def _phases(report: Report) -> Iterator[tuple[str, str]]:
    for name, seconds in report.phases.items():
        yield name, f"{seconds:.1f}"
    yield "together", f"{sum(report.phases.values()):.1f}"


def _runs(report: Report) -> Iterator[tuple[object, ...]]:
    for run in report.runs:
        why = f"{run.end or 'under way'}{f' ({run.reason})' if run.reason else ''}"
        yield run.step, run.attempt, run.begun_at, run.ended_at, why


def _rules(report: Report) -> list[str]:
    lines = []
    for each in report.rules:
        settings = "".join(f", {key} {value}" for key, value in each.settings.items())
        lines += [
            f"- {each.collection}: {each.mode}{settings}",
            *(f"  - {one.path}: {one.treatment}" for one in each.rules),
        ]
    return lines


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Write a table; a column whose name ends in a colon holds numbers."""
    columns = tuple(columns)
    return [
        _row(name.rstrip(":") for name in columns),
        f"|{'|'.join('---:' if name.endswith(':') else '---' for name in columns)}|",
        *map(_row, rows),
    ]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _list(items: Iterable[str], *, none: str) -> list[str]:
    return [f"- {item}" for item in items] or [none]
