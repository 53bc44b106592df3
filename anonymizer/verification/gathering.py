"""What the verifier takes from the source before it compares: digests of identity values, and what is referred to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson import DBRef

from anonymizer.paths import ELEMENT
from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.verification import evidence, expected
from anonymizer.verification.digests import Collector
from anonymizer.verification.judges import plain_form
from anonymizer.verification.records import TARGETS, Recorder
from anonymizer.verification.spots import Steps, holds, steps_of, values_at

_MOST_REMEMBERED = 100_000


class Gatherer:
    """Takes what is to be known of the documents of one collection.

    Args:
        rule: Its rule.
        targets: Own paths that others refer to.
        collector: Takes identity values.
        recorder: Takes what is referred to.
        bits: How many possibilities a value needs (`evidence.needed_bits`).

    Attributes:
        identities: The rules of identity values, by path.
        values: How many forms were taken.
    """

    def __init__(
        self, rule: CollectionRule, targets: tuple[str, ...], collector: Collector, recorder: Recorder, bits: float
    ) -> None:
        self._name, self._collector, self._recorder, self._bits = rule.namespace, collector, recorder, bits
        fields = rule.fields if rule.mode in ("mask", "sample") else {}
        self.identities = {path: one for path, one in fields.items() if any(map(expected.forms, _masks(one)))}
        self._values = [(steps_of(path, fields), one) for path, one in self.identities.items()]
        self._keys = [
            (steps_of(path, fields), one.keys) for path, one in fields.items() if one.keys and expected.forms(one.keys)
        ]
        self._targets = [(f"{rule.namespace}.{path}", steps_of(path, rule.fields)) for path in targets]
        self._rule = rule  # it keeps the rules of its paths, by whose ids their forms are known
        self._kinds: dict[int, str] = {}
        self._seen: set[tuple[str, Any]] = set()
        self.values = 0

    @property
    def wants(self) -> bool:
        """Whether the collection has anything to take."""
        return bool(self._values or self._keys or self._targets)

    def projection(self) -> dict[str, int]:
        """Give what to ask the server for: whole fields of the document, since paths that overlap are refused."""
        first = {steps[0] for steps, _ in self._values} | {steps[0] for steps, _ in self._keys}
        first |= {steps[0] for _, steps in self._targets}
        if any(isinstance(step, frozenset) for step in first):
            return {}
        beside = {case.when.key for steps, rule in self._values if len(steps) == 1 for case in rule.cases}
        return {"_id": 1, **{str(step): 1 for step in first | beside}}

    def take(self, document: dict[str, Any]) -> None:
        """Take what one document has."""
        for steps, rule in self._values:
            for value, enclosing in _enclosed(document, steps, document):
                self._take(_decides(rule, enclosing) if rule.cases else rule, value)
        for steps, rule in self._keys:
            for held, _ in _enclosed(document, steps[:-1], document):
                for key in held if isinstance(held, dict) else ():
                    if key not in steps[-1]:
                        self._take(rule, key)
        for name, steps in self._targets:
            for value in values_at(document, steps):
                if value is not None:
                    digest = self._recorder.digest(f"{name}\0{0}\0{plain_form(value)}")
                    self._recorder.add(TARGETS, digest, 0, 0)

    def take_value(self, rule: FieldRule, value: Any, enclosing: dict[str, Any]) -> None:
        """Take one value that is under a rule and was not there before.

        Args:
            rule: Of its path.
            value: The value.
            enclosing: What the rule's conditions are about.
        """
        kind = self._kind(_decides(rule, enclosing) if rule.cases else rule)
        if kind and value is not None:
            self._add(kind, value)

    def _kind(self, rule: FieldRule) -> str:
        kind = self._kinds.get(id(rule))
        if kind is None:
            kind = self._kinds[id(rule)] = expected.forms(rule)
        return kind

    def _take(self, rule: FieldRule, value: Any) -> None:
        kind = self._kind(rule)
        if not kind or value is None:
            return
        if value.__class__ is str:
            if (kind, value) in self._seen:
                return
            if len(self._seen) >= _MOST_REMEMBERED:
                self._seen.clear()
            self._seen.add((kind, value))
        self._add(kind, value)

    def _add(self, kind: str, value: Any) -> None:
        for form in evidence.forms_of(kind, value, self._bits):
            self.values += 1
            self._collector.add(form)


def _masks(rule: FieldRule) -> list[FieldRule]:
    return [rule, *(case.rule for case in rule.cases)]


def _decides(rule: FieldRule, enclosing: dict[str, Any]) -> FieldRule:
    return next((case.rule for case in rule.cases if holds(case.when, enclosing)), rule)


def _enclosed(value: Any, steps: Steps, enclosing: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give the values at a path, each with the document that encloses it."""
    for at, step in enumerate(steps):
        if value.__class__ is DBRef:
            value = dict(value.as_doc())
        if step.__class__ is not str or step == ELEMENT:
            for inner in _inside(value, step):
                yield from _enclosed(inner, steps[at + 1 :], enclosing if step == ELEMENT else value)
            return
        if value.__class__ is not dict or step not in value:
            return
        value, enclosing = value[step], value
    yield value, enclosing


def _inside(value: Any, step: str | frozenset[str]) -> Iterator[Any]:
    if isinstance(step, frozenset):
        if isinstance(value, dict):
            yield from (inner for key, inner in value.items() if key not in step)
    elif isinstance(value, list):
        yield from value
