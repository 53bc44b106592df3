"""EBS snapshots: clones of the disks' files, taken in use."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from moto.ec2.models import elastic_block_store
from moto.ec2.models.elastic_block_store import EBSBackend
from moto.ec2.utils import random_snapshot_id

from sandbox.cloud import accounts
from sandbox.cloud.refusals import Refusal, incorrect_state, unsupported
from sandbox.cloud.replacement import replace_operations
from sandbox.cloud.world import SNAPSHOT_SECONDS, World

_plain_create_snapshot = EBSBackend.create_snapshot
_plain_add_permission = EBSBackend.add_create_volume_permission
_plain_delete_snapshot = EBSBackend.delete_snapshot
NO_VOLUME = "vol-ffffffff"  # a copy's own VolumeId is arbitrary, EC2 says


class Snapshots:
    """The snapshot operations that replace moto's.

    Args:
        world: The real things.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def create_snapshot(self, backend: Any, volume_id: str, description: str, **options: Any) -> Any:
        """Take a snapshot of one volume."""
        return self._snapshot(backend, [volume_id], description, **options)[0]

    def create_snapshots(
        self, backend: Any, instance_spec: Mapping[str, Any], description: str, tags: Mapping[str, str]
    ) -> list[Any]:
        """Take snapshots of an instance's data volumes at one point in time."""
        instance = backend.get_instance(instance_spec["InstanceId"])
        if str(instance_spec.get("ExcludeBootVolume", False)).lower() != "true":
            raise unsupported("a snapshot of a root volume; pass ExcludeBootVolume=true.")
        left_out = set(instance_spec.get("ExcludeDataVolumeIds", ()))
        attached = {
            block.volume_id
            for device, block in instance.get_block_device_mapping
            if device != instance.root_device_name
        }
        if left_out - attached:
            raise Refusal(
                "InvalidParameterValue", f"{', '.join(sorted(left_out - attached))} not attached to '{instance.id}'."
            )
        if not attached - left_out:
            raise Refusal("InvalidParameterValue", f"Instance '{instance.id}' has no data volume to snapshot.")
        snapshots = self._snapshot(backend, sorted(attached - left_out), description)
        for snapshot in snapshots:
            snapshot.add_tags(tags)
        return snapshots

    def copy_snapshot(
        self, backend: Any, source_snapshot_id: str, source_region: str, description: str, kms_key_id: str | None
    ) -> Any:
        """Copy a snapshot, perhaps of another account that shares it, from its region to this one."""
        with self._world.lock:
            source = accounts.find_snapshot(backend.account_id, source_region, source_snapshot_id)
            if source is None:
                raise Refusal("InvalidSnapshot.NotFound", f"The snapshot '{source_snapshot_id}' does not exist.")
            if source.status != "completed":
                raise incorrect_state(f"Snapshot '{source_snapshot_id}' is '{source.status}', not 'completed'.")
            if source.encrypted and not kms_key_id:
                raise unsupported("CopySnapshot of an encrypted snapshot without KmsKeyId.")
            snapshot = elastic_block_store.Snapshot(
                backend,
                random_snapshot_id(),
                SimpleNamespace(id=NO_VOLUME, size=source.volume.size, kms_key_id=kms_key_id),
                description,
                encrypted=bool(kms_key_id),
                kms_key_id=kms_key_id,
            )
            backend.snapshots[snapshot.id] = snapshot
            if all(accounts.may_use(backend.account_id, backend.region_name, each) for each in _keys(source, snapshot)):
                self._world.volumes.copy_snapshot(source_snapshot_id, snapshot.id)
                self._complete_later(snapshot)
            else:
                self._fail_later(snapshot, accounts.KEY_REFUSED)
            return snapshot

    def add_create_volume_permission(
        self, backend: Any, snapshot_id: str, user_ids: list[str], groups: list[str]
    ) -> None:
        """Share a snapshot, unless AWS's own key encrypts it."""
        if accounts.is_aws_managed(backend.get_snapshot(snapshot_id).kms_key_id):
            raise Refusal("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared")
        _plain_add_permission(backend, snapshot_id, user_ids, groups)

    def delete_snapshot(self, backend: Any, snapshot_id: str) -> Any:
        """Delete a snapshot and its image."""
        with self._world.lock:
            deleted = _plain_delete_snapshot(backend, snapshot_id)
            self._world.volumes.delete_snapshot(snapshot_id)
            return deleted

    def _snapshot(self, backend: Any, volume_ids: list[str], description: str, **options: Any) -> list[Any]:
        with self._world.lock:
            volumes = [backend.get_volume(volume_id) for volume_id in volume_ids]
            for volume in volumes:
                if volume.is_root:
                    raise unsupported(f"a snapshot of the root volume '{volume.id}'.")
                if volume.is_creating:
                    raise incorrect_state(f"Volume '{volume.id}' is in the 'creating' state.")
            snapshots = [_plain_create_snapshot(backend, volume.id, description, **options) for volume in volumes]
            try:
                mounts = [mount for volume in volumes for mount in self._mount_points(volume)[:1]]
                self._world.volumes.snapshot([(s.volume.id, s.id) for s in snapshots], mounts)
            except Exception:
                for snapshot in snapshots:
                    del backend.snapshots[snapshot.id]
                raise
            for snapshot in snapshots:
                snapshot.kms_key_id = snapshot.volume.kms_key_id
                self._complete_later(snapshot)
            return snapshots

    def _fail_later(self, snapshot: Any, reason: str) -> None:
        def fail() -> None:
            snapshot.status, snapshot.state_message = "error", reason

        snapshot.status = "pending"
        self._world.later(SNAPSHOT_SECONDS, fail)

    def _complete_later(self, snapshot: Any) -> None:
        snapshot.status = "pending"
        snapshot.full_snapshot_size_in_bytes = self._world.volumes.written_bytes(snapshot.id)
        self._world.later(SNAPSHOT_SECONDS, lambda: setattr(snapshot, "status", "completed"))

    def _mount_points(self, volume: Any) -> list[Any]:
        host = self._world.hosts.find(volume.attachment.instance.id) if volume.attachment else None
        device = self._world.volumes.device(volume.id)
        return host.mount_points(device) if host and device else []


def _keys(source: Any, copied: Any) -> list[str | None]:
    return [source.kms_key_id, copied.kms_key_id]


def install(snapshots: Snapshots) -> None:
    """Put these operations in the place of moto's."""
    names = ("create_snapshot", "create_snapshots", "copy_snapshot", "delete_snapshot", "add_create_volume_permission")
    replace_operations(EBSBackend, snapshots, names)
