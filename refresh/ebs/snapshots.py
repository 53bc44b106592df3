"""Snapshots of production: asked for once, found again by their tags, gone when the refresh is.

What one call of CreateSnapshots made of a member's volumes is one point in time, and is used together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refresh.aws import Aws
from refresh.errors import PermanentError, ResourceError, SourceError
from refresh.holdings import TAKE_TAG, Snapshot, SnapshotOrder, Tags
from refresh.poller import Poller

SNAPSHOT, COPY = "snapshot", "copy"
RAW_ROLES = frozenset({SNAPSHOT, COPY})  # a snapshot of any other role holds masked data


def take(aws: Aws, order: SnapshotOrder, volume_ids: Sequence[str]) -> list[Snapshot]:
    """Ask for snapshots of data volumes. CreateSnapshots has no client token: `find` comes first.

    Args:
        aws: Both sides.
        order: What to ask for; its tags name the take.
        volume_ids: The data volumes.

    Returns:
        A snapshot of each, in their order, perhaps still pending: their point in time is when the call returned.

    Raises:
        ResourceError: The call left one of the volumes out.
    """
    made = complete(aws.source_compute.create_snapshots(order), volume_ids)
    if not made:
        wanted = ", ".join(volume_ids)
        raise ResourceError(f"CreateSnapshots of {order.instance_id} did not make one of each of {wanted}")
    return made


def find(aws: Aws, tags: Tags, volume_ids: Sequence[str], number: int) -> list[Snapshot]:
    """Look the snapshots of a take up by their tags on production's side.

    Args:
        aws: Both sides.
        tags: All of them have to match.
        volume_ids: The data volumes.
        number: Which take.

    Returns:
        A snapshot of each volume, in their order; none where one is missing or has failed.
    """
    found = aws.source_compute.snapshots({**tags, TAKE_TAG: str(number)})
    return complete(found, volume_ids)


def complete(found: Iterable[Snapshot], volume_ids: Sequence[str]) -> list[Snapshot]:
    """Return a snapshot for each volume, the oldest that has not failed; none where one is missing."""
    ordered = sorted(found, key=lambda each: (each.started_at, each.snapshot_id), reverse=True)
    usable = {each.source_volume_id: each for each in ordered if each.state != "error"}
    return [usable[each] for each in volume_ids] if usable.keys() >= set(volume_ids) else []


def wait_until_completed(aws: Aws, poller: Poller, tags: Tags, taken: Sequence[Snapshot]) -> list[Snapshot]:
    """Wait until volumes or copies can be made of snapshots on production's side.

    Args:
        aws: Both sides.
        poller: The deadline.
        tags: What they are looked up by.
        taken: The snapshots.

    Returns:
        The same, completed.

    Raises:
        SourceError: One failed.
        ResourceError: One is gone.
    """
    ids = [each.snapshot_id for each in taken]

    def completed() -> list[Snapshot] | None:
        found = aws.source_compute.snapshots(tags)
        by_id = {each.snapshot_id: each for each in found}
        return [by_id[each] for each in ids] if all_completed(found, ids) else None

    return poller.wait_for(f"{named(ids)} to be completed", completed)


def refuse_failed(aws: Aws, tags: Tags, number: int) -> None:
    """Say why a take cannot be used, where one of its snapshots has failed.

    Raises:
        SourceError: One failed.
    """
    found = aws.source_compute.snapshots({**tags, TAKE_TAG: str(number)})
    all_completed(found, [each.snapshot_id for each in found if each.state == "error"])


def all_completed(found: Iterable[Snapshot], ids: Sequence[str]) -> bool | None:
    """Say whether all of some snapshots are completed; None while one is not yet.

    Raises:
        SourceError: One failed; AWS says why in its state message only.
        ResourceError: One is gone.
    """
    by_id = {each.snapshot_id: each for each in found}
    for snapshot_id in ids:
        snapshot = by_id.get(snapshot_id)
        if snapshot is None:
            raise ResourceError(f"snapshot {snapshot_id} is not there any more: give a new trigger to start over")
        if snapshot.state == "error":
            raise SourceError(f"snapshot {snapshot_id} failed: {snapshot.message or 'AWS gives no reason'}")
    return True if all(by_id[each].state == "completed" for each in ids) else None


def share(aws: Aws, snapshot: Snapshot) -> None:
    """Let our account use a snapshot that lies in production's account; doing so twice is well.

    Args:
        aws: Both sides.
        snapshot: The snapshot.

    Raises:
        SourceError: Production's side may not share it.
    """
    account_id = aws.compute.place().account_id
    if snapshot.owner_id in ("", account_id):
        return
    try:
        aws.source_compute.share_snapshot(snapshot.snapshot_id, account_id)
    except PermanentError as error:
        raise SourceError(
            f"snapshot {snapshot.snapshot_id} in account {snapshot.owner_id} may not be shared with account "
            f"{account_id}: {error}. Its role needs ec2:ModifySnapshotAttribute, no service control policy may forbid "
            "it, and the volume's key must be a customer managed one: see docs/production-elsewhere.md"
        ) from None


def raw(aws: Aws, tags: Tags) -> list[Snapshot]:
    """Look up every snapshot with production's data: in production's place, and copies in our own.

    Args:
        aws: Both sides.
        tags: All of them have to match.

    Returns:
        Each once, also where both sides are one place.
    """
    found = [*aws.source_compute.snapshots(tags), *aws.compute.snapshots(tags)]
    return list({each.snapshot_id: each for each in found if each.role in RAW_ROLES}.values())


def delete(aws: Aws, snapshot: Snapshot) -> None:
    """Delete a snapshot on the side where it lies.

    Args:
        aws: Both sides.
        snapshot: One that carries all tags of a refresh.
    """
    if snapshot.place == aws.compute.place():
        aws.compute.delete_snapshot(snapshot.snapshot_id)
    else:
        aws.source_compute.delete_snapshot(snapshot.snapshot_id)


def named(ids: Sequence[str]) -> str:
    """Return ids for a message."""
    return f"snapshot {ids[0]}" if len(ids) == 1 else f"snapshots {', '.join(ids)}"
