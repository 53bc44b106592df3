"""What a report says in a few words: the same for the page and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refresh.reporting.model import Report
from refresh.reporting.parts import Runner
from refresh.reporting.words import between, bytes_of, moment, number, plain, short_moment, span

Pairs = list[tuple[str, str]]
TITLES = {"refresh": "Refresh", "serve": "Switch", "reset": "Reset"}
CONTROL = "A control is a fault planted in the check's own input: it has to be found."
KEY_HOLDER = "Pseudonymised data is still personal data to whoever holds the key."
_SHORT = 12  # of a hash, where it is said in full elsewhere
_AT_OR_BEHIND_THE_CUTOVER = frozenset({"cut_over", "swap_back", "smoke", "record", "retire", "switch", "settle"})
_KINDS_OF_OBJECTS = ("views", "triggers", "routines", "events")


def headline(report: Report) -> str:
    """Say what the event came to, in a sentence or two."""
    if report.outcome != "finished":
        where = f" It ended in the step {plain(report.reason_step)}." if report.reason_step else ""
        as_it_was = report.outcome != "failed" or report.reason_step not in _AT_OR_BEHIND_THE_CUTOVER
        served = " Staging serves what it served before." if as_it_was else ""
        return f"{report.reason or 'It did not finish.'}{where}{served}"
    if report.service is not None:
        instead = f" instead of {report.service.served}" if report.service.served else ""
        return f"Staging serves {report.service.serves or 'other data'}{instead}."
    if report.aurora is not None:
        what = f"the schema {report.aurora.db_schema} of {report.aurora.cluster_id}"
        dump = report.aurora.dump.key
        return (
            f"{what[0].upper()}{what[1:]} holds the dump {dump}." if dump else f"{what[0].upper()}{what[1:]} changed."
        )
    as_of = moment(report.data_as_of)
    rules = str(report.hashes.get("rules", ""))[:_SHORT]
    served = f"Staging of {report.space} serves production's data as of {as_of}"
    return f"{served}, pseudonymised under rules {rules}. {KEY_HOLDER}"


def figures(report: Report) -> Pairs:
    """Give the few numbers that one looks for first; only those that are known."""
    found: Pairs = []
    age = between(report.data_as_of, report.finished_at)
    if age is not None:
        found.append((f"Age of the {'dump' if report.aurora else 'data'} at the end", span(age)))
    took = between(report.started_at, report.finished_at)
    work = sum(report.phases.values())
    if work:
        found.append(("Time of work", span(work)))
    if took is not None and took > work * 1.5 + 60:
        found.append(("From start to end", span(took)))
    if report.collections:
        unit = "Rows" if report.database == "aurora" else "Documents"
        found.append((f"{unit} in the copy", number(sum(each.written for each in report.collections))))
        found.append((f"{unit} masked", number(sum(each.masked for each in report.collections))))
    if report.checks:
        planted, seen = (
            sum(getattr(each.control, side) for each in report.checks if each.control) for side in ("planted", "found")
        )
        found.append(("Findings", number(sum(each.count for each in report.findings))))
        found.append(("Controls found", f"{number(seen)} of {number(planted)}"))
    away = report.unavailable_ms
    if away is not None:
        found.append(("Staging away for", f"{number(away)} ms" if away < 1000 else span(away / 1000)))
    return found


def details(report: Report) -> Pairs:
    """Give where the data came from and where it went."""
    both = f"{moment(report.started_at)}, {moment(report.finished_at)}"
    rows = [
        ("outcome", report.outcome),
        ("trigger", report.trigger),
        ("space", report.space),
        ("started, finished", both),
    ]
    rows += [("attempt", str(report.attempt))] if report.attempt > 1 else []
    for part in (_source, _volumes, _aurora, _service):
        rows += part(report)
    away = report.unavailable_ms
    if report.collections and report.source is not None:
        rows.append(("staging unavailable", "not measured" if away is None else f"{number(away)} ms"))
    rows += [("golden snapshot", report.golden_snapshot)] if report.golden_snapshot else []
    for back in report.switched_back:
        away_for = f", {number(back.unavailable_ms)} ms" if back.unavailable_ms is not None else ""
        rows.append((f"switched back {short_moment(back.at)}", f"{back.failure}{away_for}"))
    rows += [("users and roles carried over", f"{report.users}, {report.roles}")] if report.users is not None else []
    rows += [("treatment", report.treatment)] if report.treatment else []
    rows += [("masked by", report.masked_by)] if report.masked_by else []
    rows += [(f"mongod of {host}", version) for host, version in report.mongod_versions.items()]
    return [(name, value) for name, value in rows if value]


def _source(report: Report) -> Pairs:
    source = report.source
    if source is None:
        return []
    size = f" of {source.volume_gib} GiB" if source.volume_gib else ""
    volumes = ", ".join(source.volume_ids) or source.volume_id
    point = source.commit_point
    gone = ", deleted" if report.outcome in ("finished", "abandoned") else ""
    rows = [
        ("source", f"{source.member} ({source.instance_id}), MongoDB {source.mongodb_version}"),
        ("snapshot", f"{', '.join(source.snapshot_ids) or source.snapshot_id} of {volumes}{size}{gone}"),
        ("account and region", ", ".join(each for each in (source.account_id, source.region) if each)),
        ("data as of", moment(source.data_as_of)),
    ]
    return rows + ([("majority's commit point", f"{point.seconds}, {point.increment}")] if point else [])


def _volumes(report: Report) -> Pairs:
    if report.volumes is None:
        return []
    return [
        ("live volume", report.volumes.live),
        ("former volumes kept", ", ".join(report.volumes.previous) or "none"),
        ("former volumes deleted", ", ".join(report.volumes.deleted) or "none"),
    ]


def _aurora(report: Report) -> Pairs:
    found = report.aurora
    if found is None:
        return []
    dump, swap = found.dump, found.swap
    swap_ms = swap.get("swap_ms")
    return [
        ("action", found.action),
        ("cluster and schema", f"{found.cluster_id}, {found.db_schema}"),
        ("automation execution", found.execution_id or "none"),
        ("dump", f"{dump.key}, {bytes_of(dump.bytes)}" if dump.key else "none"),
        ("dump's SHA-256", dump.sha256),
        ("prepared", moment(dump.prepared_at) if dump.prepared_at else "not known"),
        ("schema's fingerprint", found.schema_sha256),
        ("beside the tables", ", ".join(f"{found.objects.get(kind, 0)} {kind}" for kind in _KINDS_OF_OBJECTS)),
        ("clone", found.clone_id or "none"),
        ("tries of the swap", str(swap.get("tries") or "")),
        ("swap", "not measured" if swap_ms is None else f"{swap_ms} ms"),
    ]


def _service(report: Report) -> Pairs:
    found = report.service
    if found is None:
        return []
    return [
        ("serves", found.serves),
        ("served before", found.served),
        ("live volume", found.volume_id),
        ("former volume", found.former_volume_id),
        ("golden snapshot", found.golden_snapshot_id),
        ("asked for because", found.reason),
    ]


def who(runner: Runner) -> Pairs:
    """Give who and what worked on it."""
    checkout = f"{runner.commit}{', with changes that are not committed' if runner.changed else ''}"
    rows = [
        ("since", short_moment(runner.at) if runner.at else ""),
        ("AWS identity", runner.arn or "not known"),
        ("machine", runner.host),
        ("job", runner.job),
        ("commit", checkout if runner.commit else "no checkout"),
        ("code's SHA-256", runner.code_sha256),
        ("versions", ", ".join(f"{name} {version}" for name, version in runner.versions.items())),
    ]
    return [(name, value) for name, value in rows if value]


def allowed(report: Report) -> Iterator[str]:
    """Name what the rules let through that could reach a person or goes unchecked, and what stayed behind."""
    for row in report.opt_ins:
        yield f"{f'{row.namespace} {row.path}'.rstrip()}: {row.what}"
    for note in report.notes:
        yield f"{plain(note.kind)}: {note.collection} ({note.about})"


def foretold(report: Report) -> list[tuple[str, str, str]]:
    """Put what was foretold of each step beside what it took, and both sums; empty where nothing was foretold."""
    said = report.foretold.seconds if report.foretold else {}
    rows = [(plain(name), span(said[name]), span(report.phases[name])) for name in said if name in report.phases]
    took = sum(report.phases[name] for name in said if name in report.phases)
    hoped = sum(seconds for name, seconds in said.items() if name in report.phases)
    return [*rows, ("together", span(hoped), span(took))] if rows else []


def count_words(change: Mapping[str, Any]) -> str:
    """Write how a count went up or down, with its sign."""
    before, now = change["before"], change["now"]
    if before is None or now is None:
        return "new" if before is None else "gone"
    return f"{'+' if now > before else '−'}{number(abs(now - before))}"  # noqa: RUF001 - a minus sign
