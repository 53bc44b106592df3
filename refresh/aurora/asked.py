"""Which refresh a verb is about, and the wait for a task of it that was killed."""

from __future__ import annotations

import json
from dataclasses import replace

from refresh.aurora import current, record
from refresh.aurora.context import LEASE
from refresh.aurora.current import Current
from refresh.aurora.ports import Ports
from refresh.aurora.request import LAST_KNOWN_GOOD, AuroraRequest
from refresh.errors import RequestError
from refresh.poller import Clock
from refresh.process import ProcessIdentity
from refresh.records.lease import EXPIRY_SECONDS, HEARTBEAT_SECONDS, LeaseRecord

_LOOK_EVERY_SECONDS = 5.0


def about(verb: str, request: AuroraRequest, ports: Ports) -> Current:
    """Say which refresh a verb is about: a new one, or the one that its execution began.

    Args:
        verb: One of `session.VERBS`.
        request: The request.
        ports: AWS.

    Returns:
        The refresh.

    Raises:
        RequestError: Nothing was begun that could be finished, or no dump is named or known.
    """
    execution_id = request.execution_id
    if verb in {"finish", "fail"}:
        begun = current.read(ports, request)
        if begun is None or (execution_id and begun.execution_id != execution_id):
            which = f"by execution {execution_id}" if execution_id else "on this schema"
            raise RequestError("execution_id", f"no refresh was begun {which}: run load first")
        return begun
    if verb == "previous":
        short = execution_id.rpartition("-")[2] or f"{ProcessIdentity.current().pid}"
        return Current(
            refresh_id=f"previous-{short}", execution_id=execution_id, dump_key="", expected_sha256="", action=verb
        )
    action = "refresh"
    if LAST_KNOWN_GOOD in {verb, request.dump_key}:
        request, action = _good(request, ports), LAST_KNOWN_GOOD
    if not request.dump_key:
        raise RequestError("dump_key", "is missing: which prepared dump is to be loaded?")
    return Current(
        refresh_id=request.refresh_id,
        execution_id=execution_id,
        dump_key=request.dump_key,
        expected_sha256=request.expected_sha256,
        action=action,
    )


def _good(request: AuroraRequest, ports: Ports) -> AuroraRequest:
    stored = ports.objects.get(request.reports_bucket, record.good_key(request))
    if stored is None:
        raise RequestError("dump_key", f"no dump of {request.schema} is known to be good yet: load one first")
    good = json.loads(stored.body)
    return replace(request, dump_key=good["dump_key"], expected_sha256=good["sha256"])


def await_former_task(ports: Ports, request: AuroraRequest, mine: Current, clock: Clock) -> None:
    """Wait for the lease of a task of the same refresh that was killed: no other machine can see that it is dead."""
    ends_at = clock.monotonic() + EXPIRY_SECONDS + HEARTBEAT_SECONDS
    while clock.monotonic() < ends_at:
        stored = ports.objects.get(request.reports_bucket, LEASE)
        if stored is None:
            return
        former = LeaseRecord.read(stored, request.reports_bucket, LEASE)
        if former.refresh_id != mine.refresh_id or former.is_free(stored.age_seconds):
            return
        clock.sleep(_LOOK_EVERY_SECONDS)
