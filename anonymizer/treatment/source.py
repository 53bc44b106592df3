"""What a mask may ask of the document that is being masked: values of it as they stand in the source."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import bson
from bson import DBRef

from anonymizer import paths
from anonymizer.bsontypes import CONTAINERS, DECODE

Document = dict[str, Any]


class Source:
    """The document that is being masked, before anything of it was.

    Attributes:
        asked: Whether any mask of the collection asks for it at all.
    """

    def __init__(self) -> None:
        self.asked = False
        self._raw: bytes | None = None
        self._document: Document | None = None
        self._values: dict[str, list[Any]] = {}
        self._subjects: dict[str, object] = {}

    def begin(self, raw: bytes) -> None:
        """Go on to another document, given by its bytes; it is decoded if and when a mask asks."""
        self._raw, self._document = raw, None
        self._values.clear()
        self._subjects.clear()

    def subject(self, path: str) -> Callable[[], object]:
        """Give a function that gives the value at a path; None where it leads nowhere."""
        self.asked = True

        def value() -> object:
            if path not in self._subjects:
                self._subjects[path] = _value_at(self._read(), path)
            return self._subjects[path]

        return value

    def context(self, path: str) -> Sequence[object]:
        """Give all values at a path, containers left out."""
        if path not in self._values:
            found = [self._read()]
            for step in paths.parse(path):
                found = [inner for value in found for inner in _step(value, step)]
            self._values[path] = [value for value in found if not isinstance(value, CONTAINERS)]
        return self._values[path]

    def context_asked(self) -> Callable[[str], Sequence[object]]:
        """Give `context` to a mask that will ask it."""
        self.asked = True
        return self.context

    def _read(self) -> Document:
        if self._document is None:
            self._document = bson.decode(self._raw or b"\5\0\0\0\0", DECODE)
        return self._document


def _value_at(document: Document, path: str) -> object:
    value: Any = document
    for step in paths.parse(path):
        value = value.get(step) if isinstance(value, dict) else None
    return copy.copy(value)


def _step(value: Any, step: str) -> list[Any]:
    if isinstance(value, DBRef):
        value = value.as_doc()
    if step == paths.ELEMENT:
        return value if isinstance(value, list) else []
    if not isinstance(value, dict):
        return []
    if step == paths.ANY_KEY:
        return list(value.values())
    return [value[step]] if step in value else []
