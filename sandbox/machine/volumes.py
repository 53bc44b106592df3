"""Volumes and snapshots as files of the pool."""

import os
from collections.abc import Sequence
from pathlib import Path

from sandbox.layout import Layout, SandboxError
from sandbox.machine.commands import run
from sandbox.machine.freeze import frozen
from sandbox.machine.pool import attach_loop, detach_loop


class VolumeStore:
    """Make, clone, attach and delete the raw images behind volumes and snapshots.

    Args:
        layout: The sandbox, its pool mounted.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._devices: dict[str, str] = {}

    def volume_file(self, volume_id: str) -> Path:
        """Return the raw image of a volume."""
        return self._layout.volumes / f"{volume_id}.img"

    def snapshot_file(self, snapshot_id: str) -> Path:
        """Return the raw image of a snapshot."""
        return self._layout.snapshots / f"{snapshot_id}.img"

    def create(self, volume_id: str, size_gib: int, snapshot_id: str | None = None) -> None:
        """Make a volume, blank or from a snapshot.

        Args:
            volume_id: The new volume's id.
            size_gib: Its size; it may be larger than the snapshot's, never smaller.
            snapshot_id: What it starts with; None for zeros.

        Raises:
            SandboxError: The file could not be made; nothing is left of it.
        """
        image = self.volume_file(volume_id)
        try:
            if snapshot_id:
                _clone(self.snapshot_file(snapshot_id), image)
            else:
                image.touch(mode=0o600, exist_ok=False)
            os.truncate(image, size_gib << 30)
        except (OSError, SandboxError) as error:
            image.unlink(missing_ok=True)
            raise SandboxError(f"volume {volume_id} could not be made: {error}") from None

    def delete(self, volume_id: str) -> None:
        """Delete a volume's image; it must not be attached."""
        self.volume_file(volume_id).unlink(missing_ok=True)

    def snapshot(self, pairs: Sequence[tuple[str, str]], mount_points: Sequence[Path] = ()) -> None:
        """Clone volumes as they are at this moment, in use or not.

        One clone is atomic: the kernel holds writers off while it shares the file's blocks. Several clones one after
        the other are not one point in time, so their file systems are frozen around them.

        Args:
            pairs: Volume id and snapshot id.
            mount_points: Where the volumes are mounted; needed for more than one volume.

        Raises:
            SandboxError: A clone failed; no snapshot of the call is left.
        """
        try:
            with frozen(mount_points if len(pairs) > 1 else ()):
                for volume_id, snapshot_id in pairs:
                    _clone(self.volume_file(volume_id), self.snapshot_file(snapshot_id))
        except SandboxError:
            for _, snapshot_id in pairs:
                self.delete_snapshot(snapshot_id)
            raise

    def copy_snapshot(self, source_id: str, target_id: str) -> None:
        """Copy a snapshot to one of its own."""
        _clone(self.snapshot_file(source_id), self.snapshot_file(target_id))

    def written_bytes(self, snapshot_id: str) -> int:
        """Return the size of all blocks of a snapshot that were ever written."""
        return self.snapshot_file(snapshot_id).stat().st_blocks * 512

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Delete a snapshot's image; volumes made from it keep their blocks."""
        self.snapshot_file(snapshot_id).unlink(missing_ok=True)

    def attach(self, volume_id: str) -> str:
        """Give the volume a block device and return its path on this machine."""
        if volume_id not in self._devices:
            self._devices[volume_id] = attach_loop(self.volume_file(volume_id))
        return self._devices[volume_id]

    def device(self, volume_id: str) -> str | None:
        """Return the block device of an attached volume, None for a free one."""
        return self._devices.get(volume_id)

    def is_busy(self, volume_id: str) -> bool:
        """Tell whether a host has the volume mounted; the kernel refuses an exclusive open of such a device."""
        device = self._devices.get(volume_id)
        if device is None:
            return False
        try:
            os.close(os.open(device, os.O_RDONLY | os.O_EXCL))
        except OSError:
            return True
        return False

    def detach(self, volume_id: str) -> None:
        """Take the block device away; the caller has seen that it is not busy."""
        device = self._devices.pop(volume_id, None)
        if device:
            detach_loop(device)


def _clone(source: Path, target: Path) -> None:
    run(["cp", "--reflink=always", "--no-clobber", str(source), str(target)])
