"""Snapshot: every write that production's majority had acknowledged is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from refresh.ebs import snapshots
from refresh.errors import DeadlineError, PermanentError, ResourceError
from refresh.holdings import Volume
from refresh.mongo import material, production, progress, storage, taken
from refresh.mongo.checks import candidate_gib
from refresh.mongo.context import Context
from refresh.mongo.production import Member, Optime
from refresh.request import RefreshRequest

_LONGEST_WAIT_SECONDS = 900  # production-check waits no longer


@dataclass(frozen=True)
class Snapshot:
    """Read the majority's commit point P, wait until a healthy secondary has P durable, then ask for the snapshot.

    Idempotent: CreateSnapshots has no client token, so source, P and the number of the take are written to the ledger
    before the call, and a call whose answer was lost is found by its tags. Resumes with the snapshots that are there;
    where one of them is gone or has failed it reads P anew, and takes all of them again.
    """

    name: str = "snapshot"
    timeout_minutes: int = 30

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            "snapshot: waits until a healthy secondary has all that production's majority acknowledged "
            f"(at most {request.limits.source_lag_seconds} s), then asks for snapshots of its data volumes, all of "
            "one moment"
        )

    def is_done(self, context: Context) -> bool:
        """Say whether the snapshot, or what was made of it, is there."""
        if progress.is_cut_over(context) or progress.is_verified(context):
            return True
        return context.ledger.is_done(self.name) and material.has_source(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Take them, or find those that an interrupted run asked for."""
        found = taken.find_snapshots(context)
        if not found:
            source, point = _source_with_everything(context)
            order = taken.source_order(context, source, taken.next_take(context))
            context.ledger.note(self.name, **_facts(context, source, point))
            found = snapshots.take(context.aws, order, source.volume_ids)
            ids = ", ".join(each.snapshot_id for each in found)
            context.say(f"        {ids} of {source.name}; data as of {point.at().isoformat()}")
        return {"snapshot_id": found[0].snapshot_id, "snapshot_ids": [each.snapshot_id for each in found]}


def _source_with_everything(context: Context) -> tuple[Member, Optime]:
    """Choose a member and wait until it has durable what the majority had acknowledged when we asked."""
    limit_seconds = context.request.limits.source_lag_seconds
    point, source_ids = _commit_point(context)
    for instance_id in source_ids:
        source = _with_all_durable(context, instance_id, point)
        if source is not None:
            return source, point
    raise DeadlineError(
        f"snapshot of refresh {context.refresh_id} was not asked for: no secondary had made the writes up to "
        f"{point.at().isoformat()} durable within {limit_seconds} s. Look at their load, or raise "
        "understudy:source_lag_limit_seconds; then run pulumi up again"
    )


def _commit_point(context: Context) -> tuple[Optime, list[str]]:
    """Ask the primary that preflight saw a moment ago; where it is none any more, ask every member again.

    Returns:
        What production's majority has acknowledged by now, and the members to take a snapshot of, the best first.
    """
    seen = context.ledger.facts("preflight")
    primary = production.ask(context, seen["primary_instance_id"]) if seen.get("primary_instance_id") else None
    if primary is not None and primary.state == "PRIMARY" and primary.commit_point:
        return primary.commit_point, seen["source_instance_ids"]
    limit_seconds = context.request.limits.source_lag_seconds
    members = production.observe(context)
    refusals = members.refusals(limit_seconds)
    if refusals or members.primary is None or members.primary.commit_point is None:
        reasons = "; ".join(refusals) or "its primary does not say what its majority has acknowledged"
        raise PermanentError(f"snapshot of refresh {context.refresh_id} was not asked for: {reasons}")
    return members.primary.commit_point, [each.instance_id for each in members.sources(limit_seconds)]


def _with_all_durable(context: Context, instance_id: str, point: Optime) -> Member | None:
    """Wait until a member has a point durable, within the limit; say why it is left out, when it is."""
    limit_seconds = context.request.limits.source_lag_seconds
    source = production.ask(context, instance_id, wait_seconds=min(limit_seconds, _LONGEST_WAIT_SECONDS), point=point)
    if source is None:
        return None
    unfit = storage.unfit(source)
    if source.state == "SECONDARY" and source.answer.get("reached") and not unfit:
        return source
    late = f"it did not get up to {point.at().isoformat()} in {limit_seconds} s" if source.state == "SECONDARY" else ""
    reasons = "; ".join([late or f"it is {source.state}", *unfit])
    context.say(f"        {source.name} is left out: {reasons}")
    return None


def _facts(context: Context, source: Member, point: Optime) -> dict[str, Any]:
    volumes = [_volume(context, source, each) for each in source.volume_ids]
    whole = replace(volumes[0], size_gib=sum(each.size_gib for each in volumes))
    place = context.aws.source_compute.place()
    return {
        **taken.facts(source.volume_ids, taken.next_take(context), source.places),
        "source_member": source.name,
        "source_instance_id": source.instance_id,
        "source_account_id": place.account_id,
        "source_region": place.region,
        "source_volume_id": source.volume_ids[0],
        "source_gib": whole.size_gib,
        "candidate_gib": candidate_gib(context.request, whole),
        "commit_point": point.as_json(),
        "data_as_of": point.at().isoformat(),
        "data_bytes": int(source.answer.get("data_bytes") or 0),
        "version": source.answer["version"],
        "fcv": source.answer["fcv"],
        "directory_per_db": bool(source.answer["directory_per_db"]),
        "directory_for_indexes": bool(source.answer["directory_for_indexes"]),
    }


def _volume(context: Context, source: Member, volume_id: str) -> Volume:
    volume = context.aws.source_compute.volume(volume_id)
    if volume is None:
        place = context.aws.source_compute.place()
        raise ResourceError(f"production volume {volume_id} of {source.name} is not in {place}")
    return volume
