"""Looks for what should not be in a copy, with code of its own: none of it is the masks' or the transfer's.

Two passes. The first gathers digests of all identity values of the source. The second goes through source and copy
side by side: it counts, pairs each document with its source, compares them by the rules, and looks through every text
of the copy.

Documents are paired by `_id` where that is kept, else by their order: documents whose `_id` is masked are copied in
one ordered stream, and kept values show whether the pairing is right (docs/adr/0008).
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson

from anonymizer import digests, evidence, mongo, partitions, pool
from anonymizer.comparison import Lookout, texts
from anonymizer.digests import Digester, DigestSet
from anonymizer.findings import Findings
from anonymizer.mongo import Collection, server_errors
from anonymizer.pairing import begin_worker, compare_partition, gather_partition
from anonymizer.partitions import Partition
from anonymizer.progress import Progress
from anonymizer.rules import CollectionRule, Rules
from anonymizer.unlisted import shown_name


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
