"""Snapshots of production: asked for once, found again by their tags, gone when the refresh is."""

from __future__ import annotations

from refresh.aws import Aws, Snapshot, SnapshotOrder, Tags
from refresh.errors import ResourceError
from refresh.poller import Poller


def ensure(aws: Aws, order: SnapshotOrder, wanted_tags: Tags, volume_id: str) -> Snapshot:
    """Ask for the snapshot of a data volume unless it is there.

    CreateSnapshots has no client token: a call whose answer was lost is found by its tags.

    Args:
        aws: Both sides.
        order: What to ask for.
        wanted_tags: What it is looked up by first.
        volume_id: The data volume.

    Returns:
        The snapshot, perhaps still pending: its point in time is when the call returned.

    Raises:
        ResourceError: The call made none of this volume.
    """
    found = find(aws, wanted_tags, volume_id)
    if found is None:
        made = aws.source_compute.create_snapshots(order)
        found = next((each for each in made if each.volume_id == volume_id), None)
    if found is None:
        raise ResourceError(f"CreateSnapshots of {order.instance_id} made no snapshot of its data volume {volume_id}")
    return found


def find(aws: Aws, tags: Tags, volume_id: str = "") -> Snapshot | None:
    """Look a snapshot up by its tags on production's side.

    Args:
        aws: Both sides.
        tags: All of them have to match.
        volume_id: Only one of this volume; empty for any.

    Returns:
        The oldest, or None.
    """
    found = [each for each in aws.source_compute.snapshots(tags) if volume_id in ("", each.volume_id)]
    return min(found, key=lambda each: (each.started_at, each.snapshot_id)) if found else None


def wait_until_completed(aws: Aws, poller: Poller, tags: Tags, snapshot_id: str) -> Snapshot:
    """Wait until volumes can be made of a snapshot.

    Args:
        aws: Both sides.
        poller: The deadline.
        tags: What it is looked up by.
        snapshot_id: The snapshot.

    Returns:
        The completed snapshot.

    Raises:
        ResourceError: It failed, or is gone.
    """

    def completed() -> Snapshot | None:
        snapshot = next((each for each in aws.source_compute.snapshots(tags) if each.snapshot_id == snapshot_id), None)
        if snapshot is None:
            raise ResourceError(f"snapshot {snapshot_id} is not there any more: give a new trigger to start over")
        if snapshot.state == "error":
            raise ResourceError(f"snapshot {snapshot_id} failed: {snapshot.message or 'AWS gives no reason'}")
        return snapshot if snapshot.state == "completed" else None

    return poller.wait_for(f"snapshot {snapshot_id} to be completed", completed)


def share(aws: Aws, snapshot: Snapshot) -> None:
    """Let our account make volumes of a snapshot that lies in production's account.

    Args:
        aws: Both sides.
        snapshot: The snapshot.
    """
    account_id = aws.compute.account_id()
    if snapshot.owner_id and snapshot.owner_id != account_id:
        aws.source_compute.share_snapshot(snapshot.snapshot_id, account_id)


def delete(aws: Aws, snapshot: Snapshot) -> None:
    """Delete a snapshot on the side that owns it.

    Args:
        aws: Both sides.
        snapshot: One that carries all tags of a refresh.
    """
    if snapshot.owner_id and snapshot.owner_id != aws.compute.account_id():
        aws.source_compute.delete_snapshot(snapshot.snapshot_id)
    else:
        aws.compute.delete_snapshot(snapshot.snapshot_id)
