"""What the runner needs of any refresh, and what a step of it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from refresh.poller import Clock, Poller
from refresh.records.ledger import Ledger

Say = Callable[[str], None]


class Work(Protocol):
    """One refresh at work, whatever it refreshes. Each refresh adds what its own steps need."""

    @property
    def request(self) -> Any:
        """What was asked for."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The record."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def poller(self) -> Poller:
        """Waits as long as the lease is held."""
        ...

    @property
    def say(self) -> Say:
        """Tells the user."""
        ...

    @property
    def how_to_go_on(self) -> str:
        """Say which setting gives a step more time, and what goes on from where it ended."""
        ...

    def minutes_of(self, step: str, default: int) -> int:
        """Return how long a step may take."""
        ...


WorkT = TypeVar("WorkT", bound=Work)
_GivenT_contra = TypeVar("_GivenT_contra", bound=Work, contravariant=True)


class Step(Protocol[_GivenT_contra]):
    """A step of a workflow: it alone knows whether it is done, and may be run any number of times."""

    @property
    def name(self) -> str:
        """A verb phrase; the key of its record in the ledger."""
        ...

    @property
    def timeout_minutes(self) -> int:
        """How long it may take when the limits say nothing."""
        ...

    def plan(self, request: Any) -> str:
        """Say in a line what it will do; asks nobody."""
        ...

    def is_done(self, context: _GivenT_contra) -> bool:
        """Say whether there is nothing left to do; reads only."""
        ...

    def run(self, context: _GivenT_contra) -> dict[str, Any]:
        """Do it, or finish it; return the facts for the record."""
        ...
