"""Cuts collections into ranges of `_id`, of equal size whatever its type, by walking along the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bson import MaxKey

from anonymizer.bsontypes import DECODE
from anonymizer.mongo import Client

_BATCH_DOCUMENTS = 3000
_BY_ID = [("_id", 1)]
_FEWEST = 2_000
_MOST = 200_000


@dataclass(frozen=True)
class Partition:
    """Documents from `low` up to, and not with, `high`; no bound where it is None.

    `natural`: all of them, in natural order; `unordered`: that order is not the same in a copy.
    """

    database: str
    collection: str
    low: tuple[Any] | None = None
    high: tuple[Any] | None = None
    natural: bool = False
    unordered: bool = False

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return f"{self.database}.{self.collection}"


def count(client: Client, database: str, collection: str) -> int:
    """Count documents by going through them: the server's own figure is wrong after an unclean stop."""
    rows = list(client[database][collection].aggregate([{"$match": {"_id": {"$exists": True}}}, {"$count": "n"}]))
    without = list(client[database][collection].aggregate([{"$match": {"_id": {"$exists": False}}}, {"$count": "n"}]))
    return sum(row["n"] for row in rows + without)


def cut(client: Client, database: str, collection: str, documents: int, workers: int) -> list[Partition]:
    """Cut a collection so that each worker gets several parts, none too small or too large.

    Bounds are those of the index (`min` and `max`), which, other than comparisons in a query, cross from one type of
    `_id` to the next.
    """
    size = min(max(documents // (4 * workers), _FEWEST), _MOST)
    bounds: list[tuple[Any] | None] = [None]
    if documents > 2 * size:
        bounds += _every(client, database, collection, size)
    return [Partition(database, collection, low, high) for low, high in zip(bounds, [*bounds[1:], None], strict=True)]


def _every(client: Client, database: str, collection: str, size: int) -> Iterator[tuple[Any]]:
    """Give every `size`-th `_id`; the walk stays on the server."""
    rows = client[database].get_collection(collection, codec_options=DECODE)
    low: tuple[Any] | None = None
    while True:
        find = rows.find({}, {"_id": 1}).sort(_BY_ID).hint(_BY_ID).skip(size).limit(1)
        found = next(iter(find.min([("_id", low[0])]) if low else find), None)
        if found is None:
            return
        low = (found["_id"],)
        yield low


def batches(client: Client, partition: Partition, *, ordered: bool = False) -> Iterator[bytes]:
    """Give the documents of a partition as they stand on disk, many at a time.

    Args:
        client: The server.
        partition: Which documents.
        ordered: In the order of `_id`, so that two servers give the same one; a natural partition has its own order.
    """
    rows = client[partition.database][partition.collection]
    if partition.natural:
        yield from rows.find_raw_batches({}, batch_size=_BATCH_DOCUMENTS, sort=[("$natural", 1)])
        return
    cursor: Any = rows.find_raw_batches({}, batch_size=_BATCH_DOCUMENTS)
    if partition.low:
        cursor = cursor.min([("_id", partition.low[0])])
    if partition.high:
        cursor = cursor.max([("_id", partition.high[0])])
    if partition.low or partition.high or ordered:
        cursor = cursor.hint(_BY_ID).sort(_BY_ID)
    yield from cursor
    if (
        partition.low and not partition.high
    ):  # a bound by min alone ends before MaxKey, which may be an _id too (measured)
        yield from rows.find_raw_batches({"_id": MaxKey()})
