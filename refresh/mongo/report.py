"""The report of a refresh of MongoDB, from its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from refresh import report as reports
from refresh.aws import ObjectPort
from refresh.report import listed, phases, section, table

_CONTROL = "A control is a fault planted in the check's own input: it has to be found."
_CHECK_COLUMNS = ("check", "documents:", "values:", "controls planted:", "found:", "findings:")


def build(ledger: Mapping[str, Any], *, finished_at: str, outcome: str = "finished") -> dict[str, Any]:
    """Take from a ledger what people ask for. No value of a document is in it.

    Args:
        ledger: The values of a ledger whose steps are done.
        finished_at: When the refresh ended.
        outcome: finished, or switched back: then nothing was retired.

    Returns:
        Plain values.
    """
    steps = ledger["steps"]
    facts = {name: record["facts"] for name, record in steps.items()}
    source, copied, switched = facts["snapshot"], facts["anonymize"], facts["cut_over"]
    retired = facts.get("retire", {"previous_volume_ids": [], "deleted_volume_ids": []})
    return {
        "kind": "refresh",
        "outcome": outcome,
        "refresh_id": ledger["refresh_id"],
        "trigger": ledger["trigger"],
        "space": ledger["space"],
        "attempt": ledger["attempt"],
        "started_at": ledger["started_at"],
        "finished_at": finished_at,
        "source": {
            "member": source["source_member"],
            "instance_id": source["source_instance_id"],
            "volume_id": source["source_volume_id"],
            "snapshot_id": source["snapshot_id"],
            "mongodb_version": source["version"],
            "data_as_of": source["data_as_of"],
            "commit_point": source["commit_point"],
        },
        "treatment": f"pseudonymised under rules {copied['hashes']['rules']}",
        "hashes": {**copied["hashes"], "anonymizer_code": copied["code_sha256"]},
        "collections": copied["collections"],
        "masked_by": copied["engine"],
        "opt_ins": copied["opt_ins"],
        "notes": copied["notes"],
        "findings": facts["verify"]["findings"],
        "checks": facts["verify"]["checks"],
        "users": facts["deliver"].get("users"),
        "roles": facts["deliver"].get("roles"),
        "volumes": {
            "live": switched["live_volume_id"] if outcome == "finished" else switched["from_volume_id"],
            "previous": retired["previous_volume_ids"],
            "deleted": retired["deleted_volume_ids"],
        },
        "unavailable_ms": switched.get("unavailable_ms"),
        "switched_back": switched.get("switched_back", []),
        "golden_snapshot": facts.get("golden", {}).get("snapshot_id") or None,
        "phases": {name: record["seconds"] for name, record in steps.items() if "seconds" in record},
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
        section("Collections", table(("collection", "mode", "read:", "written:", "masked:"), _collections(report))),
        section("Allowed on purpose", listed(_allowed(report), none="Nothing.")),
        section("Findings", listed(_findings(report), none="None.")),
        section("What the verifier looked at", [_CONTROL, "", *table(_CHECK_COLUMNS, _checks(report))]),
        section("Phases", table(("phase", "seconds:"), phases(report))),
        section("Hashes", [f"- {name}: `{value}`" for name, value in report["hashes"].items()]),
    )
    return "\n".join(line for section in sections for line in section)


def write(objects: ObjectPort, bucket: str, report: Mapping[str, Any], folder: Path) -> str:
    """Put a report into the reports bucket and below a folder of this machine; return where its text lies."""
    return reports.write(objects, bucket, report, as_text(report), folder)


def _summary(report: Mapping[str, Any]) -> list[str]:
    source, volumes, unavailable = report["source"], report["volumes"], report["unavailable_ms"]
    rows = (
        ("trigger", f"`{report['trigger']}`"),
        ("started, finished", f"{report['started_at']}, {report['finished_at']}"),
        ("source", f"`{source['member']}` ({source['instance_id']}), MongoDB {source['mongodb_version']}"),
        ("snapshot", f"{source['snapshot_id']} of {source['volume_id']}, deleted"),
        ("live volume", volumes["live"]),
        ("former volumes kept", ", ".join(volumes["previous"]) or "none"),
        ("former volumes deleted", ", ".join(volumes["deleted"]) or "none"),
        ("staging unavailable", "not measured" if unavailable is None else f"{unavailable} ms"),
        ("masked by", report["masked_by"]),
        ("findings of the verifier", len(report["findings"])),
        ("golden snapshot", report["golden_snapshot"] or "none"),
        *(
            (f"switched back {each['at']}", f"{each['failure']}; {each['unavailable_ms']} ms")
            for each in report["switched_back"]
        ),
    )
    serves = "serves" if report["outcome"] == "finished" else "was switched back from"
    return [
        f"# Refresh {report['refresh_id']}",
        "",
        f"Staging of `{report['space']}` {serves} production's data as of **{source['data_as_of']}**,",
        f"{report['treatment']}. Pseudonymised data is still personal data to whoever holds the key.",
        "",
        *table(("", ""), rows),
        "",
    ]


def _collections(report: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for row in report["collections"]:
        yield f"{row['database']}.{row['collection']}", row["mode"], row["read"], row["written"], row["masked"]


def _allowed(report: Mapping[str, Any]) -> Iterator[str]:
    """Name what the rules let through that could reach a person or goes unchecked, and what stayed behind."""
    for row in report["opt_ins"]:
        place = f"{row['namespace']} {row['path']}".rstrip()
        yield f"{place}: {row['what']}"
    for row in report["notes"]:
        yield f"{row['kind'].replace('_', ' ')}: {row['collection']} ({row['about']})"


def _findings(report: Mapping[str, Any]) -> Iterator[str]:
    for row in report["findings"]:
        yield f"{row['kind']}: {row['collection']} {row['path']} ({row['count']} times)"


def _checks(report: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for row in report["checks"]:
        control = row["control"]
        name = row["check"].replace("_", " ")
        yield name, row["documents"], row["values"], control["planted"], control["found"], row["findings"]
