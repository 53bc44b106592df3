"""The swap: tried again while others hold tables, noted before it begins, brought to its end by whoever comes next.

A kill leaves one of three states, and the live marker tells which: nothing renamed yet (perhaps triggers are gone: they
are made again from the ledger), all renamed (what belongs to the schemas is made from the ledger), or all done.
"""

from __future__ import annotations

from typing import Any

from refresh.aurora import blockers, exchange, markers
from refresh.aurora.context import LEDGERS, AuroraContext
from refresh.aurora.exchange import Exchange
from refresh.aurora.patience import await_what_a_dead_run_left, short_waits
from refresh.aurora.sql import LockWaitError, Sql
from refresh.errors import DatabaseError, LockedError, PermanentError, RefreshError
from refresh.records import ledgers

_MENDING_SECONDS = 900.0


def swap(context: AuroraContext, sql: Sql, step: str, source: str, goal: str) -> dict[str, Any]:
    """Make another generation live, or finish doing so.

    Args:
        context: The refresh.
        sql: A session of its own: its settings are changed.
        step: The step whose record holds the notes.
        source: The schema that becomes live.
        goal: Where the live one goes; the same to change places.

    Returns:
        Facts for the record.

    Raises:
        LockedError: Other sessions hold tables; they are named, and the live schema is as it was.
    """
    noted = context.ledger.facts(step).get("exchange")
    begun = Exchange.from_values(context.schemas, noted) if noted else None
    facts: dict[str, Any] = {"tries": 0, "swap_ms": None}
    if begun and markers.is_live(sql, context.schemas, begun.token):
        planned = begun
    else:
        planned = exchange.planned(sql, context.schemas, source, goal, noted)
        if not planned.token:
            raise PermanentError(
                f"{step} of refresh {context.refresh_id}: {source} on {context.request.endpoint} is no generation of "
                f"{context.schemas.live} that a refresh made or kept; the live schema is as it was"
            )
        exchange.prepare(sql, planned)
        context.ledger.note(step, exchange=planned.as_values())
        markers.begin_swap(sql, context.schemas, context.refresh_id, step)
    # One second session for both: from the rename to the last trigger there is nothing to wait for.
    with short_waits(context, sql):
        if planned is not begun:
            facts = _until_it_moves(context, sql, planned)
        started = context.clock.monotonic()
        _settle(context, sql, planned)
    markers.end_swap(sql, context.schemas)
    settled_ms = round(1000 * (context.clock.monotonic() - started))
    return {**facts, "settle_ms": settled_ms, "live": planned.token}


def finish_interrupted(context: AuroraContext, sql: Sql) -> str:
    """Bring a swap to its end that a killed process began, of this refresh or of another.

    Args:
        context: The refresh that is about to work.
        sql: A session.

    Returns:
        The refresh whose swap it was; empty when there was none.

    Raises:
        PermanentError: Its ledger is gone.
    """
    under_way = markers.swap_under_way(sql, context.schemas)
    if under_way is None:
        return ""
    refresh_id, step = under_way
    bucket = context.request.reports_bucket
    values = ledgers.read(context.ports.objects, bucket, refresh_id, LEDGERS)
    noted = (values or {}).get("steps", {}).get(step, {}).get("facts", {}).get("exchange")
    if noted is None:
        raise PermanentError(
            f"a swap of {context.schemas.live} by refresh {refresh_id} was interrupted, and its ledger in s3://"
            f"{bucket} is gone: compare the triggers of the live schema with its dump, make what is missing, then "
            f"remove the table {context.schemas.own}.swapping"
        )
    begun = Exchange.from_values(context.schemas, noted)
    context.poller.limit(_MENDING_SECONDS, "Running the refresh again goes on from here")
    await_what_a_dead_run_left(context, sql)
    with short_waits(context, sql):
        if markers.is_live(sql, context.schemas, begun.token):
            _settle(context, sql, begun)
        else:
            _restore(context, sql, begun)
    markers.end_swap(sql, context.schemas)
    return refresh_id


def _until_it_moves(context: AuroraContext, sql: Sql, planned: Exchange) -> dict[str, Any]:
    """Try, with pauses; after each try that failed the live schema has all that it had."""
    limits = context.request.limits
    held = ""
    for tried in range(1, limits.swap_tries + 1):
        context.poller.still_ours()
        started = context.clock.monotonic()
        try:
            has_moved = _moves(sql, planned)
        except RefreshError:
            _restore(context, sql, planned)
            raise
        if has_moved:
            return {"tries": tried, "swap_ms": round(1000 * (context.clock.monotonic() - started)), "held_by": held}
        held = blockers.named(blockers.find(sql, context.schemas))
        _restore(context, sql, planned)
        if tried < limits.swap_tries:
            pause = limits.swap_pause_seconds
            context.say(f"        the swap waited for {held}, and let everybody by; trying again in {pause} s")
            context.clock.sleep(pause)
    markers.end_swap(sql, context.schemas)
    raise LockedError(
        f"swap of refresh {context.refresh_id}: tables of {context.schemas.live} on {context.request.endpoint} were "
        f"held in each of {limits.swap_tries} tries: {held}. The live schema is as it was. Let that session "
        "commit or end it (CALL mysql.rds_kill(<id>)), then run the refresh again; it goes on with the swap"
    )


def _moves(sql: Sql, planned: Exchange) -> bool:
    """Try once, and say whether all has moved; whatever the server said of the rename, the marker tells.

    A rename that was ended while it waited may have been granted at that very moment; one whose answer was an error may
    be done.
    """
    try:
        exchange.move(sql, planned)
    except LockWaitError:
        return markers.is_live(sql, planned.schemas, planned.token)
    except DatabaseError:
        if markers.is_live(sql, planned.schemas, planned.token):
            return True
        raise
    return True


def _settle(context: AuroraContext, sql: Sql, planned: Exchange) -> None:
    """Make what belongs to the schemas; a table that a new transaction holds already is tried again at once."""

    def done() -> bool | None:
        exchange.settle(sql, planned)
        return True

    context.poller.wait_for(f"the triggers and views of {context.schemas.live} to be made", done)


def _restore(context: AuroraContext, sql: Sql, planned: Exchange) -> None:
    """Make again what was dropped; a table that is held just now is tried again until it works, or time is up."""

    def again() -> bool | None:
        exchange.restore(sql, planned)
        return True

    context.poller.wait_for(f"the triggers of {context.schemas.live} to be made again", again)
