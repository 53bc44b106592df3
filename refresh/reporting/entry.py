"""One line of the index: what it keeps of an event, so that hundreds of them need not be read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from refresh.records import ledgers
from refresh.reporting import reasons
from refresh.reporting.ledgers import ended
from refresh.reporting.model import Database, Kind, Report
from refresh.reporting.parts import Count, Part, Time
from refresh.reporting.words import between

UNFINISHED, UNREADABLE, DRAFTED = "unfinished", "unreadable", "drafted"
_DRAFTING = "draft_rules"  # the step of a refresh that ends with a draft of rules, and leaves staging as it is


class Entry(Part):
    """An event. `outcome` is a report's, or `unfinished`, `drafted` or `unreadable`."""

    refresh_id: str
    kind: Kind = "refresh"
    database: Database = "mongodb"
    outcome: str
    reason: str = ""
    reason_step: str = ""
    trigger: str = ""
    space: str = ""
    attempt: int = 1
    started_at: Time = ""
    finished_at: Time = ""
    data_as_of: Time = ""
    seconds: float = 0.0
    documents: Count = 0
    masked: Count = 0
    findings: Count = 0
    unavailable_ms: float | None = None
    has_page: bool = False
    report_etag: str = ""
    ledger_etag: str = ""


def of_report(report: Report) -> dict[str, Any]:
    """Keep what the index shows of a report.

    Args:
        report: The report.

    Returns:
        Fields of an entry.
    """
    same = "refresh_id kind database outcome reason reason_step trigger space attempt started_at finished_at data_as_of"
    return {
        **{name: getattr(report, name) for name in same.split()},
        "seconds": round(sum(report.phases.values()), 3) or between(report.started_at, report.finished_at) or 0.0,
        "documents": sum(each.written for each in report.collections),
        "masked": sum(each.masked for each in report.collections),
        "findings": sum(each.count for each in report.findings),
        "unavailable_ms": report.unavailable_ms,
    }


def of_ledger(ledger: Mapping[str, Any], database: Database) -> dict[str, Any]:
    """Keep what the index shows of a refresh that left a ledger and no report, or worked on after its report.

    Args:
        ledger: Its values.
        database: By the ledger's place.

    Returns:
        Fields of an entry.
    """
    under_way = ledger["state"] == ledgers.RUNNING and not _failed(ledger)
    outcome, reason, step = (UNFINISHED, reasons.INTERRUPTED, _latest(ledger)) if under_way else ended(ledger)
    if outcome == "finished" and _DRAFTING in ledger["steps"]:
        outcome = DRAFTED
    return {
        "refresh_id": ledger["refresh_id"],
        "kind": "serve" if "serve" in ledger else "reset" if "restore_golden" in ledger["steps"] else "refresh",
        "database": database,
        "outcome": outcome,
        "reason": reason,
        "reason_step": step,
        "trigger": str(ledger.get("trigger", "")),
        "space": str(ledger.get("space", "")),
        "attempt": int(ledger.get("attempt", 1)),
        "started_at": str(ledger.get("started_at", "")),
        "finished_at": str(ledger.get("finished_at") or ledger.get("written_at", "")),
        "seconds": round(sum(float(each.get("seconds", 0.0)) for each in ledger["steps"].values()), 3),
    }


def made(report: bytes | None, ledger: bytes | None, refresh_id: str, database: Database) -> dict[str, Any]:
    """Make an entry's fields of what lies in the bucket.

    Args:
        report: Its report.json.
        ledger: Its ledger.
        refresh_id: Whose they are.
        database: By the ledger's place.

    Returns:
        Fields of an entry; of a report or ledger that cannot be read, that it is so.
    """
    told = _read(report)
    values = _values(ledger)
    if told is not None and not (values and _went_on(values, told)):
        return of_report(told)
    if values is not None:
        return of_ledger(values, database)
    reason = "Neither report nor ledger can be read by this version."
    return {"refresh_id": refresh_id, "database": database, "outcome": UNREADABLE, "reason": reason}


def _went_on(ledger: Mapping[str, Any], report: Report) -> bool:
    """Say whether somebody worked on after the report was written, and has not ended it."""
    later = between(report.finished_at, str(ledger.get("written_at", "")))
    return ledger["state"] == ledgers.RUNNING and later is not None and later > 0


def _failed(ledger: Mapping[str, Any]) -> bool:
    found = ledger.get("runs", [])
    return bool(found) and found[-1]["end"] == "failed"


def _latest(ledger: Mapping[str, Any]) -> str:
    found = ledger.get("runs", [])
    return str(found[-1]["step"]) if found else ""


def _read(body: bytes | None) -> Report | None:
    try:
        return Report.model_validate_json(body) if body is not None else None
    except ValidationError:
        return None


def _values(body: bytes | None) -> dict[str, Any] | None:
    return ledgers.values_of(body) if body is not None else None
