"""Verify: other code than the one that masked looks for what must not be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import FindingsError, HostError
from refresh.mongo import jobs, material, progress
from refresh.mongo.context import Context
from refresh.mongo.jobs import JobEnd
from refresh.request import RefreshRequest

_JUDGED = frozenset({jobs.OK, jobs.FINDINGS})


@dataclass(frozen=True)
class Verify:
    """Run the verifier as a job on the worker; zero findings, or stop.

    Idempotent: it reads both volumes and writes neither. Resumes by joining the job; one that died is started again.
    """

    name: str = "verify"
    timeout_minutes: int = 1440

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            f"verify: looks for originals in the candidate under rules {request.rules_sha256[:12]}; a finding stops it"
        )

    def is_done(self, context: Context) -> bool:
        """Say whether this very copy was verified."""
        return progress.is_cut_over(context) or progress.is_verified(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Verify; refuse with everything that was found."""
        end = _look(context)
        if end.exit_code not in _JUDGED:
            context.say(f"        verifying was interrupted ({end.reason or end.exit_code}): it starts again")
            jobs.discard_job(context, self.name)
            end = _look(context)
        _refuse(context, end)
        return {
            "findings": end.result["findings"],
            "checks": end.result["checks"],
            "phase_seconds": end.result.get("phase_seconds"),
        }


def _look(context: Context) -> JobEnd:
    candidate, quarantine = material.ensure_candidate(context), material.ensure_quarantine(context)
    return jobs.run_job(context, "verify", quarantine.volume_id, candidate.volume_id)


def _refuse(context: Context, end: JobEnd) -> None:
    where = f"verify of refresh {context.refresh_id} on {context.request.worker.instance_id}"
    if end.exit_code == jobs.FINDINGS:
        context.ledger.note("verify", findings=end.result["findings"], checks=end.result["checks"])
        raise FindingsError(f"{where} stopped; staging is as it was. {_found(end)}")
    if end.exit_code != jobs.OK:
        raise HostError(f"{where} failed twice: {end.reason or 'no reason was left'}. pulumi up tries it again")


def _found(end: JobEnd) -> str:
    findings = end.result["findings"]
    rows = [f"  - {row['kind']}: {row['collection']}  {row['path']}  ({row['count']} times)" for row in findings]
    head = f"{len(findings)} findings in the copy; mask these paths, or tell us of a false alarm, then run pulumi up:"
    return "\n".join([head, *rows])
