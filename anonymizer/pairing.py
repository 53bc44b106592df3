"""What a worker process of a verification does: gathers digests, then goes through both sides together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import zip_longest
from pathlib import Path
from typing import Any

import bson

from anonymizer import evidence, mongo, partitions, paths, pool, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.comparison import Comparison, Lookout, flatten
from anonymizer.digests import Collector, Digester, DigestSet
from anonymizer.findings import Findings, Place
from anonymizer.mongo import Client, server_errors
from anonymizer.partitions import Partition
from anonymizer.rules import CollectionRule, Rules

_REPORT_EVERY = 1000


@dataclass(frozen=True)
class Side:
    """Which of the documents of one partition were seen, and what was found."""

    source: int
    target: int
    findings: dict[Place, int]


@dataclass
class _Worker:
    shared: pool.Shared
    source: Client
    target: Client
    rules: Rules
    digester: Digester
    folder: Path
    bits: float
    originals: DigestSet | None


_worker: _Worker


def begin_worker(
    shared: pool.Shared,
    source: str,
    target: str,
    rules: Rules,
    key: bytes,
    folder: Path,
    bits: float,
    originals: Path | None,
) -> None:
    """Prepare a worker process."""
    global _worker  # noqa: PLW0603 (a pool's process has no other place to keep it)
    held = DigestSet(originals) if originals else None
    _worker = _Worker(shared, mongo.connect(source), mongo.connect(target), rules, Digester(key), folder, bits, held)


def gather_partition(partition: Partition) -> None:
    """Gather the digests of all identity values in a partition of the source."""
    tree = paths.tree(_worker.rules.collections[partition.namespace].fields)
    collector = Collector(_worker.folder)
    with server_errors(f"reading {partition.namespace}"):
        for batch in partitions.batches(_worker.source, partition):
            documents = [_decode(raw) for raw in rawbson.documents(batch)]
            for document in documents:
                for node, value in flatten(tree, document).values():
                    if node.rule and node.rule.mask in evidence.IDENTITY_MASKS:
                        for form in evidence.forms_of(node.rule.mask, value, _worker.bits):
                            collector.add(_worker.digester.digest(form))
            _worker.shared.advance(len(documents))
    collector.flush()


def compare_partition(partition: Partition) -> Side:
    """Go through a partition of source and copy side by side."""
    rule = _worker.rules.collections[partition.namespace]
    assert _worker.originals is not None  # noqa: S101 (begin_worker was told)
    findings = Findings()
    comparison = Comparison(rule, Lookout(_worker.digester, _worker.originals, findings), findings)
    with server_errors(f"comparing {partition.namespace}"):
        compare = _compare_sums if partition.unordered else _compare_pairs
        source, target = compare(comparison, rule, partition, findings)
    return Side(source, target, dict(findings.counts))


def _compare_pairs(
    comparison: Comparison, rule: CollectionRule, partition: Partition, findings: Findings
) -> tuple[int, int]:
    source = target = 0
    paired = True
    for original, copy in zip_longest(_stream(_worker.source, partition), _stream(_worker.target, partition)):
        source += original is not None
        target += copy is not None
        paired = paired and _pairs(rule, original, copy)
        _compare_pair(comparison, rule, findings, original if paired else None, copy)
        if source % _REPORT_EVERY == 0:
            _worker.shared.advance(_REPORT_EVERY)
    if not paired:
        findings.add("documents", rule.namespace, count=abs(source - target) or 1)
    return source, target


def _compare_sums(
    comparison: Comparison, rule: CollectionRule, partition: Partition, findings: Findings
) -> tuple[int, int]:
    """Compare documents that have no order (time-series) by the sum of their hashes, fields sorted."""
    counts, sums = [0, 0], [0, 0]
    for side, client in enumerate((_worker.source, _worker.target)):
        for raw in _stream(client, partition):
            document = _decode(raw)
            counts[side] += 1
            sums[side] += int.from_bytes(blake2b(bson.encode(dict(sorted(document.items())))).digest(), "big")
            if side:
                comparison.look_through(document)
    if sums[0] != sums[1]:
        findings.add("documents", rule.namespace, count=abs(counts[0] - counts[1]) or 1)
    return counts[0], counts[1]


def _stream(client: Client, partition: Partition) -> Iterator[bytes]:
    for batch in partitions.batches(client, partition, ordered=True):
        yield from rawbson.documents(batch)


def _pairs(rule: CollectionRule, original: bytes | None, copy: bytes | None) -> bool:
    """Tell whether two documents are source and copy: the same `_id`, where that is kept."""
    if original is None or copy is None:
        return False
    return rule.masks_id or _id_of(original) == _id_of(copy)


def _id_of(raw: bytes) -> bytes:
    return next((element.value for element in rawbson.elements(raw) if element.key == "_id"), b"")


def _compare_pair(
    comparison: Comparison, rule: CollectionRule, findings: Findings, original: bytes | None, copy: bytes | None
) -> None:
    if copy is None:
        return
    if original is None:
        comparison.look_through(_decode(copy))
    elif rule.mode == "copy":
        if original != copy:
            findings.add("changed", rule.namespace)
        comparison.look_through(_decode(copy))
    else:
        comparison.compare(_decode(original), _decode(copy))


def _decode(raw: bytes) -> dict[str, Any]:
    return bson.decode(raw, DECODE)
