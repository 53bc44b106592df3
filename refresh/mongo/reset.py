"""A reset: staging is made of a golden snapshot, and production is not asked for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import PreflightError, ResourceError
from refresh.holdings import AS_OF_TAG, RULES_TAG, Snapshot
from refresh.keeping import GOLDEN
from refresh.mongo import golden, material, progress
from refresh.mongo.checks import StagingStatus, own_host_refusals
from refresh.mongo.context import Context
from refresh.mongo.steps.preflight import tidy
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class PreflightReset:
    """Collect every reason why staging cannot be made of the golden snapshot; then tidy up what others left.

    Idempotent: it looks, and what it sweeps is swept once. It runs anew in every run until the cutover.
    """

    name: str = "preflight"
    timeout_minutes: int = 30

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"preflight: asks staging {request.staging.instance_id} and looks for the golden snapshot"

    def is_done(self, context: Context) -> bool:
        """Skip it once staging serves the new data by the record."""
        return context.ledger.is_done("cut_over")

    def run(self, context: Context) -> dict[str, Any]:
        """Ask; refuse with all reasons."""
        status = StagingStatus.ask(context)
        reasons = [*own_host_refusals(context), *status.refusals]
        if not progress.is_restored(context):
            reasons += golden.refusals(context.request, golden.asked_for(context.request, context.aws))
        if reasons:
            raise PreflightError(context.refresh_id, reasons)
        tidy(context, status.live_volume_id)
        return {"live_volume_id": status.live_volume_id}


@dataclass(frozen=True)
class RestoreGolden:
    """Make the candidate volume of the golden snapshot.

    Idempotent: the snapshot is noted before CreateVolume, whose token is derived from both, and the volume is found by
    its tags. Resumes by looking for it.
    """

    name: str = "restore_golden"
    timeout_minutes: int = 60

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        which = "the latest golden snapshot" if request.golden.source == GOLDEN else request.golden.source
        return f"restore: a candidate volume of {which}; no quarantine, no anonymizer, nothing of production"

    def is_done(self, context: Context) -> bool:
        """Say whether the candidate is there, or serves already."""
        return progress.is_cut_over(context) or progress.is_restored(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Make it."""
        snapshot = golden.asked_for(context.request, context.aws)
        reasons = golden.refusals(context.request, snapshot)
        if snapshot is None or reasons:
            raise ResourceError(f"reset {context.refresh_id}: {'; '.join(reasons)}")
        context.ledger.note(
            self.name,
            snapshot_id=snapshot.snapshot_id,
            golden_refresh_id=snapshot.refresh_id,
            rules_sha256=snapshot.tags.get(RULES_TAG, ""),
            data_as_of=snapshot.tags.get(AS_OF_TAG, ""),
        )
        _await(context, snapshot.snapshot_id)
        return {"candidate_volume_id": material.ensure_candidate_of(context, snapshot).volume_id}


def _await(context: Context, snapshot_id: str) -> None:
    def completed() -> Snapshot | None:
        found = golden.asked_for(context.request, context.aws)
        if found is None or found.snapshot_id != snapshot_id or found.state == "error":
            raise ResourceError(
                f"golden snapshot {snapshot_id} is not there any more, or failed: pulumi up looks again"
            )
        return found if found.state == "completed" else None

    context.poller.wait_for(f"golden snapshot {snapshot_id} to be completed", completed)
