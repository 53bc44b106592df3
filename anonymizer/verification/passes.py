"""Goes through one part of a collection, source and copy side by side, paired as the kind of collection allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import bson

from anonymizer import rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.mongo import Client
from anonymizer.rules.model import CollectionRule
from anonymizer.verification import reading
from anonymizer.verification.control import plant
from anonymizer.verification.judges import plain_form
from anonymizer.verification.records import GROUPS, TARGETS, UNORDERED
from anonymizer.verification.spots import Steps, steps_of, values_at
from anonymizer.verification.task import COMPARE, Task
from anonymizer.verification.worker import Side, Worker

REPORT_EVERY = 1000
_LARGEST_BATCH = 1000  # of ids asked for at once


class Pass:
    """One part of a collection, source and copy side by side.

    Args:
        worker: The process.
        rule: Of the collection.
        task: The part, and how it is compared.
    """

    def __init__(self, worker: Worker, rule: CollectionRule, task: Task) -> None:
        plan, self._worker = worker.plan, worker
        self._bench, self._rule, self._task, self._part = worker.compares(), rule, task, task.part
        self._court, self._side = self._bench.court, Side()
        self._findings, self._masks_id = self._court.findings, rule.masks_id
        self._court.certain = task.kind == COMPARE[0] or not rule.masks_id
        self._comparison = self._bench.comparison(rule)
        self._targets = [
            (f"{rule.namespace}.{path}", steps_of(path, rule.fields)) for path in plan.targets.get(rule.namespace, ())
        ]
        self._groups = [[steps_of(path, rule.fields) for path in group] for group in rule.quasi_identifiers]
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
        self._worker.shared.advance(max(side.source, side.target) % REPORT_EVERY)
        return side

    def _pairs(self) -> None:
        """Pair documents by `_id`, where that is kept, else by their order."""
        if self._rule.mode == "copy":
            self._copied_pairs()
            return
        paired, by_order = True, self._masks_id
        for original, copy in zip_longest(self._documents(self._worker.source), self._documents(self._worker.target)):
            self._count(original, copy)
            paired = paired and original is not None and copy is not None
            paired = paired and (by_order or _same_id(original, copy))
            self._compare(original if paired else None, copy)
        self._unpaired(paired)

    def _copied_pairs(self) -> None:
        paired = True
        for original, copy in zip_longest(self._raw(self._worker.source), self._raw(self._worker.target)):
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
        for original, copy in zip_longest(self._raw(self._worker.source), self._raw(self._worker.target)):
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
        for batch in reading.batches(self._worker.target, part):
            copies = bson.decode_all(batch, DECODE)
            held = reading.by_id(self._worker.source, part, [copy["_id"] for copy in copies])
            for copy in copies:
                original = held.get(reading.id_key(copy))
                self._count(original, copy)
                if original is None:
                    self._findings.add("documents", self._rule.namespace)
                self._compare(original, copy)

    def _sampled_stream(self) -> None:
        """Find each document of a sample, in its order, among those of the source: by `_id`, or by what is kept."""
        originals, kept = self._documents(self._worker.source), self._kept_paths()
        for copy in self._documents(self._worker.target):
            mark = self._mark(copy, kept)
            original = next((one for one in originals if self._mark(one, kept) == mark), None)
            self._count(original, copy)
            if original is None:
                self._findings.add("documents", self._rule.namespace)
            self._compare(original, copy)

    def _mark(self, document: dict[str, Any], kept: list[tuple[str, Steps]]) -> bytes:
        if not self._masks_id:
            return reading.id_key(document)
        return bson.encode({path: values_at(document, steps) for path, steps in kept}, codec_options=DECODE)

    def _unordered(self) -> None:
        """Compare documents that have no order (time-series) as a set, by what is kept of them."""
        whole = self._rule.unchecked or all(one.mask == "keep" for one in self._rule.fields.values())
        kept = self._kept_paths()
        place = self._worker.places.number(self._rule.namespace)
        for number, client in enumerate((self._worker.source, self._worker.target)):
            for document in self._documents(client):
                self._count(*((document, None) if number == 0 else (None, document)))
                content = document if whole else {path: values_at(document, steps) for path, steps in kept}
                key = self._worker.digester.digest_bytes(
                    bson.encode(dict(sorted(content.items())), codec_options=DECODE) + b"%d" % place
                )
                self._worker.recorder.add(UNORDERED, key, number, place)
                if number and not self._rule.unchecked:
                    self._seen(document)
                    self._comparison.look_through(document)

    def _alone(self) -> None:
        """Look through documents that have no source: those of today's staging."""
        for copy in self._documents(self._worker.target):
            self._count(None, copy)
            self._comparison.look_through(copy)

    def _kept_paths(self) -> list[tuple[str, Steps]]:
        fields = self._rule.fields
        kept = [path for path, one in fields.items() if one.mask == "keep" and not one.cases]
        return [(path, steps_of(path, fields)) for path in kept]

    def _documents(self, client: Client) -> Iterator[dict[str, Any]]:
        return reading.documents(client, self._part)

    def _raw(self, client: Client) -> Iterator[bytes]:
        for batch in reading.batches(client, self._part):
            yield from rawbson.documents(batch)

    def _count(self, original: object, copy: object) -> None:
        side = self._side
        side.source += original is not None
        side.target += copy is not None
        if (side.source if original is not None else side.target) % REPORT_EVERY == 0:
            self._worker.shared.advance(REPORT_EVERY)

    def _compare(self, original: dict[str, Any] | None, copy: dict[str, Any] | None) -> None:
        if copy is None:
            return
        self._seen(copy)
        if original is None:
            self._comparison.look_through(copy)
            return
        if not self._controlled and self._court.certain:
            self._controlled = True
            self._court.tally.control("documents", found=not _same_id(original, {"_id": "(control)"}))
            plant(
                self._rule,
                original,
                self._worker.plan.needed_bits,
                self._bench.lookout,
                self._court.tally,
                self._worker.places,
            )
        self._comparison.compare(original, copy)

    def _seen(self, copy: dict[str, Any]) -> None:
        """Record of a document of the copy what others refer to, and which group of people it is of."""
        recorder = self._worker.recorder
        for name, steps in self._targets:
            for value in values_at(copy, steps):
                if value is not None:
                    recorder.add(TARGETS, recorder.digest(f"{name}\0{1}\0{plain_form(value)}"), 1, 0)
        for number, group in enumerate(self._groups):
            values = [sorted(map(plain_form, values_at(copy, steps))) for steps in group]
            key = recorder.digest(f"{self._rule.namespace}\0{number}\0{values}")
            recorder.add(GROUPS, key, number, self._worker.places.number(self._rule.namespace))


def _same_id(original: dict[str, Any], copy: dict[str, Any]) -> bool:
    one, other = original.get("_id"), copy.get("_id")
    return one.__class__ is other.__class__ and bool(one == other or (one != one and other != other))  # noqa: PLR0124
