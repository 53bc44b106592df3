"""What the source holds that no rule names: paths, types, counts, never a value (an `_id` or a key may be one)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bson import DBRef

from anonymizer.bsontypes import name_of
from anonymizer.paths import ANY_KEY, ELEMENT, join
from anonymizer.shown import shown_key

Place = tuple[str, str, str]  # collection, path, type

_MOST_SIBLINGS = 60  # more keys than this side by side are a map, and its keys may be values
_DEEPEST = 120


class Unlisted:
    """Collects places of one collection, and of several by merging."""

    def __init__(self, collection: str = "") -> None:
        self.collection = collection
        self.counts: Counter[Place] = Counter()

    def add(self, prefix: str, key: str, value: Any) -> None:
        """Note a value under a key that no rule names there, or whose type the rule does not take.

        Args:
            prefix: The path of the document that holds the key.
            key: The key; it is shown only if it reads like a field's name.
            value: The value; only its type, and the paths within it, are kept.
        """
        self.add_at(join(prefix, shown_key(key)), value)

    def add_at(self, path: str, value: Any, depth: int = 0) -> None:
        """Note a value at a path, or the values within it."""
        if isinstance(value, DBRef):
            value = value.as_doc()
        if depth < _DEEPEST and isinstance(value, dict) and value:
            for key, inner in value.items():
                self.add_at(join(path, shown_key(key)), inner, depth + 1)
        elif depth < _DEEPEST and isinstance(value, list) and value:
            for inner in value:
                self.add_at(path + ELEMENT, inner, depth + 1)
        else:
            self.note(path, name_of(value))

    def note(self, path: str, kind: str, count: int = 1) -> None:
        """Note a path and a type."""
        self.counts[self.collection, path, kind] += count
        if len(self.counts) > 4 * _MOST_SIBLINGS:
            self.counts = Counter(_collapsed(self.counts))

    def merge(self, counts: dict[Place, int]) -> None:
        """Take over what was found elsewhere."""
        self.counts.update(counts)

    def rows(self) -> list[dict[str, object]]:
        """Give the list for the result file, in order."""
        return [
            {"collection": collection, "path": path, "type": kind, "count": count}
            for (collection, path, kind), count in sorted(_collapsed(self.counts).items())
        ]


def _collapsed(counts: dict[Place, int]) -> dict[Place, int]:
    """Show keys as `*` where so many stand side by side that they are data."""
    steps: dict[tuple[str, str], set[str]] = {}
    for collection, path, _ in counts:
        for parent, step in _parents(path):
            steps.setdefault((collection, parent), set()).add(step)
    crowded = {place for place, found in steps.items() if len(found) > _MOST_SIBLINGS}
    if not crowded:
        return dict(counts)
    merged: Counter[Place] = Counter()
    for (collection, path, kind), count in counts.items():
        merged[collection, _hidden(collection, path, crowded), kind] += count
    return dict(merged)


def _parents(path: str) -> Iterable[tuple[str, str]]:
    """Give each step of a path with the path that leads to it."""
    parent = ""
    for step in path.split("."):
        yield parent, step.rstrip("[]")
        parent = f"{parent}.{step}" if parent else step


def _hidden(collection: str, path: str, crowded: set[tuple[str, str]]) -> str:
    parent, shown = "", []
    for step in path.split("."):
        name = step.rstrip("[]")
        shown.append(step.replace(name, ANY_KEY, 1) if (collection, parent) in crowded else step)
        parent = f"{parent}.{step}" if parent else step
    return ".".join(shown)
