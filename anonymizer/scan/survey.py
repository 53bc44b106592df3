"""Goes through every collection once and learns its shape."""

from __future__ import annotations

from dataclasses import dataclass, field

from anonymizer import mongo
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.scan import reading
from anonymizer.scan.findings import Finding, judge_all
from anonymizer.scan.reading import Tell
from anonymizer.scan.shape import Shape

_TELL_EVERY = 200


@dataclass
class Surveyed:
    """A collection and what was learnt of it.

    Attributes:
        read: How many documents were read.
        estimate: How many the server thinks there are.
        unique: Paths in unique indexes.
        sole: Those of them that are unique by themselves.
        overflowed: Whether not all keys fitted into memory, so that some were drawn together.
    """

    collection: Collection
    read: int = 0
    estimate: int = 0
    unique: frozenset[str] = frozenset()
    overflowed: bool = False
    findings: list[Finding] = field(default_factory=list)
    sole: frozenset[str] = frozenset()

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return self.collection.namespace


def survey(client: Client, databases: list[str], sample: int | None, tell: Tell) -> list[Surveyed]:
    """Look at collections.

    Args:
        client: The server.
        databases: Those to look at; none: all but MongoDB's own.
        sample: About how many documents of each collection; None: all.
        tell: Called now and then with the progress.

    Raises:
        ServerError: The server refused, failed or could not be reached.
        UsageError: There is no such database.
    """
    tell("list", "", 0, 0)
    found = [Surveyed(one, estimate=reading.estimate(client, one)) for one in reading.chosen(client, databases)]
    total, done = sum(min(one.estimate, sample or one.estimate) for one in found), 0
    for one in found:
        if one.collection.kind != "view":
            _learn(client, one, sample, tell, (done, total))
            done += one.read
    return found


def _learn(client: Client, one: Surveyed, sample: int | None, tell: Tell, at: tuple[int, int]) -> None:
    shape, (before, total) = Shape(), at
    for document in reading.documents(reading.batches(client, one.collection, sample, one.estimate)):
        shape.add(document)
        if shape.documents % _TELL_EVERY == 0:
            tell("scan", one.namespace, before + shape.documents, max(total, before + shape.documents))
    tell("scan", one.namespace, before + shape.documents, max(total, before + shape.documents))
    one.read, one.overflowed = shape.documents, shape.overflowed
    one.findings = judge_all(one.collection.name, shape.settle())
    with server_errors(f"reading the indexes of {one.namespace}"):
        specs = mongo.indexes(client, one.collection)
    keys = [list(spec["key"]) for spec in specs if spec.get("unique")]
    one.unique = frozenset(path for key in keys for path in key)
    one.sole = frozenset(key[0] for key in keys if len(key) == 1)
