"""The runner: it alone does logging, timing, ledger, lease, retries and deadlines. Steps do their work and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from refresh.context import Step, WorkT
from refresh.errors import AbandonedError, LeaseError, LedgerError, RefreshError, TransientError
from refresh.records import ledgers

_TRIES = 8
_LONGEST_PAUSE_SECONDS = 30.0


def run_steps(context: WorkT, steps: Sequence[Step[WorkT]], abandon: Callable[[WorkT], None]) -> None:
    """Run what is left to do, in order; an interrupted run is finished by calling this again.

    Args:
        context: The refresh.
        steps: The whole workflow.
        abandon: Removes what the refresh made, for errors after which it cannot go on.

    Raises:
        RefreshError: A step failed; the ledger keeps the place.
    """
    for number, step in enumerate(steps, start=1):
        context.poller.still_ours()
        if not step.is_done(context):
            context.say(f"[{number}/{len(steps)}] {step.plan(context.request)}")
            _recorded(context, step, abandon)


def _recorded(context: WorkT, step: Step[WorkT], abandon: Callable[[WorkT], None]) -> None:
    """Run a step between its two records."""
    started = context.clock.monotonic()
    context.ledger.begin(step.name)
    try:
        facts = _until_it_works(context, step)
    except (LeaseError, LedgerError):
        raise  # somebody else works here: nothing may be written
    except RefreshError as error:
        seconds = context.clock.monotonic() - started
        context.ledger.interrupt(step.name, seconds, type(error).__name__)
        context.say(f"        {step.name} failed after {seconds:.1f} s")
        if isinstance(error, AbandonedError):
            abandon(context)
            context.ledger.close(ledgers.ABANDONED)
        raise
    seconds = context.clock.monotonic() - started
    context.ledger.finish(step.name, seconds, facts)
    context.say(f"        {step.name} done in {seconds:.1f} s")


def _until_it_works(context: WorkT, step: Step[WorkT]) -> dict[str, Any]:
    """Try a step again while its errors are transient and its deadline allows."""
    minutes = context.minutes_of(step.name, step.timeout_minutes)
    context.poller.limit(minutes * 60.0, f"{step.name} may take {minutes} min. {context.how_to_go_on}")
    for tried in range(1, _TRIES + 1):
        try:
            return step.run(context)
        except TransientError as error:
            pause = min(error.pause_seconds * 2 ** (tried - 1), _LONGEST_PAUSE_SECONDS)
            if tried == _TRIES or context.poller.seconds_left() < pause:
                raise
            context.say(f"        {step.name}: {error}; trying again in {pause:.0f} s")
            context.clock.sleep(pause)
            context.poller.still_ours()
    raise AssertionError("unreachable: the last try returns or raises")
