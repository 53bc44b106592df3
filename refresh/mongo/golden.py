"""Golden snapshots: masked, verified copies without users, from which staging can be made again without production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.aws import Aws
from refresh.holdings import AS_OF_TAG, ROLE_TAG, RULES_TAG, SPACE_TAG, Snapshot
from refresh.keeping import GOLDEN
from refresh.mongo import material, progress
from refresh.mongo.context import Context
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class KeepGolden:
    """Snapshot the verified candidate, closed and before staging's users are carried into it.

    Idempotent: the snapshot is found by its tags and its volume before it is asked for, and its point in time is when
    the call returns. Resumes by looking for it. A copy into which users may have been carried is not kept.
    """

    name: str = "golden"
    timeout_minutes: int = 60

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        if not request.golden.keep:
            return "golden: no snapshot of the masked copy is kept (understudy:golden is false)"
        return f"golden: a snapshot of the masked copy is kept, {request.retention.golden_snapshots} of them in all"

    def is_done(self, context: Context) -> bool:
        """Say whether it is there, or is not wanted."""
        if not context.request.golden.keep or progress.is_cut_over(context):
            return True
        return context.ledger.is_done(self.name) and (_may_hold_users(context) or _found(context) is not None)

    def run(self, context: Context) -> dict[str, Any]:
        """Take it, or find the one that an interrupted run asked for."""
        found = _found(context)
        if found is not None:
            return {"snapshot_id": found.snapshot_id}
        candidate = context.find_volume(material.CANDIDATE)
        if candidate is None or _may_hold_users(context):
            context.say("        no golden snapshot of this refresh: staging's users are in the copy already")
            return {"snapshot_id": ""}
        for attachment in candidate.attachments:
            context.hosts.run(attachment.instance_id, "volume-close", volume_id=candidate.volume_id)
        tags = {
            **context.tags(GOLDEN),
            RULES_TAG: context.request.rules_sha256,
            AS_OF_TAG: str(context.ledger.facts("snapshot")["data_as_of"]),
        }
        about = f"Understudy golden snapshot of {context.request.space}, refresh {context.refresh_id}: masked, verified"
        made = context.aws.compute.create_snapshot(candidate.volume_id, about, tags)
        return {"snapshot_id": made.snapshot_id}


def _may_hold_users(context: Context) -> bool:
    return "deliver" in context.ledger.values["steps"]


def _found(context: Context) -> Snapshot | None:
    """Look up the golden snapshot of today's candidate."""
    candidate = context.find_volume(material.CANDIDATE)
    shots = context.aws.compute.snapshots(context.tags(GOLDEN))
    mine = [each for each in shots if candidate and each.volume_id == candidate.volume_id and each.state != "error"]
    return min(mine, key=lambda each: (each.started_at, each.snapshot_id)) if mine else None


def all_of(aws: Aws, space: str) -> list[Snapshot]:
    """List a space's golden snapshots, the newest first."""
    found = aws.compute.snapshots({SPACE_TAG: space, ROLE_TAG: GOLDEN})
    return sorted(found, key=lambda each: (each.started_at, each.snapshot_id), reverse=True)


def asked_for(request: RefreshRequest, aws: Aws) -> Snapshot | None:
    """Look up the golden snapshot that staging is to be made of: the latest of the space, or the one that is named.

    Args:
        request: What was asked for.
        aws: Our own side; a named one may be of another space of this account.

    Returns:
        The snapshot; None when there is none.
    """
    if request.golden.source == GOLDEN:
        return next((each for each in all_of(aws, request.space) if each.state != "error"), None)
    named = aws.compute.snapshots({ROLE_TAG: GOLDEN})
    return next((each for each in named if each.snapshot_id == request.golden.source), None)


def refusals(request: RefreshRequest, snapshot: Snapshot | None) -> list[str]:
    """Say why staging cannot be made of a golden snapshot.

    Args:
        request: What was asked for.
        snapshot: The one that was found.

    Returns:
        A sentence for each reason; none when it can.
    """
    if snapshot is None:
        return [_missing(request)]
    if snapshot.state == "error":
        return [f"golden snapshot {snapshot.snapshot_id} failed: {snapshot.message or 'AWS gives no reason'}"]
    made_by = snapshot.tags.get(RULES_TAG, "")
    if made_by in {request.rules_sha256, request.golden.accepted_rules} and made_by:
        return []
    reason = (
        f"golden snapshot {snapshot.snapshot_id} of refresh {snapshot.refresh_id} was made under other rules "
        f"({made_by[:12] or 'unknown'}) than today's ({request.rules_sha256[:12]}): refresh from production, or, if "
        f"what those rules let through may be served, pulumi config set understudy:accepted_golden_rules {made_by}"
    )
    return [reason]


def _missing(request: RefreshRequest) -> str:
    if request.golden.source == GOLDEN:
        return (
            f"there is no golden snapshot of {request.space}: set understudy:golden to true and refresh from "
            "production first (pulumi config set understudy:refresh_source production)"
        )
    return (
        f"{request.golden.source} is no golden snapshot of this account and region: list them with aws ec2 "
        f"describe-snapshots --owner-ids self --filters Name=tag:{ROLE_TAG},Values={GOLDEN}"
    )
