"""CutOver: staging serves the new data, or what it served before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import CutOverError, SwitchedBackError
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
        if progress.is_cut_over(context):
            context.say("        staging serves this refresh already: only the record was missing")
        former = str(delivered.get("from_volume_id") or "")
        answer = switch(context, from_volume_id=former, to_volume_id=delivered["candidate_volume_id"])
        if answer.get("switched_back"):
            note_switched_back(context, f"not healthy: {answer.get('reason')}", answer, former)
            raise SwitchedBackError(
                f"cut over of refresh {context.refresh_id} on {context.request.staging.instance_id}: the health check "
                f"of {delivered['candidate_volume_id']} failed ({answer.get('reason')}), and staging switched back to "
                "what it served. The delivered copy is kept: pulumi up tries the cutover again, a new trigger starts "
                "over and removes it"
            )
        if not answer.get("switched"):
            raise CutOverError(
                f"cut over of refresh {context.refresh_id} on {context.request.staging.instance_id} did not switch: "
                f"{answer.get('reason') or 'no reason given'}. pulumi up tries it again"
            )
        return {
            "live_volume_id": delivered["candidate_volume_id"],
            "from_volume_id": delivered.get("from_volume_id", ""),
            "unavailable_ms": answer.get("unavailable_ms"),
            "ca_certificate": answer["ca_certificate"],
        }


def note_switched_back(context: Context, failure: str, answer: dict[str, Any], former: str) -> None:
    """Write into the ledger, at once, that staging serves its former volume again, and that cutting over is undone.

    Args:
        context: The refresh.
        failure: Why.
        answer: What the document that switched back answered.
        former: The volume that is served.
    """
    before = context.ledger.facts("cut_over").get("switched_back", [])
    told = {"at": context.clock.now().isoformat(), "failure": failure, "unavailable_ms": answer.get("unavailable_ms")}
    context.ledger.reopen(
        "cut_over",
        going_back="",
        live_volume_id=context.ledger.facts("deliver")["candidate_volume_id"],
        from_volume_id=former,
        switched_back=[*before, told],
    )


def switch(context: Context, *, from_volume_id: str, to_volume_id: str) -> dict[str, Any]:
    """Have staging serve another volume, or switch back by itself.

    Args:
        context: The refresh, or a switch by hand.
        from_volume_id: The way back; empty when there is none.
        to_volume_id: What is to be served.

    Returns:
        What the document answers.
    """
    staging = context.request.staging
    return context.hosts.run(
        staging.instance_id,
        "staging-cutover",
        refresh_id=context.ledger.refresh_id,
        from_volume_id=from_volume_id or "none",
        to_volume_id=to_volume_id,
        user_parameter=staging.user_parameter,
        password_parameter=staging.password_parameter,
        replica_set=staging.replica_set,
        address=staging.address,
        health_timeout_seconds=HEALTH_TIMEOUT_SECONDS,
    )
