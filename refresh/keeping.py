"""What is kept beside the live volume, and what a refresh does with it: retention, golden snapshots, smoke tests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refresh.errors import RequestError
from refresh.values import UNKNOWN, Reader

LIVE, PREVIOUS = "live", "previous"
SERVED = (LIVE, PREVIOUS)
PRODUCTION, GOLDEN = "production", "golden"
STAY, SWITCH_BACK = "stay", "switch-back"
_SNAPSHOT_ID = re.compile(r"snap-[0-9a-f]{8,17}")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How many former volumes and golden snapshots stay and for how long; 0 days: for as long as their count allows."""

    previous_volumes: int = 1
    previous_volumes_max_age_days: int = 0
    golden_snapshots: int = 1
    golden_max_age_days: int = 0
    retain_live_volume: bool = False

    @classmethod
    def read(cls, values: Reader) -> Retention:
        """Read it from the inputs."""
        return cls(
            previous_volumes=values.number("previous_volumes", 1),
            previous_volumes_max_age_days=values.number("previous_volumes_max_age_days", 0),
            golden_snapshots=values.number("golden_snapshots", 1),
            golden_max_age_days=values.number("golden_max_age_days", 0),
            retain_live_volume=values.flag("retain_live_volume"),
        )


@dataclass(frozen=True, kw_only=True)
class Golden:
    """Whether a refresh keeps a golden snapshot, and whether staging is made of one.

    Attributes:
        keep: Whether the verified candidate is kept as a snapshot.
        source: production, golden (the latest one) or a golden snapshot's id.
        accepted_rules: Hash of rules under which a golden snapshot may have been made though they are not today's.
    """

    keep: bool = False
    source: str = PRODUCTION
    accepted_rules: str = ""

    @classmethod
    def read(cls, values: Reader) -> Golden:
        """Read it from the inputs.

        Raises:
            RequestError: The source is none.
        """
        source = values.text("source", PRODUCTION)
        if source not in (PRODUCTION, GOLDEN, UNKNOWN) and not _SNAPSHOT_ID.fullmatch(source):
            raise RequestError(
                f"{values.path}source",
                f"{source!r} must be production, golden or the id of a golden snapshot. "
                "Run: pulumi config set understudy:refresh_source production",
            )
        return cls(keep=values.flag("keep"), source=source, accepted_rules=values.text("accepted_rules", ""))

    @property
    def is_source(self) -> bool:
        """Whether staging is made of a golden snapshot, and production is not asked."""
        return self.source != PRODUCTION


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """The smoke tests that belong to the refresh itself: those whose failure switches back.

    Attributes:
        commands: Shell commands, one at a time, in this order; none where a failure leaves staging as it is.
        endpoint: What they are told of where staging is.
    """

    commands: tuple[str, ...] = ()
    endpoint: str = ""

    @classmethod
    def read(cls, values: Reader) -> Smoke:
        """Read it from the inputs."""
        given = values.values.get("commands") if values.values != UNKNOWN else None
        return cls(commands=tuple(values.texts("commands")) if given else (), endpoint=values.text("endpoint", ""))


def read_served(values: Reader) -> str:
    """Read what staging is to serve.

    Raises:
        RequestError: It is neither live nor previous.
    """
    served = values.text("serve", LIVE)
    if served not in (*SERVED, UNKNOWN):
        raise RequestError(
            "serve", f"{served!r} must be live or previous. Run: pulumi config set understudy:serve live"
        )
    return served
