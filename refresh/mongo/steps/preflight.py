"""Preflight: ask everything that could refuse, before anything is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.ebs import sweep
from refresh.errors import PreflightError
from refresh.holdings import ROLE_TAG, SPACE_TAG
from refresh.mongo import material, progress, source_checks
from refresh.mongo.checks import StagingStatus, host_refusals, parameter_refusals
from refresh.mongo.context import Context
from refresh.mongo.planning.foretold import foretold
from refresh.mongo.production import ReplicaSet
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class Preflight:
    """Ask production, staging, hosts and parameters; list every reason to refuse in one error; sweep what others left.

    Idempotent: it looks, and what it sweeps is swept once. Resumes by running anew in every run until the cutover,
    since a resumed refresh needs today's answers; production is asked only while its snapshot is still to be taken.
    """

    name: str = "preflight"
    timeout_minutes: int = 30

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            f"preflight: asks production ({len(request.production.instance_ids)} hosts), staging, worker and parameters"
        )

    def is_done(self, context: Context) -> bool:
        """Skip it once staging serves the new data by the record."""
        return context.ledger.is_done("cut_over")

    def run(self, context: Context) -> dict[str, Any]:
        """Ask; refuse with all reasons, or sweep what other refreshes left."""
        asks_production = not _has_snapshot(context)
        if asks_production:
            source_checks.require_access(context)
        observed = source_checks.begin_observing(context) if asks_production else None
        status = StagingStatus.ask(context)
        reasons = [*host_refusals(context), *parameter_refusals(context), *status.refusals]
        members = observed() if observed else None
        if members:
            reasons += _production_refusals(context, members, status)
        if reasons:
            raise PreflightError(context.refresh_id, reasons)
        tidy(context, status.live_volume_id)
        return {
            "live_volume_id": status.live_volume_id,
            "hashes": {
                "rules": context.request.rules_sha256,
                "key_version": context.aws.parameters.version(context.request.pseudonym_key_parameter),
                "anonymizer": context.request.toolkit.sha256,
            },
            "foretold": foretold(context),
            **(_seen(context, members) if members else {}),
        }


def _has_snapshot(context: Context) -> bool:
    if progress.is_cut_over(context) or progress.is_delivered(context):
        return True  # what was switched back from is tried again, and stands ready
    return context.ledger.is_done("snapshot") and material.has_source(context)


def _seen(context: Context, members: ReplicaSet) -> dict[str, Any]:
    """Note whom the snapshot step should ask first, and the members that it may be taken of."""
    sources = members.sources(context.request.limits.source_lag_seconds)
    return {
        "primary_instance_id": members.primary.instance_id if members.primary else None,
        "source_instance_ids": [each.instance_id for each in sources],
    }


def _production_refusals(context: Context, members: ReplicaSet, status: StagingStatus) -> list[str]:
    limit_seconds = context.request.limits.source_lag_seconds
    reasons = members.refusals(limit_seconds)
    if reasons:
        return reasons
    for instance_id, reason in members.silent.items():
        context.say(f"        production host {instance_id} did not answer and is left out: {reason}")
    return source_checks.fitting_refusals(context, members.sources(limit_seconds)[0], status)


def tidy(context: Context, live_volume_id: str) -> None:
    """Put the roles right after a run that died behind its cutover; release what others left and what has expired.

    Args:
        context: The refresh.
        live_volume_id: What staging says that it serves.
    """
    mark_roles(context, live_volume_id)
    left = sweep.leftovers(
        context.aws,
        context.request.space,
        context.clock.now(),
        refresh_id=context.refresh_id,
        live_volume_id=live_volume_id,
    )
    if left:
        context.say(f"        removes what an earlier refresh left: {left.describe()}")
        context.releaser.release_all(left.volumes, left.snapshots)


def mark_roles(context: Context, live_volume_id: str) -> None:
    """Write into the tags which volume staging serves and which it served before.

    Args:
        context: The refresh.
        live_volume_id: What staging says that it serves; empty before the first cutover.
    """
    for volume in context.aws.compute.volumes({SPACE_TAG: context.request.space}):
        if volume.volume_id == live_volume_id and volume.role != material.LIVE:
            context.aws.compute.tag(volume.volume_id, {ROLE_TAG: material.LIVE})
        elif volume.volume_id != live_volume_id and volume.role == material.LIVE and live_volume_id:
            context.aws.compute.tag(volume.volume_id, {ROLE_TAG: material.PREVIOUS})
