"""Anonymize: what the rules list goes from quarantine to candidate, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.errors import HostError, RulesError, UnlistedPathsError
from refresh.holdings import Volume
from refresh.mongo import jobs, material, progress
from refresh.mongo.context import Context
from refresh.mongo.jobs import JobEnd
from refresh.request import RefreshRequest

_LONGEST_LIST = 200


@dataclass(frozen=True)
class Anonymize:
    """Copy from quarantine to candidate by the rules, as a job on the worker.

    Idempotent: the job is keyed by refresh and step, and joined when it runs. Resumes by joining it. A copy whose job
    died is thrown away with its volume before a new one starts.
    """

    name: str = "anonymize"
    timeout_minutes: int = 1440

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"anonymize: copies what rules {request.rules_sha256[:12]} list, masked, into the candidate volume"

    def is_done(self, context: Context) -> bool:
        """Say whether the candidate holds a whole copy under today's hashes."""
        return progress.is_cut_over(context) or progress.is_copied(context)

    def run(self, context: Context) -> dict[str, Any]:
        """Copy; refuse with every path that no rule names."""
        candidate, end = _copy(context)
        if end.exit_code == -1 or end.exit_code not in _JUDGED:
            context.say(f"        the copy was interrupted ({end.reason or end.exit_code}): it is made anew")
            material.discard_candidate(context)
            material.open_candidate(context, material.ensure_candidate(context))
            candidate, end = _copy(context)
        _refuse(context, end)
        return {
            "hashes": progress.hashes(context),
            "candidate_volume_id": candidate.volume_id,
            "collections": end.result["collections"],
            "engine": end.result["engine"],
            "opt_ins": end.result["opt_ins"],
            "notes": end.result["notes"],
            "code_sha256": end.result["code_sha256"],
            "anonymizer_seconds": end.result.get("seconds"),
            "phase_seconds": end.result.get("phase_seconds"),
        }


_JUDGED = frozenset({jobs.OK, jobs.USAGE, jobs.UNLISTED})


def _copy(context: Context) -> tuple[Volume, JobEnd]:
    candidate, quarantine = material.ensure_candidate(context), material.ensure_quarantine(context)
    context.ledger.note("anonymize", basis=progress.basis(context), candidate_volume_id=candidate.volume_id)
    jobs.put_rules(context)
    return candidate, jobs.run_job(context, "anonymize", quarantine.volume_id, candidate.volume_id)


def _refuse(context: Context, end: JobEnd) -> None:
    where = f"anonymize of refresh {context.refresh_id} on {context.request.worker.instance_id}"
    if end.exit_code == jobs.UNLISTED:
        context.ledger.note("anonymize", unlisted=end.result["unlisted"][:_LONGEST_LIST])
        raise UnlistedPathsError(f"{where} stopped; staging is as it was. {_listed(end)}")
    if end.exit_code == jobs.USAGE:
        raise RulesError(
            f"{where} stopped: the anonymizer refuses the rules: {end.reason}. Correct them and run pulumi up"
        )
    if end.exit_code != jobs.OK:
        raise HostError(f"{where} failed twice: {end.reason or 'no reason was left'}. pulumi up tries it again")


def _listed(end: JobEnd) -> str:
    unlisted = end.result["unlisted"]
    rows = [
        f"  - {row['collection']}  {row['path']}  ({row['type']}, {row['count']} times)"
        for row in unlisted[:_LONGEST_LIST]
    ]
    more = [f"  - and {len(unlisted) - _LONGEST_LIST} more"] if len(unlisted) > _LONGEST_LIST else []
    head = f"{len(unlisted)} paths that no rule names; list each in the rules, then run pulumi up:"
    return "\n".join([head, *rows, *more])
