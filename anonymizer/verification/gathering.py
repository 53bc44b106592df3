"""What the verifier takes from the source before it compares: digests of identity values, and what is referred to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson import DBRef

from anonymizer import evidence, paths
from anonymizer.digests import Collector
from anonymizer.paths import ANY_KEY, ELEMENT
from anonymizer.rules import CollectionRule, FieldRule
from anonymizer.verification import expected
from anonymizer.verification.judges import plain_form
from anonymizer.verification.records import TARGETS, Recorder
from anonymizer.verification.spots import holds, values_at

Steps = tuple[str, ...]
_MOST_REMEMBERED = 100_000


class Gatherer:
    """Takes what is to be known of the documents of one collection.

    Args:
        rule: Its rule.
        targets: Own paths that others refer to.
        collector: Takes identity values.
        recorder: Takes what is referred to.
        bits: How many possibilities a value needs (`evidence.needed_bits`).
    """

    def __init__(
        self, rule: CollectionRule, targets: tuple[str, ...], collector: Collector, recorder: Recorder, bits: float
    ) -> None:
        self._name, self._collector, self._recorder, self._bits = rule.namespace, collector, recorder, bits
        fields = rule.fields.items() if rule.mode in ("mask", "sample") else ()
        self._values = [(paths.parse(path), one) for path, one in fields if any(map(expected.forms, _masks(one)))]
        self._keys = [
            (paths.parse(path)[:-1], one.keys) for path, one in fields if one.keys and expected.forms(one.keys)
        ]
        self._targets = [(f"{rule.namespace}.{path}", paths.parse(path)) for path in targets]
        self._seen: set[tuple[str, Any]] = set()
        self.values = 0

    @property
    def wants(self) -> bool:
        """Whether the collection has anything to take."""
        return bool(self._values or self._keys or self._targets)

    def projection(self) -> dict[str, int]:
        """Give what to ask the server for: whole fields of the document, since paths that overlap are refused."""
        steps = [steps for steps, _ in self._values] + [steps for steps, _ in self._keys]
        steps += [steps for _, steps in self._targets]
        first = {one[0] for one in steps if one}
        beside = {case.when.key for one, rule in self._values if len(one) == 1 for case in rule.cases}
        return (
            {} if ANY_KEY in first or any(not one for one in steps) else {"_id": 1, **dict.fromkeys(first | beside, 1)}
        )

    def take(self, document: dict[str, Any]) -> None:
        """Take what one document has."""
        for steps, rule in self._values:
            for value, enclosing in _enclosed(document, steps, document):
                self._take(_decides(rule, enclosing) if rule.cases else rule, value)
        for steps, rule in self._keys:
            for found in _maps(document, steps):
                for key in found:
                    self._take(rule, key)
        for name, steps in self._targets:
            for value in values_at(document, steps):
                if value is not None:
                    digest = self._recorder.digest(f"{name}\0{0}\0{plain_form(value)}")
                    self._recorder.add(TARGETS, digest, 0, 0)

    def _take(self, rule: FieldRule, value: Any) -> None:
        kind = expected.forms(rule)
        if not kind or value is None:
            return
        if value.__class__ is str:
            if (kind, value) in self._seen:
                return
            if len(self._seen) >= _MOST_REMEMBERED:
                self._seen.clear()
            self._seen.add((kind, value))
        for form in evidence.forms_of(kind, value, self._bits):
            self.values += 1
            self._collector.add(form)


def _masks(rule: FieldRule) -> list[FieldRule]:
    return [rule, *(case.rule for case in rule.cases)]


def _decides(rule: FieldRule, enclosing: dict[str, Any]) -> FieldRule:
    return next((case.rule for case in rule.cases if holds(case.when, enclosing)), rule)


def _enclosed(value: Any, steps: Steps, enclosing: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give the values at a path, each with the document that encloses it."""
    if not steps:
        yield value, enclosing
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, DBRef):
        value = dict(value.as_doc())
    if step == ELEMENT:
        if isinstance(value, list):
            for inner in value:
                yield from _enclosed(inner, rest, enclosing)
    elif isinstance(value, dict):
        if step == ANY_KEY:
            for inner in value.values():
                yield from _enclosed(inner, rest, value)
        elif step in value:
            yield from _enclosed(value[step], rest, value)


def _maps(document: dict[str, Any], steps: Steps) -> Iterator[dict[str, Any]]:
    for value, _ in _enclosed(document, steps, document):
        if isinstance(value, dict):
            yield value
