"""The index as a page: what staging serves, how it went over time, every event."""

from __future__ import annotations

from collections.abc import Sequence

from refresh.reporting import pages
from refresh.reporting.entry import DRAFTED, Entry
from refresh.reporting.plots import plots
from refresh.reporting.words import between, moment, number, span


def as_html(entries: Sequence[Entry]) -> str:
    """Write the index as a page that fetches nothing.

    Args:
        entries: Events, the newest first.

    Returns:
        HTML.
    """
    spaces = sorted({each.space for each in entries if each.space})
    return pages.render(
        "index.html.j2",
        entries=entries,
        spaces=", ".join(spaces),
        figures=_figures(entries),
        plots=plots(entries),
        bad=[each for each in entries if each.outcome not in ("finished", DRAFTED)],
        written_at=entries[0].finished_at if entries else "",
        age_of=_age,
    )


def _figures(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Give the numbers that one looks for first."""
    finished = [each for each in entries if each.outcome == "finished"]
    refreshes = [each for each in finished if each.kind == "refresh"]
    found = [("Events", number(len(entries))), ("Finished", f"{number(len(finished))} of {number(len(entries))}")]
    serving = next((each for each in finished if each.data_as_of), None)
    if serving is not None:
        found.append(("Staging's data is as of", moment(serving.data_as_of).removesuffix(" UTC")))
    if refreshes:
        seconds = sorted(each.seconds for each in refreshes)
        found.append(("A refresh takes (median)", span(seconds[len(seconds) // 2])))
    return found


def _age(entry: Entry) -> str:
    seconds = between(entry.data_as_of, entry.finished_at)
    return span(seconds) if seconds is not None and entry.outcome == "finished" else ""
