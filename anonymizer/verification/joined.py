"""Brings the records of all processes together, bucket by bucket, and says what follows from them."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anonymizer.rules.model import Rules
from anonymizer.verification import records
from anonymizer.verification.chance import FEWEST_FIXED, Fixed, Words, more_than_chance
from anonymizer.verification.findings import Findings
from anonymizer.verification.records import Places, Record
from anonymizer.verification.tally import Tally

_PLACE = records.LIKE - 1
_CONTROL = _PLACE  # no path has this number
_SMALLEST_SHOWN = 5


@dataclass
class Joined:
    """What follows from the records.

    Attributes:
        more: By check: what its row says besides counts.
    """

    rules: Rules
    places: Places
    folder: Path
    findings: Findings
    tally: Tally
    more: dict[str, dict[str, Any]] = field(default_factory=dict)

    def pairs(self, words: dict[int, Words], fixed: dict[int, Fixed]) -> None:
        """Say where one original has several pseudonyms, and where words stay more often than by chance."""
        trials: Counter[int] = Counter()
        hits: Counter[int] = Counter()
        differing: Counter[int] = Counter()
        for bucket in records.buckets(self.folder, records.PAIRS):
            differing.update(_conflicts(bucket | _planted(), masked=_PLACE))
            for _, _, place in bucket:
                trials[place & _PLACE] += 1
                hits[place & _PLACE] += place >> 63
        self._tell("inconsistent", "consistency", differing)
        for place, seen in words.items():
            if more_than_chance(hits[place], trials[place], seen.chance()):
                self.findings.add("likeness", *self.places.name(place), hits[place])
        self.tally.control("likeness", found=more_than_chance(20, 1000, 0.001))
        self.tally.control("likeness", found=not more_than_chance(3, 1000, 0.001))
        for place, held in fixed.items():
            if len(held.values) >= FEWEST_FIXED:
                self.findings.add("own_path", *self.places.name(place), len(held.values))
        self.more["own_path"] = {"fixed_points": sum(len(held.values) for held in fixed.values())}

    def backs(self) -> None:
        """Say where several originals have one pseudonym though the mask promises one for each."""
        shared: Counter[int] = Counter()
        for bucket in records.buckets(self.folder, records.BACKS):
            shared.update(_conflicts(bucket | _planted(), masked=_PLACE))
        self._tell("not_distinct", "distinctness", shared)

    def _tell(self, kind: str, check: str, counts: Counter[int]) -> None:
        self.tally.control(check, found=counts.pop(_CONTROL, 0) > 0)
        for place, count in counts.items():
            self.findings.add(kind, *self.places.name(place), count)

    def references(self) -> None:
        """Say where values that referred to something refer to nothing in the copy."""
        total: Counter[Record] = Counter()
        resolved: Counter[Record] = Counter()
        planted, nothing = (secrets.randbits(64) for _ in range(2))
        for number, (targets, references) in enumerate(
            zip(
                records.buckets(self.folder, records.TARGETS),
                records.counted(self.folder, records.REFERENCES),
                strict=True,
            )
        ):
            there = {key for key, _, _ in targets}
            if number == 0:
                there.add(planted)
                references += [(planted, 0, _CONTROL), (nothing, 1, _CONTROL)]
            for key, side, place in references:
                total[0, side, place] += 1
                resolved[0, side, place] += key in there
        self.tally.control("references", found=resolved[0, 0, _CONTROL] == 1 and resolved[0, 1, _CONTROL] == 0)
        rows = []
        for place in sorted({place for _, _, place in total} - {_CONTROL}):
            collection, path = self.places.name(place)
            before, after = resolved[0, 0, place], resolved[0, 1, place]
            rows.append({"collection": collection, "path": path, "references": total[0, 0, place]})
            rows[-1].update(resolved_in_source=before, resolved_in_copy=after)
            if after < before:
                self.findings.add("reference", collection, path, before - after)
        self.more["references"] = {"paths": rows}

    def groups(self) -> None:
        """Say which groups of documents with the same quasi-identifiers are smaller than k."""
        sizes: dict[tuple[int, int], Counter[int]] = {}
        for bucket in records.counted(self.folder, records.GROUPS):
            for (place, number, _), size in Counter((place, number, key) for key, number, place in bucket).items():
                sizes.setdefault((place, number), Counter())[size] += 1
        self.tally.control("k_anonymity", found=_below(Counter({1: 1, 7: 3}), 5) == (1, 1))
        rows = []
        for (place, number), found in sorted(sizes.items()):
            collection, _ = self.places.name(place)
            rule = self.rules.collections[collection]
            path = ", ".join(rule.quasi_identifiers[number])
            groups, documents = _below(found, rule.k)
            smallest = [size for size in sorted(found) for _ in range(min(found[size], _SMALLEST_SHOWN))]
            rows.append({"collection": collection, "paths": list(rule.quasi_identifiers[number]), "k": rule.k})
            rows[-1].update(groups=found.total(), groups_below_k=groups, smallest=smallest[:_SMALLEST_SHOWN])
            self.tally.documents["k_anonymity"] += sum(size * count for size, count in found.items())
            if documents:
                self.findings.add("k_anonymity", collection, path, documents)
        self.more["k_anonymity"] = {"groups": rows}

    def unordered(self) -> None:
        """Say where the documents of a collection without order are not those of the source."""
        other: Counter[int] = Counter()
        for bucket in records.counted(self.folder, records.UNORDERED):
            balance: Counter[tuple[int, int]] = Counter()
            for key, side, place in bucket:
                balance[key, place] += 1 if side else -1
            for (_, place), count in balance.items():
                sampled = self.rules.collections[self.places.name(place)[0]].mode == "sample"
                other[place] += max(count, 0) if sampled else abs(count)
        for place, count in other.items():
            if count:
                self.findings.add("documents", self.places.name(place)[0], count=count)


def _conflicts(bucket: set[Record], masked: int) -> Counter[int]:
    """Count, by place, what contradicts: every place of a key that has several values, whichever of them is right."""
    first: dict[int, int] = {}
    several = {key for key, value, _ in bucket if first.setdefault(key, value) != value}
    held: dict[tuple[int, int], set[int]] = {}
    for key, value, place in bucket:
        if key in several:
            held.setdefault((key, place & masked), set()).add(value)
    counts: Counter[int] = Counter()
    for (_, place), values in held.items():
        counts[place] += max(1, len(values) - 1)
    return counts


def _planted() -> set[Record]:
    """Give two records that contradict one another."""
    key = secrets.randbits(64)
    return {(key, 1, _CONTROL), (key, 2, _CONTROL)}


def _below(sizes: Counter[int], k: int) -> tuple[int, int]:
    """Give how many groups are smaller than k, and how many documents they have."""
    small = {size: count for size, count in sizes.items() if size < k}
    return sum(small.values()), sum(size * count for size, count in small.items())
