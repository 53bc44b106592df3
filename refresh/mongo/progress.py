"""How far a refresh is, from its ledger and what still exists: the one place that decides what is done again.

Each milestone holds only while what it stands on does: a copy made under other rules, another key or another anonymizer
is no copy, and a copy whose volume is gone is none either.
"""

from __future__ import annotations

from typing import Any

from refresh.mongo import material
from refresh.mongo.context import Context


def hashes(context: Context) -> dict[str, Any]:
    """Return what a copy depends on, as preflight found it in this run: rules, key version, anonymizer."""
    return dict(context.ledger.facts("preflight").get("hashes", {}))


def basis(context: Context) -> dict[str, Any]:
    """Return all that a copy stands on: today's hashes, and the snapshot that it is made of."""
    return {**hashes(context), "snapshot_id": context.ledger.facts("snapshot").get("snapshot_id")}


def is_cut_over(context: Context) -> bool:
    """Say whether staging serves this refresh's data: by the record, or by what staging answered in this run."""
    if context.ledger.is_done("cut_over"):
        return True
    live_volume_id = context.ledger.facts("preflight").get("live_volume_id")
    return bool(live_volume_id) and live_volume_id == context.ledger.facts("deliver").get("candidate_volume_id")


def is_stale(context: Context) -> bool:
    """Say whether a copy was begun under hashes that are not today's, or of a snapshot that has been replaced."""
    begun_on = context.ledger.facts("anonymize").get("basis")
    return begun_on is not None and begun_on != basis(context)


def is_copied(context: Context) -> bool:
    """Say whether the candidate holds a whole copy under today's hashes."""
    facts = context.ledger.facts("anonymize")
    if not context.ledger.is_done("anonymize") or is_stale(context):
        return False
    candidate = context.find_volume(material.CANDIDATE)
    return candidate is not None and candidate.volume_id == facts["candidate_volume_id"]


def is_verified(context: Context) -> bool:
    """Say whether this very copy was verified; a golden snapshot was when it was taken."""
    if context.request.is_reset:
        return is_restored(context)
    return context.ledger.is_done("verify") and is_copied(context)


def is_restored(context: Context) -> bool:
    """Say whether the candidate was made of a golden snapshot."""
    facts = context.ledger.facts("restore_golden")
    if not context.ledger.is_done("restore_golden"):
        return False
    candidate = context.find_volume(material.CANDIDATE)
    return candidate is not None and candidate.volume_id == facts["candidate_volume_id"]


def is_delivered(context: Context) -> bool:
    """Say whether the verified copy stands ready on staging's host, with the users of what staging serves by now."""
    delivered, live_volume_id = context.ledger.facts("deliver"), context.ledger.facts("preflight").get("live_volume_id")
    from_today = live_volume_id in (delivered.get("from_volume_id"), delivered.get("candidate_volume_id"))
    return context.ledger.is_done("deliver") and from_today and is_verified(context)
