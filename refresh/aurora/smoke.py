"""Smoke: what uses the live schema works with it, or the former schema is live again."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from refresh.aurora import markers, swap
from refresh.aurora.context import AuroraContext
from refresh.aurora.markers import PREVIOUS
from refresh.aurora.request import AuroraRequest
from refresh.errors import CutOverError

_ANSWER_SECONDS = 10
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Smoke:
    """Ask the application's addresses, then run the user's command.

    Idempotent: it only asks. A failure swaps back; the next run loads anew.
    """

    name: str = "smoke"
    timeout_minutes: int = 60

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        asked = [*request.smoke.urls, *([request.smoke.command[0]] if request.smoke.command else [])]
        return (
            f"smoke tests: {', '.join(asked) or 'none are configured'}; if one fails, the former schema is live again"
        )

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Test; swap back on a failure."""
        failure = ""
        for url in context.request.smoke.urls:
            failure = failure or _asked(context, url)
        failure = failure or _commanded(context)
        if failure:
            _swap_back(context, failure)
        return {"urls": list(context.request.smoke.urls), "command": bool(context.request.smoke.command)}


def _swap_back(context: AuroraContext, failure: str) -> None:
    schemas = context.schemas
    with context.sql() as sql:
        if markers.read(sql, schemas, PREVIOUS) is None:
            raise CutOverError(
                f"smoke tests of refresh {context.refresh_id} failed: {failure}. There is no former schema to go back "
                f"to: {schemas.live} serves the new data. Mend the application, or load another dump"
            )
        swap.swap(context, sql, "swap_back", schemas.former, schemas.candidate)
    raise CutOverError(
        f"smoke tests of refresh {context.refresh_id} failed: {failure}. {schemas.live} serves what it served before; "
        "the new data is dropped. Mend what failed, then run the refresh again"
    )


def _asked(context: AuroraContext, url: str) -> str:
    """Ask until there is an answer of the 200s or time is up; return what was wrong."""
    ends_at = context.clock.monotonic() + context.request.limits.smoke_timeout_seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - the scheme was checked
                status = int(answer.status)
            if 200 <= status < 300:
                return ""
            wrong = f"{url} answered {status}"
        except urllib.error.HTTPError as error:
            wrong = f"{url} answered {error.code}"
        except (OSError, ValueError) as error:
            wrong = f"{url} could not be asked: {type(error).__name__}"
        if context.clock.monotonic() >= ends_at:
            return wrong
        context.poller.still_ours()
        context.clock.sleep(_PAUSE_SECONDS)


def _commanded(context: AuroraContext) -> str:
    """Run the user's command; its words go to the task's log, and what was wrong is returned."""
    command = context.request.smoke.command
    if not command:
        return ""
    minutes = context.request.limits.smoke_command_timeout_minutes
    try:
        done = subprocess.run(list(command), stdin=subprocess.DEVNULL, timeout=minutes * 60, check=False)
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end within {minutes} min"
    except OSError as error:
        return f"{command[0]} could not be run: {error.strerror}"
    return f"{command[0]} ended with status {done.returncode}" if done.returncode else ""
