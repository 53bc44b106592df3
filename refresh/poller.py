"""Waiting, in one place: with a deadline, asking less and less often, and never past a lost lease.

boto3's waiters are not used: they give up after a fixed 600 s and overlook the state `error`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Protocol, TypeVar

from refresh.errors import DeadlineError, TransientError

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_GROWTH = 1.1

Answer = TypeVar("Answer")


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> datetime:
        """Return the time as an aware UTC value."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the time as an aware UTC value."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


def _nothing() -> None:
    return None


@dataclass
class Poller:
    """Wait for answers until a deadline.

    Attributes:
        clock: The time.
        still_ours: Called before every question; raises when the lease is lost.
        deadline: Monotonic seconds after which waiting ends.
        limit_hint: Which setting moves the deadline, for the message.
    """

    clock: Clock
    still_ours: Callable[[], None] = _nothing
    deadline: float = float("inf")
    limit_hint: str = ""
    _last_trouble: str = field(default="", init=False)

    def limit(self, seconds: float, hint: str) -> None:
        """Start a new deadline.

        Args:
            seconds: From now.
            hint: Which setting moves it.
        """
        self.deadline = self.clock.monotonic() + seconds
        self.limit_hint = hint

    def seconds_left(self) -> float:
        """Return how long waiting may still go on."""
        return self.deadline - self.clock.monotonic()

    def wait_for(self, what: str, ask: Callable[[], Answer | None], *, at_most_seconds: float = float("inf")) -> Answer:
        """Ask again and again until there is an answer.

        Args:
            what: What is awaited, for the message.
            ask: Returns the answer, or None to go on; what it raises ends the wait, unless it is transient.
            at_most_seconds: A limit for this wait alone.

        Returns:
            The answer.

        Raises:
            DeadlineError: None came in time.
        """
        ends_at = min(self.deadline, self.clock.monotonic() + at_most_seconds)
        pause_seconds = _FIRST_PAUSE_SECONDS
        while True:
            self.still_ours()
            answer = self._ask(ask)
            if answer is not None:
                return answer
            if self.clock.monotonic() >= ends_at:
                raise DeadlineError(f"gave up waiting for {what}{self._last_trouble}{self._next_step()}")
            self.clock.sleep(min(pause_seconds, max(0.0, ends_at - self.clock.monotonic())))
            pause_seconds = min(pause_seconds * _GROWTH, _LONGEST_PAUSE_SECONDS)

    def _ask(self, ask: Callable[[], Answer | None]) -> Answer | None:
        """Take trouble on the way to an answer for no answer yet."""
        try:
            answer = ask()
        except TransientError as trouble:
            self._last_trouble = f" (last trouble: {trouble})"
            return None
        self._last_trouble = ""
        return answer

    def _next_step(self) -> str:
        return f". {self.limit_hint}" if self.limit_hint else ""
