"""What a worker process of a run does: checks, masks and writes one partition after the other."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.errors import BulkWriteError

from anonymizer import mongo, partitions, pool
from anonymizer.errors import ServerError, UsageError
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, server_errors
from anonymizer.partitions import Partition
from anonymizer.program import Program
from anonymizer.rules import CollectionRule, Rules
from anonymizer.unlisted import Place

DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Outcome:
    """What one partition came to."""

    read: int
    written: int
    unlisted: dict[Place, int]


@dataclass
class _Worker:
    shared: pool.Shared
    source: Client
    target: Client
    rules: Rules
    keyring: Keyring


_worker: _Worker


def begin_worker(shared: pool.Shared, source_socket: str, target_socket: str, rules: Rules, keyring: Keyring) -> None:
    """Prepare a worker process."""
    global _worker  # noqa: PLW0603 (a pool's process has no other place to keep it)
    _worker = _Worker(shared, mongo.connect(source_socket), mongo.connect(target_socket), rules, keyring)


def copy_partition(partition: Partition) -> Outcome:
    """Check, mask and write one partition; from the first unlisted path on, anywhere, only check."""
    rule = _worker.rules.collections[partition.namespace]
    program = Program(rule, _worker.keyring)
    read = written = 0
    with server_errors(f"copying {partition.namespace}"):
        for batch in partitions.batches(_worker.source, partition):
            documents = program.treat(batch)
            read += len(documents)
            if program.unlisted.counts:
                _worker.shared.close()
            if not _worker.shared.closed:
                _write(rule, documents, ordered=partition.natural)
                written += len(documents)
            _worker.shared.advance(len(documents))
    gc.collect()
    return Outcome(read, written, dict(program.unlisted.counts))


def _write(rule: CollectionRule, documents: list[Any], *, ordered: bool) -> None:
    rows = _worker.target[rule.database][rule.collection]
    if rule.mode == "copy":
        documents = [RawBSONDocument(document) for document in documents]
    try:
        rows.insert_many(documents, ordered=ordered, bypass_document_validation=True)
    except BulkWriteError as error:
        codes = {row.get("code") for row in (error.details or {}).get("writeErrors", [])}
        if DUPLICATE_KEY in codes and rule.masks_id:
            raise collision(rule, "_id_", ["_id"]) from None
        raise ServerError(
            f"writing {rule.namespace}: the candidate refused documents, code(s) {sorted(map(str, codes))}"
        ) from None


def collision(rule: CollectionRule, index: str, keys: list[str]) -> UsageError:
    """Say that masked values collide in a unique index, with the fields and masks it is about."""
    masks = ", ".join(
        f"{path}: {field.mask}" for path, field in rule.fields.items() if _plain(path) in keys and field.mask != "keep"
    )
    return UsageError(
        f"two documents of {rule.namespace} have the same masked value in the unique index {index} "
        f"({masks or 'no masked field'}); "
        "take a mask that cannot collide, such as token or email"
    )


def _plain(path: str) -> str:
    return path.replace("[]", "")
