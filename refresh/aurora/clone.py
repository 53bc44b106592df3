"""Clone: a copy-on-write clone of the cluster, as a second way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.aurora.context import AuroraContext
from refresh.aurora.request import AuroraRequest
from refresh.errors import ResourceError
from refresh.holdings import REFRESH_TAG, SPACE_TAG

_LONGEST = 63
_FAILED = frozenset({"failed", "deleting", "inaccessible-encryption-credentials", "incompatible-restore"})


@dataclass(frozen=True)
class Clone:
    """Ask for the clone and wait until it is available.

    Idempotent: the clone's name is made of cluster and refresh, and one that is there is not asked for again. Resumes
    by waiting.
    """

    name: str = "clone"
    timeout_minutes: int = 90

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"clone: a copy-on-write clone of {request.cluster_id}" if request.clone else "clone: not asked for"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Clone, if that is asked for."""
        if not context.request.clone:
            return {"clone_id": ""}
        cluster = context.request.cluster_id
        suffix = f"-{context.refresh_id}"
        clone_id = cluster[: _LONGEST - len(suffix)].rstrip("-") + suffix
        clusters = context.ports.clusters
        if clusters.clone_status(clone_id) is None:
            tags = {SPACE_TAG: context.request.space, REFRESH_TAG: context.refresh_id}
            clusters.clone(cluster, clone_id, tags)

        def available() -> bool | None:
            status = clusters.clone_status(clone_id)
            if status in _FAILED:
                raise ResourceError(
                    f"the clone {clone_id} of {cluster} is {status}: delete it, then run the refresh again"
                )
            return True if status == "available" else None

        context.poller.wait_for(f"the clone {clone_id} to be available", available)
        return {"clone_id": clone_id}
