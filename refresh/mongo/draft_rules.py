"""Rules drafted from production's own documents: a refresh that ends with the quarantine (`until: scan`).

What is handed out is the draft, which holds paths, types and evidence and no value. What was restored goes at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refresh.errors import HostError
from refresh.mongo import jobs, material
from refresh.mongo.context import Context
from refresh.mongo.steps.retire import remove_raw_data, stop_worker
from refresh.request import RefreshRequest

_FILE = "rules.yaml"
_UNDECIDED = re.compile(r"^[^#\n]*: DECIDE\b", re.MULTILINE)  # one a line, as the scan writes them


@dataclass(frozen=True)
class DraftRules:
    """Draft rules from samples of the quarantine, as a job on the worker.

    Idempotent: the job is keyed by the refresh, and joined when it runs. Resumes by joining it; one that died is
    started again.
    """

    name: str = "draft_rules"
    timeout_minutes: int = 240

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return (
            f"draft_rules: drafts rules on {request.worker.instance_id} from samples, with no value; nothing is copied"
        )

    def is_done(self, context: Context) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: Context) -> dict[str, Any]:
        """Draft; keep the place and the number of decisions that are left."""
        end = _drafted(context)
        if end.exit_code == -1:
            jobs.discard_job(context, "draft")
            end = _drafted(context)
        if end.exit_code != jobs.OK:
            jobs.discard_job(context, "draft")
            where = f"draft_rules of refresh {context.refresh_id} on {context.request.worker.instance_id}"
            raise HostError(f"{where} failed: {end.reason or 'no reason was left'}. pulumi up tries it again")
        rules = str(end.result["rules"])
        key = f"reports/{context.refresh_id}/{_FILE}"
        context.aws.objects.put(context.request.reports_bucket, key, rules.encode())
        return {"key": key, "decisions": len(_UNDECIDED.findall(rules))}


@dataclass(frozen=True)
class Discard:
    """Delete quarantine volume, candidate and snapshot, stop the worker.

    Idempotent: everything is looked up by its tags, and what is gone is gone. Resumes with what is left.
    """

    name: str = "discard"
    timeout_minutes: int = 60

    def plan(self, request: RefreshRequest) -> str:
        """Say what it will do."""
        return f"discard: deletes all that {request.refresh_id} made, stops the worker; staging is as it was"

    def is_done(self, context: Context) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: Context) -> dict[str, Any]:
        """Remove all that was made."""
        remove_raw_data(context)
        candidate = context.find_volume(material.CANDIDATE)
        context.releaser.release_all([candidate] if candidate else [], ())
        stop_worker(context)
        return {}


def hand_out(context: Context, folder: Path) -> None:
    """Bring the draft to this machine, and say where it is.

    Args:
        context: The refresh, ended.
        folder: Gets `<refresh id>/rules.yaml`.

    Raises:
        HostError: The draft is not in the bucket any more.
    """
    facts, bucket = context.ledger.facts("draft_rules"), context.request.reports_bucket
    stored = context.aws.objects.get(bucket, str(facts["key"]))
    if stored is None:
        raise HostError(f"s3://{bucket}/{facts['key']} is gone. Give a new trigger to draft rules again")
    place = folder / context.refresh_id / _FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(stored.body)
    context.say(
        f"{context.refresh_id}: rules drafted, {facts['decisions']} left to decide: {place} and "
        f"s3://{bucket}/{facts['key']}. Staging is as it was"
    )


def _drafted(context: Context) -> jobs.JobEnd:
    answer = context.hosts.run(
        context.request.worker.instance_id,
        "rules-draft",
        refresh_id=context.refresh_id,
        quarantine_volume_id=material.ensure_quarantine(context).volume_id,
        toolkit_sha256=context.request.toolkit.sha256,
        reports_bucket=context.request.reports_bucket,
    )
    return jobs.end_of(context, "draft", answer)
