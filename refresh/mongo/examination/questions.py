"""What only an examination asks of AWS, as a Protocol; `boto.py` holds the real one, tests pass a fake.

Every question is a read or a DryRun. Each raises a RefreshError where there is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from refresh.places import Key


class Side(Enum):
    """Whose session asks."""

    OWN = "own"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a session is."""

    account_id: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """One action to be judged by IAM's simulator, on a resource, with the request's context keys."""

    action: str
    resource: str
    context: Mapping[str, str]


class Questions(Protocol):
    """Reads and dry runs."""

    def identity(self, side: Side) -> Identity:
        """Say who a session is."""
        ...

    def endpoints(self) -> Mapping[str, str]:
        """Try every service's endpoint; a name with an empty text answered, else the text says why not."""
        ...

    def agents(self, side: Side, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the PingStatus of each instance's agent; who never registered is left out."""
        ...

    def key(self, side: Side, key_id: str) -> Key | None:
        """Describe a key; None where there is none of that id."""
        ...

    def may_use_key(self, key_id: str) -> bool:
        """Try, as a DryRun, whether our own session may have a data key made."""
        ...

    def quota(self, service: str, code: str) -> float:
        """Return the value of a quota."""
        ...

    def gp3_gib(self) -> int:
        """Return how many GiB of gp3 volumes our own account has in this region."""
        ...

    def snapshot_count(self, side: Side) -> int:
        """Return how many snapshots an account has in this region."""
        ...

    def dry_run(self, side: Side, operation: str, arguments: Mapping[str, Any]) -> bool:
        """Ask EC2 with DryRun whether a call would be allowed."""
        ...

    def simulate(self, arn: str, asked: Simulated) -> bool:
        """Ask IAM whether a role or user may do something."""
        ...

    def bucket_exists(self, bucket: str) -> bool:
        """Say whether a bucket is there and may be listed."""
        ...

    def document_hash(self, side: Side, name: str) -> str | None:
        """Return the hash of an SSM document; None where there is none of that name."""
        ...
