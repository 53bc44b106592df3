"""Letting go of volumes and snapshots: closed on the host, detached, deleted; never what lacks one of the tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from refresh.aws import Aws
from refresh.commands import Commands
from refresh.ebs import snapshots
from refresh.ebs.volumes import Volumes
from refresh.errors import LeaseError, RefreshError, ReleaseError
from refresh.holdings import REFRESH_TAG, ROLE_TAG, SPACE_TAG, Snapshot, Tags, Volume

_OWN_TAGS = frozenset({SPACE_TAG, REFRESH_TAG, ROLE_TAG})
JOBS = ("anonymize", "verify", "draft")
_BEYOND_REPAIR = frozenset({"shutting-down", "terminated", "stopped"})


@dataclass(frozen=True, kw_only=True)
class Releaser:
    """Release what a refresh made. A failure names the id and the exact command that does it by hand."""

    aws: Aws
    hosts: Commands
    volumes: Volumes
    region: str
    worker_instance_id: str

    def release(self, volume: Volume) -> None:
        """Close a volume wherever it is, detach it and delete it.

        Args:
            volume: A volume that carries all tags of a refresh.

        Raises:
            ReleaseError: It could not be released, or is not ours to release.
        """
        _require_tags(volume.volume_id, volume.tags)
        try:
            for attachment in volume.attachments:
                self._close(volume, attachment.instance_id)
            self.volumes.detach(volume.volume_id)
            self.volumes.delete(volume.volume_id)
        except LeaseError:
            raise
        except RefreshError as error:
            raise ReleaseError(self._by_hand(volume, str(error))) from None

    def delete_snapshot(self, snapshot: Snapshot) -> None:
        """Delete a snapshot.

        Args:
            snapshot: A snapshot that carries all tags of a refresh.

        Raises:
            ReleaseError: It could not be deleted, or is not ours to delete.
        """
        _require_tags(snapshot.snapshot_id, snapshot.tags)
        try:
            snapshots.delete(self.aws, snapshot)
        except RefreshError as error:
            region = snapshot.region or self.region
            command = f"aws ec2 delete-snapshot --region {region} --snapshot-id {snapshot.snapshot_id}"
            held = "masked" if snapshot.role == "golden" else "production's"
            raise ReleaseError(
                f"snapshot {snapshot.snapshot_id} ({snapshot.place}) of {snapshot.refresh_id} holds {held} data and "
                f"could not be deleted: {error}. Delete it by hand: {command}"
            ) from None

    def release_all(self, volumes: Iterable[Volume], raw_snapshots: Iterable[Snapshot]) -> None:
        """Release everything that can be released before complaining about the rest.

        Args:
            volumes: Volumes that carry all tags of a refresh.
            raw_snapshots: The same of snapshots.

        Raises:
            ReleaseError: Something could not be released; all of it is named.
        """
        failures = []
        for volume in volumes:
            try:
                self.release(volume)
            except ReleaseError as error:
                failures.append(str(error))
        for snapshot in raw_snapshots:
            try:
                self.delete_snapshot(snapshot)
            except ReleaseError as error:
                failures.append(str(error))
        if failures:
            raise ReleaseError("\n".join(failures))

    def _close(self, volume: Volume, instance_id: str) -> None:
        """End the jobs that work on a volume and unmount it; an instance that does not run holds no mount."""
        instance = self.aws.compute.instance(instance_id)
        if instance is None or instance.state in _BEYOND_REPAIR:
            return
        if instance_id == self.worker_instance_id:
            self.discard_jobs(volume.refresh_id)
        self.hosts.run(instance_id, "volume-close", volume_id=volume.volume_id)

    def discard_jobs(self, refresh_id: str) -> None:
        """End and forget the jobs of a refresh on the worker.

        Args:
            refresh_id: Whose jobs.
        """
        for step in JOBS:
            self.hosts.run(self.worker_instance_id, "job-discard", refresh_id=refresh_id, step=step)

    def _by_hand(self, volume: Volume, reason: str) -> str:
        volume_id = volume.volume_id
        detach = (
            f"aws ec2 detach-volume --region {self.region} --volume-id {volume_id} && " if volume.attachments else ""
        )
        return (
            f"volume {volume_id} ({volume.role} of refresh {volume.refresh_id}) could not be released: {reason}. "
            f"Remove it by hand: {detach}aws ec2 delete-volume --region {self.region} --volume-id {volume_id}"
        )


def _require_tags(resource_id: str, tags: Tags) -> None:
    missing = sorted(_OWN_TAGS - set(tags))
    if missing:
        raise ReleaseError(
            f"{resource_id} lacks the tags {', '.join(missing)}: it is not a refresh's, and is left alone"
        )
