"""Judges a value of the copy by its original and its rule: one judge a rule and path, which knows what it expects."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

from bson import Binary, Decimal128

from anonymizer.rules.model import FieldRule
from anonymizer.verification import expected
from anonymizer.verification.chance import Fixed, Words
from anonymizer.verification.expected import Own
from anonymizer.verification.findings import Findings
from anonymizer.verification.formats import SHAPES
from anonymizer.verification.records import BACKS, LIKE, PAIRS, REFERENCES, Recorder
from anonymizer.verification.tally import Tally

MISSING: Any = object()
SAYS_NOTHING: tuple[Any, ...] = (None, "", b"", {}, [])
_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 200


class Looks(Protocol):
    """What looks through texts."""

    def look(self, collection: str, path: str, value: object, silenced: frozenset[str] = frozenset()) -> None:
        """Look at one value."""


@dataclass
class Court:
    """What all judges of a worker share.

    Attributes:
        findings: Where findings go.
        lookout: Looks through texts.
        recorder: Takes what is compared across documents; None: it is not compared.
        tally: Counts what was looked at.
        words: By the number of a path.
        fixed: By the number of a path.
        memos: By rule: pairs of texts for which nothing was found, whatever path they were at.
        certain: Whether each copy is known to be of its original.
        remembers: Whether judges remember pairs; no: each is judged, recorded and counted whenever it comes.
    """

    findings: Findings
    lookout: Looks
    recorder: Recorder | None
    tally: Tally
    words: dict[int, Words] = field(default_factory=dict)
    fixed: dict[int, Fixed] = field(default_factory=dict)
    memos: dict[FieldRule, dict[str, str]] = field(default_factory=dict)
    certain: bool = True
    remembers: bool = True


class Judge:
    """Judges values at one path under one rule.

    Attributes:
        rule: The rule.
        gone: Whether the rule replaces whatever stands there.
        free: Whether what is not found personal stays, so that the text may name the document's person.
        names: Whether its originals are names of the document's person.
        memo: Pairs of texts for which nothing was found.
        plainly_kept: Whether values are to be the same and nothing else.
    """

    def __init__(self, rule: FieldRule, collection: str, path: str, place: int, reference: int, court: Court) -> None:
        self.rule, self._collection, self._path, self._place = rule, collection, path, place
        self._court, self._reference = court, reference
        found = expected.of(rule)
        self.gone, self.free, self.names = found.gone, found.free, found.words and rule.mask != "city"
        self._kept = rule.mask == "keep"
        self.plainly_kept = self._kept and reference < 0 and not rule.parameter("allow")
        self._own, self._shape, self._words = expected.own(rule), SHAPES.get(found.shape), found.words
        self._steady, self._distinct = expected.steady(rule), expected.distinct(rule)
        self._domain = f"{rule.mask}\0{rule.domain}\0{sorted(map(repr, rule.parameters))}\0"
        self._domain_digest = court.recorder.digest(self._domain) if court.recorder else 0
        self.silenced = expected.silenced(rule)
        remembers = court.remembers and not (self._kept or self.gone or reference >= 0)
        self.memo: dict[str, str] | None = court.memos.setdefault(rule, {}) if remembers else None

    def whole(self, copy: Any) -> None:
        """Judge what its rule replaces whole."""
        self._court.tally.values["constants"] += 1
        if self.rule.mask == "drop":
            if copy is not MISSING:
                self._finds("dropped")
                self._look(copy)
        elif copy is MISSING:
            self._finds("changed")
        elif not same(copy, self.rule.parameter("value")):
            self._finds("constant")
            self._look(copy)

    def leaf(self, original: Any, copy: Any) -> None:
        """Judge one value that is neither document nor array."""
        if copy is MISSING:
            self._finds("changed")
            return
        if self._reference >= 0 and self._court.certain:
            self._refers(original, copy)
        if self._kept:
            if not same(original, copy):
                self._finds("changed")
            self._look(copy)
        elif self._court.certain and not _same_type(original, copy):
            self._finds("type")
            self._look(copy)
        else:
            self._masked(original, copy)

    def _masked(self, original: Any, copy: Any) -> None:
        if self.memo is not None and copy.__class__ is str and self.memo.get(original) == copy:
            return
        before = self._court.findings.total
        self._court.tally.values["own_path"] += 1
        if original == copy:
            self._unchanged(original)
        if original is None or not self._court.certain:
            self._look(copy)
            return
        if self._shape and not self._keeps_form(original, copy):
            self._finds("format")
        self._record(original, copy)
        self._look(copy)
        clean = self._court.findings.total == before and self.memo is not None and copy.__class__ is str
        if clean and original != copy and len(original) <= _LONGEST_REMEMBERED:
            self._remember(original, copy)

    def _remember(self, original: str, copy: str) -> None:
        assert self.memo is not None  # noqa: S101 (asked before)
        if len(self.memo) >= _MOST_REMEMBERED:
            self.memo.clear()
        self.memo[original] = copy

    def _unchanged(self, value: Any) -> None:
        if says_nothing(value) or self._own in (Own.STAYS, Own.COARSE):
            return
        if self._own is Own.NEVER and self._court.certain:
            self._finds("own_path")
        elif self._court.recorder:
            digest = self._court.recorder.digest(f"{type(value).__name__}\0{value}")
            self._court.fixed.setdefault(self._place, Fixed()).add(digest)

    def _keeps_form(self, original: Any, copy: Any) -> bool:
        self._court.tally.values["formats"] += 1
        assert self._shape  # noqa: S101 (asked before)
        try:
            return self._shape(self.rule, original, copy)
        except (ValueError, TypeError, ArithmeticError, AttributeError):  # a type that the form says nothing of
            return True

    def _record(self, original: Any, copy: Any) -> None:
        recorder = self._court.recorder
        if recorder is None or not (self._steady or self._distinct) or says_nothing(original):
            return
        digest, values = recorder.digest, self._court.tally.values
        values["consistency"] += 1
        place = self._place
        if self._words and isinstance(original, str):
            values["likeness"] += 1
            if self._court.words.setdefault(place, Words()).add(original, copy):
                place |= LIKE
        key, new = digest(f"{self._domain}{type(original).__name__}\0{original}"), digest(f"{copy}")
        recorder.add(PAIRS, key, new, place)
        if self._distinct:
            values["distinctness"] += 1
            if original.__class__ is copy.__class__ is str:  # texts are equal to nothing but texts
                recorder.add(BACKS, new ^ self._domain_digest, key, self._place)
            else:
                back = digest(self._domain + plain_form(copy))
                recorder.add(BACKS, back, digest(plain_form(original)), self._place)

    def _refers(self, original: Any, copy: Any) -> None:
        recorder = self._court.recorder
        if recorder is None or original is None:
            return
        self._court.tally.values["references"] += 1
        for side, value in enumerate((original, copy)):
            key = recorder.digest(f"{self.rule.refers_to}\0{side}\0{plain_form(value)}")
            recorder.add(REFERENCES, key, side, self._reference)

    def _look(self, copy: Any) -> None:
        self._court.lookout.look(self._collection, self._path, copy, self.silenced)

    def _finds(self, kind: str) -> None:
        self._court.findings.add(kind, self._collection, self._path)


def says_nothing(value: Any) -> bool:
    """Tell whether a value tells nothing of anyone: null, emptiness, zero, not-a-number, infinity."""
    if isinstance(value, Decimal128):
        number = value.to_decimal()
        return not number or not number.is_finite()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return not value or not math.isfinite(value)
    return value in SAYS_NOTHING


def _same_type(one: Any, other: Any) -> bool:
    if one.__class__ is not other.__class__:
        return False
    return one.__class__ is not Binary or one.subtype == other.subtype


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same, not-a-number included."""
    if type(one) is not type(other):
        return isinstance(one, int) and isinstance(other, int) and bool(one == other) and _no_bool(one, other)
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124


def _no_bool(one: Any, other: Any) -> bool:
    return not isinstance(one, bool) and not isinstance(other, bool) and abs(one) > 2**31 - 1


def plain_form(value: Any) -> str:
    """Give one form for values that MongoDB holds for equal: 5, 5.0 and NumberLong(5)."""
    kind = value.__class__
    if kind is str:
        return f"str {value}"
    if kind is int:
        return f"number {value}"
    if isinstance(value, bool):
        return f"bool {value}"
    if isinstance(value, (int, float)) and math.isfinite(value) and value == int(value):
        return f"number {int(value)}"
    if isinstance(value, Decimal128) and value.to_decimal().is_finite():
        number = value.to_decimal()
        return f"number {int(number)}" if number == int(number) else f"decimal {number.normalize()}"
    return f"{type(value).__name__} {value}"
