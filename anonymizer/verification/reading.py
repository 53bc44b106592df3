"""Reads what is to be verified, in code of its own: batches of a part of a collection, whole or some fields of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bson
from bson import MaxKey

from anonymizer.bsontypes import DECODE
from anonymizer.mongo import Client
from anonymizer.parallel.partitions import Partition

_BY_ID = [("_id", 1)]
Document = dict[str, Any]


def batches(client: Client, part: Partition, projection: dict[str, int] | None = None) -> Iterator[bytes]:
    """Give a part of a collection in the order of `_id`, or in natural order where the part says so.

    Args:
        client: The server.
        part: Which documents.
        projection: Fields to ask for; all of them where it is empty.
    """
    rows = client[part.database][part.collection]
    wanted = {"projection": projection} if projection else {}
    if part.natural:
        yield from rows.find_raw_batches({}, batch_size=part.batch, sort=[("$natural", 1)], **wanted)
        return
    cursor: Any = rows.find_raw_batches({}, batch_size=part.batch, **wanted).hint(_BY_ID).sort(_BY_ID)
    if part.low:
        cursor = cursor.min([("_id", part.low[0])])
    if part.high:
        cursor = cursor.max([("_id", part.high[0])])
    yield from cursor
    if part.low and not part.high:  # a bound by min alone ends before MaxKey, which may be an _id too
        yield from rows.find_raw_batches({"_id": MaxKey()}, **wanted)


def documents(client: Client, part: Partition, projection: dict[str, int] | None = None) -> Iterator[Document]:
    """Give the same, decoded, a batch at a time: decoding one by one costs twice as much."""
    for batch in batches(client, part, projection):
        yield from bson.decode_all(batch, DECODE)


def by_id(client: Client, part: Partition, ids: Iterable[Any]) -> dict[bytes, Document]:
    """Give the documents of a collection that have one of some ids, by `id_key`."""
    rows = client[part.database].get_collection(part.collection, codec_options=DECODE)
    return {id_key(document): document for document in rows.find({"_id": {"$in": list(ids)}})}


def id_key(document: Document) -> bytes:
    """Give a document's `_id` as bytes: it may be a document, which is no key."""
    return bson.encode({"": document.get("_id")}, codec_options=DECODE)
