"""CutOver: staging serves the new data, or what it served before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import CutOverError
from refresh.mongo import progress
from refresh.mongo.context import Context
from refresh.request import RefreshRequest

HEALTH_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class CutOver:
    """Stop, switch, start, health check, or switch back: one document on staging's host, no EC2 call.

    Idempotent: the document answers that it has switched when the new volume is live and healthy, without touching it.
    Resumes by asking again; where it had switched back, the delivered copy is still there and is tried once more.
    """

    name: str = "cut_over"
    timeout_minutes: int = 15

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"cut over: staging at {request.staging.address} switches; if its health check fails, it switches back"

    def is_done(self, context: Context) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: Context) -> dict[str, Any]:
        """Switch."""
        delivered = context.ledger.facts("deliver")
        answer = _switch(context, delivered)
        if answer.get("switched_back"):
            raise CutOverError(
                f"cut over of refresh {context.refresh_id} on {context.request.staging.instance_id}: the health check "
                f"of {delivered['candidate_volume_id']} failed ({answer.get('reason')}), and staging switched back to "
                "what it served. The delivered copy is kept: pulumi up tries the cutover again, a new trigger starts "
                "over and removes it"
            )
        if not answer.get("switched"):
            raise CutOverError(
                f"cut over of refresh {context.refresh_id} on {context.request.staging.instance_id} did not switch: "
                f"{answer.get('reason') or 'no reason given'}. pulumi up tries it again",
                switched_back=False,
            )
        return {
            "live_volume_id": delivered["candidate_volume_id"],
            "from_volume_id": delivered.get("from_volume_id", ""),
            "unavailable_ms": answer.get("unavailable_ms"),
            "ca_certificate": answer["ca_certificate"],
        }


def _switch(context: Context, delivered: dict[str, Any]) -> dict[str, Any]:
    staging = context.request.staging
    if progress.is_cut_over(context):
        context.say("        staging serves this refresh already: only the record was missing")
    return context.hosts.run(
        staging.instance_id,
        "staging-cutover",
        refresh_id=context.refresh_id,
        from_volume_id=delivered.get("from_volume_id") or "none",
        to_volume_id=delivered["candidate_volume_id"],
        user_parameter=staging.user_parameter,
        password_parameter=staging.password_parameter,
        replica_set=staging.replica_set,
        address=staging.address,
        health_timeout_seconds=HEALTH_TIMEOUT_SECONDS,
    )
