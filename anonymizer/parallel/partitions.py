"""Cuts collections into ranges of `_id`, of equal size whatever its type, by walking along the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bson import MaxKey
from pymongo import CursorType
from pymongo.errors import OperationFailure

from anonymizer.bsontypes import DECODE
from anonymizer.mongo import Client

# Measured: from 1,000 on, larger ones gain nothing (docs/adr/0010). A part is a whole number of them, so that a worker
# holds the same amount whether a collection is large or small.
BATCH_DOCUMENTS = 1024
PIECE_BYTES = 1 << 20  # what is decoded, masked and sent at once: flat memory, and it stays in the processor's cache
_BY_ID = [("_id", 1)]
_FEWEST = 2_000
_MOST = 200_000
_FEWEST_RECORDED = 4_096
_MOST_RECORDED = 8_192
_PARTITION_BYTES = 128 << 20


@dataclass(frozen=True)
class Partition:
    """Documents from `low` up to, and not with, `high`; no bound where it is None.

    `natural`: all of them, in natural order; `unordered`: that order is not the same in a copy; `batch`: how many to
    ask for at once.
    """

    database: str
    collection: str
    low: tuple[Any] | None = None
    high: tuple[Any] | None = None
    natural: bool = False
    unordered: bool = False
    batch: int = BATCH_DOCUMENTS

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return f"{self.database}.{self.collection}"


@dataclass(frozen=True)
class Extent:
    """How large a collection is by the server's own figures: they may be wrong after an unclean stop, and are good
    enough to cut by and to say how long it will take, no more.
    """  # noqa: D205

    documents: int
    document_bytes: int

    @property
    def batch(self) -> int:
        """How many documents to ask for at once."""
        return max(1, min(BATCH_DOCUMENTS, PIECE_BYTES // self.document_bytes))

    @property
    def partition(self) -> int:
        """How many documents make a part.

        It depends on nothing but the collection, so that a resumed run cuts it in the same places; it is a power of
        two, so that small changes of the figures do not matter.
        """
        wanted = min(self.documents // 32, _MOST_RECORDED, _PARTITION_BYTES // self.document_bytes)
        least = min(_FEWEST_RECORDED, max(1, _PARTITION_BYTES // self.document_bytes))
        return 1 << (max(wanted, least).bit_length() - 1)


def count(client: Client, database: str, collection: str) -> int:
    """Count documents by going through them: the server's own figure is wrong after an unclean stop."""
    rows = list(client[database][collection].aggregate([{"$match": {"_id": {"$exists": True}}}, {"$count": "n"}]))
    without = list(client[database][collection].aggregate([{"$match": {"_id": {"$exists": False}}}, {"$count": "n"}]))
    return sum(row["n"] for row in rows + without)


def extent(client: Client, database: str, collection: str) -> Extent:
    """Ask the server how large a collection is; a view or a time-series collection tells nothing."""
    try:
        stats = client[database].command("collStats", collection)
    except OperationFailure:
        return Extent(0, 1024)
    return Extent(int(stats.get("count", 0)), max(1, int(stats.get("avgObjSize") or 1024)))


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


def ranges(client: Client, database: str, collection: str, known: Extent) -> Iterator[Partition]:
    """Cut a collection into parts that are the same in each run, each one while those before it are copied."""
    low: tuple[Any] | None = None
    for high in _every(client, database, collection, known.partition):
        yield Partition(database, collection, low, high, batch=known.batch)
        low = high
    yield Partition(database, collection, low, None, batch=known.batch)


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


def batches(client: Client, partition: Partition) -> Iterator[bytes]:
    """Give the documents of a partition as they stand on disk, many at a time.

    The cursors are exhaust cursors: the server sends batch after batch, as many as the socket holds, unasked. A process
    that copies alone is a twentieth faster for it (measured); leaving early costs the connection, no more.
    """
    rows = client[partition.database][partition.collection]
    cursor: Any = rows.find_raw_batches({}, batch_size=partition.batch, cursor_type=CursorType.EXHAUST)
    if partition.natural:
        yield from cursor.sort([("$natural", 1)])
        return
    if partition.low:
        cursor = cursor.min([("_id", partition.low[0])])
    if partition.high:
        cursor = cursor.max([("_id", partition.high[0])])
    if partition.low or partition.high:
        cursor = cursor.hint(_BY_ID).sort(_BY_ID)
    yield from cursor
    if (
        partition.low and not partition.high
    ):  # a bound by min alone ends before MaxKey, which may be an _id too (measured)
        yield from rows.find_raw_batches({"_id": MaxKey()})


def pieces(batch: bytes, most: int = PIECE_BYTES) -> Iterator[bytes]:
    """Cut a batch between its documents so that no piece has more bytes than `most`, unless one document has."""
    begin = at = 0
    while len(batch) - begin > most:
        size = int.from_bytes(batch[at : at + 4], "little")
        if at + size - begin > most and at > begin:
            yield batch[begin:at]
            begin = at
        at += size
        if at >= len(batch):
            break
    if begin < len(batch):
        yield batch[begin:]
