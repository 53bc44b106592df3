"""Sweeping by tags: what an earlier refresh left behind, what has expired, and at the end everything of a space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from refresh.aws import Aws
from refresh.commands import Commands
from refresh.ebs import snapshots
from refresh.ebs.release import Releaser
from refresh.ebs.volumes import Volumes
from refresh.errors import PermanentError, ReleaseError
from refresh.holdings import EXPIRES_TAG, SPACE_TAG, Snapshot, Tags, Volume
from refresh.poller import Poller
from refresh.request import SpaceRequest

UNFINISHED_ROLES = frozenset({"snapshot", "copy", "quarantine", "quarantine-part", "candidate"})
_SWEEP_SECONDS = 1800.0


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """Volumes and snapshots to release."""

    volumes: tuple[Volume, ...]
    snapshots: tuple[Snapshot, ...]

    def __bool__(self) -> bool:
        return bool(self.volumes or self.snapshots)

    def describe(self) -> str:
        """Name all of them."""
        parts = [f"{each.volume_id} ({each.role} of {each.refresh_id})" for each in self.volumes]
        parts += [f"{each.snapshot_id} ({each.role} of {each.refresh_id})" for each in self.snapshots]
        return ", ".join(parts)


def leftovers(aws: Aws, space: str, now: datetime, *, refresh_id: str, live_volume_id: str) -> Leftovers:
    """Find what other refreshes of the space left unfinished, and what has expired of any, this one included.

    Args:
        aws: Both sides.
        space: The space.
        now: The time.
        refresh_id: The refresh that is about to work; its own unexpired things are not leftovers.
        live_volume_id: What staging serves, which is never a leftover.

    Returns:
        What to release.
    """
    tags = {SPACE_TAG: space}

    def is_left(each_id: str, role: str, their_tags: Tags) -> bool:
        return role in UNFINISHED_ROLES and (each_id != refresh_id or is_expired(their_tags, now))

    volumes = [each for each in aws.compute.volumes(tags) if each.volume_id != live_volume_id]
    return Leftovers(
        volumes=tuple(each for each in volumes if is_left(each.refresh_id, each.role, each.tags)),
        snapshots=tuple(each for each in snapshots.raw(aws, tags) if is_left(each.refresh_id, each.role, each.tags)),
    )


def is_expired(tags: Tags, now: datetime) -> bool:
    """Say whether something with production's data has to go by now.

    Args:
        tags: Its tags.
        now: The time.

    Returns:
        True past its expiry, and when the expiry cannot be read.
    """
    text = tags.get(EXPIRES_TAG)
    if text is None:
        return False
    try:
        return datetime.fromisoformat(text) <= now
    except ValueError:
        return True


def sweep_space(request: SpaceRequest, aws: Aws, poller: Poller, say: Callable[[str], None]) -> None:
    """Remove every volume and snapshot that was ever made for a space; staging stops serving.

    Args:
        request: The space.
        aws: Both sides.
        poller: Waits as long as the lease is held.
        say: Tells the user.

    Raises:
        ReleaseError: Something could not be removed; all of it is named.
    """
    poller.limit(_SWEEP_SECONDS, "Run pulumi destroy again: it goes on from here")
    hosts = Commands(port=aws.commands, poller=poller, documents=request.documents)
    volumes = Volumes(aws.compute, poller)
    tags = {SPACE_TAG: request.space}
    everything = aws.compute.volumes(tags)
    kept = [each for each in everything if request.retain_live_volume and each.role == "live"]
    doomed = [each for each in everything if each not in kept]
    shots, unseen = _shots(aws, tags)
    if everything:
        _stop_staging(request, aws, hosts)
    for volume in kept:
        say(f"volume {volume.volume_id} stays, as retain_live_volume asks")
        volumes.detach(volume.volume_id)
    if doomed or shots:
        say(f"removes {len(doomed)} volumes and {len(shots)} snapshots of {request.space}")
    Releaser(
        aws=aws,
        hosts=hosts,
        volumes=volumes,
        region=request.region,
        worker_instance_id=request.worker_instance_id,
    ).release_all(doomed, shots)
    if unseen:
        raise ReleaseError(unseen)


def _shots(aws: Aws, tags: Tags) -> tuple[list[Snapshot], str]:
    """Look for snapshots on both sides; where production's cannot be seen any more, ours are removed all the same.

    Returns:
        What was found, and the reason for which production's side was not looked at; empty when it was.
    """
    ours = aws.compute.snapshots(tags)
    theirs: list[Snapshot] = []
    unseen = ""
    try:
        theirs = aws.source_compute.snapshots(tags)
    except PermanentError as error:
        named = ",".join(f"Name=tag:{name},Values={value}" for name, value in tags.items())
        unseen = (
            f"production's side could not be looked at: {error}. Our own side is removed; whether snapshots were "
            f"left there, its owner sees with: aws ec2 describe-snapshots --owner-ids self --filters {named}"
        )
    return list({each.snapshot_id: each for each in [*theirs, *ours]}.values()), unseen


def _stop_staging(request: SpaceRequest, aws: Aws, hosts: Commands) -> None:
    """Stop staging's server and unmount everything on it; a host that does not run has nothing mounted."""
    instance = aws.compute.instance(request.staging_instance_id)
    if instance is None or instance.state != "running":
        return
    answer = hosts.run(request.staging_instance_id, "staging-stop")
    if not answer.get("stopped"):
        raise ReleaseError(
            f"staging-stop on {request.staging_instance_id} did not stop the server: run pulumi destroy "
            "again; if it stays so, stop the instance and run it once more"
        )
