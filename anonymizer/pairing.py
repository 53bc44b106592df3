"""What a worker process of a verification does: gathers from the source, then goes through both sides together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import bson

from anonymizer import mongo, paths, pool, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.comparison import Comparison
from anonymizer.digests import Collector, Digester, DigestSet
from anonymizer.findings import Findings, Place
from anonymizer.lookout import Lookout
from anonymizer.mongo import Client, server_errors
from anonymizer.partitions import Partition
from anonymizer.rules import CollectionRule
from anonymizer.verification import reading
from anonymizer.verification.chance import Fixed, Words
from anonymizer.verification.control import plant
from anonymizer.verification.gathering import Gatherer
from anonymizer.verification.judges import Court, plain_form
from anonymizer.verification.records import GROUPS, TARGETS, UNORDERED, Places, Recorder
from anonymizer.verification.spots import values_at
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import COMPARE, GATHER, Plan, Task

_REPORT_EVERY = 1000
_LARGEST_BATCH = 1000  # of ids asked for at once


@dataclass
class Side:
    """Which of the documents of one task were seen, and what was found; pickled, it goes to the parent."""

    source: int = 0
    target: int = 0
    findings: dict[Place, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    words: dict[int, Words] = field(default_factory=dict)
    fixed: dict[int, Fixed] = field(default_factory=dict)


@dataclass
class _Worker:
    shared: pool.Shared
    source: Client
    target: Client
    plan: Plan
    digester: Digester
    folder: Path
    places: Places
    recorder: Recorder
    collector: Collector | None = None
    bench: _Bench | None = None


@dataclass
class _Bench:
    """What stays between the tasks of a process: what was found clean once is not looked at again."""

    lookout: Lookout
    court: Court
    comparisons: dict[str, Comparison] = field(default_factory=dict)

    def comparison(self, rule: CollectionRule) -> Comparison:
        """Give the comparison of a collection."""
        name = rule.namespace
        if name not in self.comparisons:
            followed = _worker.plan.followed.get(name, frozenset())
            self.comparisons[name] = Comparison(rule, self.court, self.lookout, _worker.places, followed)
        return self.comparisons[name]

    def hand_over(self, side: Side) -> None:
        """Give what was found and counted since the last time."""
        court = self.court
        side.findings, side.words, side.fixed = dict(court.findings.counts), dict(court.words), dict(court.fixed)
        side.tally.merge(court.tally)
        court.findings.counts.clear()
        court.words.clear()
        court.fixed.clear()
        court.tally.clear()


_worker: _Worker


def begin_worker(shared: pool.Shared, source: str, target: str, plan: Plan, key: bytes, folder: Path) -> None:
    """Prepare a worker process."""
    global _worker  # noqa: PLW0603 (a pool's process has no other place to keep it)
    digester = Digester(key)
    _worker = _Worker(
        shared,
        mongo.connect(source),
        mongo.connect(target),
        plan,
        digester,
        folder,
        Places(plan.rules),
        Recorder(folder, digester),
    )


def do_task(task: Task) -> Side:
    """Do one task."""
    rule = _worker.plan.rules.collections[task.namespace]
    with server_errors(f"reading {task.namespace}"):
        side = _gather(rule, task.part) if task.kind == GATHER else _Pass(rule, task).run()
    _worker.recorder.flush()
    return side


def _gather(rule: CollectionRule, part: Partition) -> Side:
    plan = _worker.plan
    if _worker.collector is None:
        _worker.collector = Collector(_worker.folder, _worker.digester, plan.sieve_bits)
    collector = _worker.collector
    targets = plan.targets.get(rule.namespace, ())
    gatherer = Gatherer(rule, targets, collector, _worker.recorder, plan.needed_bits)
    seen = 0
    for document in reading.documents(_worker.source, part, gatherer.projection()):
        gatherer.take(document)
        seen += 1
        if seen % _REPORT_EVERY == 0:
            _worker.shared.advance(_REPORT_EVERY)
    _worker.shared.advance(seen % _REPORT_EVERY)
    collector.flush()
    side = Side()
    side.tally.values["gathered"] += gatherer.values
    return side


class _Pass:
    """One part of a collection, source and copy side by side."""

    def __init__(self, rule: CollectionRule, task: Task) -> None:
        plan = _worker.plan
        if _worker.bench is None:
            findings, tally = Findings(), Tally()
            originals = DigestSet(plan.originals(_worker.folder), _worker.digester)
            lookout = Lookout(originals, findings, tally)
            _worker.bench = _Bench(lookout, Court(findings, lookout, _worker.recorder, tally))
        self._bench, self._rule, self._task, self._part = _worker.bench, rule, task, task.part
        self._court, self._side = self._bench.court, Side()
        self._findings, self._masks_id = self._court.findings, rule.masks_id
        self._court.certain = task.kind == COMPARE[0] or not rule.masks_id
        self._comparison = self._bench.comparison(rule)
        self._targets = [
            (f"{rule.namespace}.{path}", paths.parse(path)) for path in plan.targets.get(rule.namespace, ())
        ]
        self._groups = [[paths.parse(path) for path in group] for group in rule.quasi_identifiers]
        self._controlled = False
        self._ways: dict[str, Callable[[], None]] = {
            "pairs": self._pairs, "unordered": self._unordered, "sample": self._sample,
            "sampled_stream": self._sampled_stream, "alone": self._alone, "bytes": self._bytes,
        }  # fmt: skip

    def run(self) -> Side:
        """Go through it."""
        self._ways[self._task.kind]()
        side = self._side
        self._bench.hand_over(side)
        _worker.shared.advance(max(side.source, side.target) % _REPORT_EVERY)
        return side

    def _pairs(self) -> None:
        """Pair documents by `_id`, where that is kept, else by their order."""
        if self._rule.mode == "copy":
            self._copied_pairs()
            return
        paired, by_order = True, self._masks_id
        for original, copy in zip_longest(self._documents(_worker.source), self._documents(_worker.target)):
            self._count(original, copy)
            paired = paired and original is not None and copy is not None
            paired = paired and (by_order or _same_id(original, copy))
            self._compare(original if paired else None, copy)
        self._unpaired(paired)

    def _copied_pairs(self) -> None:
        paired = True
        for original, copy in zip_longest(self._raw(_worker.source), self._raw(_worker.target)):
            self._count(original, copy)
            if copy is None:
                paired = False
                continue
            document = bson.decode(copy, DECODE)
            self._seen(document)
            if original == copy:
                self._court.tally.values["kept_values"] += 1
                self._comparison.compare(document, document)
                continue
            before = bson.decode(original, DECODE) if original is not None else None
            paired = paired and before is not None and _same_id(before, document)
            if paired:
                self._findings.add("changed", self._rule.namespace)
            self._comparison.look_through(document)
        self._unpaired(paired)

    def _bytes(self) -> None:
        """Hold documents that the rules leave unchecked to be those of the source, byte for byte, and no more."""
        paired = True
        for original, copy in zip_longest(self._raw(_worker.source), self._raw(_worker.target)):
            self._count(original, copy)
            paired = paired and original is not None and copy is not None
            if paired and original != copy:
                self._findings.add("changed", self._rule.namespace)
        self._unpaired(paired)

    def _unpaired(self, paired: bool) -> None:  # noqa: FBT001 (it says what it is)
        if not paired:
            less = abs(self._side.source - self._side.target)
            self._findings.add("documents", self._rule.namespace, count=less or 1)

    def _sample(self) -> None:
        """Look up the source of each document of a sample by its `_id`."""
        part = replace(self._part, batch=_LARGEST_BATCH)
        for batch in reading.batches(_worker.target, part):
            copies = bson.decode_all(batch, DECODE)
            held = reading.by_id(_worker.source, part, [copy["_id"] for copy in copies])
            for copy in copies:
                original = held.get(reading.id_key(copy))
                self._count(original, copy)
                if original is None:
                    self._findings.add("documents", self._rule.namespace)
                self._compare(original, copy)

    def _sampled_stream(self) -> None:
        """Find each document of a sample, in its order, among those of the source: by `_id`, or by what is kept."""
        originals, kept = self._documents(_worker.source), self._kept_paths()
        for copy in self._documents(_worker.target):
            mark = self._mark(copy, kept)
            original = next((one for one in originals if self._mark(one, kept) == mark), None)
            self._count(original, copy)
            if original is None:
                self._findings.add("documents", self._rule.namespace)
            self._compare(original, copy)

    def _mark(self, document: dict[str, Any], kept: list[tuple[str, tuple[str, ...]]]) -> bytes:
        if not self._masks_id:
            return reading.id_key(document)
        return bson.encode({path: values_at(document, steps) for path, steps in kept}, codec_options=DECODE)

    def _unordered(self) -> None:
        """Compare documents that have no order (time-series) as a set, by what is kept of them."""
        whole = self._rule.unchecked or all(one.mask == "keep" for one in self._rule.fields.values())
        kept = self._kept_paths()
        place = _worker.places.number(self._rule.namespace)
        for number, client in enumerate((_worker.source, _worker.target)):
            for document in self._documents(client):
                self._count(*((document, None) if number == 0 else (None, document)))
                content = document if whole else {path: values_at(document, steps) for path, steps in kept}
                key = _worker.digester.digest_bytes(
                    bson.encode(dict(sorted(content.items())), codec_options=DECODE) + b"%d" % place
                )
                _worker.recorder.add(UNORDERED, key, number, place)
                if number and not self._rule.unchecked:
                    self._seen(document)
                    self._comparison.look_through(document)

    def _alone(self) -> None:
        """Look through documents that have no source: those of today's staging."""
        for copy in self._documents(_worker.target):
            self._count(None, copy)
            self._comparison.look_through(copy)

    def _kept_paths(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            (path, paths.parse(path)) for path, one in self._rule.fields.items() if one.mask == "keep" and not one.cases
        ]

    def _documents(self, client: Client) -> Iterator[dict[str, Any]]:
        return reading.documents(client, self._part)

    def _raw(self, client: Client) -> Iterator[bytes]:
        for batch in reading.batches(client, self._part):
            yield from rawbson.documents(batch)

    def _count(self, original: object, copy: object) -> None:
        side = self._side
        side.source += original is not None
        side.target += copy is not None
        if (side.source if original is not None else side.target) % _REPORT_EVERY == 0:
            _worker.shared.advance(_REPORT_EVERY)

    def _compare(self, original: dict[str, Any] | None, copy: dict[str, Any] | None) -> None:
        if copy is None:
            return
        self._seen(copy)
        if original is None:
            self._comparison.look_through(copy)
            return
        if not self._controlled and self._court.certain:
            self._controlled = True
            plant(
                self._rule, original, _worker.plan.needed_bits, self._bench.lookout, self._court.tally, _worker.places
            )
        self._comparison.compare(original, copy)

    def _seen(self, copy: dict[str, Any]) -> None:
        """Record of a document of the copy what others refer to, and which group of people it is of."""
        recorder = _worker.recorder
        for name, steps in self._targets:
            for value in values_at(copy, steps):
                if value is not None:
                    recorder.add(TARGETS, recorder.digest(f"{name}\0{1}\0{plain_form(value)}"), 1, 0)
        for number, group in enumerate(self._groups):
            values = [sorted(map(plain_form, values_at(copy, steps))) for steps in group]
            key = recorder.digest(f"{self._rule.namespace}\0{number}\0{values}")
            recorder.add(GROUPS, key, number, _worker.places.number(self._rule.namespace))


def _same_id(original: dict[str, Any], copy: dict[str, Any]) -> bool:
    one, other = original.get("_id"), copy.get("_id")
    return one.__class__ is other.__class__ and bool(one == other or (one != one and other != other))  # noqa: PLR0124
