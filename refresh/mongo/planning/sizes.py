"""How much data there is today, asked of nobody but EC2: the newest snapshot of a data volume says what is written.

Whoever backs production up with EBS snapshots (Data Lifecycle Manager, AWS Backup, by hand) has one. A volume's own
size says nothing of the data in it, and the preview runs nothing on production's hosts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refresh.aws import Aws
from refresh.holdings import Snapshot
from refresh.mongo.planning.line import fit, spread
from refresh.mongo.planning.runs import Run
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN

_LEAST_SHARE = 0.1  # of the last refresh's data: what is written to a volume hardly ever becomes less


@dataclass(frozen=True, kw_only=True)
class Expected:
    """How much a refresh will read, and what that is based on."""

    documents: int
    based_on: str


def newest_backup(request: RefreshRequest, aws: Aws, run: Run | None) -> Snapshot | None:
    """Look up the newest snapshot of production's data that says how much is written.

    Args:
        request: What is asked for.
        aws: Both sides.
        run: The last refresh; a snapshot of the volume that it read is taken before those of other members.

    Returns:
        A completed snapshot that is no refresh's, or None.
    """
    members = [each for each in request.production.instance_ids if each != UNKNOWN]
    found = [aws.source_compute.instance(each) for each in members]
    volume_ids = [volume_id for instance in found if instance for volume_id in instance.data_volume_ids]
    if not volume_ids:
        return None
    backups = [
        each
        for each in aws.source_compute.snapshots_of(volume_ids)
        if each.state == "completed" and each.full_bytes and not each.refresh_id
    ]
    parts = (
        [_newest([each for each in backups if each.volume_id == one]) for one in run.source_volume_ids] if run else []
    )
    found_all = [part for part in parts if part]
    if parts and len(found_all) == len(parts):
        return replace(found_all[0], full_bytes=sum(part.full_bytes for part in found_all))
    return None if len(parts) > 1 else _newest(backups)  # one volume of several tells nothing


def _newest(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    return max(snapshots, key=lambda each: (each.started_at, each.snapshot_id), default=None)


def expected(runs: Sequence[Run], backup: Snapshot | None) -> Expected | None:
    """Say how many documents the next refresh will read.

    Args:
        runs: Finished refreshes to reckon with, the newest first.
        backup: What tells today's size, if anything does.

    Returns:
        The number; None before the first refresh.
    """
    if not runs:
        return None
    last = runs[0]
    if backup is None or not last.full_bytes:
        lacking = "no snapshot of production's volumes tells today's size" if backup is None else "it left no size"
        return Expected(documents=last.total_documents, based_on=f"as many as {last.refresh_id} read ({lacking})")
    number = _by_line(runs, backup)
    if number is None:
        number = last.total_documents * _growth(last, backup)
    least = _LEAST_SHARE * last.total_documents
    as_of = backup.started_at.isoformat(timespec="minutes")
    now = f"{backup.snapshot_id} of {as_of} has {readable(backup.full_bytes)} written"
    then = f"{last.refresh_id} read {last.total_documents:,} of {readable(last.full_bytes)}"
    return Expected(documents=round(max(number, least)), based_on=f"{now}; {then}")


def _by_line(runs: Sequence[Run], backup: Snapshot) -> float | None:
    """Draw what is written over the documents: its fixed part (journal, indexes' first pages) is no document."""
    measured = [run for run in runs if run.full_bytes and run.total_documents]
    documents = [float(run.total_documents) for run in measured]
    if not spread(documents):
        return None
    line = fit(documents, [float(run.full_bytes) for run in measured])
    return (backup.full_bytes - line.fixed) / line.slope if line.slope else None


def _growth(last: Run, backup: Snapshot) -> float:
    """Say how often the last refresh's data is there by now: what has been written since came on top of it.

    The file system counts room that mongod has reserved for its journal too: the data is at most what was written.
    """
    base = min(last.data_bytes or last.full_bytes, last.full_bytes)
    return (base + backup.full_bytes - last.full_bytes) / base


def readable(size: float) -> str:
    """Write a number of bytes for people."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
