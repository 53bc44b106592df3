"""What a refresh makes of it here: quarantine volumes and the candidate volume; all found by their tags."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from refresh.errors import ResourceError, SourceError
from refresh.holdings import ROLE_TAG, SOURCE_TAG, TAKE_TAG, Snapshot, Volume, VolumeOrder
from refresh.mongo import taken as takes
from refresh.mongo.context import Context
from refresh.mongo.taken import MAKING, Taken

# A part is a further volume of production's data, mounted into the quarantine volume.
QUARANTINE, PART, CANDIDATE, LIVE, PREVIOUS = "quarantine", "quarantine-part", "candidate", "live", "previous"
RAW_ROLES = frozenset({QUARANTINE, PART})


def has_source(context: Context) -> bool:
    """Say whether what the snapshot step took is still there, as snapshots, copies or all of their volumes."""
    return has_quarantine(context) or takes.is_readable_here(context)


def has_quarantine(context: Context) -> bool:
    """Say whether every volume is there that is made of what was taken."""
    return _is_whole(context, quarantine_volumes(context))


def quarantine_volumes(context: Context) -> dict[str, Volume]:
    """Look up the volumes made of what was taken.

    Args:
        context: The refresh.

    Returns:
        By the volume of production that each is made of.
    """
    taken = Taken.of(context)
    found = [context.volumes.find(_tags(context, taken, each)) for each in taken.volume_ids] if taken else []
    return {volume.tags[SOURCE_TAG]: volume for volume in found if volume}


def ensure_quarantine(context: Context) -> Volume:
    """Make the quarantine volume and its parts, attached to the worker.

    Args:
        context: The refresh.

    Returns:
        The volume with the top of production's data directory.

    Raises:
        ResourceError: What they are made of is gone, and one of them too.
        SourceError: They cannot be made of it: most often a key may not be used.
    """
    volumes = quarantine_volumes(context)
    if not _is_whole(context, volumes):
        volumes = _restored(context)
    for volume in volumes.values():
        _on_worker(context, volume)
    return volumes[_taken(context).root_volume_id]


def ensure_candidate(context: Context) -> Volume:
    """Make the candidate volume, empty, attached to the worker.

    Args:
        context: The refresh.

    Returns:
        The volume.
    """
    size_gib = int(context.ledger.facts("snapshot")["candidate_gib"])
    order = _order(context, context.tags(CANDIDATE), size_gib, str(_generation(context)))
    return _on_worker(context, context.volumes.ensure(order, context.tags(CANDIDATE)))


def ensure_candidate_of(context: Context, snapshot: Snapshot) -> Volume:
    """Make the candidate volume of a golden snapshot, attached to nothing.

    Args:
        context: The refresh.
        snapshot: The golden snapshot.

    Returns:
        The volume.
    """
    which = snapshot.snapshot_id
    order = _order(context, context.tags(CANDIDATE), snapshot.size_gib, which, which)
    return context.volumes.ensure(order, context.tags(CANDIDATE))


def open_quarantine(context: Context, volume: Volume) -> str:
    """Start the read-only mongod of the quarantine volume, its parts mounted as they were; return its version."""
    source = context.ledger.facts("snapshot")
    answer = context.hosts.run(
        context.request.worker.instance_id,
        "quarantine-open",
        refresh_id=context.refresh_id,
        volume_id=volume.volume_id,
        parts=_parts(context),
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


def _taken(context: Context) -> Taken:
    taken = Taken.of(context)
    if taken is None:
        raise ResourceError(f"refresh {context.refresh_id}: nothing was taken of production yet; pulumi up takes it")
    return taken


def _is_whole(context: Context, volumes: Mapping[str, Volume]) -> bool:
    taken = Taken.of(context)
    return taken is not None and volumes.keys() >= set(taken.volume_ids)


def _restored(context: Context) -> dict[str, Volume]:
    """Make what is missing, all of one take: what an earlier one left would not fit."""
    taken = _taken(context)
    _release_other_takes(context, taken)
    volumes = {}
    for snapshot in takes.ensure_readable(context):
        tags = _tags(context, taken, snapshot.source_volume_id)
        born_with = {**context.raw_tags(tags[ROLE_TAG]), **tags}
        order = _order(context, born_with, snapshot.size_gib, snapshot.snapshot_id, snapshot.snapshot_id)
        try:
            volumes[snapshot.source_volume_id] = context.volumes.ensure(order, tags)
        except ResourceError as error:
            raise SourceError(
                f"quarantine volume of {snapshot.snapshot_id} could not be made: {error}. What is made of production's "
                "data needs the key of its snapshot and the stack's: see docs/production-elsewhere.md"
            ) from None
    return volumes


def _release_other_takes(context: Context, taken: Taken) -> None:
    found = [each for role in sorted(RAW_ROLES) for each in context.aws.compute.volumes(context.tags(role))]
    old = [each for each in found if each.tags.get(TAKE_TAG) != str(taken.take)]
    if old:
        context.releaser.release_all(old, ())


def _tags(context: Context, taken: Taken, source_volume_id: str) -> dict[str, str]:
    """Return what a volume of a take is looked up by."""
    role = QUARANTINE if source_volume_id == taken.root_volume_id else PART
    return {**context.tags(role), SOURCE_TAG: source_volume_id, TAKE_TAG: str(taken.take)}


def _parts(context: Context) -> str:
    """Say where in the data directory which directory of which part stands, as `quarantine-open` reads it."""
    taken, volumes = _taken(context), quarantine_volumes(context)
    inner = [each for each in taken.places if each["path"]]
    return ",".join(f"{volumes[each['volume_id']].volume_id}:{each['inside']}:{each['path']}" for each in inner)


def _order(context: Context, tags: Mapping[str, str], size_gib: int, which: str, snapshot_id: str = "") -> VolumeOrder:
    """Order a volume with a token that is the same for the same volume of the same attempt."""
    staging = context.request.staging
    what = f"{context.request.space} {context.refresh_id} {context.ledger.started_at} {tags[ROLE_TAG]} {which}"
    return VolumeOrder(
        size_gib=size_gib,
        zone=staging.availability_zone,
        kms_key_id=staging.kms_key_id,
        token=hashlib.sha256(what.encode()).hexdigest(),
        tags=tags,
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
