"""Our own volumes: found by their tags before they are made, and never waited for without end."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

from refresh.aws import Compute
from refresh.errors import ResourceError
from refresh.holdings import Tags, Volume, VolumeOrder
from refresh.poller import Poller

_DEVICES = tuple(f"/dev/sd{letter}" for letter in ascii_lowercase[5:16])  # EC2 user guide: /dev/sd[f-p] for data


@dataclass(frozen=True)
class Volumes:
    """Make, attach, detach and delete volumes; each call may be repeated."""

    compute: Compute
    poller: Poller

    def find(self, tags: Tags) -> Volume | None:
        """Look up the one volume that carries all these tags.

        Args:
            tags: All of them have to match.

        Returns:
            The volume, or None.
        """
        found = self.compute.volumes(tags)
        return min(found, key=lambda volume: (volume.created_at, volume.volume_id)) if found else None

    def ensure(self, order: VolumeOrder, tags: Tags) -> Volume:
        """Make a volume unless it is there, and wait until it can be used.

        Args:
            order: What to make; its token makes a repeated call return the same volume.
            tags: What it is looked up by first.

        Returns:
            The volume, available or in use.

        Raises:
            ResourceError: It ended in an error, or vanished.
        """
        volume = self.find(tags) or self.compute.create_volume(order)
        return self._made(volume.volume_id)

    def attach(self, volume_id: str, instance_id: str) -> None:
        """Attach a volume to an instance and wait until it is.

        Args:
            volume_id: The volume.
            instance_id: The instance.

        Raises:
            ResourceError: It is on another instance, or there is no device name left.
        """
        volume = self._made(volume_id)  # a run that was killed may have left it in the making
        if not volume.attachments:
            self.compute.attach_volume(volume_id, instance_id, self._free_device(instance_id))
        self.poller.wait_for(
            f"{volume_id} to be attached to {instance_id}", lambda: self._attached(volume_id, instance_id)
        )

    def detach(self, volume_id: str) -> None:
        """Detach a volume from wherever it is and wait until it is free. Its file system has to be unmounted before.

        Args:
            volume_id: The volume.
        """
        volume = self.compute.volume(volume_id)
        if volume is None:
            return
        for attachment in volume.attachments:
            if attachment.state != "detaching":
                self.compute.detach_volume(volume_id, attachment.instance_id)
        self.poller.wait_for(
            f"{volume_id} to be detached (one that hangs in 'busy' is still mounted)", lambda: self._free(volume_id)
        )

    def delete(self, volume_id: str) -> None:
        """Delete a volume and wait until it is gone.

        Args:
            volume_id: The volume.
        """
        self.compute.delete_volume(volume_id)
        self.poller.wait_for(f"{volume_id} to be deleted", lambda: self._gone(volume_id))

    def _made(self, volume_id: str) -> Volume:
        return self.poller.wait_for(f"volume {volume_id} to be made", lambda: self._usable(volume_id))

    def _existing(self, volume_id: str) -> Volume:
        volume = self.compute.volume(volume_id)
        if volume is None:
            raise ResourceError(
                f"volume {volume_id} is not there any more; where it was just being made, the usual reason is that the "
                "KMS key of the stack may not be used by this role"
            )
        return volume

    def _usable(self, volume_id: str) -> Volume | None:
        volume = self._existing(volume_id)
        if volume.state == "error":
            raise ResourceError(
                f"volume {volume_id} went into state 'error': look at it with "
                f"aws ec2 describe-volumes --volume-ids {volume_id}"
            )
        return volume if volume.state in {"available", "in-use"} else None

    def _attached(self, volume_id: str, instance_id: str) -> bool | None:
        volume = self._existing(volume_id)
        if not volume.attachments:
            raise ResourceError(f"volume {volume_id} was detached from {instance_id} while it was being attached")
        attachment = volume.attachments[0]
        if attachment.instance_id != instance_id:
            raise ResourceError(
                f"volume {volume_id} is attached to {attachment.instance_id}, not to {instance_id}. Detach it: "
                f"aws ec2 detach-volume --volume-id {volume_id}"
            )
        return True if attachment.state == "attached" else None

    def _free(self, volume_id: str) -> bool | None:
        volume = self.compute.volume(volume_id)
        return True if volume is None or not volume.attachments else None

    def _gone(self, volume_id: str) -> bool | None:
        volume = self.compute.volume(volume_id)
        return True if volume is None or volume.state in {"deleting", "deleted"} else None

    def _free_device(self, instance_id: str) -> str:
        instance = self.compute.instance(instance_id)
        if instance is None:
            raise ResourceError(f"instance {instance_id} is not there any more")
        for device in _DEVICES:
            if device not in instance.devices:
                return device
        raise ResourceError(f"instance {instance_id} has no free device name left in {_DEVICES[0]} to {_DEVICES[-1]}")
