"""What of a production member's storage can be restored, and what cannot, as the member itself describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

_DIRECTORY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_MOST_VOLUMES = 8
_PLAIN_ADVICE = (
    "only plain file systems on EBS volumes are supported, since the parts of one file system could not be told apart "
    "on other devices. Add a hidden secondary with plain volumes, and let Understudy read from it"
)


class Described(Protocol):
    """A member that has answered."""

    @property
    def instance_id(self) -> str:
        """Its host."""
        ...

    @property
    def name(self) -> str:
        """Host and port in the replica set."""
        ...

    @property
    def answer(self) -> Mapping[str, Any]:
        """All that it said."""
        ...

    @property
    def volume_ids(self) -> list[str]:
        """The volumes under its data."""
        ...

    @property
    def places(self) -> list[dict[str, str]]:
        """Which directory of which volume stands where in its data directory."""
        ...


def unfit(source: Described) -> list[str]:
    """Say what of a member's storage cannot be restored.

    Args:
        source: The member.

    Returns:
        One sentence each; empty when nothing speaks against it.
    """
    reasons = [*_engine(source.answer), *_layout(source.answer), *_volumes(source)]
    return [f"production member {source.name} ({source.instance_id}) {reason}" for reason in reasons]


def _engine(answer: Mapping[str, Any]) -> Iterator[str]:
    if answer.get("sharded"):
        yield "is a member of a sharded cluster, which cannot be restored alone: not supported"
    if answer.get("encrypted"):
        yield "runs an encrypted storage engine, whose key staging must not have: not supported"
    if answer.get("engine") != "wiredTiger":
        yield f"runs the storage engine {answer.get('engine')!r}: only wiredTiger is supported"
    if int(answer.get("index_builds") or 0) > 0:
        yield "is building an index: wait until it is done, then run pulumi up again"


def _layout(answer: Mapping[str, Any]) -> Iterator[str]:
    if answer.get("layout") != "plain":
        yield f"keeps its data on {answer.get('layout')}: {_PLAIN_ADVICE}"


def _volumes(source: Described) -> Iterator[str]:
    """Say what of several volumes could not be put together again."""
    ids, places = source.volume_ids, source.places
    if not ids:
        yield "keeps its data on no EBS volume that could be found: an instance's own disks have no snapshots"
    if len(ids) > _MOST_VOLUMES:
        yield f"keeps its data on {len(ids)} EBS volumes: at most {_MOST_VOLUMES} are supported"
    if len(ids) > 1 and set(ids) != {each["volume_id"] for each in places if each["volume_id"]}:
        yield (
            f"keeps its data on {len(ids)} EBS volumes and does not say where each is mounted: its document is an "
            "older one; pulumi up in production_role/ makes today's"
        )
    for place in places:
        where = place["path"] or "the top"
        if not place["volume_id"]:
            yield f"keeps {where} of its data directory on something that is no EBS volume: {_PLAIN_ADVICE}"
    yield from _names(places)


def _names(places: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for place in places:
        for name in (place["path"], place["inside"]):
            if name and (".." in name.split("/") or not _DIRECTORY.fullmatch(name)):
                yield (
                    f"has a directory {name!r} in its data directory: names of directories on volumes of their own may "
                    "hold letters, digits, '.', '_' and '-'"
                )
