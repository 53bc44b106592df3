"""Long work on the worker: started or joined by refresh id and step; its result is read from the bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh.errors import HostError
from refresh.mongo.context import Context
from refresh.values import canonical_json

OK, USAGE, UNLISTED, FINDINGS = 0, 2, 3, 4
_WITH_RESULT = frozenset({OK, UNLISTED, FINDINGS})
_PROGRESS_EVERY_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class JobEnd:
    """How a job ended: its exit status (-1 when it left none), its result, and why it failed."""

    exit_code: int
    result: Mapping[str, Any]
    reason: str


def rules_key(context: Context) -> str:
    """Return where the rules lie in the toolkit's bucket."""
    return rules_key_of(context.request.rules_sha256)


def rules_key_of(rules_sha256: str) -> str:
    """Return where rules of a hash lie there: those of every refresh stay, so that a plan can compare."""
    return f"rules/{rules_sha256}.json"


def put_rules(context: Context) -> None:
    """Write the rules where the worker reads them; they are named by their hash, so writing again changes nothing."""
    context.aws.objects.put(context.request.toolkit.bucket, rules_key(context), canonical_json(context.request.rules))


def run_job(context: Context, step: str, quarantine_volume_id: str, candidate_volume_id: str) -> JobEnd:
    """Start a job or join the one that runs, and stay until it ends.

    Args:
        context: The refresh.
        step: anonymize or verify.
        quarantine_volume_id: Where it reads.
        candidate_volume_id: Where it writes, or what it verifies.

    Returns:
        How it ended.

    Raises:
        HostError: It left no result where there must be one.
    """
    request = context.request
    answer = context.hosts.run(
        request.worker.instance_id,
        step,
        refresh_id=context.refresh_id,
        quarantine_volume_id=quarantine_volume_id,
        candidate_volume_id=candidate_volume_id,
        toolkit_sha256=request.toolkit.sha256,
        rules_bucket=request.toolkit.bucket,
        rules_key=rules_key(context),
        rules_sha256=request.rules_sha256,
        key_parameter=request.pseudonym_key_parameter,
        reports_bucket=request.reports_bucket,
    )
    return end_of(context, step, answer)


def end_of(context: Context, step: str, answer: Mapping[str, Any]) -> JobEnd:
    """Stay until a job ends that was started or joined.

    Args:
        context: The refresh.
        step: Its name.
        answer: What starting it answered.

    Returns:
        How it ended.

    Raises:
        HostError: It left no result where there must be one.
    """
    if answer.get("state") == "running":
        answer = _until_it_ends(context, step)
    code = answer.get("exit_code")
    exit_code = -1 if code is None else int(code)
    result = _result(context, step) if exit_code in _WITH_RESULT else {}
    return JobEnd(exit_code=exit_code, result=result, reason=str(answer.get("reason") or ""))


def discard_job(context: Context, step: str) -> None:
    """Forget a job on the worker, so that the next run starts it anew."""
    context.hosts.run(context.request.worker.instance_id, "job-discard", refresh_id=context.refresh_id, step=step)


def _until_it_ends(context: Context, step: str) -> dict[str, Any]:
    voice = _Voice(context, step)

    def ended() -> dict[str, Any] | None:
        answer = context.hosts.run(
            context.request.worker.instance_id, "job-status", refresh_id=context.refresh_id, step=step
        )
        voice.hear(answer.get("progress") or {})
        return None if answer.get("state") == "running" else answer

    return context.poller.wait_for(f"the job {step} on {context.request.worker.instance_id}", ended)


def _result(context: Context, step: str) -> Mapping[str, Any]:
    bucket, key = context.request.reports_bucket, f"jobs/{context.refresh_id}/{step}.json"
    stored = context.aws.objects.get(bucket, key)
    try:
        result = json.loads(stored.body) if stored else None
    except ValueError:
        result = None
    if not isinstance(result, dict):
        raise HostError(f"the job {step} of {context.refresh_id} ended, but s3://{bucket}/{key} holds no result of it")
    return result


class _Voice:
    """Says how far a job is, once in a while and only when it has moved."""

    def __init__(self, context: Context, step: str) -> None:
        self._context = context
        self._step = step
        self._spoke_at = context.clock.monotonic()
        self._said = ""

    def hear(self, progress: Mapping[str, Any]) -> None:
        done, total = int(progress.get("documents") or 0), int(progress.get("total") or 0)
        share = f", {100 * done // total} %" if total else ""
        where = " ".join(str(progress[name]) for name in ("phase", "collection") if progress.get(name))
        line = f"        {self._step}: {where}, {done} documents{share}"
        now = self._context.clock.monotonic()
        if done and line != self._said and now - self._spoke_at >= _PROGRESS_EVERY_SECONDS:
            self._context.say(line)
            self._spoke_at, self._said = now, line
