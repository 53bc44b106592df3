"""Looks for what should not be in a copy, with code of its own: none of it is the masks' or the transfer's.

Two passes. The first gathers digests of all identity values of the source. The second goes through source and copy side by side:
it counts, pairs each document with its source, compares them by the rules, and looks through every text of the copy.

Documents are paired by `_id` where that is kept, else by their order: documents whose `_id` is masked are copied in one ordered stream,
and kept values show whether the pairing is right (docs/adr/0008).
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import zip_longest
from pathlib import Path
from typing import Any

import bson

from anonymizer import digests, evidence, mongo, partitions, paths, pool, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.comparison import Comparison, Lookout, flatten, texts
from anonymizer.digests import Collector, Digester, DigestSet
from anonymizer.findings import Findings, Place
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.partitions import Partition
from anonymizer.progress import Progress
from anonymizer.rules import CollectionRule, Rules
from anonymizer.unlisted import shown_name

_REPORT_EVERY = 1000


@dataclass(frozen=True)
class Side:
    """Which of the documents of one partition were seen, and what was found."""

    source: int
    target: int
    findings: dict[Place, int]


@dataclass
class Verifier:
    """A verification: source, copy, rules.

    Attributes:
        findings: Everything found, after `run`.
        collections: Counted documents of each collection, after `run`.
    """

    source_socket: str
    target_socket: str
    rules: Rules
    workers: int
    progress: Progress
    findings: Findings = field(default_factory=Findings)
    collections: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Look at everything.

        Raises:
            ServerError: A server refused, failed or could not be reached.
        """
        self._source, self._target = mongo.connect(self.source_socket), mongo.connect(self.target_socket)
        # Beside the progress file, which is on the worker's own disk: /tmp may be memory.
        with tempfile.TemporaryDirectory(prefix="digests-", dir=self._folder()) as folder:
            self._key, self._gathered, self._originals = secrets.token_bytes(32), Path(folder), Path(folder) / "sorted"
            try:
                self._look_at_everything()
            finally:
                self._source.close()
                self._target.close()

    def _folder(self) -> Path:
        return self.progress.path.resolve().parent

    def _look_at_everything(self) -> None:
        self.progress.phase("list")
        with server_errors("listing collections"):
            held, copied = mongo.collections(self._source), mongo.collections(self._target)
        expected = {name: rule for name, rule in self.rules.collections.items() if rule.mode != "drop" and name in held}
        for name in copied.keys() - expected.keys():
            self.findings.add("unexpected", shown_name(name))
        for name in expected.keys() - copied.keys():
            self.findings.add("missing", name)
        there = {name: rule for name, rule in expected.items() if name in copied}
        with server_errors("counting documents"):
            tasks, total, bits = self._tasks(there, held)
        self._gather([task for task in tasks if self.rules.collections[task.namespace].mode == "mask"], total, bits)
        self._compare(there, tasks, total)
        self._compare_structures(there, held, copied)

    def _tasks(
        self, there: dict[str, CollectionRule], held: dict[str, Collection]
    ) -> tuple[list[Partition], int, float]:
        tasks, total = [], 0
        for name, rule in there.items():
            if held[name].kind == "view":
                continue
            if rule.mode == "empty":
                self._count_empty(rule)
                continue
            documents = partitions.count(self._source, rule.database, rule.collection)
            total += documents
            if held[name].one_stream or rule.masks_id:
                unordered = held[name].kind == "timeseries"
                tasks.append(Partition(rule.database, rule.collection, natural=True, unordered=unordered))
            else:
                tasks += partitions.cut(self._source, rule.database, rule.collection, documents, self.workers)
        return sorted(tasks, key=lambda task: not task.natural), total, evidence.needed_bits(total)

    def _count_empty(self, rule: CollectionRule) -> None:
        if documents := partitions.count(self._target, rule.database, rule.collection):
            self.findings.add("documents", rule.namespace, count=documents)

    def _gather(self, tasks: list[Partition], total: int, bits: float) -> None:
        self.progress.phase("gather", total)
        arguments = (self.source_socket, self.target_socket, self.rules, self._key, self._gathered, bits, None)
        for _ in self._work(tasks, gather_partition, arguments):
            pass
        digests.merge(self._gathered, self._originals)

    def _compare(self, there: dict[str, CollectionRule], tasks: list[Partition], total: int) -> None:
        self.progress.phase("compare", total)
        read: Counter[str] = Counter()
        written: Counter[str] = Counter()
        arguments = (
            self.source_socket,
            self.target_socket,
            self.rules,
            self._key,
            self._gathered,
            0.0,
            self._originals,
        )
        for task, side in self._work(tasks, compare_partition, arguments):
            read[task.namespace] += side.source
            written[task.namespace] += side.target
            self.findings.merge(side.findings)
        for name, rule in there.items():
            row = {"database": rule.database, "collection": rule.collection, "mode": rule.mode}
            masked = written[name] if rule.mode == "mask" else 0
            self.collections.append({**row, "read": read[name], "written": written[name], "masked": masked})

    def _work(self, tasks: list[Partition], work: Any, arguments: tuple[Any, ...]) -> Iterator[tuple[Partition, Any]]:
        if not tasks:
            return iter(())
        shared = pool.Shared()
        return pool.run(
            tasks, work, begin_worker, arguments, self.workers, shared, lambda done: self.progress.at("", done)
        )

    def _compare_structures(
        self, there: dict[str, CollectionRule], held: dict[str, Collection], copied: dict[str, Collection]
    ) -> None:
        """Compare options and indexes, and look through their texts: a filter or a view may name a person."""
        self.progress.phase("structures")
        lookout = Lookout(Digester(self._key), DigestSet(self._originals), self.findings)
        for name in there:
            before, after = held[name], copied[name]
            if (before.kind, before.options) != (after.kind, after.options):
                self.findings.add("options", name)
            specs: list[dict[str, Any]] = []
            if before.kind != "view":
                with server_errors(f"reading the indexes of {name}"):
                    old, specs = mongo.indexes(self._source, before), mongo.indexes(self._target, after)
                self._compare_indexes(name, old, specs)
            for what, content in (("(options)", after.options), ("(indexes)", specs)):
                for text in texts(content):
                    lookout.look(name, what, text)

    def _compare_indexes(self, name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        before, after = ({spec["name"]: bson.encode(spec) for spec in specs} for specs in (old, new))
        differing = {index for index in before.keys() | after.keys() if before.get(index) != after.get(index)}
        if differing:
            self.findings.add("indexes", name, count=len(differing))


# ---- in the worker processes -------------------------------------------------------------------------------------------


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
    """Compare documents that have no order (time-series) by the sum of their hashes, fields in the order of their names."""
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
