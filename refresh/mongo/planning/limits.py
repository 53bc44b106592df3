"""Time limits that a refresh meets: of credentials, of CI, of its own steps, and of what holds production's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from refresh.mongo.planning.duration import Estimate, readable_time
from refresh.mongo.workflow import STEPS
from refresh.request import RefreshRequest

_GOES_ON = "a run that is cut off there is finished by the next pulumi up"
# GitHub's limits for hosted runners (docs.github.com/actions/reference/limits), and those of Pulumi's pipelines
# (pulumi.com/docs/delivery/limits), both read on 2026-11-22. Pulumi's pages name none for a deployment of its own.
_CI = (("a GitHub-hosted job", 6.0), ("a Pulumi Delivery job (unless its timeout is longer)", 2.0))


def lines(request: RefreshRequest, expected: Estimate, ends_at: datetime | None, now: datetime) -> Iterator[str]:
    """Hold the estimate against every limit.

    Args:
        request: What is asked for.
        expected: How long each step should take.
        ends_at: When credentials end; None where they do not, or do not say.
        now: The time.

    Yields:
        One line for those that fit, and one for each that does not.
    """
    seconds = expected.total_seconds
    fitting = []
    for name, hours in _CI:
        if seconds <= hours * 3600:
            fitting.append(f"{name} of {hours:.0f} h")
        else:
            yield f"  ! longer than {name} may take ({hours:.0f} h): {_GOES_ON}"
    if ends_at is not None:
        left = (ends_at - now).total_seconds()
        if seconds <= left:
            fitting.append(f"credentials that end in {readable_time(left)}")
        else:
            yield f"  ! your AWS credentials end in {readable_time(max(left, 0))}, before it will be done: {_GOES_ON}"
    yield from _own(request, expected.seconds, now)
    yield f"  time limits: fits into {', '.join(fitting) or 'none of those looked at'}"


def _own(request: RefreshRequest, seconds: Mapping[str, float], now: datetime) -> Iterator[str]:
    """Yield our own limits that would end it."""
    for step in STEPS:
        minutes = request.limits.step_timeout_minutes.get(step.name, step.timeout_minutes)
        if seconds.get(step.name, 0.0) > minutes * 60:
            needed = int(seconds[step.name] * 1.5 / 60) + 1
            yield (
                f"  ! {step.name} may take {minutes} min and will take about {readable_time(seconds[step.name])}: "
                f"pulumi config set --path understudy:step_timeout_minutes.{step.name} {needed}"
            )
    hours = request.limits.quarantine_expiry_hours
    if sum(seconds.values()) > hours * 3600:
        until = (now + timedelta(hours=hours)).isoformat(timespec="minutes")
        yield (
            f"  ! what holds production's data expires after {hours} h, at {until}, before it will be done: raise "
            "understudy:quarantine_expiry_hours"
        )
