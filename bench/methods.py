"""Ways to copy a partition from one mongod to another: raw, the product's (kernel and Python), a naive loop.

Each is a function of a `Copy` and a partition; it gives the number of documents.
"""

from __future__ import annotations

import gc
import itertools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from anonymizer import mongo
from anonymizer.keys import Keyring
from anonymizer.parallel import pool
from anonymizer.parallel.partitions import Partition
from anonymizer.rules import reader
from anonymizer.transfer import copying
from anonymizer.treatment.program import Program
from bench.documents import DATABASE, Kind

KEY = bytes(range(32))
_NAIVE_BATCH = 1000
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


@dataclass(frozen=True)
class Copy:
    """From where, to where, what."""

    source_socket: str
    target_socket: str
    kind: Kind


def raw(copy: Copy) -> Callable[[Partition], int]:
    """Copy as the driver does it: raw batches, cut into documents, `insert_many`, in turn. Nothing is looked at."""
    source, target = mongo.connect(copy.source_socket), mongo.connect(copy.target_socket)
    rows = target[DATABASE].get_collection(copy.kind.name, codec_options=_RAW)
    gc.disable()

    def work(partition: Partition) -> int:
        done = 0
        cursor = source[DATABASE][copy.kind.name].find_raw_batches({}, batch_size=partition.batch)
        for batch in _within(cursor, partition):
            documents, at, end = [], 0, len(batch)
            while at < end:
                size = int.from_bytes(batch[at : at + 4], "little")
                documents.append(RawBSONDocument(batch[at : at + size]))
                at += size
            rows.insert_many(documents, ordered=False, bypass_document_validation=True)
            done += len(documents)
        return done

    return work


def _product(copy: Copy, kernel: str) -> Callable[[Partition], int]:
    os.environ["UNDERSTUDY_KERNEL"] = kernel
    gc.disable()  # as in the product's worker processes
    setup = copying.Setup(
        source=copy.source_socket,
        target=copy.target_socket,
        preserved="",
        rules=reader.parse(copy.kind.rules()),
        keyring=Keyring(KEY),
        selectors={},
    )
    copying.begin_worker(pool.Shared(), setup)
    for rule in setup.rules.collections.values():
        Program(rule, setup.keyring)  # loads what its masks need, which a run of hours does once
    gc.collect()
    gc.freeze()  # as there

    def work(partition: Partition) -> int:
        outcome = copying.copy_partition(partition)
        if outcome.unlisted:
            raise SystemExit("bench: its own documents do not fit its rules")
        return outcome.written

    return work


def kernel(copy: Copy) -> Callable[[Partition], int]:
    """Copy as a worker process of the product does, with the compiled kernel."""
    return _product(copy, "on")


def python(copy: Copy) -> Callable[[Partition], int]:
    """Copy as a worker process of the product does, in Python."""
    return _product(copy, "off")


def naive(copy: Copy) -> Callable[[Partition], int]:
    """Copy as one would write it first: `find`, random values put in, `insert_many`. Nothing is checked."""
    source, target = mongo.connect(copy.source_socket), mongo.connect(copy.target_socket)
    rows, into = source[DATABASE][copy.kind.name], target[DATABASE][copy.kind.name]
    drawn = random.Random()  # noqa: S311 (that is what such a loop does)
    masked = [path.replace("[]", "").split(".") for path, mask in copy.kind.fields.items() if mask != "keep"]

    def work(partition: Partition) -> int:
        find = _within(rows.find({}), partition)
        done = 0
        while batch := list(itertools.islice(find, _NAIVE_BATCH)):
            for document in batch:
                for steps in masked:
                    _put(document, steps, drawn)
            into.insert_many(batch, ordered=False)
            done += len(batch)
        return done

    return work


def _within(cursor: Any, partition: Partition) -> Any:
    """Let a cursor give the documents of a partition only, in order."""
    cursor = cursor.sort([("_id", 1)]).hint([("_id", 1)])
    cursor = cursor.min([("_id", partition.low[0])]) if partition.low else cursor
    return cursor.max([("_id", partition.high[0])]) if partition.high else cursor


def _put(value: object, steps: list[str], drawn: random.Random) -> None:
    step, *rest = steps
    if isinstance(value, list):
        for inner in value:
            _put(inner, steps, drawn)
    elif isinstance(value, dict) and step in value:
        if rest:
            _put(value[step], rest, drawn)
        else:
            value[step] = f"{drawn.getrandbits(64):016x}"


METHODS = {"raw": raw, "kernel": kernel, "python": python, "naive": naive}
