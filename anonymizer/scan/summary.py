"""What is remembered of the values of one path, in memory that does not grow: types, kinds, a sketch, a sample."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from datetime import datetime
from typing import Any

from bson import Binary
from bson.binary import OLD_UUID_SUBTYPE, UUID_SUBTYPE

from anonymizer.bsontypes import name_of
from anonymizer.scan.patterns import YEAR
from anonymizer.scan.signals import LONGEST, signals

UUID_SUBTYPES = (UUID_SUBTYPE, OLD_UUID_SUBTYPE)
SKETCH_SIZE = 256
SAMPLE_SIZE = 48
_EXAMINED_STEP = 256  # each time so many texts have been examined, only half as many of the next ones are
_WORD = (1 << 64) - 1


def mixed(value: object) -> int:
    """Give 64 well mixed bits of a value, the same for equal values within this process only."""
    try:
        bits = hash(value) & _WORD
    except TypeError:
        bits = hash(repr(value)) & _WORD
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _WORD
    return bits ^ (bits >> 31)


class Summary:
    """Values of one path.

    Attributes:
        types: How many values of each type.
        signals: How many of the examined texts read like what.
        examined: How many texts were examined: the first, then ever fewer of them, chosen by their hash.
    """

    __slots__ = ("_heap", "_kept", "_mask", "examined", "high", "low", "signals", "types")

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.signals: Counter[str] = Counter()
        self.examined = 0
        self.low, self.high = math.inf, -math.inf
        self._mask = 0
        self._heap: list[int] = []  # negated hashes: the largest of the smallest is at the front
        self._kept: dict[int, Any] = {}

    def add(self, value: Any) -> None:
        """Take in a value."""
        self.types[name_of(value)] += 1
        bits = mixed(value)
        if isinstance(value, str):
            if not bits & self._mask:
                self._examine(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self.low, self.high = min(self.low, value), max(self.high, value)
        elif isinstance(value, datetime):
            year = value.year + (value.month - 1) / 12
            self.low, self.high = min(self.low, year), max(self.high, year)
        elif isinstance(value, Binary) and value.subtype in UUID_SUBTYPES:
            self.signals["uuid"] += 1
            self.examined += 1
        self._keep(bits, value)

    def _examine(self, text: str) -> None:
        found = signals(text)
        self.signals.update(found)
        if "date" in found and (year := YEAR.search(text)):
            self.low, self.high = min(self.low, int(year.group())), max(self.high, int(year.group()))
        self.examined += 1
        if self.examined % _EXAMINED_STEP == 0:
            self._mask = self._mask << 1 | 1

    def _keep(self, bits: int, value: Any) -> None:
        if bits in self._kept:
            return
        if len(self._heap) >= SKETCH_SIZE:
            if bits >= -self._heap[0]:
                return
            self._kept.pop(-heapq.heapreplace(self._heap, -bits))
        else:
            heapq.heappush(self._heap, -bits)
        self._kept[bits] = value if not isinstance(value, (str, bytes)) or len(value) <= LONGEST else value[:LONGEST]

    def merge(self, other: Summary) -> None:
        """Take in what was remembered elsewhere."""
        self.types.update(other.types)
        self.signals.update(other.signals)
        self.examined += other.examined
        self._mask |= other._mask
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        for bits, value in other._kept.items():
            self._keep(bits, value)

    @property
    def count(self) -> int:
        """How many values there were."""
        return self.types.total()

    @property
    def distinct(self) -> int:
        """How many different values there were: exact while they are few, estimated from the sketch after that."""
        if len(self._heap) < SKETCH_SIZE:
            return len(self._heap)
        return int((SKETCH_SIZE - 1) / (-self._heap[0] / 2**64))

    @property
    def sketch(self) -> frozenset[int]:
        """The hashes of those values that have the smallest ones: the same values of two paths are in both sketches."""
        return frozenset(self._kept)

    def sample(self) -> list[Any]:
        """Give some different values. They are for trying masks on, never for showing."""
        return [self._kept[bits] for bits in heapq.nsmallest(SAMPLE_SIZE, self._kept)]

    def share(self, *kinds: str) -> float:
        """Give the share of examined texts that read like one of some kinds; the largest of them."""
        return max((self.signals[kind] for kind in kinds), default=0) / self.examined if self.examined else 0.0
