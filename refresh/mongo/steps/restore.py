"""Restore: the worker runs, with production's data on one volume and nothing on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from refresh.errors import ResourceError
from refresh.holdings import Instance
from refresh.mongo import material, progress, taken
from refresh.mongo.context import Context
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class Restore:
    """Copy the snapshots here where production lies elsewhere; start the worker; make and attach the volumes.

    Idempotent: copies and volumes are looked up by their tags first, and CreateVolume's token is derived from the
    refresh; starting, installing and attaching what is there changes nothing. Resumes by doing it again, in seconds. A
    copy that an earlier run began under other rules, another key or another anonymizer is thrown away here, wherever it
    is.
    """

    name: str = "restore"
    timeout_minutes: int = 360

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        host = "staging, its own worker" if request.worker_is_staging else f"worker {request.worker.instance_id}"
        session = request.production.session
        copied = "a copy of the snapshot in our account and region, " if session.role_arn or session.region else ""
        return f"restore: {copied}quarantine volume from the snapshot and an empty candidate volume, on {host}"

    def is_done(self, context: Context) -> bool:
        """Say whether the worker is needed any more; until then it is made sure of in every run."""
        return progress.is_cut_over(context) or progress.is_verified(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Make what is missing; the worker does not wait for copies, which may take hours."""
        if taken.is_elsewhere(context) and not material.has_quarantine(context):
            taken.ensure_readable(context)
        start_worker(context)
        if progress.is_stale(context):
            context.say("        rules, key or anonymizer have changed: the copy is thrown away and made anew")
            material.discard_candidate(context)
        installed = install_toolkit(context, context.request.worker.instance_id)
        quarantine = material.ensure_quarantine(context)
        candidate = material.ensure_candidate(context)
        installed()
        return {"quarantine_volume_id": quarantine.volume_id, "candidate_volume_id": candidate.volume_id}


def start_worker(context: Context) -> None:
    """Have the worker run; a stopping one is awaited first.

    Args:
        context: The refresh.
    """
    instance_id = context.request.worker.instance_id

    def running() -> Instance | None:
        instance = context.aws.compute.instance(instance_id)
        if instance is None or instance.state in {"shutting-down", "terminated"}:
            raise ResourceError(f"worker {instance_id} is gone: run pulumi refresh, then pulumi up")
        if instance.state == "stopped":
            context.aws.compute.start_instance(instance_id)
        return instance if instance.state == "running" else None

    context.poller.wait_for(f"worker {instance_id} to run", running)


def install_toolkit(context: Context, instance_id: str) -> Callable[[], object]:
    """Begin to bring the anonymizer to a host, in the version that this refresh was given.

    Args:
        context: The refresh.
        instance_id: The host.

    Returns:
        What waits until it is there.
    """
    toolkit = context.request.toolkit
    return context.hosts.start(
        instance_id, "toolkit-install", bucket=toolkit.bucket, key=toolkit.key, sha256=toolkit.sha256
    )
