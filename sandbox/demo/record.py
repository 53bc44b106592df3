"""The record of acknowledged writes, and the question whether a staging database has all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo.database import Database

_CHUNK = 5_000


@dataclass(frozen=True)
class Write:
    """One write that the majority acknowledged.

    Attributes:
        at: when the answer came, seconds since 1970, UTC.
        operation_time: seconds and increment of the optime that the server answered with.
        collection: what was written to.
        id: `_id` of the document.
        kind: `insert`: the document is there from now on; `raise`: its `field` is `value` or more from now on;
            `delete`: it is gone for good; `doubt`: it is about to be deleted, so it may be there or not.
        field: name of the number that was raised, else empty.
        value: what it was raised to, else 0.
    """

    at: float
    operation_time: tuple[int, int]
    collection: str
    id: Any
    kind: str
    field: str = ""
    value: int = 0

    def line(self) -> str:
        """Write this as a line of the record."""
        return json_util.dumps(asdict(self)) + "\n"


def read_record(path: Path) -> list[Write]:
    """Read a record that may still be written to: an unfinished last line is left out."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [_write(json_util.loads(line)) for line in lines]


def _write(fields: dict[str, Any]) -> Write:
    seconds, increment = fields.pop("operation_time")
    return Write(operation_time=(int(seconds), int(increment)), **fields)


def acknowledged_until(writes: Iterable[Write], commit_point: tuple[int, int]) -> list[Write]:
    """Keep the writes that a majority point of seconds and increment covers."""
    return [write for write in writes if write.operation_time <= commit_point]


def missing_writes(
    writes: list[Write], commit_point: tuple[int, int], database: Database[dict[str, Any]]
) -> list[Write]:
    """Find what production's majority had acknowledged by a commit point and `database` does not have.

    Args:
        writes: the whole record, later writes too: a snapshot may hold more than it has to.
        commit_point: seconds and increment of the optime that the refresh waited for.
        database: staging's, under rules that keep `_id` and the raised numbers of the collections written to.

    Returns:
        The writes not found; empty when the refresh kept its promise.
    """
    due = acknowledged_until(writes, commit_point)
    doubtful = {(write.collection, write.id) for write in writes if write.kind == "doubt"}
    by_collection: dict[str, list[Write]] = defaultdict(list)
    for write in due:
        if write.kind == "delete" or (write.collection, write.id) not in doubtful:
            by_collection[write.collection].append(write)
    return [lost for name, group in by_collection.items() for lost in _missing_of(group, database, name)]


def _missing_of(group: list[Write], database: Database[dict[str, Any]], name: str) -> Iterator[Write]:
    found: dict[Any, dict[str, Any]] = {}
    ids = list({write.id for write in group})
    fields = {write.field: 1 for write in group if write.field}
    for start in range(0, len(ids), _CHUNK):
        selected = {"_id": {"$in": ids[start : start + _CHUNK]}}
        found.update((row["_id"], row) for row in database[name].find(selected, {"_id": 1, **fields}))
    for write in group:
        row = found.get(write.id)
        if (row is None) != (write.kind == "delete") or (row and write.field and row[write.field] < write.value):
            yield write
