"""Which refresh is under way on a schema: in the reports bucket, since its tasks are processes of their own.

The lease is held while a task runs; between tasks (migrations run there) this record keeps another refresh away.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from refresh.aurora.context import LEDGERS
from refresh.aurora.ports import Ports
from refresh.aurora.request import AuroraRequest
from refresh.errors import LeaseError
from refresh.records import ledgers


@dataclass(frozen=True, kw_only=True)
class Current:
    """A refresh that was begun."""

    refresh_id: str
    execution_id: str
    dump_key: str
    expected_sha256: str
    action: str


def key_of(request: AuroraRequest) -> str:
    """Return where the record lies."""
    return f"state/aurora/{request.cluster_id}/{request.schema}/current.json"


def read(ports: Ports, request: AuroraRequest) -> Current | None:
    """Read the record; None when no refresh was ever begun."""
    stored = ports.objects.get(request.reports_bucket, key_of(request))
    return Current(**json.loads(stored.body)) if stored else None


def write(ports: Ports, request: AuroraRequest, current: Current) -> None:
    """Write the record; the lease must be held."""
    ports.objects.put(request.reports_bucket, key_of(request), json.dumps(asdict(current)).encode())


def claim(ports: Ports, request: AuroraRequest, mine: Current, end: Callable[[Current], None]) -> None:
    """Take the schema over from the refresh that was begun last.

    Args:
        ports: AWS.
        request: What is asked for.
        mine: Who takes it.
        end: Ends a refresh for good that nobody works on any more.

    Raises:
        LeaseError: The other one's automation still runs, or that cannot be known.
    """
    other = read(ports, request)
    same = other is not None and other.execution_id == mine.execution_id and other.refresh_id == mine.refresh_id
    if other is not None and not same and _is_running(ports, request, other):
        over = ports.automations.is_over(other.execution_id) if other.execution_id else True
        if not over:
            doubt = "" if over is False else " (its state could not be asked, so it counts as running)"
            raise LeaseError(
                f"another refresh of {request.schema} on {request.cluster_id} is under way: {other.refresh_id} by "
                f"automation execution {other.execution_id}{doubt}. Wait for it, or stop that execution and run "
                "the verb fail with its request"
            )
        if other.refresh_id != mine.refresh_id:
            end(other)
    write(ports, request, mine)


def _is_running(ports: Ports, request: AuroraRequest, other: Current) -> bool:
    values = ledgers.read(ports.objects, request.reports_bucket, other.refresh_id, LEDGERS)
    return values is not None and values.get("state") == ledgers.RUNNING
