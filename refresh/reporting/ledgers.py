"""What every ledger says of its refresh, whatever it refreshed: how it ended, when, by whom, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refresh.records import ledgers, runs
from refresh.reporting import reasons
from refresh.reporting.model import Outcome
from refresh.reporting.parts import Part, Run, Runner

_SWITCHED_BACK, _CUT_OVER = "SwitchedBackError", "CutOverError"


def ended(ledger: Mapping[str, Any]) -> tuple[Outcome, str, str]:
    """Say how a refresh ended.

    Args:
        ledger: Its values; where nobody works on it any more.

    Returns:
        The outcome, the reason as a sentence, and the step that it ended in; no reason where it finished.
    """
    if ledger["state"] == ledgers.FINISHED:
        return "finished", "", ""
    last = _last_bad(ledger)
    abandoned = ledger["state"] == ledgers.ABANDONED
    if last.get("reason") == _SWITCHED_BACK or (abandoned and last.get("reason") == _CUT_OVER):
        return "switched back", reasons.sentence(_SWITCHED_BACK), str(last["step"])
    outcome: Outcome = "abandoned" if abandoned else "failed"
    reason = reasons.GIVEN_UP if abandoned and not last.get("reason") else reasons.sentence(last.get("reason", ""))
    return outcome, reason, str(last.get("step", ""))


def common(ledger: Mapping[str, Any], finished_at: str) -> dict[str, Any]:
    """Take from a ledger what reports of all kinds of refresh have.

    Args:
        ledger: Its values.
        finished_at: When the refresh ended, for one whose ledger is not closed.

    Returns:
        Fields of `model.Report`.
    """
    outcome, reason, step = ended(ledger)
    steps = ledger["steps"]
    return {
        "kind": "refresh",
        "outcome": outcome,
        "reason": reason,
        "reason_step": step,
        "refresh_id": ledger["refresh_id"],
        "space": ledger.get("space", ""),
        "attempt": ledger["attempt"],
        "started_at": ledger["started_at"],
        "finished_at": ledger.get("finished_at") or finished_at,
        "runs": rows_of(ledger.get("runs"), Run),
        "phases": {name: record["seconds"] for name, record in steps.items() if "seconds" in record},
        "runners": rows_of(ledger.get("runners"), Runner),
    }


def facts_by_step(ledger: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what each step noted, by its name; a step that noted nothing has an empty entry."""
    return _Facts({name: record["facts"] for name, record in ledger["steps"].items()})


def picked(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what a row says under these names: what else the step noted stays in the ledger."""
    return {name: row[name] for name in names if name in row}


def rows_of(found: Any, part: type[Part]) -> list[dict[str, Any]]:
    """Return of each row what a part of the report has a place for."""
    return [picked(row, *part.model_fields) for row in found or ()]


class _Facts(dict[str, dict[str, Any]]):
    def __missing__(self, _name: str) -> dict[str, Any]:
        return {}


def _last_bad(ledger: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the latest run of the present attempt, if it did not end well."""
    of_attempt = [run for run in ledger.get("runs", []) if run["attempt"] == ledger["attempt"]]
    return next((run for run in reversed(of_attempt) if run["end"] != runs.DONE), {}) if of_attempt else {}
