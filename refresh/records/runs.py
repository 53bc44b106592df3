"""When each step was worked on, and by whom: the ledger's lists from which the report draws its picture of time.

A step may run several times: again after a failure, again in another attempt, again after a kill. Its record in the
ledger keeps the sum; this list keeps each run. Plain values, changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DONE, FAILED, INTERRUPTED, UNDER_WAY = "done", "failed", "interrupted", ""
_MOST, _MOST_RUNNERS = 200, 20  # the oldest go first: a ledger is written before and after each step and stays small

Runs = list[dict[str, Any]]


def begin(runs: Runs, step: str, attempt: int, now: str) -> None:
    """Note that a step begins.

    Args:
        runs: The list.
        step: Its name.
        attempt: That of the refresh.
        now: The time, ISO 8601.
    """
    runs.append({"step": step, "attempt": attempt, "begun_at": now, "ended_at": "", "end": UNDER_WAY, "reason": ""})
    del runs[:-_MOST]


def end(runs: Runs, step: str, how: str, now: str, reason: str = "") -> None:
    """Note how the latest run of a step ended.

    Args:
        runs: The list.
        step: Its name.
        how: DONE or FAILED.
        now: The time, ISO 8601.
        reason: The error's class.
    """
    for run in reversed(runs):
        if run["step"] == step and run["end"] == UNDER_WAY:
            run.update(ended_at=now, end=how, reason=reason)
            return


def interrupt(runs: Runs, last_heard_at: str) -> None:
    """Note that whoever was at work is gone: its run ended some time after the ledger was last written.

    Args:
        runs: The list.
        last_heard_at: When that was, ISO 8601; empty when not known.
    """
    for run in runs:
        if run["end"] == UNDER_WAY:
            run.update(ended_at=max(last_heard_at, run["begun_at"]), end=INTERRUPTED)


def note_runner(runners: Runs, ran_by: Mapping[str, Any] | None, now: str) -> None:
    """Keep who works on the refresh, when it is another than before.

    Args:
        runners: The list.
        ran_by: What `provenance.runner` found; None where nobody asked.
        now: The time, ISO 8601.
    """
    if ran_by and (not runners or {**runners[-1], "at": ""} != {**ran_by, "at": ""}):
        runners.append({**ran_by, "at": now})
        del runners[:-_MOST_RUNNERS]
