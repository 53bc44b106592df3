"""The report of a refresh of MongoDB, from its ledger and its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refresh.reporting import rules as words
from refresh.reporting.ledgers import common, facts_by_step, picked, rows_of
from refresh.reporting.model import Report
from refresh.reporting.parts import Allowed, Check, Collection, Control, Finding, Note, SwitchedBack, Unlisted

_NOT_READ = frozenset({"drop"})


def build(ledger: Mapping[str, Any], rules: Mapping[str, Any], *, finished_at: str = "") -> Report:
    """Take from a ledger what people ask for. No value of a document is in it.

    Args:
        ledger: The values of a ledger; of a refresh that failed, parts are missing.
        rules: The rules that it was asked for with.
        finished_at: When the refresh ended, where its ledger is not closed.

    Returns:
        The report.
    """
    facts = facts_by_step(ledger)
    copied, verified, delivered, switched = (facts[name] for name in ("anonymize", "verify", "deliver", "cut_over"))
    told = common(ledger, finished_at)
    hashes = copied.get("hashes") or facts["preflight"].get("hashes", {})
    is_copied = "collections" in copied
    return Report.model_validate(
        {
            **told,
            "database": "mongodb",
            "trigger": ledger.get("trigger", ""),
            "data_as_of": facts["snapshot"].get("data_as_of", ""),
            "treatment": f"pseudonymised under rules {hashes['rules']}" if is_copied else "",
            "masked_by": copied.get("engine", ""),
            "unavailable_ms": switched.get("unavailable_ms"),
            "hashes": {**hashes, **({"anonymizer_code": copied["code_sha256"]} if is_copied else {})},
            "source": _source(facts["snapshot"]),
            "volumes": volumes(switched, facts["retire"], told["outcome"]),
            "switched_back": rows_of(switched.get("switched_back"), SwitchedBack),
            "golden_snapshot": facts["golden"].get("snapshot_id") or None,
            "foretold": _foretold(facts["preflight"]),
            "users": delivered.get("users"),
            "roles": delivered.get("roles"),
            "collections": [*_collections(copied), *_left_out(rules, is_copied=is_copied)],
            "rules": words.in_force(rules),
            "opt_ins": rows_of(copied.get("opt_ins"), Allowed),
            "notes": rows_of(copied.get("notes"), Note),
            "unlisted": rows_of(copied.get("unlisted"), Unlisted),
            "findings": rows_of(verified.get("findings"), Finding),
            "checks": [_check(row) for row in rows_of(verified.get("checks"), Check)],
            "mongod_versions": _mongods(facts),
        }
    )


def _check(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "control": picked(row["control"], *Control.model_fields)}


def _source(snapshot: Mapping[str, Any]) -> dict[str, Any] | None:
    if "snapshot_id" not in snapshot:
        return None
    return {
        "member": snapshot["source_member"],
        "instance_id": snapshot["source_instance_id"],
        "account_id": snapshot.get("source_account_id", ""),
        "region": snapshot.get("source_region", ""),
        "volume_id": snapshot["source_volume_id"],
        "volume_ids": snapshot.get("source_volume_ids", []),
        "volume_gib": snapshot.get("source_gib"),
        "snapshot_id": snapshot["snapshot_id"],
        "snapshot_ids": snapshot.get("snapshot_ids", []),
        "mongodb_version": snapshot["version"],
        "data_as_of": snapshot["data_as_of"],
        "commit_point": snapshot["commit_point"],
    }


def volumes(switched: Mapping[str, Any], retired: Mapping[str, Any], outcome: str) -> dict[str, Any] | None:
    """Say which volumes there are after an event.

    Args:
        switched: What the cutover noted.
        retired: What the last step noted.
        outcome: How the event ended.

    Returns:
        Fields of `model.Volumes`; None where the cutover was not reached, or left it open what staging serves.
    """
    live = {"finished": switched.get("live_volume_id"), "switched back": switched.get("from_volume_id")}.get(outcome)
    if not live:
        return None
    return {
        "live": live,
        "previous": retired.get("previous_volume_ids", []),
        "deleted": retired.get("deleted_volume_ids", []),
    }


def _foretold(preflight: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give what was foretold of the refresh, where it had something to go by."""
    return picked(preflight.get("foretold") or {}, "seconds", "documents", "based_on") or None


def _collections(copied: Mapping[str, Any]) -> Iterator[Collection]:
    for row in copied.get("collections", ()):
        read, written, masked = row["read"], row["written"], row["masked"]
        yield Collection(
            **picked(row, "database", "collection", "mode", "read", "written", "masked", "unchecked"),
            copied=max(0, written - masked),
            dropped=max(0, read - written),
        )


def _left_out(rules: Mapping[str, Any], *, is_copied: bool) -> Iterator[Collection]:
    """Name the collections that the anonymizer does not read, and so does not count."""
    for each in words.in_force(rules) if is_copied else ():
        database, _, collection = each.collection.partition(".")
        if each.mode in _NOT_READ:
            yield Collection(database=database, collection=collection, mode=each.mode)


def _mongods(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {
        "production": facts["snapshot"].get("version", ""),
        "worker": facts["open_quarantine"].get("version", ""),
    }
    return {name: version for name, version in found.items() if version}
