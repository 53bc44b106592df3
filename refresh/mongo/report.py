"""The report of a refresh of MongoDB, from its ledger and its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from refresh.errors import LeaseError, LedgerError, RefreshError
from refresh.mongo.context import Context
from refresh.reporting import files
from refresh.reporting import rules as words
from refresh.reporting.ledgers import common, facts_of, picked
from refresh.reporting.model import Collection, Report

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
    facts = facts_of(ledger)
    copied, verified, delivered, switched = (facts[name] for name in ("anonymize", "verify", "deliver", "cut_over"))
    hashes = copied.get("hashes") or facts["preflight"].get("hashes", {})
    is_copied = "collections" in copied
    return Report.model_validate(
        {
            **common(ledger, finished_at),
            "database": "mongodb",
            "trigger": ledger.get("trigger", ""),
            "data_as_of": facts["snapshot"].get("data_as_of", ""),
            "treatment": f"pseudonymised under rules {hashes['rules']}" if is_copied else "",
            "masked_by": copied.get("engine", ""),
            "unavailable_ms": switched.get("unavailable_ms"),
            "hashes": {**hashes, **({"anonymizer_code": copied["code_sha256"]} if is_copied else {})},
            "source": _source(facts["snapshot"]),
            "volumes": _volumes(switched, facts["retire"]),
            "users": delivered.get("users"),
            "roles": delivered.get("roles"),
            "collections": [*_collections(copied), *_left_out(rules, is_copied=is_copied)],
            "rules": words.in_force(rules),
            "opt_ins": copied.get("opt_ins", []),
            "notes": copied.get("notes", []),
            "unlisted": [picked(row, "collection", "path", "type", "count") for row in copied.get("unlisted", ())],
            "findings": verified.get("findings", []),
            "checks": [
                picked(row, "check", "documents", "values", "findings", "control") for row in verified.get("checks", ())
            ],
            "mongod_versions": _mongods(facts),
        }
    )


def publish(context: Context, folder: Path) -> tuple[Report, str]:
    """Put the report into the reports bucket and below a folder of this machine.

    Args:
        context: The refresh; its ledger is closed if it finished.
        folder: The reports of this machine.

    Returns:
        The report, and where the page lies in the bucket.
    """
    built = build(context.ledger.values, context.request.rules, finished_at=context.clock.now().isoformat())
    return built, files.publish(context.aws.objects, context.request.reports_bucket, built, folder, context.say)


@contextmanager
def also_of_failure(context: Context, folder: Path) -> Iterator[None]:
    """Leave a report of a refresh that fails, too; trouble with it never hides the failure.

    Args:
        context: The refresh.
        folder: The reports of this machine.
    """
    try:
        yield
    except (LeaseError, LedgerError):
        raise  # somebody else works here: nothing may be written
    except RefreshError:
        try:
            _, place = publish(context, folder)
            context.say(f"        report of what happened: {place}")
        except RefreshError as error:
            context.say(f"        the report could not be written: {error}")
        raise


def _source(snapshot: Mapping[str, Any]) -> dict[str, Any] | None:
    if "snapshot_id" not in snapshot:
        return None
    return {
        "member": snapshot["source_member"],
        "instance_id": snapshot["source_instance_id"],
        "volume_id": snapshot["source_volume_id"],
        "volume_gib": snapshot.get("source_gib"),
        "snapshot_id": snapshot["snapshot_id"],
        "mongodb_version": snapshot["version"],
        "data_as_of": snapshot["data_as_of"],
        "commit_point": snapshot["commit_point"],
    }


def _volumes(switched: Mapping[str, Any], retired: Mapping[str, Any]) -> dict[str, Any] | None:
    if "live_volume_id" not in switched:
        return None
    return {
        "live": switched["live_volume_id"],
        "previous": retired.get("previous_volume_ids", []),
        "deleted": retired.get("deleted_volume_ids", []),
    }


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
