"""What a refresh makes: the snapshot, the quarantine volume and the candidate volume; all found by their tags."""

from __future__ import annotations

import hashlib

from refresh import snapshots
from refresh.aws import Snapshot, Volume, VolumeOrder
from refresh.errors import ResourceError
from refresh.mongo.context import Context

SNAPSHOT, QUARANTINE, CANDIDATE, LIVE, PREVIOUS = "snapshot", "quarantine", "candidate", "live", "previous"
GOLDEN = "golden"
MAKING = "restore"  # the step whose record counts how often a candidate was made


def find_snapshot(context: Context) -> Snapshot | None:
    """Look up this refresh's snapshot of production's data volume."""
    volume_id = str(context.ledger.facts("snapshot").get("source_volume_id", ""))
    return snapshots.find(context.aws, context.tags(SNAPSHOT), volume_id) if volume_id else None


def ensure_quarantine(context: Context) -> Volume:
    """Make the quarantine volume of the snapshot, attached to the worker.

    Args:
        context: The refresh.

    Returns:
        The volume.

    Raises:
        ResourceError: The snapshot is gone and the volume too.
    """
    volume = context.find_volume(QUARANTINE)
    if volume is None:
        snapshot = find_snapshot(context)
        if snapshot is None:
            raise ResourceError(f"refresh {context.refresh_id}: its snapshot is gone. Give a new trigger to start over")
        _await(context, snapshot)
        snapshots.share(context.aws, snapshot)
        order = _order(context, QUARANTINE, snapshot.size_gib, snapshot.snapshot_id)
        volume = context.volumes.ensure(order, context.tags(QUARANTINE))
    return _on_worker(context, volume)


def _await(context: Context, snapshot: Snapshot) -> None:
    """Wait for the snapshot; note what the next plan is reckoned with: how long that took, and how much was written."""
    began = context.clock.monotonic()
    done = snapshots.wait_until_completed(context.aws, context.poller, context.tags(SNAPSHOT), snapshot.snapshot_id)
    waited = round(context.clock.monotonic() - began, 3)
    context.ledger.note(MAKING, snapshot_bytes=done.full_bytes, snapshot_wait_seconds=waited)


def ensure_candidate(context: Context) -> Volume:
    """Make the candidate volume, empty, attached to the worker.

    Args:
        context: The refresh.

    Returns:
        The volume.
    """
    size_gib = int(context.ledger.facts("snapshot")["candidate_gib"])
    order = _order(context, CANDIDATE, size_gib)
    return _on_worker(context, context.volumes.ensure(order, context.tags(CANDIDATE)))


def ensure_candidate_of(context: Context, snapshot: Snapshot) -> Volume:
    """Make the candidate volume of a golden snapshot, attached to nothing.

    Args:
        context: The refresh.
        snapshot: The golden snapshot.

    Returns:
        The volume.
    """
    order = _order(context, CANDIDATE, snapshot.size_gib, snapshot.snapshot_id)
    return context.volumes.ensure(order, context.tags(CANDIDATE))


def open_quarantine(context: Context, volume: Volume) -> str:
    """Start the read-only mongod of the quarantine volume; return its version."""
    source = context.ledger.facts("snapshot")
    answer = context.hosts.run(
        context.request.worker.instance_id,
        "quarantine-open",
        refresh_id=context.refresh_id,
        volume_id=volume.volume_id,
        directory_per_db=bool(source["directory_per_db"]),
        directory_for_indexes=bool(source["directory_for_indexes"]),
        cache_mib=context.request.worker.cache_mib,
    )
    return str(answer["version"])


def open_candidate(context: Context, volume: Volume) -> str:
    """Start the empty mongod of the candidate volume; return its version."""
    answer = context.hosts.run(
        context.request.worker.instance_id,
        "candidate-open",
        refresh_id=context.refresh_id,
        volume_id=volume.volume_id,
        cache_mib=context.request.worker.cache_mib,
    )
    return str(answer["version"])


def discard_candidate(context: Context) -> None:
    """Throw the copy away, with the jobs that worked on it; the next candidate is a volume of its own.

    Args:
        context: The refresh.
    """
    context.releaser.discard_jobs(context.refresh_id)
    volume = context.find_volume(CANDIDATE)
    if volume is not None:
        context.releaser.release(volume)
    context.ledger.note(MAKING, generation=_generation(context) + 1)
    context.ledger.forget("anonymize", "verify", "deliver")


def _generation(context: Context) -> int:
    return int(context.ledger.facts(MAKING).get("generation", 1))


def _order(context: Context, role: str, size_gib: int, snapshot_id: str = "") -> VolumeOrder:
    """Order a volume with a token that is the same for the same volume of the same attempt."""
    staging = context.request.staging
    which = snapshot_id or _generation(context)
    what = f"{context.request.space} {context.refresh_id} {context.ledger.started_at} {role} {which}"
    return VolumeOrder(
        size_gib=size_gib,
        zone=staging.availability_zone,
        kms_key_id=staging.kms_key_id,
        token=hashlib.sha256(what.encode()).hexdigest(),
        tags=context.raw_tags(role) if role == QUARANTINE else context.tags(role),
        snapshot_id=snapshot_id,
    )


def _on_worker(context: Context, volume: Volume) -> Volume:
    worker = context.request.worker.instance_id
    for attachment in volume.attachments:
        if attachment.instance_id != worker:
            context.hosts.run(attachment.instance_id, "volume-close", volume_id=volume.volume_id)
        if attachment.instance_id != worker or attachment.state == "detaching":
            context.volumes.detach(volume.volume_id)
    context.volumes.attach(volume.volume_id, worker)
    return volume
