"""Reports of MongoDB's events, written when an event ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from refresh.errors import LeaseError, LedgerError, RefreshError
from refresh.mongo import event_report, report
from refresh.mongo.context import Context
from refresh.reporting import files
from refresh.reporting.model import Report

Build = Callable[[Mapping[str, Any], str], Report]


def publish(context: Context, folder: Path) -> tuple[Report, str]:
    """Put the report of a refresh or reset into the reports bucket and below a folder of this machine.

    Args:
        context: The event; its ledger is closed if it finished.
        folder: The reports of this machine.

    Returns:
        The report, and where its page lies in the bucket.
    """
    return _published(context, folder, _of_refresh(context))


def publish_switch(context: Context, folder: Path) -> tuple[Report, str]:
    """Do the same for a switch by hand."""
    return _published(context, folder, _of_switch)


@contextmanager
def also_of_failure(context: Context, folder: Path, *, is_switch: bool = False) -> Iterator[None]:
    """Leave a report of an event that fails, too; trouble with it never hides the failure.

    Args:
        context: The event.
        folder: The reports of this machine.
        is_switch: Whether it is a switch by hand.
    """
    try:
        yield
    except (LeaseError, LedgerError):
        raise  # somebody else works here: nothing may be written
    except RefreshError as failure:
        try:
            # A switch meets no document: its report may say what failed in the error's own words.
            reason = {"reason": str(failure)} if is_switch else {}
            _, place = _published(context, folder, _of_switch if is_switch else _of_refresh(context), reason)
            context.say(f"        report {place}")
        except RefreshError as error:
            context.say(f"        the report could not be written: {error}")
        raise


def _published(
    context: Context, folder: Path, build: Build, more: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Report, str]:
    built = build(context.ledger.values, context.clock.now().isoformat()).model_copy(update=dict(more))
    return built, files.publish(context.aws.objects, context.request.reports_bucket, built, folder, context.say)


def _of_refresh(context: Context) -> Build:
    if context.request.is_reset:
        return lambda values, now: event_report.of_reset(values, finished_at=now)
    return lambda values, now: report.build(values, context.request.rules, finished_at=now)


def _of_switch(values: Mapping[str, Any], now: str) -> Report:
    return event_report.of_switch(values, finished_at=now)
