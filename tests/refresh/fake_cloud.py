"""EC2, EBS and S3 in memory, with states that take time, and a death that may come before or after any effect."""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from refresh.aws import Stored
from refresh.errors import PermanentError
from refresh.holdings import Attachment, Instance, Snapshot, SnapshotOrder, Tags, Volume, VolumeOrder
from refresh.places import CopyOrder, Key, Place

OWN_ACCOUNT = "111111111111"
OTHER_ACCOUNT = "222222222222"
REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{OWN_ACCOUNT}:key/production"
SETTLE_SECONDS = 1.0  # how long a state takes to change


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing that comes after it has an effect."""


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=timezone.utc) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += max(seconds, 0.001)


@dataclass
class Fate:
    """Every effect on the world goes through here: it is counted, and the process may die around it."""

    effects: list[str] = field(default_factory=list)
    die_before: int | None = None
    die_after: int | None = None
    dead: bool = False
    failures: dict[str, list[Exception]] = field(default_factory=dict)

    @contextmanager
    def effect(self, name: str) -> Iterator[None]:
        self.alive()
        number = len(self.effects)
        self.effects.append(name)
        if number == self.die_before:
            self.die()
        planned = self.failures.get(name)
        if planned:
            raise planned.pop(0)
        yield
        if number == self.die_after:
            self.die()

    def alive(self) -> None:
        if self.dead:
            raise Killed

    def die(self) -> None:
        self.dead = True
        raise Killed

    def revive(self) -> None:
        self.dead, self.die_before, self.die_after = False, None, None

    def count(self, name: str) -> int:
        return self.effects.count(name)


@dataclass
class _Disk:
    volume: Volume
    ready_at: float
    content: object = None
    moves_at: float = 0.0


class FakeEc2:
    """One account's EC2 in one region; the same object plays production's side, unless production is elsewhere."""

    def __init__(self, clock: FakeClock, fate: Fate, place: Place | None = None) -> None:
        self.clock, self.fate = clock, fate
        self.where = place or Place(account_id=OWN_ACCOUNT, region=REGION)
        self.others: list[FakeEc2] = []
        self.shared: set[tuple[str, str]] = set()
        self.keys: dict[str, Key] = {}
        self.keys_that_fail: set[str] = set()  # whose use fails as AWS fails: with a message in a state, if at all
        self.instances: dict[str, Instance] = {}
        self.disks: dict[str, _Disk] = {}
        self.shots: dict[str, tuple[Snapshot, float, object]] = {}
        self.tokens: dict[str, str] = {}
        self.orders: dict[str, VolumeOrder] = {}
        self.starts_at: dict[str, float] = {}
        self.full_bytes = 30 * 1024**2  # what a snapshot says to be written
        self._numbers = itertools.count(0x100 if place is None else 0x100000)
        self.on_stop: Callable[[str], None] = lambda _instance_id: None
        self.is_mounted: Callable[[str], bool] = lambda _volume_id: False

    # -- looking ----------------------------------------------------------------------------------------------------

    def place(self) -> Place:
        self.fate.alive()
        for trouble in self.fate.failures.get("place", ()):
            raise trouble
        return self.where

    def key(self, key_id: str) -> Key | None:
        self.fate.alive()
        return self.keys.get(key_id)

    def try_create_snapshots(self, order: SnapshotOrder) -> None:
        self.fate.alive()
        for trouble in self.fate.failures.get("try_create_snapshots", ()):
            raise trouble

    def caller_arn(self) -> str:
        self.fate.alive()
        return f"arn:aws:sts::{OWN_ACCOUNT}:assumed-role/operator/ann"

    def instance(self, instance_id: str) -> Instance | None:
        self.fate.alive()
        self._settle()
        return self.instances.get(instance_id)

    def volume(self, volume_id: str) -> Volume | None:
        self.fate.alive()
        self._settle()
        disk = self.disks.get(volume_id)
        return disk.volume if disk else None

    def volumes(self, tags: Tags) -> list[Volume]:
        self.fate.alive()
        self._settle()
        return [disk.volume for disk in self.disks.values() if tags.items() <= disk.volume.tags.items()]

    def snapshots(self, tags: Tags) -> list[Snapshot]:
        self.fate.alive()
        self._settle()
        return [shot for shot, _, _ in self.shots.values() if tags.items() <= shot.tags.items()]

    def snapshots_of(self, volume_ids: Sequence[str]) -> list[Snapshot]:
        self.fate.alive()
        self._settle()
        return [shot for shot, _, _ in self.shots.values() if shot.volume_id in volume_ids]

    # -- changing ---------------------------------------------------------------------------------------------------

    def create_snapshots(self, order: SnapshotOrder) -> list[Snapshot]:
        with self.fate.effect("create_snapshots"):
            made = []
            for volume_id in self.instances[order.instance_id].data_volume_ids:
                if volume_id in order.excluded_volume_ids:
                    continue
                shot = Snapshot(
                    snapshot_id=f"snap-{next(self._numbers):08x}",
                    volume_id=volume_id,
                    state="pending",
                    size_gib=self.disks[volume_id].volume.size_gib,
                    started_at=self.clock.now(),
                    owner_id=self.where.account_id,
                    region=self.where.region,
                    full_bytes=self.full_bytes,
                    tags=dict(order.tags),
                )
                self.shots[shot.snapshot_id] = (
                    shot,
                    self.clock.seconds + SETTLE_SECONDS,
                    self.disks[volume_id].content,
                )
                made.append(shot)
        return made

    def create_snapshot(self, volume_id: str, description: str, tags: Tags) -> Snapshot:
        with self.fate.effect("create_snapshot"):
            assert description
            assert not self.is_mounted(volume_id), f"{volume_id} is not closed"
            disk = self.disks[volume_id]
            shot = Snapshot(
                snapshot_id=f"snap-{next(self._numbers):08x}",
                volume_id=volume_id,
                state="pending",
                size_gib=disk.volume.size_gib,
                started_at=self.clock.now(),
                owner_id=self.where.account_id,
                region=self.where.region,
                tags=dict(tags),
            )
            self.shots[shot.snapshot_id] = (shot, self.clock.seconds + SETTLE_SECONDS, copy.deepcopy(disk.content))
        return shot

    def share_snapshot(self, snapshot_id: str, account_id: str) -> None:
        with self.fate.effect("share_snapshot"):
            assert snapshot_id in self.shots
            self.shared.add((snapshot_id, account_id))

    def copy_snapshot(self, order: CopyOrder) -> str:
        with self.fate.effect("copy_snapshot"):
            owner = next(each for each in [self, *self.others] if order.snapshot_id in each.shots)
            original, _, content = owner.shots[order.snapshot_id]
            assert original.state == "completed"
            assert original.region == order.region
            foreign = owner.where.account_id != self.where.account_id
            if foreign and (order.snapshot_id, self.where.account_id) not in owner.shared:
                raise PermanentError(f"CopySnapshot: AWS answered InvalidSnapshot.NotFound: {order.snapshot_id}")
            copied = replace(
                original,
                snapshot_id=f"snap-{next(self._numbers):08x}",
                volume_id="vol-ffffffff",
                state="pending",
                started_at=self.clock.now(),
                owner_id=self.where.account_id,
                region=self.where.region,
                tags=dict(order.tags),
            )
            if order.kms_key_id in self.keys_that_fail:
                copied = replace(copied, state="error", message="Given key ID is not accessible.")
            self.shots[copied.snapshot_id] = (copied, self.clock.seconds + SETTLE_SECONDS, content)
        return copied.snapshot_id

    def delete_snapshot(self, snapshot_id: str) -> None:
        with self.fate.effect("delete_snapshot"):
            self.shots.pop(snapshot_id, None)

    def create_volume(self, order: VolumeOrder) -> Volume:
        with self.fate.effect("create_volume"):
            if order.token in self.tokens:
                if self.orders[order.token] != order or self.tokens[order.token] not in self.disks:
                    raise PermanentError("IdempotentParameterMismatch: the client token was used for another volume")
                return self.disks[self.tokens[order.token]].volume
            self.orders[order.token] = order
            volume = Volume(
                volume_id=f"vol-{next(self._numbers):08x}",
                state="creating",
                size_gib=order.size_gib,
                created_at=self.clock.now(),
                tags=dict(order.tags),
            )
            if order.snapshot_id:
                assert self.shots[order.snapshot_id][0].state == "completed", (
                    "a snapshot of another place, or one that is pending"
                )
            content = copy.deepcopy(self.shots[order.snapshot_id][2]) if order.snapshot_id else None
            if order.snapshot_id and order.kms_key_id in self.keys_that_fail:
                self.tokens[order.token] = volume.volume_id  # made, and gone at once
                return volume
            self.disks[volume.volume_id] = _Disk(volume, self.clock.seconds + SETTLE_SECONDS, content)
            self.tokens[order.token] = volume.volume_id
        return volume

    def attach_volume(self, volume_id: str, instance_id: str, device: str) -> None:
        with self.fate.effect("attach_volume"):
            disk = self.disks[volume_id]
            assert disk.volume.state == "available"
            if self.instances[instance_id].state != "running":
                raise PermanentError(f"{instance_id} does not run")
            self._move(disk, (Attachment(instance_id=instance_id, device=device, state="attaching"),), "in-use")
            devices = {**self.instances[instance_id].devices, device: volume_id}
            self.instances[instance_id] = replace(self.instances[instance_id], devices=devices)

    def detach_volume(self, volume_id: str, instance_id: str) -> None:
        with self.fate.effect("detach_volume"):
            disk = self.disks[volume_id]
            assert not self.is_mounted(volume_id), f"{volume_id} is detached while it is mounted"
            if not disk.volume.attachments:
                return
            old = disk.volume.attachments[0]
            assert old.instance_id == instance_id
            self._move(disk, (replace(old, state="detaching"),), "in-use")

    def delete_volume(self, volume_id: str) -> None:
        with self.fate.effect("delete_volume"):
            disk = self.disks.get(volume_id)
            if disk is None:
                return
            assert not disk.volume.attachments, f"{volume_id} is deleted while it is attached"
            del self.disks[volume_id]

    def tag(self, resource_id: str, tags: Tags) -> None:
        with self.fate.effect("tag"):
            disk = self.disks[resource_id]
            disk.volume = replace(disk.volume, tags={**disk.volume.tags, **tags})

    def start_instance(self, instance_id: str) -> None:
        with self.fate.effect("start_instance"):
            self.instances[instance_id] = replace(self.instances[instance_id], state="pending")
            self.starts_at[instance_id] = self.clock.seconds + SETTLE_SECONDS

    def stop_instance(self, instance_id: str) -> None:
        with self.fate.effect("stop_instance"):
            self.instances[instance_id] = replace(self.instances[instance_id], state="stopping")
            self.starts_at[instance_id] = self.clock.seconds + SETTLE_SECONDS
            self.on_stop(instance_id)

    # -- for tests --------------------------------------------------------------------------------------------------

    def add_disk(self, volume_id: str, instance_id: str, size_gib: int, content: object) -> None:
        attached = Attachment(instance_id=instance_id, device="/dev/sdb", state="attached")
        volume = Volume(
            volume_id=volume_id,
            state="in-use",
            size_gib=size_gib,
            created_at=self.clock.now(),
            attachments=(attached,),
            kms_key_id=KEY,
        )
        self.disks[volume_id] = _Disk(volume, 0.0, content)

    def lose(self, volume_id: str) -> None:
        """Delete a volume as somebody with the console would."""
        for instance_id, instance in self.instances.items():
            devices = {name: each for name, each in instance.devices.items() if each != volume_id}
            self.instances[instance_id] = replace(instance, devices=devices)
        del self.disks[volume_id]

    def _move(self, disk: _Disk, attachments: tuple[Attachment, ...], state: str) -> None:
        disk.volume = replace(disk.volume, attachments=attachments, state=state)
        disk.moves_at = self.clock.seconds + SETTLE_SECONDS

    def _settle(self) -> None:
        for disk in self.disks.values():
            self._settle_disk(disk)
        for snapshot_id, (shot, done_at, content) in self.shots.items():
            if shot.state == "pending" and self.clock.seconds >= done_at:
                self.shots[snapshot_id] = (replace(shot, state="completed"), done_at, content)
        for instance_id, at in list(self.starts_at.items()):
            if self.clock.seconds >= at:
                state = {"pending": "running", "stopping": "stopped"}
                old = self.instances[instance_id]
                self.instances[instance_id] = replace(old, state=state.get(old.state, old.state))
                del self.starts_at[instance_id]

    def _settle_disk(self, disk: _Disk) -> None:
        if disk.volume.state == "creating" and self.clock.seconds >= disk.ready_at:
            disk.volume = replace(disk.volume, state="available")
        for attachment in disk.volume.attachments:
            if self.clock.seconds < disk.moves_at:
                continue
            if attachment.state == "attaching":
                disk.volume = replace(disk.volume, attachments=(replace(attachment, state="attached"),))
            elif attachment.state == "detaching":
                self._detached(disk, attachment)

    def _detached(self, disk: _Disk, attachment: Attachment) -> None:
        disk.volume = replace(disk.volume, attachments=(), state="available")
        old = self.instances[attachment.instance_id]
        devices = {name: each for name, each in old.devices.items() if each != disk.volume.volume_id}
        self.instances[attachment.instance_id] = replace(old, devices=devices)


class FakeObjects:
    """S3 with conditional writes."""

    def __init__(self, clock: FakeClock, fate: Fate) -> None:
        self.clock, self.fate = clock, fate
        self.objects: dict[tuple[str, str], tuple[bytes, str, float]] = {}
        self._numbers = itertools.count(1)

    def get(self, bucket: str, key: str) -> Stored | None:
        self.fate.alive()
        if (bucket, key) not in self.objects:
            return None
        body, etag, at = self.objects[bucket, key]
        return Stored(body=body, etag=etag, age_seconds=self.clock.seconds - at)

    def put(self, bucket: str, key: str, body: bytes, *, etag: str | None = None, absent: bool = False) -> str | None:
        with self.fate.effect(f"put {key.split('/', maxsplit=1)[0]}"):
            stored = self.objects.get((bucket, key))
            if (absent and stored) or (etag and (stored is None or stored[1] != etag)):
                return None
            made = hashlib.md5(body + str(next(self._numbers)).encode()).hexdigest()  # noqa: S324 - an etag
            self.objects[bucket, key] = (body, made, self.clock.seconds)
        return made

    def keys(self, bucket: str, prefix: str) -> list[str]:
        self.fate.alive()
        return list(self.etags(bucket, prefix))

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        self.fate.alive()
        found = sorted(key for place, key in self.objects if place == bucket and key.startswith(prefix))
        return {key: self.objects[bucket, key][1] for key in found}
