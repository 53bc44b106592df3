"""Production as its members describe themselves, and which of them to take a snapshot of. Looks, never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from refresh.errors import DeadlineError, HostError, RefreshError, UnreachableHostError
from refresh.mongo.context import Context
from refresh.mongo.storage import unfit

CHECK = "production-check"
ANSWER_SECONDS = 45.0
_GRACE_SECONDS = 60.0  # over the wait that a member was asked for


@dataclass(frozen=True, kw_only=True, order=True)
class Optime:
    """A point in the oplog."""

    seconds: int
    increment: int

    @classmethod
    def read(cls, values: Mapping[str, Any] | None) -> Optime | None:
        """Read what the document says; None when it says nothing."""
        return cls(seconds=int(values["seconds"]), increment=int(values["increment"])) if values else None

    def as_json(self) -> dict[str, int]:
        """Return plain values."""
        return {"seconds": self.seconds, "increment": self.increment}

    def at(self) -> datetime:
        """Return the time of it, to the second."""
        return datetime.fromtimestamp(self.seconds, timezone.utc)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member: its instance and its own answer."""

    instance_id: str
    answer: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Host and port in the replica set."""
        return str(self.answer.get("self") or self.instance_id)

    @property
    def state(self) -> str:
        """PRIMARY, SECONDARY, or why not."""
        return str(self.answer.get("state") or "no state")

    @property
    def is_hidden(self) -> bool:
        """Whether clients do not read from it."""
        return bool(self.answer.get("hidden"))

    @property
    def commit_point(self) -> Optime | None:
        """What it knows to be acknowledged by the majority."""
        return Optime.read(self.answer.get("commit_point"))

    @property
    def volume_ids(self) -> list[str]:
        """The volumes under its data, the one with the top of its data directory first."""
        return [str(each) for each in self.answer.get("volume_ids") or ()]

    @property
    def places(self) -> list[dict[str, str]]:
        """Which directory (`inside`) of which volume stands where (`path`) in its data directory; the top is empty."""
        return [
            {name: str(each.get(name) or "") for name in ("volume_id", "inside", "path")}
            for each in self.answer.get("places") or ()
        ]


@dataclass(frozen=True, kw_only=True)
class ReplicaSet:
    """What could be learned of production: members that answered, and why others did not."""

    members: tuple[Member, ...]
    silent: Mapping[str, str]

    @property
    def primary(self) -> Member | None:
        """The member that calls itself primary; of two, the one whose majority is further."""
        claimants = [member for member in self.members if member.state == "PRIMARY" and member.commit_point]
        return max(claimants, key=lambda member: member.commit_point or Optime(seconds=0, increment=0), default=None)

    def lag_seconds(self, member: Member) -> float | None:
        """Return how far a member is behind, as the primary sees it; None when it does not see it healthy."""
        for seen in self.primary.answer["members"] if self.primary else ():
            if seen["host"] == member.name and int(seen.get("health", 0)) == 1 and seen.get("lag_seconds") is not None:
                return float(seen["lag_seconds"])
        return None

    def sources(self, limit_seconds: float) -> list[Member]:
        """Return the members to take a snapshot of, the best first: hidden ones, then by their lag.

        Args:
            limit_seconds: How far behind a member may be.

        Returns:
            Healthy secondaries within the limit.
        """
        lags = {member.instance_id: self.lag_seconds(member) for member in self.members if member.state == "SECONDARY"}
        near = {each: lag for each, lag in lags.items() if lag is not None and lag <= limit_seconds}
        members = [member for member in self.members if member.instance_id in near]
        return sorted(members, key=lambda member: (not member.is_hidden, near[member.instance_id], member.name))

    def refusals(self, limit_seconds: float) -> list[str]:
        """Say everything for which this set cannot be read from.

        Args:
            limit_seconds: How far behind the source may be.

        Returns:
            One sentence each; empty when a snapshot may be taken.
        """
        if not self.members:
            return _distinct(self.silent)
        if not any(member.answer.get("replica_set") for member in self.members):
            hosts = ", ".join(member.instance_id for member in self.members)
            return [f"production ({hosts}) is no replica set: Understudy reads from a secondary, a standalone has none"]
        if self.primary is None:
            return [*_distinct(self.silent), _no_primary(self.members)]
        sources = self.sources(limit_seconds)
        if not sources:
            return [*_distinct(self.silent), self._no_source(limit_seconds)]
        return unfit(sources[0])

    def _no_source(self, limit_seconds: float) -> str:
        seen = []
        for member in self.members:
            if member is self.primary:
                continue
            lag = self.lag_seconds(member)
            seen.append(
                f"{member.name} is {member.state}, " + (f"{lag:.0f} s behind" if lag is not None else "not healthy")
            )
        found = "; ".join(seen) or "no other member of production.instance_ids answered"
        return (
            f"no healthy secondary is within {limit_seconds:.0f} s of the primary ({found}). Wait until one has "
            "caught up, or raise understudy:source_lag_limit_seconds"
        )


def observe(context: Context) -> ReplicaSet:
    """Run the read-only document on every member at once.

    Args:
        context: The refresh.

    Returns:
        What they answered; a member that does not answer is among the silent.
    """
    return begin_observing(context)()


def begin_observing(context: Context) -> Callable[[], ReplicaSet]:
    """Start what `observe` does.

    Args:
        context: The refresh.

    Returns:
        What waits for the answers and gives what `observe` does; other work may be done before it is called.
    """
    production = context.request.production
    collect = context.production_hosts.start_on_all(
        production.instance_ids,
        CHECK,
        at_most_seconds=ANSWER_SECONDS,
        user_parameter=production.user_parameter,
        password_parameter=production.password_parameter,
    )

    def observed() -> ReplicaSet:
        answers = collect()
        members = [Member(instance_id=each, answer=got) for each, got in answers.items() if isinstance(got, dict)]
        silent = {each: str(got) for each, got in answers.items() if isinstance(got, RefreshError)}
        return ReplicaSet(members=tuple(members), silent=silent)

    return observed


def ask(context: Context, instance_id: str, *, wait_seconds: int = 0, point: Optime | None = None) -> Member | None:
    """Run the read-only document on one member.

    Args:
        context: The refresh.
        instance_id: Its host.
        wait_seconds: How long it may wait until it has `point` durable.
        point: What it should have.

    Returns:
        The member; None when it does not answer, which is said.
    """
    asked = context.request.production
    optime = {"optime_seconds": point.seconds, "optime_increment": point.increment} if point else {}
    try:
        answer = context.production_hosts.run(
            instance_id,
            CHECK,
            at_most_seconds=wait_seconds + _GRACE_SECONDS,
            user_parameter=asked.user_parameter,
            password_parameter=asked.password_parameter,
            wait_seconds=wait_seconds,
            **optime,
        )
    except (HostError, DeadlineError, UnreachableHostError) as error:
        context.say(f"        production host {instance_id}: {error}")
        return None
    return Member(instance_id=instance_id, answer=answer)


def _distinct(silent: Mapping[str, str]) -> list[str]:
    return [f"production host {instance_id}: {reason}" for instance_id, reason in sorted(silent.items())]


def _no_primary(members: Sequence[Member]) -> str:
    states = ", ".join(f"{member.name} is {member.state}" for member in members)
    return f"production has no primary among production.instance_ids ({states}): list every member, or wait for one"
