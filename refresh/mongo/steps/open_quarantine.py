"""OpenQuarantine: two servers on unix sockets, one read-only over production's data, one empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import VersionError
from refresh.mongo import material, progress
from refresh.mongo.checks import release
from refresh.mongo.context import Context
from refresh.request import RefreshRequest


@dataclass(frozen=True)
class OpenQuarantine:
    """Open the candidate, compare versions, boot the quarantine volume for recovery: read-only, on a unix socket.

    Idempotent: the documents join a server that runs. Resumes by asking again; it is done when all was read.
    """

    name: str = "open_quarantine"
    timeout_minutes: int = 120

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"open quarantine: recovery boot, read-only, unix socket only, {request.worker.cache_mib} MiB of cache"

    def is_done(self, context: Context) -> bool:
        """Say whether all that had to be read was read."""
        return progress.is_cut_over(context) or progress.is_verified(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Open both volumes."""
        worker_version = material.open_candidate(context, material.ensure_candidate(context))
        _require_same_release(context, worker_version)
        version = material.open_quarantine(context, material.ensure_quarantine(context))
        return {"version": version}


def _require_same_release(context: Context, worker_version: str) -> None:
    """Refuse files of another release series before mongod does, with a reason that can be acted on."""
    source = context.ledger.facts("snapshot")
    series = ".".join(map(str, release(str(source["version"]))))
    if release(worker_version) != release(str(source["version"])):
        raise VersionError(
            f"open quarantine of refresh {context.refresh_id}: the worker {context.request.worker.instance_id} has "
            f"mongod {worker_version}, production {source['version']} (compatibility {source['fcv']}); its files "
            f"need the same series. Take an AMI with MongoDB {series} (understudy:ami_id), then run pulumi up"
        )
