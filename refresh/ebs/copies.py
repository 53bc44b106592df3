"""Copies of production's snapshots, where production lies in another account or region: here, and under our own key.

A copy belongs to us from its first byte: its source may be deleted, its tags are ours to find it by, and no volume of
staging hangs on a key that is not staging's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from refresh.aws import Aws
from refresh.ebs.snapshots import all_completed, complete, named
from refresh.errors import PermanentError, SourceError
from refresh.holdings import SOURCE_TAG, TAKE_TAG, Snapshot
from refresh.places import CopyOrder
from refresh.poller import Clock, Poller

_SPEAKS_EVERY_SECONDS = 60.0
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Copying:
    """What copies are made with.

    Attributes:
        kms_key_id: Our key.
        description: Shows beside the copies.
        tags: What copies are looked up by.
        born_with: The tags that they are born with, the former among them.
        take: Which take of snapshots they are copies of.
    """

    kms_key_id: str
    description: str
    tags: Mapping[str, str]
    born_with: Mapping[str, str]
    take: int


def find(aws: Aws, copying: Copying, volume_ids: Sequence[str]) -> list[Snapshot]:
    """Look up the copies of a take.

    Args:
        aws: Both sides.
        copying: What they were made with.
        volume_ids: Production's data volumes.

    Returns:
        A copy for each volume, in their order; none where one is missing or has failed.
    """
    return complete(_found(aws, copying), volume_ids)


def ensure(
    aws: Aws, poller: Poller, copying: Copying, originals: Sequence[Snapshot], say: Say = lambda _line: None
) -> list[Snapshot]:
    """Copy completed snapshots and wait until volumes can be made of the copies.

    CopySnapshot has no client token: a call whose answer was lost is found by its tags. One that failed is made anew.

    Args:
        aws: Both sides.
        poller: The deadline.
        copying: What to make them with.
        originals: Production's snapshots, completed and shared.
        say: Told how far they are, once a minute at most: a copy between regions may take hours.

    Returns:
        The copies, in the originals' order.

    Raises:
        SourceError: A copy is not allowed, or failed: most often a key may not be used, which only shows in its state.
    """
    ids = [_begun(aws, copying, each) for each in originals]
    voice = _Voice(poller.clock, say)

    def completed() -> bool | None:
        found = _found(aws, copying)
        voice.hear(found, ids)
        return _all_completed(found, ids)

    try:
        poller.wait_for(f"copies ({named(ids)}) to be completed", completed)
    except SourceError as error:
        keys = f"{copying.kms_key_id} and the key of production's volumes"
        raise SourceError(
            f"the copy from {originals[0].place} failed: {error}. Whoever runs the refresh must be allowed to use "
            f"{keys}: see docs/production-elsewhere.md"
        ) from None
    return complete(_found(aws, copying), [each.source_volume_id for each in originals])


def _begun(aws: Aws, copying: Copying, original: Snapshot) -> str:
    found = complete(_found(aws, copying), [original.source_volume_id])
    if found:
        return found[0].snapshot_id
    order = CopyOrder(
        snapshot_id=original.snapshot_id,
        region=original.region,
        kms_key_id=copying.kms_key_id,
        description=copying.description,
        tags={**copying.born_with, SOURCE_TAG: original.source_volume_id, TAKE_TAG: str(copying.take)},
    )
    try:
        return aws.compute.copy_snapshot(order)
    except PermanentError as error:
        raise SourceError(
            f"snapshot {original.snapshot_id} ({original.place}) could not be copied: {error}; "
            "what its copy needs stands in docs/production-elsewhere.md"
        ) from None


def _all_completed(found: Sequence[Snapshot], ids: Sequence[str]) -> bool | None:
    if not {each.snapshot_id for each in found} >= set(ids):
        return None  # a copy that was just asked for may not be listed yet; the deadline ends the wait
    return all_completed(found, ids)


def _found(aws: Aws, copying: Copying) -> list[Snapshot]:
    return aws.compute.snapshots({**copying.tags, TAKE_TAG: str(copying.take)})


class _Voice:
    """Says how far copies are, once in a while and only when that has changed."""

    def __init__(self, clock: Clock, say: Say) -> None:
        self._clock, self._say = clock, say
        self._spoke_at, self._said = clock.monotonic(), ""

    def hear(self, found: Sequence[Snapshot], ids: Sequence[str]) -> None:
        far = {each.snapshot_id: each.progress for each in found if each.progress}
        line = "        copies: " + ", ".join(f"{each} {far[each]}" for each in ids if each in far)
        now = self._clock.monotonic()
        if far and line != self._said and now - self._spoke_at >= _SPEAKS_EVERY_SECONDS:
            self._say(line)
            self._spoke_at, self._said = now, line
