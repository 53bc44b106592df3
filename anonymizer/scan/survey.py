"""Reads documents of every collection once, many or all of them, and learns their shape; it writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bson.codec_options import CodecOptions, DatetimeConversion

from anonymizer import mongo
from anonymizer.errors import UsageError
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.scan.findings import Finding, judge_all
from anonymizer.scan.shape import Shape

DEFAULT_SAMPLE = 10_000
_BATCH_DOCUMENTS = 500
_TELL_EVERY = 200
_RANDOM_CURSOR_SHARE = 0.05  # up to this share the server jumps to random documents instead of reading all of them
_DECODE: CodecOptions[dict[str, Any]] = CodecOptions(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
)
Tell = Callable[[str, str, int, int], None]  # phase, collection, documents done, documents in all


@dataclass
class Surveyed:
    """A collection and what was learnt of it.

    Attributes:
        read: How many documents were read.
        estimate: How many the server thinks there are.
        unique: Paths in unique indexes.
    """

    collection: Collection
    read: int = 0
    estimate: int = 0
    unique: frozenset[str] = frozenset()
    overflowed: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return self.collection.namespace


def survey(client: Client, databases: list[str], sample: int | None, tell: Tell) -> list[Surveyed]:
    """Look at collections.

    Args:
        client: The server.
        databases: Those to look at; none: all but MongoDB's own.
        sample: How many documents of each collection at most; None: all.
        tell: Called now and then with the progress.

    Raises:
        ServerError: The server refused, failed or could not be reached.
        UsageError: There is no such database.
    """
    tell("list", "", 0, 0)
    with server_errors("listing collections"):
        held = mongo.collections(client)
    missing = [name for name in databases if name not in {one.database for one in held.values()}]
    if missing:
        raise UsageError(f"--database: there is no database {missing[0]} with a collection in it; check its name")
    chosen = [one for _, one in sorted(held.items()) if not databases or one.database in databases]
    with server_errors("asking how many documents there are"):
        found = [Surveyed(one, estimate=_estimate(client, one)) for one in chosen]
    total, done = sum(min(one.estimate, sample or one.estimate) for one in found), 0
    for one in found:
        with server_errors(f"reading {one.namespace}"):
            done = _learn(client, one, sample, partial(_tell, tell, one.namespace, total), done)
    return found


def _tell(tell: Tell, namespace: str, total: int, done: int) -> None:
    tell("scan", namespace, done, max(total, done))


def _estimate(client: Client, one: Collection) -> int:
    return 0 if one.kind == "view" else client[one.database][one.name].estimated_document_count()


def _learn(client: Client, one: Surveyed, sample: int | None, tell: Callable[[int], None], done: int) -> int:
    if one.collection.kind == "view":
        return done
    shape = Shape()
    for document in documents(client, one.collection, sample, one.estimate):
        shape.add(document)
        if shape.documents % _TELL_EVERY == 0:
            tell(done + shape.documents)
    one.read, one.overflowed = shape.documents, shape.overflowed
    one.findings = judge_all(one.collection.name, shape.settle())
    one.unique = _unique(client, one.collection)
    tell(done + one.read)
    return done + one.read


def documents(client: Client, one: Collection, sample: int | None, estimate: int) -> Iterator[dict[str, Any]]:
    """Give documents of a collection, each once at most where all are read, at random where some are."""
    rows = client[one.database].get_collection(one.name, codec_options=_DECODE)
    if sample is None or estimate <= sample:
        yield from rows.find({}, batch_size=_BATCH_DOCUMENTS)
        return
    share = sample / estimate
    stage: dict[str, Any] = {"$match": {"$sampleRate": share}}  # reads all, but needs no memory on the server
    if share <= _RANDOM_CURSOR_SHARE and one.kind == "collection":
        stage = {"$sample": {"size": sample}}
    yield from rows.aggregate([stage], batchSize=_BATCH_DOCUMENTS)


def _unique(client: Client, one: Collection) -> frozenset[str]:
    specs = mongo.indexes(client, one)
    return frozenset(path for spec in specs if spec.get("unique") for path in spec["key"])
