"""What is told of events that are no plain refresh: a reset, a switch by hand, a refresh that was switched back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from refresh import ledger as ledgers
from refresh import report as reports
from refresh.errors import RefreshError
from refresh.keeping import LIVE
from refresh.mongo import report
from refresh.mongo.context import Context
from refresh.mongo.facts import data_as_of, facts_of
from refresh.report import phases, section, table

_KINDS = {"serve": "Switch", "reset": "Reset"}


def served(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of StagingRefresh that say what staging serves after a refresh or reset.

    Args:
        ledger: The values of its ledger, all steps done.
    """
    cut_over, retired = facts_of(ledger, "cut_over"), facts_of(ledger, "retire")
    return {
        "refresh_id": ledger["refresh_id"],
        "data_as_of": data_as_of(ledger),
        "live_volume_id": cut_over["live_volume_id"],
        "previous_volume_ids": retired["previous_volume_ids"],
        "golden_snapshot_ids": retired.get("golden_snapshot_ids", []),
        "serving": LIVE,
        "serving_refresh_id": ledger["refresh_id"],
        "ca_certificate": cut_over["ca_certificate"],
    }


def finish_reset(context: Context, folder: Path) -> dict[str, Any]:
    """Write the report of a reset that has ended; return the outputs of StagingRefresh.

    Collections and findings are those of the refresh whose golden snapshot it was, as far as its ledger is still there.
    """
    values = context.ledger.values
    restored = facts_of(values, "restore_golden")
    origin = ledgers.read(context.aws.objects, context.request.reports_bucket, restored["golden_refresh_id"])
    origin = origin or {"steps": {}}
    built = of_reset(values, "finished", values["finished_at"])
    place = write(context, built, folder)
    context.say(
        f"reset {context.refresh_id}: staging serves golden snapshot {restored['snapshot_id']} of refresh "
        f"{restored['golden_refresh_id']}, data as of {restored['data_as_of']}; report {place}"
    )
    return {
        **served(values),
        "source_member": facts_of(origin, "snapshot").get("source_member", ""),
        "phases": built["phases"],
        "collections": facts_of(origin, "anonymize").get("collections", []),
        "findings": facts_of(origin, "verify").get("findings", []),
        "report": place,
        "rules_sha256": restored["rules_sha256"],
        "anonymizer_sha256": facts_of(origin, "anonymize").get("code_sha256", ""),
    }


def of_reset(ledger: Mapping[str, Any], outcome: str, finished_at: str) -> dict[str, Any]:
    """Take from the ledger of a reset what people ask for.

    Args:
        ledger: Its values.
        outcome: finished or switched back.
        finished_at: When it ended.

    Returns:
        Plain values.
    """
    restored, cut_over = facts_of(ledger, "restore_golden"), facts_of(ledger, "cut_over")
    retired, delivered = facts_of(ledger, "retire"), facts_of(ledger, "deliver")
    switched_back = cut_over.get("switched_back", [])
    stays = outcome != "finished"
    live, former = (str(cut_over.get(name) or "") for name in ("live_volume_id", "from_volume_id"))
    return {
        **_head("reset", outcome, ledger, finished_at),
        "reason": switched_back[-1]["failure"] if stays and switched_back else "",
        "trigger": ledger["trigger"],
        "data_as_of": data_as_of(ledger),
        "unavailable_ms": cut_over.get("unavailable_ms"),
        "hashes": {"rules": restored.get("rules_sha256")},
        "service": {
            "serves": "what it served before" if stays else f"golden snapshot of {restored['golden_refresh_id']}",
            "served": "",
            "volume_id": former if stays else live,
            "former_volume_id": live if stays else former,
            "golden_snapshot_id": str(restored.get("snapshot_id") or ""),
            "reason": "",
        },
        "volumes": {
            "live": former if stays else live,
            "previous": retired.get("previous_volume_ids", []),
            "deleted": retired.get("deleted_volume_ids", []),
        },
        "users": delivered.get("users"),
        "roles": delivered.get("roles"),
    }


def of_switch(ledger: Mapping[str, Any], outcome: str, finished_at: str) -> dict[str, Any]:
    """Take from the ledger of a switch by hand what people ask for.

    Args:
        ledger: Its values.
        outcome: finished, switched back or failed.
        finished_at: When it ended.

    Returns:
        Plain values.
    """
    chosen, switched = facts_of(ledger, "make_ready"), facts_of(ledger, "switch")
    wanted, before = chosen.get("to", {}), chosen.get("from", {})
    now, former = (wanted, before) if outcome == "finished" else (before, wanted)
    carried = bool(chosen.get("users_carried"))
    return {
        **_head("serve", outcome, ledger, finished_at),
        "reason": "",
        "data_as_of": now.get("data_as_of", ""),
        "unavailable_ms": switched.get("unavailable_ms"),
        "service": {
            "serves": now.get("refresh_id", ""),
            "served": former.get("refresh_id", ""),
            "volume_id": now.get("volume_id", ""),
            "former_volume_id": former.get("volume_id", ""),
            "golden_snapshot_id": "",
            "reason": f"understudy:serve {ledger['serve']}",
        },
        "notes": [] if carried else [{"kind": "users_not_carried", "collection": "", "about": "its own users hold"}],
    }


def write(context: Context, built: Mapping[str, Any], folder: Path) -> str:
    """Put a report into the reports bucket and below a folder of this machine; return where its text lies."""
    return reports.write(context.aws.objects, context.request.reports_bucket, built, _as_text(built), folder)


def tell_switched_back(context: Context, folder: Path) -> None:
    """Write the report of a refresh or reset that was switched back; a failure is said, and hides nothing."""
    values, now = context.ledger.values, context.clock.now().isoformat()
    try:
        if context.request.is_reset:
            place = write(context, of_reset(values, "switched back", now), folder)
        else:
            told = report.build(values, finished_at=now, outcome="switched back")
            place = report.write(context.aws.objects, context.request.reports_bucket, told, folder)
        context.say(f"        report {place}")
    except RefreshError as error:
        context.say(f"        no report could be written: {error}")


def _head(kind: str, outcome: str, ledger: Mapping[str, Any], finished_at: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "outcome": outcome,
        "refresh_id": ledger["refresh_id"],
        "space": ledger["space"],
        "attempt": ledger["attempt"],
        "started_at": ledger["started_at"],
        "finished_at": finished_at,
        "phases": {name: record["seconds"] for name, record in ledger["steps"].items() if "seconds" in record},
    }


def _as_text(built: Mapping[str, Any]) -> str:
    rows = [(name.replace("_", " "), _cell(value)) for name, value in built.items() if name != "phases"]
    sections = (
        [f"# {_KINDS[built['kind']]} {built['refresh_id']}", "", *table(("", ""), rows), ""],
        section("Phases", table(("phase", "seconds:"), phases(built))),
    )
    return "\n".join(line for section in sections for line in section)


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_cell(inner)}" for name, inner in value.items() if inner)
    if isinstance(value, list):
        return "; ".join(map(_cell, value)) or "none"
    return "not known" if value in (None, "") else str(value)
