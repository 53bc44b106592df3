"""The report of an Aurora refresh, from its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from refresh import report as reports
from refresh.aurora.context import AuroraContext
from refresh.report import listed, phases, section, table

_CHECK_COLUMNS = ("check", "looked at:", "findings:")
_EVENTS_KEPT = ("views", "triggers", "routines", "events")


def write(context: AuroraContext) -> str:
    """Put the report into the reports bucket.

    Args:
        context: The refresh.

    Returns:
        Where its text lies.
    """
    values = context.ledger.values
    built = build(values, finished_at=context.clock.now().isoformat())
    with TemporaryDirectory() as folder:  # a task's own disk is gone with it
        bucket = context.request.reports_bucket
        return reports.write(context.ports.objects, bucket, built, as_text(built), Path(folder))


def build(ledger: Mapping[str, Any], *, finished_at: str) -> dict[str, Any]:
    """Take from a ledger what people ask for. No value of a row is in it.

    Args:
        ledger: The values of a ledger, perhaps of a refresh that failed.
        finished_at: When the refresh ended.

    Returns:
        Plain values.
    """
    facts = {name: record["facts"] for name, record in ledger["steps"].items()}
    checked, loaded, verified = (facts.get(name, {}) for name in ("check_object", "load", "verify"))
    manifest = checked.get("manifest", {})
    swapped = facts.get("cut_over") or facts.get("swap_back") or {}
    return {
        "refresh_id": ledger["refresh_id"],
        "action": ledger.get("action", ""),
        "state": ledger["state"],
        "attempt": ledger["attempt"],
        "space": ledger.get("space", ""),
        "cluster_id": ledger.get("cluster_id", ""),
        "schema": ledger.get("schema", ""),
        "execution_id": ledger.get("execution_id", ""),
        "started_at": ledger["started_at"],
        "finished_at": finished_at,
        "dump": {
            "key": ledger.get("dump_key", ""),
            "sha256": checked.get("sha256", ""),
            "bytes": checked.get("bytes"),
            "prepared_at": manifest.get("prepared_at", ""),
            "source": manifest.get("source", {}),
            "rules_sha256": manifest.get("rules_sha256", ""),
            "opt_ins": manifest.get("opt_ins", []),
        },
        "schema_sha256": facts.get("check_schema", {}).get("schema_sha256", ""),
        "difference": facts.get("check_schema", {}).get("difference", []),
        "clone_id": facts.get("clone", {}).get("clone_id", ""),
        "rows": loaded.get("rows", {}),
        "objects": loaded.get("objects", {}),
        "checks": verified.get("checks", []),
        "swap": {name: swapped.get(name) for name in ("tries", "swap_ms", "settle_ms", "held_by", "serves")},
        "smoke": facts.get("smoke", {}),
        "phases": {name: record["seconds"] for name, record in ledger["steps"].items() if "seconds" in record},
    }


def as_text(report: Mapping[str, Any]) -> str:
    """Write a report for people.

    Args:
        report: What `build` returned.

    Returns:
        Markdown.
    """
    sections = (
        _summary(report),
        section("Tables", table(("table", "rows:"), report["rows"].items())),
        section("Difference of the schema, accepted", listed(report["difference"], none="None.")),
        section("Allowed on purpose", listed(map(_opt_in, report["dump"]["opt_ins"]), none="Nothing.")),
        section("Checks", table(_CHECK_COLUMNS, _checks(report))),
        section("Phases", table(("phase", "seconds:"), phases(report))),
    )
    return "\n".join(line for part in sections for line in part)


def _summary(report: Mapping[str, Any]) -> list[str]:
    dump, swap = report["dump"], report["swap"]
    kept = ", ".join(f"{report['objects'].get(kind, 0)} {kind}" for kind in _EVENTS_KEPT)
    rows = (
        ("action", report["action"]),
        ("state", report["state"]),
        ("automation execution", report["execution_id"] or "none"),
        ("started, finished", f"{report['started_at']}, {report['finished_at']}"),
        ("dump", f"`{dump['key']}`, SHA-256 `{dump['sha256']}`" if dump["key"] else "none"),
        ("prepared", dump["prepared_at"] or "not known"),
        ("schema's fingerprint", f"`{report['schema_sha256']}`"),
        ("beside the tables", kept),
        ("clone", report["clone_id"] or "none"),
        ("tries of the swap", swap["tries"]),
        ("swap", "not measured" if swap["swap_ms"] is None else f"{swap['swap_ms']} ms"),
    )
    head = f"Schema `{report['schema']}` of cluster `{report['cluster_id']}`."
    return [f"# Refresh {report['refresh_id']}", "", head, "", *table(("", ""), rows), ""]


def _checks(report: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for row in report["checks"]:
        yield str(row["check"]).replace("_", " "), row["checked"], row["findings"]


def _opt_in(row: Any) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    return ", ".join(f"{name} {value}" for name, value in row.items() if value)
