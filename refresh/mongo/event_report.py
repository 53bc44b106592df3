"""What is told of events that are no plain refresh: a reset, a switch by hand, a refresh that was switched back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refresh.keeping import LIVE
from refresh.mongo import report
from refresh.mongo.context import Context
from refresh.mongo.facts import data_as_of, facts_of
from refresh.records import ledgers
from refresh.reporting.ledgers import common, rows_of
from refresh.reporting.model import Report
from refresh.reporting.parts import SwitchedBack


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


def outputs_of_reset(context: Context, built: Report, place: str) -> dict[str, Any]:
    """Return the outputs of StagingRefresh after a reset, and say that it has ended.

    Collections and findings are those of the refresh whose golden snapshot it was, as far as its ledger is still there.

    Args:
        context: The reset.
        built: Its report.
        place: Where that lies.
    """
    values = context.ledger.values
    restored = facts_of(values, "restore_golden")
    origin = ledgers.read(context.aws.objects, context.request.reports_bucket, restored["golden_refresh_id"])
    origin = origin or {"steps": {}}
    context.say(
        f"reset {context.refresh_id}: staging serves golden snapshot {restored['snapshot_id']} of refresh "
        f"{restored['golden_refresh_id']}, data as of {restored['data_as_of']}; report {place}"
    )
    return {
        **served(values),
        "source_member": facts_of(origin, "snapshot").get("source_member", ""),
        "phases": built.phases,
        "collections": facts_of(origin, "anonymize").get("collections", []),
        "findings": facts_of(origin, "verify").get("findings", []),
        "report": place,
        "rules_sha256": restored["rules_sha256"],
        "anonymizer_sha256": facts_of(origin, "anonymize").get("code_sha256", ""),
    }


def of_reset(ledger: Mapping[str, Any], *, finished_at: str = "") -> Report:
    """Take from the ledger of a reset what people ask for.

    Args:
        ledger: Its values; of one that failed, parts are missing.
        finished_at: When it ended, where its ledger is not closed.

    Returns:
        The report.
    """
    restored, cut_over = facts_of(ledger, "restore_golden"), facts_of(ledger, "cut_over")
    retired, delivered = facts_of(ledger, "retire"), facts_of(ledger, "deliver")
    told = common(ledger, finished_at)
    switched_back = rows_of(cut_over.get("switched_back"), SwitchedBack)
    stays = told["outcome"] != "finished"
    live, former = (str(cut_over.get(name) or "") for name in ("live_volume_id", "from_volume_id"))
    return Report.model_validate(
        {
            **told,
            "kind": "reset",
            "reason": switched_back[-1]["failure"] if stays and switched_back else told["reason"],
            "trigger": ledger["trigger"],
            "data_as_of": "" if stays else data_as_of(ledger),
            "unavailable_ms": cut_over.get("unavailable_ms"),
            "hashes": {"rules": restored.get("rules_sha256")},
            "service": {
                "serves": "what it served before" if stays else f"golden snapshot of {restored['golden_refresh_id']}",
                "volume_id": former if stays else live,
                "former_volume_id": live if stays else former,
                "golden_snapshot_id": str(restored.get("snapshot_id") or ""),
            },
            "volumes": report.volumes(cut_over, retired, told["outcome"]),
            "switched_back": switched_back,
            "users": delivered.get("users"),
            "roles": delivered.get("roles"),
        }
    )


def of_switch(ledger: Mapping[str, Any], *, finished_at: str = "") -> Report:
    """Take from the ledger of a switch by hand what people ask for.

    Args:
        ledger: Its values; of one that failed, parts are missing.
        finished_at: When it ended, where its ledger is not closed.

    Returns:
        The report.
    """
    chosen, switched = facts_of(ledger, "make_ready"), facts_of(ledger, "switch")
    wanted, before = chosen.get("to", {}), chosen.get("from", {})
    told = common(ledger, finished_at)
    now, former = (wanted, before) if told["outcome"] == "finished" else (before, wanted)
    carried = bool(chosen.get("users_carried"))
    return Report.model_validate(
        {
            **told,
            "kind": "serve",
            "data_as_of": now.get("data_as_of", ""),
            "unavailable_ms": switched.get("unavailable_ms"),
            "service": {
                "serves": now.get("refresh_id", ""),
                "served": former.get("refresh_id", ""),
                "volume_id": now.get("volume_id", ""),
                "former_volume_id": former.get("volume_id", ""),
                "reason": f"understudy:serve {ledger['serve']}",
            },
            "notes": []
            if carried
            else [{"kind": "users_not_carried", "collection": "", "about": "its own users hold"}],
        }
    )
