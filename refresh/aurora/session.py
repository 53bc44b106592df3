"""The way in: a verb and a request. What the task's command calls, and what a test calls as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from refresh.aurora import asked, boto, current, exchange, markers, record, report, swap
from refresh.aurora.context import LEASE, LEDGERS, AuroraContext
from refresh.aurora.current import Current
from refresh.aurora.markers import LIVE, NEXT
from refresh.aurora.ports import Ports
from refresh.aurora.request import AuroraRequest
from refresh.aurora.workflow import FINISH, LOAD, PREVIOUS
from refresh.context import Say, Step
from refresh.errors import AbandonedError, CutOverError, LeaseError, LedgerError, RefreshError, RequestError
from refresh.poller import Clock, Poller, SystemClock
from refresh.process import ProcessIdentity
from refresh.records import ledgers, provenance
from refresh.records.lease import Lease
from refresh.records.ledger import Ledger
from refresh.runner import run_steps

VERBS = ("load", "finish", "previous", "last-known-good", "fail")
_FAIL_SECONDS = 900.0


def say(line: str) -> None:
    """Print a line at once: the task's log shows it."""
    print(line, flush=True)  # noqa: T201 - the one way to the log


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that a session meets; tests bring their own."""

    connect: Callable[[str], Ports] = boto.connect
    clock: Clock = field(default_factory=SystemClock)
    say: Say = say
    lease_beats: bool = True
    identity: ProcessIdentity | None = None


def perform(verb: str, inputs: Mapping[str, Any], world: World | None = None) -> dict[str, Any]:
    """Do what a verb asks for, or finish what an interrupted run of it began.

    Args:
        verb: One of VERBS.
        inputs: The request.
        world: What to meet; the real one when left out.

    Returns:
        What to say of it: refresh_id, and report where there is one.

    Raises:
        RefreshError: What failed, why, and what to do next.
    """
    world = world or World()
    request = AuroraRequest.from_inputs(inputs)
    ports = world.connect(request.region)
    mine = asked.about(verb, request, ports)
    request = replace(request, dump_key=mine.dump_key, expected_sha256=mine.expected_sha256)
    lease = Lease(
        ports.objects, request.reports_bucket, mine.refresh_id, world.clock, identity=world.identity,
        beats=world.lease_beats, key=LEASE,
    )  # fmt: skip
    asked.await_former_task(ports, request, mine, world.clock)
    with lease:
        session = _Session(request=request, ports=ports, world=world, lease=lease)
        if verb == "fail":
            return session.fail(mine)
        if verb == "finish":
            return session.work(mine, FINISH)
        current.claim(ports, request, mine, session.end)
        return session.work(mine, PREVIOUS if verb == "previous" else LOAD)


@dataclass(frozen=True, kw_only=True)
class _Session:
    """A verb at work under the lease."""

    request: AuroraRequest
    ports: Ports
    world: World
    lease: Lease

    def context(self, about: Current) -> AuroraContext:
        """Open the ledger of a refresh."""
        request = self.request
        told = {
            "dump_key": about.dump_key,
            "action": about.action,
            "execution_id": about.execution_id,
            "space": request.space,
            "cluster_id": request.cluster_id,
            "schema": request.schema,
            "ran_by": provenance.runner(self.ports.caller_arn),
        }
        ledger = Ledger.open(
            self.ports.objects, request.reports_bucket, self.world.clock, refresh_id=about.refresh_id,
            fencing=self.lease.fencing, about=told, prefix=LEDGERS,
        )  # fmt: skip
        return AuroraContext(
            request=replace(request, dump_key=about.dump_key, expected_sha256=about.expected_sha256),
            ports=self.ports,
            ledger=ledger,
            clock=self.world.clock,
            poller=Poller(self.world.clock, self.lease.check),
            say=self.world.say,
        )

    def work(self, about: Current, steps: Sequence[Step[AuroraContext]]) -> dict[str, Any]:
        """Run steps; what abandons the refresh is told.

        The same execution goes on where it was interrupted, and has nothing to do once it has ended well. Another one
        loads anew: whoever starts it for the same dump wants that dump, with today's migrations over it.
        """
        bucket = self.request.reports_bucket
        before = ledgers.read(self.ports.objects, bucket, about.refresh_id, LEDGERS)
        context = self.context(about)
        with context.sql() as sql:
            swap.finish_interrupted(context, sql)
        if before is not None and before.get("execution_id") != about.execution_id and steps is not FINISH:
            context.ledger.start_over()  # migrations of the other execution may have been over the candidate
        if _is_over(context, again=steps is not FINISH):
            context.say(f"refresh {about.refresh_id}: {self.request.schema} serves it already; there is nothing to do")
            return {"refresh_id": about.refresh_id, "nothing_to_do": True}
        try:
            run_steps(context, steps, abandon)
        except CutOverError as error:
            abandon(context)
            context.ledger.close(ledgers.ABANDONED)
            _report_softly(context)
            record.tell_softly(context, "switched back", str(error))
            raise
        except AbandonedError as error:
            _report_softly(context)
            record.tell_softly(context, "failed", str(error))
            raise
        if steps is not LOAD:
            context.ledger.close(ledgers.FINISHED)
        return {"refresh_id": about.refresh_id, "report": context.ledger.facts("record").get("report", "")}

    def fail(self, about: Current) -> dict[str, Any]:
        """End a refresh that its automation gave up: no candidate stays, and the failure is told."""
        context = self.context(about)
        if context.ledger.state != ledgers.RUNNING:
            return {"refresh_id": about.refresh_id, "state": context.ledger.state}
        self._close(context)
        place = report.publish(context)
        record.tell_softly(context, "failed", f"Its automation gave it up; the live schema serves. Report: {place}")
        return {"refresh_id": about.refresh_id, "state": ledgers.ABANDONED, "report": place}

    def end(self, other: Current) -> None:
        """End another refresh that nobody works on any more."""
        context = self.context(other)
        context.say(f"refresh {other.refresh_id} was given up by execution {other.execution_id}: it is ended")
        self._close(context)

    def _close(self, context: AuroraContext) -> None:
        with context.sql() as sql:
            swap.finish_interrupted(context, sql)
        abandon(context)
        context.ledger.close(ledgers.ABANDONED)


def _is_over(context: AuroraContext, *, again: bool) -> bool:
    """Say whether a refresh has ended well and is live; else one that ended begins anew, if it is asked for again."""
    if context.ledger.state == ledgers.RUNNING:
        return False
    if context.ledger.state == ledgers.FINISHED:
        with context.sql() as sql:
            live = markers.read(sql, context.schemas, LIVE)
        if context.ledger.values.get("action") == "previous" or (live and live.generation == context.generation):
            head = context.ports.objects.head(context.request.import_bucket, context.request.dump_key)
            if head is None or head.etag == context.ledger.facts("check_object").get("etag", head.etag):
                return True
    if not again:
        raise RequestError(
            "execution_id", f"refresh {context.refresh_id} has ended ({context.ledger.state}): run load first"
        )
    context.ledger.start_over()
    return False


def abandon(context: AuroraContext) -> None:
    """Drop the candidate, unless it is live by now; under a deadline of its own, and never hiding its error.

    Args:
        context: The refresh.
    """
    context.poller.limit(_FAIL_SECONDS, "The next refresh drops what is left")
    try:
        with context.sql() as sql:
            marker = markers.read(sql, context.schemas, NEXT)
            if marker is None or marker.refresh_id == context.refresh_id:
                exchange.discard(sql, context.schemas, context.schemas.candidate)
        context.say("        the candidate is dropped; the live schema is as it was")
    except (LeaseError, LedgerError):
        raise
    except RefreshError as error:
        context.say(f"        the candidate could not be dropped: {error}")


def _report_softly(context: AuroraContext) -> None:
    try:
        report.publish(context)
    except RefreshError as error:
        context.say(f"        the report could not be written: {error}")
