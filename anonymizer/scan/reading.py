"""Reads documents of collections, many or all of each, as they stand on disk; it writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

from anonymizer import mongo
from anonymizer.errors import UsageError
from anonymizer.mongo import Client, Collection, server_errors

_BATCH_DOCUMENTS = 500
_RANDOM_CURSOR_SHARE = 0.05  # up to this share the server jumps to random documents instead of reading all of them
LENIENT: CodecOptions[dict[str, Any]] = CodecOptions(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
)
Tell = Callable[[str, str, int, int], None]  # phase, collection, documents done, documents in all


def chosen(client: Client, databases: list[str]) -> list[Collection]:
    """List collections in order.

    Args:
        client: The server.
        databases: Those to look at; none: all but MongoDB's own.

    Raises:
        ServerError: The server refused, failed or could not be reached.
        UsageError: There is no such database.
    """
    with server_errors("listing collections"):
        held = mongo.collections(client)
    missing = [name for name in databases if name not in {one.database for one in held.values()}]
    if missing:
        raise UsageError(f"--database: there is no database {missing[0]} with a collection in it; check its name")
    return [one for _, one in sorted(held.items()) if not databases or one.database in databases]


def estimate(client: Client, one: Collection) -> int:
    """Ask how many documents there are: a figure for progress and for the size of a sample, no more."""
    if one.kind == "view":
        return 0
    with server_errors(f"asking how many documents {one.namespace} has"):
        return client[one.database][one.name].estimated_document_count()


def batches(client: Client, one: Collection, sample: int | None, known: int) -> Iterator[bytes]:
    """Give documents of a collection, one after the other in each piece.

    Args:
        client: The server.
        one: The collection.
        sample: About how many documents, chosen at random; None: all.
        known: What `estimate` gave.
    """
    rows = client[one.database][one.name]
    with server_errors(f"reading {one.namespace}"):
        if sample is None or known <= sample:
            yield from rows.find_raw_batches({}, batch_size=_BATCH_DOCUMENTS)
            return
        share = sample / known
        stage: dict[str, Any] = {"$match": {"$sampleRate": share}}  # reads all, but needs no memory on the server
        if share <= _RANDOM_CURSOR_SHARE and one.kind == "collection":
            stage = {"$sample": {"size": sample}}
        yield from rows.aggregate_raw_batches([stage], batchSize=_BATCH_DOCUMENTS)


def documents(pieces: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """Decode documents; text that is no UTF-8 is read as well as can be, since nothing is written from it."""
    for piece in pieces:
        yield from bson.decode_iter(piece, LENIENT)
