"""The tree of what stands where in a collection's documents, learnt one document at a time in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bson import DBRef

from anonymizer.paths import ANY_KEY, ELEMENT, join
from anonymizer.scan.summary import Summary
from anonymizer.shown import shown_key

MOST_KEYS = 400  # side by side; of more, those that are rare become one `*`
_MOST_PLACES = 20_000  # in one collection
_DEEPEST = 100
_FEW_DOCUMENTS = 0.2
_MANY_KEYS = 24
_ODD_KEY = re.compile(r"[.\[\]*\0]|^\s|\s$|^$")


@dataclass
class Place:
    """What was seen at one path.

    Attributes:
        count: How many values, of any type.
        summary: The values that are no documents and no arrays.
        objects: How many documents stood here; `arrays`: how many arrays.
        keys: For a map with unknown keys: what its keys are.
        crowded: Whether there were so many keys that rare ones were drawn together before all documents were seen.
    """

    path: str = ""
    count: int = 0
    objects: int = 0
    arrays: int = 0
    children: dict[str, Place] = field(default_factory=dict)
    others: Place | None = None
    element: Place | None = None
    summary: Summary = field(default_factory=Summary)
    keys: Summary = field(default_factory=Summary)
    crowded: bool = False

    @property
    def types(self) -> dict[str, int]:
        """How many values of each type."""
        containers = {"object": self.objects, "array": self.arrays}
        return {kind: count for kind, count in {**self.summary.types, **containers}.items() if count}

    def walk(self) -> Iterator[Place]:
        """Give this place and all below it."""
        yield self
        for child in (*self.children.values(), self.others, self.element):
            if child:
                yield from child.walk()


class Shape:
    """Learns the shape of one collection.

    Attributes:
        root: The place of whole documents.
        documents: How many were seen.
        overflowed: Whether there was more than fits into memory, so that some paths were drawn together as `*`.
    """

    def __init__(self) -> None:
        self.root = Place()
        self.documents = 0
        self.overflowed = False
        self._places = 0

    def add(self, document: dict[str, Any]) -> None:
        """Take in a document."""
        self.documents += 1
        self._add(self.root, document, 0)

    def _add(self, place: Place, value: Any, depth: int) -> None:
        place.count += 1
        if isinstance(value, DBRef):
            value = value.as_doc()
        if isinstance(value, dict) and depth < _DEEPEST:
            place.objects += 1
            for key, inner in value.items():
                self._add(self._child(place, key), inner, depth + 1)
        elif isinstance(value, list) and depth < _DEEPEST:
            place.arrays += 1
            if value:
                place.element = place.element or Place(place.path + ELEMENT)
                for inner in value:
                    self._add(place.element, inner, depth + 1)
        elif not isinstance(value, (dict, list)):
            place.summary.add(value)

    def _child(self, place: Place, key: str) -> Place:
        child = place.children.get(key)
        if child is None:
            if _ODD_KEY.search(key) or (place.crowded and not is_field(key)):
                return self._other(place, key)
            if len(place.children) >= MOST_KEYS or self._places >= _MOST_PLACES:
                self.overflowed = True
                return self._other(place, key)
            self._places += 1
            child = place.children[key] = Place(join(place.path, key))
            if len(place.children) == MOST_KEYS:
                self._shrink(place)
                child = place.children.get(key) or self._other(place, key)
        return child

    def _other(self, place: Place, key: str) -> Place:
        place.others = place.others or Place(join(place.path, ANY_KEY))
        place.keys.add(key)
        return place.others

    def _shrink(self, place: Place) -> None:
        """Draw rare keys together, so that a map with a new key in each document takes no more memory."""
        place.crowded = True
        rare = [key for key, child in place.children.items() if child.count <= max(2, place.objects * _FEW_DOCUMENTS)]
        for key in rare:
            self._places -= sum(1 for _ in place.children[key].walk())
            _gather(place, key)

    def settle(self) -> Place:
        """Recognise maps whose keys are data, when all documents were seen, and give the root."""
        _settle(self.root)
        return self.root


def is_field(key: str) -> bool:
    """Tell whether a key reads like the name of a field, and so may be shown."""
    return shown_key(key) == key


def _settle(place: Place) -> None:
    if place.children and place.path:
        for key in _data_keys(place):
            _gather(place, key)
    elif place.children:  # whole documents: even there a key may be a value
        for key in [key for key, child in place.children.items() if not is_field(key) and _is_rare(place, child)]:
            _gather(place, key)
    for child in (*place.children.values(), place.others, place.element):
        if child:
            _settle(child)


def _is_rare(place: Place, child: Place) -> bool:
    return child.count < max(20, place.objects * _FEW_DOCUMENTS)


def _data_keys(place: Place) -> list[str]:
    """Name the keys of a place that are data: all of a map's, or those that read like values."""
    children, every = place.children, list(place.children)
    like_values = [key for key in every if not is_field(key)]
    mean_share = sum(child.count for child in children.values()) / len(children) / max(place.objects, 1)
    alike = _alike(list(children.values()))
    if len(like_values) * 2 > len(every) and (alike or mean_share < _FEW_DOCUMENTS):
        return every
    if alike and len(every) >= _MANY_KEYS and mean_share < _FEW_DOCUMENTS:
        return every
    if alike and len(every) > 1 and all(_is_code(key) for key in every):
        return every
    return [key for key in like_values if _is_rare(place, children[key])]


def _is_code(key: str) -> bool:
    """Tell whether a key is a code of a language, country or currency, of which the next document may have another."""
    coded = re.fullmatch(r"[a-z]{2}([_-][A-Z]{2})?|[A-Z]{2,3}", key)
    return bool(coded) and key not in ("id", "to", "cc", "at", "by", "no")


def _alike(places: list[Place]) -> bool:
    """Tell whether what stands under several keys has one shape."""
    kinds = {kind for place in places for kind in place.types if kind != "null"}
    if len(kinds - {"int", "long", "double", "decimal"}) > (0 if kinds & {"int", "long", "double", "decimal"} else 1):
        return False
    names = [set(place.children) for place in places if place.children]
    if not names:
        return True
    common, whole = set.intersection(*names), set.union(*names)
    return len(common) * 2 >= len(whole) or len(whole) <= 6


def _gather(place: Place, key: str) -> None:
    child = place.children.pop(key)
    place.others = place.others or Place(join(place.path, ANY_KEY))
    place.keys.add(key)
    merge(place.others, child)


def merge(into: Place, other: Place) -> None:
    """Put what was seen at one path to what was seen at another."""
    into.count += other.count
    into.objects += other.objects
    into.arrays += other.arrays
    into.summary.merge(other.summary)
    into.keys.merge(other.keys)
    for key, child in other.children.items():
        merge(into.children.setdefault(key, Place(join(into.path, key))), child)
    if other.others:
        into.others = into.others or Place(join(into.path, ANY_KEY))
        merge(into.others, other.others)
    if other.element:
        into.element = into.element or Place(into.path + ELEMENT)
        merge(into.element, other.element)
