"""EBS with real disks: volumes, attachments and snapshots of moto's EC2, each backed by a file of the pool."""

import time
from typing import Any

from moto.ec2.models import elastic_block_store
from moto.ec2.models.elastic_block_store import EBSBackend

from sandbox.cloud import accounts
from sandbox.cloud.refusals import Refusal, incorrect_state
from sandbox.cloud.replacement import replace_class, replace_operations
from sandbox.cloud.world import ATTACHMENT_SECONDS, BUSY_POLL_SECONDS, VOLUME_SECONDS, World, in_background

_plain_create_volume = EBSBackend.create_volume
_plain_delete_volume = EBSBackend.delete_volume
_plain_attach = EBSBackend.attach_volume
_plain_detach = EBSBackend.detach_volume


class Volume(elastic_block_store.Volume):
    """moto's volume with the states that take a moment: `creating`, and whether a file stands behind it."""

    is_creating = False
    is_root = False

    @property
    def status(self) -> str:
        """`creating`, `available` or `in-use`."""
        return "creating" if self.is_creating else super().status


class Disks:
    """The EBS operations that replace moto's.

    Args:
        world: The real things.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def create_volume(
        self, backend: Any, size: int | None, zone_name: str, snapshot_id: str | None = None, **options: Any
    ) -> Volume:
        """Make a volume's record and its disk."""
        with self._world.lock:
            source = self._source(backend, snapshot_id) if snapshot_id else None
            if source is not None:
                size = _size_from_snapshot(source, size)
                options["encrypted"] = bool(options.get("encrypted") or source.encrypted)
            # moto looks for the snapshot in the own account only.
            volume: Volume = _plain_create_volume(backend, size, zone_name, None, **options)
            volume.snapshot_id = snapshot_id
            volume.is_creating = True
            try:
                self._world.volumes.create(volume.id, int(volume.size), snapshot_id)
            except Exception:
                del backend.volumes[volume.id]
                raise
        keys = [volume.kms_key_id, source.kms_key_id if source is not None else None]
        if all(accounts.may_use(backend.account_id, backend.region_name, each) for each in keys):
            self._world.later(VOLUME_SECONDS, lambda: setattr(volume, "is_creating", False))
        else:  # as on AWS: the call succeeds, and the volume is gone a moment later
            self._world.later(VOLUME_SECONDS, lambda: self._drop(backend, volume))
        return volume

    def _drop(self, backend: Any, volume: Volume) -> None:
        backend.volumes.pop(volume.id, None)
        self._world.volumes.delete(volume.id)

    def create_root_volume(self, backend: Any, instance: Any) -> None:
        """Record an instance's root volume; the root disk itself is an overlay and no block device."""
        volume = _plain_create_volume(backend, 8, instance._placement.zone)
        volume.is_root = True
        _plain_attach(backend, volume.id, instance.id, instance.root_device_name, delete_on_termination=True)

    def delete_volume(self, backend: Any, volume_id: str) -> Any:
        """Delete a free volume and its disk."""
        with self._world.lock:
            volume = backend.get_volume(volume_id)
            if volume.is_creating:
                raise incorrect_state(f"The volume '{volume_id}' is 'creating'.")
            deleted = _plain_delete_volume(backend, volume_id)
            self._world.volumes.delete(volume_id)
            return deleted

    def attach_volume(
        self,
        backend: Any,
        volume_id: str,
        instance_id: str,
        device_path: str,
        delete_on_termination: bool = False,  # noqa: FBT001, FBT002 - moto's signature
    ) -> Any:
        """Start attaching a volume: the host sees the device a moment later."""
        with self._world.lock:
            volume, instance = backend.get_volume(volume_id), backend.get_instance(instance_id)
            _refuse_attachment(volume, instance, device_path)
            attachment = self.record_attachment(
                backend, volume, instance, device_path, delete_on_termination=delete_on_termination
            )
            attachment.status = "attaching"
        self._world.later(ATTACHMENT_SECONDS, lambda: self._plug(volume, attachment))
        return attachment

    def record_attachment(
        self, backend: Any, volume: Volume, instance: Any, device: str, *, delete_on_termination: bool
    ) -> Any:
        """Attach in moto's books and give the volume its block device."""
        attachment = _plain_attach(backend, volume.id, instance.id, device, delete_on_termination)
        self._world.volumes.attach(volume.id)
        return attachment

    def detach_volume(self, backend: Any, volume_id: str, instance_id: str | None, device_path: str | None) -> Any:
        """Start detaching; while the host has the volume mounted it stays `busy`, as on AWS."""
        with self._world.lock:
            volume = backend.get_volume(volume_id)
            attachment = volume.attachment
            if attachment is None:
                raise incorrect_state(f"Volume '{volume_id}' is in the 'available' state.")
            if instance_id and attachment.instance.id != instance_id:
                raise Refusal(
                    "InvalidAttachment.NotFound",
                    f"The volume '{volume_id}' is not attached to instance '{instance_id}'.",
                )
            if device_path and attachment.device != device_path:
                raise Refusal(
                    "InvalidAttachment.NotFound", f"The volume '{volume_id}' is not attached as '{device_path}'."
                )
            if volume.is_root:
                raise Refusal(
                    "OperationNotPermitted", f"'{volume_id}' is the root volume of '{attachment.instance.id}'."
                )
            if attachment.status != "attached":
                raise incorrect_state(f"The attachment of volume '{volume_id}' is '{attachment.status}'.")
            attachment.status = "detaching"
        in_background(lambda: self._detach_when_free(backend, volume, attachment))
        return attachment

    def release(self, backend: Any, volume: Volume) -> None:
        """Detach a volume of an instance that has ended, and delete it if it was to end with it."""
        instance, device = volume.attachment.instance, volume.attachment.device
        mapping = instance.block_device_mapping.get(device)
        self._world.volumes.detach(volume.id)
        _plain_detach(backend, volume.id, instance.id, device)
        if mapping is not None and mapping.delete_on_termination:
            _plain_delete_volume(backend, volume.id)
            self._world.volumes.delete(volume.id)

    def _plug(self, volume: Volume, attachment: Any) -> None:
        if volume.attachment is not attachment or attachment.status != "attaching":
            return
        host = self._world.hosts.find(attachment.instance.id)
        device = self._world.volumes.device(volume.id)
        if host and device and volume.id not in host.devices:
            host.plug(volume.id, device)
        attachment.status = "attached"

    def _detach_when_free(self, backend: Any, volume: Volume, attachment: Any) -> None:
        time.sleep(ATTACHMENT_SECONDS)
        while not self._detached(backend, volume, attachment):
            time.sleep(BUSY_POLL_SECONDS)

    def _detached(self, backend: Any, volume: Volume, attachment: Any) -> bool:
        """Detach a volume that is not in use; say whether nothing is left to be done."""
        with self._world.lock:
            if volume.attachment is not attachment:
                return True  # its instance was terminated meanwhile
            if self._world.volumes.is_busy(volume.id):
                attachment.status = "busy"
                return False
            host = self._world.hosts.find(attachment.instance.id)
            if host:
                host.unplug(volume.id)
            self._world.volumes.detach(volume.id)
            _plain_detach(backend, volume.id, attachment.instance.id, attachment.device)
            return True

    @staticmethod
    def _source(backend: Any, snapshot_id: str) -> Any:
        """Return the snapshot that a volume is made of, one of another account's where it is shared."""
        snapshot = accounts.find_snapshot(backend.account_id, backend.region_name, snapshot_id)
        if snapshot is None:
            raise Refusal("InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist.")
        if snapshot.status != "completed":
            raise incorrect_state(f"Snapshot '{snapshot_id}' is in the '{snapshot.status}' state, not 'completed'.")
        return snapshot


def _size_from_snapshot(snapshot: Any, size: int | None) -> int:
    smallest = int(snapshot.volume.size)
    if size is not None and int(size) < smallest:
        raise Refusal(
            "InvalidParameterValue",
            f"The size of a volume can't be smaller than its snapshot: {size} GiB < {smallest} GiB.",
        )
    return smallest if size is None else int(size)


def _refuse_attachment(volume: Volume, instance: Any, device: str) -> None:
    if volume.attachment:
        raise Refusal("VolumeInUse", f"{volume.id} is already attached to an instance")
    if volume.is_creating:
        raise incorrect_state(f"Volume '{volume.id}' is not 'available': it is 'creating'.")
    if instance.state not in {"running", "stopped"}:
        raise incorrect_state(f"Instance '{instance.id}' is not 'running': it is '{instance.state}'.")
    if volume.availability_zone != instance.availability_zone:
        raise Refusal(
            "InvalidVolume.ZoneMismatch",
            f"The volume '{volume.id}' is not in the same availability zone as instance '{instance.id}'.",
        )
    if device in instance.block_device_mapping:
        raise Refusal(
            "InvalidParameterValue",
            f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use",
        )


def install(disks: Disks) -> None:
    """Put these operations in the place of moto's."""
    replace_class(elastic_block_store, "Volume", Volume)
    replace_operations(EBSBackend, disks, ("create_volume", "delete_volume", "attach_volume", "detach_volume"))
