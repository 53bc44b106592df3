"""Looks for what should not be in a copy, with code of its own: none of it is the masks' or the transfer's.

Two phases, gone through by the same processes. The first gathers digests of all identity values of the source. The
second goes through source and copy side by side: it pairs each document with its source, compares them by the rules,
looks through every text of the copy, and records digests of what is to be compared across documents. Those are joined
at the end. docs/verify.md says what each check proves, and docs/adr/0011 how memory stays bounded.

Documents are paired by `_id` where that is kept, else by their order: documents whose `_id` is masked are copied in
one ordered stream, and kept values show whether the pairing is right (docs/adr/0008).
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anonymizer import mongo
from anonymizer.mongo import Collection, server_errors
from anonymizer.parallel import partitions, pool
from anonymizer.parallel.partitions import Partition
from anonymizer.progress import Progress
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.shown import shown_name
from anonymizer.verification import digests, evidence, records, structure
from anonymizer.verification.chance import Fixed, Words
from anonymizer.verification.digests import Digester
from anonymizer.verification.findings import Findings
from anonymizer.verification.joined import Joined
from anonymizer.verification.pairing import begin_worker, do_task
from anonymizer.verification.records import Places
from anonymizer.verification.sampled import Samples
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import GATHER, Phases, Plan, Task, references
from anonymizer.verification.worker import Side

_GATHERED = ("mask", "sample")


@dataclass
class Verifier:
    """A verification: source, copy, rules.

    Attributes:
        findings: Everything found, after `run`.
        collections: Counted documents of each collection, after `run`.
        checks: What each check looked at and how it showed that it can find, after `run`.
    """

    source_socket: str
    target_socket: str
    rules: Rules
    workers: int
    progress: Progress
    findings: Findings = field(default_factory=Findings)
    collections: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Look at everything.

        Raises:
            ServerError: A server refused, failed or could not be reached.
        """
        self._source, self._target = mongo.connect(self.source_socket), mongo.connect(self.target_socket)
        # Beside the progress file, which is on the worker's own disk: /tmp may be memory.
        with tempfile.TemporaryDirectory(prefix="digests-", dir=self._folder()) as folder:
            self._key, self._records = secrets.token_bytes(32), Path(folder)
            self._tally, self._words, self._fixed = Tally(), dict[int, Words](), dict[int, Fixed]()
            self._read: Counter[str] = Counter()
            self._written: Counter[str] = Counter()
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
        there = self._expected(held, copied)
        with server_errors("measuring collections"):
            first, second, total = self._tasks(there, held, copied)
        self._do(first, second, total)
        joined = self._join()
        Samples(self.rules, self._source, self._written, self.findings, self._tally).judge(there)
        self.progress.phase("structures")
        lookout = structure.Structures(
            self._source, self._target, self._originals, Digester(self._key), self.findings, self._tally
        )
        for name, rule in there.items():
            if rule.mode != "preserve":
                lookout.compare(held[name], copied[name])
        self._conclude(there, joined)

    def _expected(self, held: dict[str, Collection], copied: dict[str, Collection]) -> dict[str, CollectionRule]:
        """Compare which collections there are, and give the rules of those that are in the copy."""
        rules = {name: rule for name, rule in self.rules.collections.items() if rule.mode != "drop"}
        expected = {name for name, rule in rules.items() if name in held and rule.mode != "preserve"}
        preserved = {name for name, rule in rules.items() if rule.mode == "preserve"}
        for name in copied.keys() - expected - preserved:
            self.findings.add("unexpected", shown_name(name))
        for name in expected - copied.keys():
            self.findings.add("missing", name)
        return {name: rules[name] for name in rules if name in copied and name in expected | preserved}

    def _tasks(
        self, there: dict[str, CollectionRule], held: dict[str, Collection], copied: dict[str, Collection]
    ) -> tuple[list[Task], list[Task], int]:
        first, second, self._documents = [], [], 0
        self._targets, self._followed = references(self.rules, set(there))
        for name, rule in there.items():
            if copied[name].kind == "view":
                continue
            if rule.mode == "empty":
                self._count_empty(rule)
                continue
            shape = copied[name] if rule.mode == "preserve" else held[name]
            parts = self._cut(rule, shape, of_source=rule.mode != "preserve")
            kind = _kind(rule, shape)
            ours = self._cut(rule, shape, of_source=False) if kind == "sample" else parts
            second += [Task(kind, part) for part in ours]
            if rule.mode in _GATHERED or name in self._targets:
                first += [Task(GATHER, part) for part in parts]
        return _streams_first(first), _streams_first(second), self._documents

    def _cut(self, rule: CollectionRule, shape: Collection, *, of_source: bool) -> list[Partition]:
        """Cut a collection; the server's own count, which may be wrong, is good enough to cut by."""
        server = self._source if of_source else self._target
        documents = partitions.extent(server, rule.database, rule.collection).documents
        self._documents += documents
        if shape.one_stream or rule.masks_id:
            return [Partition(rule.database, rule.collection, natural=True, unordered=_loses_order(rule, shape))]
        return partitions.cut(server, rule.database, rule.collection, documents, self.workers)

    def _count_empty(self, rule: CollectionRule) -> None:
        self._tally.documents["documents"] += 1
        if documents := partitions.count(self._target, rule.database, rule.collection):
            self.findings.add("documents", rule.namespace, count=documents)

    def _do(self, first: list[Task], second: list[Task], total: int) -> None:
        self._originals = Plan.originals(self._records)
        plan = Plan(
            self.rules,
            evidence.needed_bits(total),
            digests.sieve_bits(total),
            records.bucket_bits(total),
            self._targets,
            self._followed,
        )
        arguments = (self.source_socket, self.target_socket, plan, self._key, self._records)
        shared, before = pool.Shared(), [0]
        self._sizes: dict[str, int] = {}

        def between() -> None:
            self._gathered = digests.merge(self._records, self._originals)
            before[0] = shared.documents
            self.progress.phase("compare", total)

        self.progress.phase("gather", total)
        tasks = Phases(first, second, between)
        outcomes = pool.run(
            tasks,
            do_task,
            begin_worker,
            arguments,
            self.workers,
            shared,
            lambda done: self.progress.at("", done - before[0]),
            lambda task: digests.cut_back(self._records, self._sizes),
        )
        for task, side in outcomes:
            self._add(task, side)
            if task.kind == GATHER:
                tasks.done()

    def _add(self, task: Task, side: Side) -> None:
        self._sizes.update(side.sizes)
        self._read[task.namespace] += side.source
        self._written[task.namespace] += side.target
        self._tally.merge(side.tally)
        self.findings.merge(side.findings)
        for place, words in side.words.items():
            self._words.setdefault(place, Words()).merge(words)
        for place, fixed in side.fixed.items():
            self._fixed.setdefault(place, Fixed()).values.update(fixed.values)

    def _join(self) -> Joined:
        self.progress.phase("join")
        joined = Joined(self.rules, Places(self.rules), self._records, self.findings, self._tally)
        joined.pairs(self._words, self._fixed)
        joined.backs()
        joined.references()
        joined.groups()
        joined.unordered()
        return joined

    def _conclude(self, there: dict[str, CollectionRule], joined: Joined) -> None:
        for name, rule in there.items():
            row: dict[str, Any] = {"database": rule.database, "collection": rule.collection, "mode": rule.mode}
            masked = self._written[name] if rule.mode in _GATHERED else 0
            row.update(read=self._read[name], written=self._written[name], masked=masked)
            self.collections.append({**row, "unchecked": True} if rule.unchecked else row)
        for check in self._tally.failed():
            self.findings.add("control", "", check)
        joined.more["identity_values"] = {"looked_for": self._gathered}
        joined.more["documents"] = {"unchecked": [name for name, rule in there.items() if rule.unchecked]}
        whole = sum(self._written[name] for name, rule in there.items() if not rule.unchecked)
        for check in ("documents", "identity_values", "detectors"):
            self._tally.documents[check] += whole
        for check in ("kept_values", "constants", "own_path", "own_names", "formats", "consistency", "distinctness"):
            self._tally.documents[check] += sum(
                self._written[name] for name, rule in there.items() if rule.mode != "preserve" and not rule.unchecked
            )
        self.checks = self._tally.rows(self.findings.by_kind(), joined.more)


def _kind(rule: CollectionRule, shape: Collection) -> str:
    """Tell how a collection is compared."""
    if rule.mode == "preserve":
        return "alone"
    if _loses_order(rule, shape):
        return "unordered"
    if rule.mode == "sample":
        return "sampled_stream" if shape.one_stream or rule.masks_id else "sample"
    return "bytes" if rule.unchecked else "pairs"


def _loses_order(rule: CollectionRule, shape: Collection) -> bool:
    """Tell whether a copy lies in another order than its source: its place is that of a masked `_id`, or nobody's."""
    return shape.kind == "timeseries" or ("clusteredIndex" in shape.options and rule.masks_id)


def _streams_first(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: not task.part.natural)
