"""What has been done with each collection so far, and which of them still have parts to copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from anonymizer.parallel.partitions import Partition
from anonymizer.rules.model import CollectionRule
from anonymizer.transfer.copying import Outcome
from anonymizer.transfer.state import Done


@dataclass
class Copied:
    """What was done with one collection; `masked` counts documents that went through masks."""

    database: str
    collection: str
    mode: str
    read: int = 0
    written: int = 0
    masked: int = 0
    unchecked: bool = False

    def row(self) -> dict[str, Any]:
        """Give the row of the result; `unchecked` stands in it only where it is so."""
        return {key: value for key, value in vars(self).items() if key != "unchecked" or value}


@dataclass
class _Open:
    parts: int = 0
    cut: bool = False


@dataclass
class Copies:
    """Keeps the counts of a run.

    Attributes:
        copied: Counts of each collection.
    """

    copied: dict[str, Copied] = field(default_factory=dict)
    _open: dict[str, _Open] = field(default_factory=dict)

    def begin(self, rules: Iterable[CollectionRule], done: Done) -> None:
        """Begin with what an earlier run has left."""
        for rule in rules:
            row = Copied(rule.database, rule.collection, rule.mode, unchecked=rule.unchecked)
            self.copied[rule.namespace] = row
            for counts in (done.complete.get(rule.namespace, {}), *done.parts.get(rule.namespace, {}).values()):
                self._count(row, counts)
            if rule.namespace not in done.complete:
                self._open[rule.namespace] = _Open()

    def opened(self, part: Partition) -> Partition:
        """Note a part that is now to be copied, and give it back."""
        self._open[part.namespace].parts += 1
        return part

    def all_cut(self, namespace: str) -> bool:
        """Note that no part of a collection will follow; tell whether all of them are copied."""
        self._open[namespace].cut = True
        return not self._open[namespace].parts

    def closed(self, part: Partition) -> bool:
        """Note that a part is copied; tell whether it was the last of its collection."""
        left = self._open[part.namespace]
        left.parts -= 1
        return left.cut and not left.parts

    def add(self, part: Partition, outcome: Outcome) -> dict[str, int]:
        """Count what a part came to, and give the counts to record it with."""
        row = self.copied[part.namespace]
        masked = outcome.written if row.mode in ("mask", "sample") else 0
        counts = {"read": outcome.read, "written": outcome.written, "masked": masked}
        self._count(row, counts)
        return counts

    def counts(self, namespace: str) -> dict[str, int]:
        """Give the counts of a collection."""
        row = self.copied[namespace]
        return {"read": row.read, "written": row.written, "masked": row.masked}

    def read(self, namespaces: Iterable[str]) -> int:
        """Give how many documents of some collections have been read."""
        return sum(self.copied[name].read for name in namespaces)

    def unfinished(self) -> str:
        """Give a collection that is being copied."""
        return next((name for name, left in self._open.items() if left.parts), "")

    @staticmethod
    def _count(row: Copied, counts: dict[str, int]) -> None:
        row.read += counts.get("read", 0)
        row.written += counts.get("written", 0)
        row.masked += counts.get("masked", 0)
