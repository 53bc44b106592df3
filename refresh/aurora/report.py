"""The report of an Aurora refresh, from its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from refresh.aurora.context import AuroraContext
from refresh.reporting import files
from refresh.reporting.ledgers import common, facts_by_step, picked, rows_of
from refresh.reporting.model import Outcome, Report
from refresh.reporting.parts import Allowed, Check, Collection, CollectionRules, Control


def publish(context: AuroraContext, outcome: Outcome | None = None) -> str:
    """Put the report into the reports bucket, and bring the index there up to date.

    Args:
        context: The refresh.
        outcome: How it ended, where its ledger does not say so yet.

    Returns:
        Where the page lies.
    """
    built = build(context.ledger.values, finished_at=context.clock.now().isoformat(), outcome=outcome)
    with TemporaryDirectory() as folder:  # a task's own disk is gone with it
        return files.publish(context.ports.objects, context.request.reports_bucket, built, Path(folder), context.say)


def build(ledger: Mapping[str, Any], *, finished_at: str, outcome: Outcome | None = None) -> Report:
    """Take from a ledger what people ask for. No value of a row is in it.

    Args:
        ledger: The values of a ledger, perhaps of a refresh that failed.
        finished_at: When the refresh ended, where its ledger is not closed.
        outcome: How it ended, where its ledger does not say so yet.

    Returns:
        The report.
    """
    facts = facts_by_step(ledger)
    manifest = facts["check_object"].get("manifest", {})
    rules_sha256 = manifest.get("rules_sha256", "")
    ended = common(ledger, finished_at)
    if outcome is not None:
        ended.update(outcome=outcome, reason="", reason_step="")
    return Report.model_validate(
        {
            **ended,
            "database": "aurora",
            "trigger": ledger.get("dump_key", ""),
            "data_as_of": data_as_of(ledger),
            "treatment": f"pseudonymised under rules {rules_sha256}" if rules_sha256 else "",
            "hashes": _hashes(manifest),
            "aurora": _aurora(ledger, facts, manifest),
            "collections": list(_tables(str(ledger.get("schema", "")), manifest, facts["load"])),
            "rules": list(_modes(str(ledger.get("schema", "")), manifest)),
            "opt_ins": rows_of(manifest.get("opt_ins"), Allowed),
            "findings": [{"kind": str(each)} for each in facts["verify"].get("findings", ())],
            "checks": [*map(_check, manifest.get("checks", ())), *map(_check, facts["verify"].get("checks", ()))],
        }
    )


def data_as_of(ledger: Mapping[str, Any]) -> str:
    """Return when the data that it made live was taken from production, ISO 8601; empty where that is not known."""
    facts = facts_by_step(ledger)
    loaded = facts["check_object"].get("manifest", {}).get("prepared_at", "")
    return str(loaded or facts["swap_back"].get("serves", {}).get("data_as_of", ""))


def _hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    named = {"rules": "rules_sha256", "dumps_code": "code_sha256", "source_dump": "source"}
    found = {name: manifest.get(key, "") for name, key in named.items()}
    found["source_dump"] = manifest.get("source", {}).get("sha256", "")
    return {name: value for name, value in found.items() if value}


def _aurora(
    ledger: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    checked, compared = facts["check_object"], facts["check_schema"]
    swapped = facts["cut_over"] or facts["swap_back"]
    return {
        "action": ledger.get("action", ""),
        "cluster_id": ledger.get("cluster_id", ""),
        "schema": ledger.get("schema", ""),
        "execution_id": ledger.get("execution_id", ""),
        "dump": {
            "key": ledger.get("dump_key", ""),
            "sha256": checked.get("sha256", ""),
            "bytes": checked.get("bytes"),
            "prepared_at": manifest.get("prepared_at", ""),
            "source": manifest.get("source", {}),
            "rules_sha256": manifest.get("rules_sha256", ""),
        },
        "schema_sha256": compared.get("schema_sha256", ""),
        "difference": compared.get("difference", []),
        "clone_id": facts["clone"].get("clone_id", ""),
        "objects": facts["load"].get("objects", {}),
        "swap": picked(swapped, "tries", "swap_ms", "settle_ms", "held_by", "serves"),
        "smoke": facts["smoke"],
    }


def _tables(schema: str, manifest: Mapping[str, Any], loaded: Mapping[str, Any]) -> Iterator[Collection]:
    """Give the tables of the dump; what was loaded counts, where it has been counted."""
    rows = loaded.get("rows", {})
    for each in manifest.get("tables", ()):
        read, masked = int(each.get("read", each["written"])), int(each.get("masked", 0))
        written = int(rows.get(each["table"], each["written"]))
        yield Collection(
            database=schema,
            collection=str(each["table"]),
            mode=str(each.get("mode", "")),
            read=read,
            written=written,
            masked=masked,
            copied=max(0, written - masked),
            dropped=max(0, read - written),
        )


def _modes(schema: str, manifest: Mapping[str, Any]) -> Iterator[CollectionRules]:
    """Give what the manifest says of the rules: their modes. The rules themselves stay where the dump was prepared."""
    for each in sorted(manifest.get("tables", ()), key=lambda row: str(row["table"])):
        yield CollectionRules(collection=f"{schema}.{each['table']}", mode=str(each.get("mode", "")))


def _check(row: Mapping[str, Any]) -> Check:
    """Give a check of the dump or of the loaded schema, which count what they looked at under different names."""
    looked_at = row.get("values", row.get("checked", 0))
    documents = row.get("documents", row.get("rows"))
    return Check(
        check=str(row["check"]), documents=documents, values=looked_at, findings=row["findings"],
        control=Control(**picked(row["control"], "planted", "found")) if "control" in row else None,
    )  # fmt: skip
