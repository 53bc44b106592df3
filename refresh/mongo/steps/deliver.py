"""Deliver: the verified copy moves to staging's host and stands beside the live volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import HostError, ResourceError
from refresh.holdings import Volume
from refresh.mongo import material, progress
from refresh.mongo.checks import is_lost
from refresh.mongo.context import Context
from refresh.mongo.steps.restore import install_toolkit
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class Deliver:
    """Close both volumes on the worker, attach the candidate to staging, carry staging's own users and roles into it.

    Idempotent: closing, moving and attaching what is there already changes nothing, and staging-deliver makes users
    equal to today's, however often it runs. Resumes by doing it again. The live volume is not touched.
    """

    name: str = "deliver"
    timeout_minutes: int = 120

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            f"deliver: candidate to staging {request.staging.instance_id}, with the users and roles of today's staging"
        )

    def is_done(self, context: Context) -> bool:
        """Say whether the verified copy stands ready on staging."""
        return progress.is_cut_over(context) or progress.is_delivered(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Move it and carry the users."""
        request = context.request
        installed = install_toolkit(context, request.staging.instance_id)
        candidate_volume_id = _take_from_worker(context)
        installed()
        live_volume_id = _what_staging_serves(context)
        context.volumes.attach(candidate_volume_id, request.staging.instance_id)
        answer = context.hosts.run(
            request.staging.instance_id,
            "staging-deliver",
            refresh_id=context.refresh_id,
            volume_id=candidate_volume_id,
            toolkit_sha256=request.toolkit.sha256,
            user_parameter=request.staging.user_parameter,
            password_parameter=request.staging.password_parameter,
            replica_set=request.staging.replica_set,
            cache_mib=request.worker.cache_mib,
        )
        if not (answer.get("users_equal") and answer.get("roles_equal")):
            raise HostError(
                f"deliver of refresh {context.refresh_id}: users or roles in {candidate_volume_id} are not staging's. "
                "Staging is as it was; pulumi up carries them again"
            )
        return {
            "candidate_volume_id": candidate_volume_id,
            "from_volume_id": live_volume_id,
            "users": answer.get("users"),
            "roles": answer.get("roles"),
        }


def _what_staging_serves(context: Context) -> str:
    """Return the live volume's id, as staging told this run's preflight; the cutover refuses where it is another.

    Empty at the first refresh and after a loss of the volume, which is like a first.
    """
    live_volume_id = str(context.ledger.facts("preflight")["live_volume_id"])  # nothing else changes it under the lease
    if live_volume_id and is_lost(context, live_volume_id):
        context.say(
            f"        staging's volume {live_volume_id} is lost: its server is stopped, its users cannot be carried"
        )
        context.hosts.run(context.request.staging.instance_id, "staging-stop")
        return ""
    return live_volume_id


def _take_from_worker(context: Context) -> str:
    """Close both volumes on the worker and detach the candidate, unless staging is the worker; return its id.

    Raises:
        ResourceError: There is no candidate.
    """
    worker = context.request.worker.instance_id
    quarantine, candidate = (context.find_volume(role) for role in (material.QUARANTINE, material.CANDIDATE))
    if candidate is None:
        raise ResourceError(
            f"deliver of refresh {context.refresh_id}: its candidate volume is gone; pulumi up makes it anew"
        )
    there = [each for each in (quarantine, candidate) if each and _is_on(each, worker)]
    closing = [context.hosts.start(worker, "volume-close", volume_id=each.volume_id) for each in there]
    for closed in closing:
        closed()
    if candidate in there and not context.request.worker_is_staging:
        context.volumes.detach(candidate.volume_id)
    return candidate.volume_id


def _is_on(volume: Volume, instance_id: str) -> bool:
    return any(each.instance_id == instance_id for each in volume.attachments)
