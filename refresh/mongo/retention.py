"""Which former volumes and golden snapshots stay, by count and age; from descriptions alone, for plan and step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from refresh.holdings import Snapshot, Volume
from refresh.keeping import Retention


def former_volumes(
    volumes: Sequence[Volume], way_back: str, retention: Retention, now: datetime
) -> tuple[list[Volume], list[Volume]]:
    """Divide former volumes into those that stay and those that go.

    The first to stay is what staging served before the latest cutover, which after a rollback is not the newest; then
    the newest.

    Args:
        volumes: All that staging served, without the live one.
        way_back: The id of what it served before; may be gone.
        retention: What was asked for.
        now: The time.

    Returns:
        Both, the first to stay at the beginning.
    """
    ordered = sorted(
        volumes, key=lambda each: (each.volume_id == way_back, each.created_at, each.volume_id), reverse=True
    )
    kept = [
        each
        for each in ordered[: retention.previous_volumes]
        if not _is_too_old(each.created_at, now, retention.previous_volumes_max_age_days)
    ]
    return kept, [each for each in ordered if each not in kept]


def golden_snapshots(
    snapshots: Sequence[Snapshot], retention: Retention, now: datetime
) -> tuple[list[Snapshot], list[Snapshot]]:
    """Divide golden snapshots into those that stay and those that go.

    Args:
        snapshots: All of a space.
        retention: What was asked for.
        now: The time.

    Returns:
        Both, the newest first.
    """
    ordered = sorted(snapshots, key=lambda each: (each.started_at, each.snapshot_id), reverse=True)
    kept = [
        each
        for each in ordered[: retention.golden_snapshots]
        if not _is_too_old(each.started_at, now, retention.golden_max_age_days)
    ]
    return kept, [each for each in ordered if each not in kept]


def _is_too_old(born_at: datetime, now: datetime, max_age_days: int) -> bool:
    return bool(max_age_days) and now - born_at > timedelta(days=max_age_days)
