"""The few calls to AWS that the Aurora refresh makes, as Protocols; `boto.py` holds the real ones, tests pass fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from refresh.aws import ObjectPort, TellingPort


class Stream(Protocol):
    """The bytes of an object, read part by part."""

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes; nothing at the end."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...


@dataclass(frozen=True, kw_only=True)
class Head:
    """What is known of an object without reading it."""

    size: int
    etag: str
    tags: Mapping[str, str] = field(default_factory=dict)


class DumpPort(ObjectPort, Protocol):
    """S3, with tags, and with objects of any size."""

    def head(self, bucket: str, key: str) -> Head | None:
        """Look an object and its tags up; None when there is none."""
        ...

    def open(self, bucket: str, key: str, etag: str) -> Stream:
        """Read an object that still has this etag."""
        ...

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        """Write an object's tags, all of them."""
        ...


class SecretPort(Protocol):
    """Secrets Manager."""

    def credentials(self, secret_arn: str) -> tuple[str, str]:
        """Read user and password."""
        ...


class ClusterPort(Protocol):
    """RDS: copy-on-write clones."""

    def clone_status(self, clone_id: str) -> str | None:
        """Return a cluster's status; None when there is none of that name."""
        ...

    def clone(self, cluster_id: str, clone_id: str, tags: Mapping[str, str]) -> None:
        """Ask for a clone of a cluster; one that is there already is well."""
        ...


class AutomationPort(Protocol):
    """Systems Manager's automations."""

    def is_over(self, execution_id: str) -> bool | None:
        """Say whether an execution has ended; None when that cannot be known."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    """All of them; `caller_arn` asks which identity this is."""

    objects: DumpPort
    secrets: SecretPort
    outcomes: TellingPort
    clusters: ClusterPort
    automations: AutomationPort
    caller_arn: Callable[[], str]
