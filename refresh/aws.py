"""The few calls to AWS that a refresh makes, as Protocols for each side, and the values they answer with.

Production's side and our own are apart, so that a step that is handed production's can do no more than look and ask for
a snapshot. `boto.py` holds the real ones; tests pass fakes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from refresh.holdings import Instance, Snapshot, SnapshotOrder, Tags, Volume, VolumeOrder
from refresh.hosts import Document
from refresh.places import CopyOrder, Key, Place


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What GetCommandInvocation says of a command that has ended or still runs."""

    status: str
    detail: str
    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object of a bucket. Its age is by the bucket's own clock, so no two hosts' clocks are compared."""

    body: bytes
    etag: str
    age_seconds: float


class SourceCompute(Protocol):
    """EC2 on production's side: looking, and asking for snapshots.

    `share_snapshot` and `delete_snapshot` are for a production in another account, and touch only snapshots that a
    refresh made.
    """

    def place(self) -> Place:
        """Return the account and region that this side acts in; the first call shows whether its role can be taken."""
        ...

    def key(self, key_id: str) -> Key | None:
        """Look a key up in its own region; None when this side may not."""
        ...

    def instance(self, instance_id: str) -> Instance | None:
        """Look an instance up."""
        ...

    def volume(self, volume_id: str) -> Volume | None:
        """Look a volume up."""
        ...

    def snapshots(self, tags: Tags) -> list[Snapshot]:
        """Look up this account's snapshots that carry all these tags."""
        ...

    def try_create_snapshots(self, order: SnapshotOrder) -> None:
        """Ask whether snapshots may be asked for; nothing is made. Raises when they may not."""
        ...

    def snapshots_of(self, volume_ids: Sequence[str]) -> list[Snapshot]:
        """Look up this account's snapshots of these volumes, whoever made them."""
        ...

    def create_snapshots(self, order: SnapshotOrder) -> list[Snapshot]:
        """Ask for snapshots of an instance's volumes; they carry their tags from birth."""
        ...

    def share_snapshot(self, snapshot_id: str, account_id: str) -> None:
        """Let another account make volumes of a snapshot."""
        ...

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Delete a snapshot; one that is gone is well."""
        ...


class Compute(Protocol):
    """EC2 on our own side."""

    def place(self) -> Place:
        """Return the account and region that this side acts in."""
        ...

    def key(self, key_id: str) -> Key | None:
        """Look a key up in its own region, perhaps another account's; None when this side may not."""
        ...

    def caller_arn(self) -> str:
        """Return the identity that this side acts as."""
        ...

    def instance(self, instance_id: str) -> Instance | None:
        """Look an instance up."""
        ...

    def volume(self, volume_id: str) -> Volume | None:
        """Look a volume up."""
        ...

    def volumes(self, tags: Tags) -> list[Volume]:
        """Look up the volumes that carry all these tags and are not being deleted."""
        ...

    def snapshots(self, tags: Tags) -> list[Snapshot]:
        """Look up this account's snapshots that carry all these tags."""
        ...

    def copy_snapshot(self, order: CopyOrder) -> str:
        """Begin to copy a snapshot of another place and return the copy's id; it carries its tags from birth."""
        ...

    def create_snapshot(self, volume_id: str, description: str, tags: Tags) -> Snapshot:
        """Ask for a snapshot of one volume of ours; it carries its tags from birth."""
        ...

    def create_volume(self, order: VolumeOrder) -> Volume:
        """Make a volume; it carries its tags from birth."""
        ...

    def attach_volume(self, volume_id: str, instance_id: str, device: str) -> None:
        """Attach a volume; one that is on this instance already is well."""
        ...

    def detach_volume(self, volume_id: str, instance_id: str) -> None:
        """Detach a volume; one that is detached already is well."""
        ...

    def delete_volume(self, volume_id: str) -> None:
        """Delete a volume; one that is gone is well."""
        ...

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Delete a snapshot; one that is gone is well."""
        ...

    def tag(self, resource_id: str, tags: Tags) -> None:
        """Write tags over those of the same names."""
        ...

    def start_instance(self, instance_id: str) -> None:
        """Ask an instance to start."""
        ...

    def stop_instance(self, instance_id: str) -> None:
        """Ask an instance to stop."""
        ...


class CommandPort(Protocol):
    """Systems Manager's Run Command."""

    def send(self, instance_id: str, document: Document, parameters: Mapping[str, str]) -> str:
        """Send a document to one instance and return the command's id."""
        ...

    def outcome(self, command_id: str, instance_id: str) -> Outcome | None:
        """Return what became of a command; None while the service does not know it yet."""
        ...


class ParameterPort(Protocol):
    """Systems Manager's parameters: that they exist and in which version, never what they hold."""

    def version(self, name: str) -> int | None:
        """Return a parameter's version; None when there is none of that name."""
        ...


class ObjectPort(Protocol):
    """S3, with the conditional writes that ledger and lease stand on."""

    def get(self, bucket: str, key: str) -> Stored | None:
        """Read an object; None when there is none."""
        ...

    def put(self, bucket: str, key: str, body: bytes, *, etag: str | None = None, absent: bool = False) -> str | None:
        """Write an object, only over the one with this etag or only where none is; None when that did not hold."""
        ...

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """List the keys under a prefix."""
        ...

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        """List the keys under a prefix with their etags, by which a reader knows what is new."""
        ...


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A value of a metric, with one of CloudWatch's units."""

    name: str
    value: float
    unit: str


class TellingPort(Protocol):
    """Where an outcome is told: CloudWatch Logs, SNS, and CloudWatch's metrics."""

    def log(self, group: str, stream: str, *messages: str) -> None:
        """Write events into a stream, which is made when it is not there."""
        ...

    def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Tell the subscribers."""
        ...

    def measure(self, namespace: str, dimensions: Mapping[str, str], metrics: Sequence[Metric]) -> None:
        """Put values of metrics that have these dimensions."""
        ...


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Both sides. `source_*` act through production's session, all others through our own.

    `session_ends_at` says when our own credentials end; None where they do not, or do not say.
    """

    source_compute: SourceCompute
    source_commands: CommandPort
    compute: Compute
    commands: CommandPort
    parameters: ParameterPort
    objects: ObjectPort
    telling: TellingPort
    session_ends_at: Callable[[], datetime | None] = lambda: None
