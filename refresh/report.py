"""The report of a refresh, from its ledger: `report.json` for programs, `test-report.md` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from refresh.aws import ObjectPort

JSON_NAME, TEXT_NAME = "report.json", "test-report.md"


def build(ledger: Mapping[str, Any], *, finished_at: str) -> dict[str, Any]:
    """Take from a ledger what people ask for. No value of a document is in it.

    Args:
        ledger: The values of a ledger whose steps are done.
        finished_at: When the refresh ended.

    Returns:
        Plain values.
    """
    steps = ledger["steps"]
    facts = {name: record["facts"] for name, record in steps.items()}
    source, copied, switched, retired = facts["snapshot"], facts["anonymize"], facts["cut_over"], facts["retire"]
    return {
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
        "masked_by": copied.get("engine"),
        "opt_ins": copied.get("opt_ins", []),
        "notes": copied.get("notes", []),
        "findings": facts["verify"]["findings"],
        "checks": facts["verify"].get("checks", []),
        "users": facts["deliver"].get("users"),
        "roles": facts["deliver"].get("roles"),
        "volumes": {
            "live": switched["live_volume_id"],
            "previous": retired["previous_volume_ids"],
            "deleted": retired["deleted_volume_ids"],
        },
        "unavailable_ms": switched.get("unavailable_ms"),
        "phases": {name: record["seconds"] for name, record in steps.items() if "seconds" in record},
    }


def as_text(report: Mapping[str, Any]) -> str:
    """Write a report for people.

    Args:
        report: What `build` returned.

    Returns:
        Markdown.
    """
    source, volumes, hashes = report["source"], report["volumes"], report["hashes"]
    unavailable = report["unavailable_ms"]
    lines = [
        f"# Refresh {report['refresh_id']}",
        "",
        f"Staging of `{report['space']}` serves production's data as of **{source['data_as_of']}**,",
        f"{report['treatment']}. Pseudonymised data is still personal data to whoever holds the key.",
        "",
        "| | |",
        "|---|---|",
        f"| trigger | `{report['trigger']}` |",
        f"| started, finished | {report['started_at']}, {report['finished_at']} |",
        f"| source | `{source['member']}` ({source['instance_id']}), MongoDB {source['mongodb_version']} |",
        f"| snapshot | {source['snapshot_id']} of {source['volume_id']}, deleted |",
        f"| live volume | {volumes['live']} |",
        f"| former volumes kept | {', '.join(volumes['previous']) or 'none'} |",
        f"| former volumes deleted | {', '.join(volumes['deleted']) or 'none'} |",
        f"| staging unavailable | {f'{unavailable} ms' if unavailable is not None else 'not measured'} |",
        f"| masked by | {report['masked_by'] or 'not recorded'} |",
        f"| findings of the verifier | {len(report['findings'])} |",
        "",
        "## Collections",
        "",
        "| collection | mode | read | written | masked |",
        "|---|---|---:|---:|---:|",
        *(_collection_row(row) for row in report["collections"]),
        "",
        "## Allowed on purpose",
        "",
        *(_opt_in_rows(report["opt_ins"])),
        *(f"- {row['kind'].replace('_', ' ')}: {row['collection']} ({row['about']})" for row in report["notes"]),
        "",
        "## Findings",
        "",
        *(_finding_rows(report["findings"])),
        "",
        "## What the verifier looked at",
        "",
        "A control is a fault planted in the check's own input: it has to be found.",
        "",
        "| check | documents | values | controls planted | found | findings |",
        "|---|---:|---:|---:|---:|---:|",
        *(_check_row(row) for row in report["checks"]),
        "",
        "## Phases",
        "",
        "| phase | seconds |",
        "|---|---:|",
        *(f"| {name} | {seconds:.1f} |" for name, seconds in report["phases"].items()),
        f"| together | {sum(report['phases'].values()):.1f} |",
        "",
        "## Hashes",
        "",
        *(f"- {name}: `{value}`" for name, value in hashes.items()),
        "",
    ]
    return "\n".join(lines)


def write(objects: ObjectPort, bucket: str, report: Mapping[str, Any], folder: Path) -> str:
    """Put a report into the reports bucket and the same below a folder of this machine.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.
        report: What `build` returned.
        folder: Gets `<refresh-id>/` with both files.

    Returns:
        Where the text lies in the bucket.
    """
    files = {JSON_NAME: json.dumps(report, indent=2) + "\n", TEXT_NAME: as_text(report)}
    prefix = f"reports/{report['refresh_id']}"
    place = folder / str(report["refresh_id"])
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        objects.put(bucket, f"{prefix}/{name}", text.encode())
        (place / name).write_text(text, encoding="utf-8")
    return f"s3://{bucket}/{prefix}/{TEXT_NAME}"


def _collection_row(row: Mapping[str, Any]) -> str:
    name = f"{row['database']}.{row['collection']}"
    return f"| {name} | {row['mode']} | {row['read']} | {row['written']} | {row['masked']} |"


def _opt_in_rows(opt_ins: list[Mapping[str, Any]]) -> list[str]:
    """Name what the rules let through that could reach a person or passes unchecked."""
    if not opt_ins:
        return ["Nothing: what the masks made reaches nobody, and everything was checked."]
    return [f"- {row['namespace']} {row['path']}: {row['what']}".replace(" :", ":") for row in opt_ins]


def _check_row(row: Mapping[str, Any]) -> str:
    control = row["control"]
    return (
        f"| {row['check'].replace('_', ' ')} | {row['documents']} | {row['values']} | {control['planted']} | "
        f"{control['found']} | {row['findings']} |"
    )


def _finding_rows(findings: list[Mapping[str, Any]]) -> list[str]:
    if not findings:
        return ["None."]
    return [f"- {row['kind']}: {row['collection']} {row['path']} ({row['count']} times)" for row in findings]
