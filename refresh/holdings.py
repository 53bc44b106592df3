"""What a refresh has in EC2: volumes, snapshots and instances as described, orders for them, and their tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from refresh.places import Place

SPACE_TAG = "understudy:space"
REFRESH_TAG = "understudy:refresh"
ROLE_TAG = "understudy:role"
EXPIRES_TAG = "understudy:expires-at"
TAKE_TAG = "understudy:take"  # which call of CreateSnapshots: what one call made is one point in time
SOURCE_TAG = "understudy:source-volume"  # on copies and parts: a copy's own VolumeId says nothing
RULES_TAG = "understudy:rules"
AS_OF_TAG = "understudy:data-as-of"

Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """Where a volume is attached, and how far the attaching is."""

    instance_id: str
    device: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Volume:
    """An EBS volume as DescribeVolumes shows it."""

    volume_id: str
    state: str
    size_gib: int
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()
    kms_key_id: str = ""  # empty: not encrypted
    tags: Tags = field(default_factory=dict)

    @property
    def role(self) -> str:
        """What it is for: quarantine, candidate, live or previous."""
        return self.tags.get(ROLE_TAG, "")

    @property
    def refresh_id(self) -> str:
        """The refresh that made it."""
        return self.tags.get(REFRESH_TAG, "")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """An EBS snapshot as DescribeSnapshots shows it; `full_bytes`: all that was ever written, 0 where unsaid."""

    snapshot_id: str
    volume_id: str
    state: str
    size_gib: int
    started_at: datetime
    owner_id: str = ""
    message: str = ""
    progress: str = ""
    region: str = ""
    full_bytes: int = 0
    tags: Tags = field(default_factory=dict)

    @property
    def role(self) -> str:
        """What it is: snapshot (of production), copy (of one, in our own place) or golden (masked)."""
        return self.tags.get(ROLE_TAG, "")

    @property
    def refresh_id(self) -> str:
        """The refresh that asked for it."""
        return self.tags.get(REFRESH_TAG, "")

    @property
    def source_volume_id(self) -> str:
        """The volume of production that it was taken of, which a copy knows by its tag only."""
        return self.tags.get(SOURCE_TAG) or self.volume_id

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(account_id=self.owner_id, region=self.region)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """An EC2 instance as DescribeInstances shows it; `devices` maps device names to volume ids, `kind` is its type."""

    instance_id: str
    state: str
    zone: str
    root_device: str
    devices: Mapping[str, str]
    kind: str = ""

    @property
    def data_volume_ids(self) -> tuple[str, ...]:
        """Every attached volume but the root."""
        return tuple(volume for device, volume in self.devices.items() if device != self.root_device)


@dataclass(frozen=True, kw_only=True)
class VolumeOrder:
    """What CreateVolume is asked for; the token makes asking twice harmless."""

    size_gib: int
    zone: str
    kms_key_id: str
    token: str
    tags: Tags
    snapshot_id: str = ""


@dataclass(frozen=True, kw_only=True)
class SnapshotOrder:
    """What CreateSnapshots is asked for: an instance's data volumes at one point in time."""

    instance_id: str
    excluded_volume_ids: Sequence[str]
    description: str
    tags: Tags
