"""What was taken of production: the snapshots of one moment, and their copies where production lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refresh.ebs import copies, snapshots
from refresh.ebs.copies import Copying
from refresh.ebs.snapshots import COPY, SNAPSHOT
from refresh.errors import ResourceError
from refresh.holdings import TAKE_TAG, Snapshot, SnapshotOrder
from refresh.mongo.context import Context
from refresh.mongo.production import Member

STEP = "snapshot"  # whose record holds the facts
MAKING = "restore"  # whose record says what making volumes of it took, and how often a candidate was made


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What the record says of it.

    Attributes:
        volume_ids: Production's volumes, the one with the top of the data directory first.
        take: Counts the calls of CreateSnapshots, since only what one of them made fits together.
        places: Which directory of which volume stands where in the data directory.
    """

    volume_ids: tuple[str, ...]
    take: int
    places: tuple[Mapping[str, str], ...]

    @property
    def root_volume_id(self) -> str:
        """The volume with the top of the data directory."""
        return self.volume_ids[0]

    @classmethod
    def of(cls, context: Context) -> Taken | None:
        """Read the record; None before a snapshot was asked for."""
        facts = context.ledger.facts(STEP)
        if "source_volume_ids" not in facts:
            return None
        return cls(volume_ids=tuple(facts["source_volume_ids"]), take=int(facts["take"]), places=tuple(facts["places"]))


def next_take(context: Context) -> int:
    """Return the number of the next call of CreateSnapshots."""
    return _number(context) + 1


def source_order(context: Context, source: Member, take: int) -> SnapshotOrder:
    """Order snapshots of the volumes with the data, and of no other of the instance.

    Args:
        context: The refresh.
        source: The member.
        take: The number of the call.

    Returns:
        The order.

    Raises:
        ResourceError: The member's instance is gone.
    """
    instance = context.aws.source_compute.instance(source.instance_id)
    if instance is None:
        raise ResourceError(f"production host {source.instance_id} is not there any more")
    return SnapshotOrder(
        instance_id=source.instance_id,
        excluded_volume_ids=[each for each in instance.data_volume_ids if each not in source.volume_ids],
        description=f"Understudy refresh {context.refresh_id} of {context.request.space}: holds production data",
        tags={**context.raw_tags(SNAPSHOT), TAKE_TAG: str(take)},
    )


def find_snapshots(context: Context) -> list[Snapshot]:
    """Look up this refresh's snapshots on production's side; none unless all are there."""
    taken = Taken.of(context)
    if taken is None:
        return []
    return snapshots.find(context.aws, context.tags(SNAPSHOT), taken.volume_ids, taken.take)


def is_elsewhere(context: Context) -> bool:
    """Say whether production lies in another account or region than the stack."""
    return context.aws.source_compute.place() != context.aws.compute.place()


def is_readable_here(context: Context) -> bool:
    """Say whether what was taken is still there in any form that a quarantine can be made of."""
    return bool(find_snapshots(context)) or bool(_find_copies(context))


def ensure_readable(context: Context) -> list[Snapshot]:
    """Have snapshots here of which volumes can be made: production's own, or copies of them under our key.

    Args:
        context: The refresh.

    Returns:
        One for each volume, completed, in the order of the record.

    Raises:
        ResourceError: They are gone.
        SourceError: They cannot be shared or copied, or failed.
    """
    found = _find_copies(context)
    if found and all(each.state == "completed" for each in found):
        return found
    originals = find_snapshots(context)
    if not originals:
        snapshots.refuse_failed(context.aws, context.tags(SNAPSHOT), _number(context))
        raise ResourceError(f"refresh {context.refresh_id}: its snapshot is gone. Give a new trigger to start over")
    _await(context, originals)
    if not is_elsewhere(context):
        return originals
    return _copied(context, originals)


def facts(volume_ids: Sequence[str], take: int, places: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the record, to be written before the call that takes the snapshots."""
    return {"source_volume_ids": list(volume_ids), "take": take, "places": [dict(each) for each in places]}


def _await(context: Context, originals: Sequence[Snapshot]) -> None:
    """Wait for the snapshots; note what the next plan is reckoned with: how long it took, how much was written."""
    began = context.clock.monotonic()
    done = snapshots.wait_until_completed(context.aws, context.poller, context.tags(SNAPSHOT), originals)
    waited = round(context.clock.monotonic() - began, 3)
    context.ledger.note(MAKING, snapshot_bytes=sum(each.full_bytes for each in done), snapshot_wait_seconds=waited)


def _copied(context: Context, originals: Sequence[Snapshot]) -> list[Snapshot]:
    for each in originals:
        snapshots.share(context.aws, each)
    if not _find_copies(context):
        here = context.aws.compute.place()
        context.say(f"        copies {len(originals)} snapshot(s) from {originals[0].place} to {here}, under our key")
    return copies.ensure(context.aws, context.poller, _copying(context), originals, context.say)


def _find_copies(context: Context) -> list[Snapshot]:
    taken = Taken.of(context)
    return copies.find(context.aws, _copying(context), taken.volume_ids) if taken else []


def _copying(context: Context) -> Copying:
    return Copying(
        kms_key_id=context.request.staging.kms_key_id,
        description=f"Understudy refresh {context.refresh_id} of {context.request.space}: holds production data",
        tags=context.tags(COPY),
        born_with=context.raw_tags(COPY),
        take=_number(context),
    )


def _number(context: Context) -> int:
    return int(context.ledger.facts(STEP).get("take", 0))
