"""Looks through texts of the copy: for identity values of the source, and for what detectors know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bson import Code, DBRef, Decimal128, Int64, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from anonymizer.bsontypes import NULL
from anonymizer.verification import detectors, evidence
from anonymizer.verification.digests import DigestSet
from anonymizer.verification.findings import Findings
from anonymizer.verification.tally import Tally

SILENT = frozenset((float, bool, NULL, datetime, DatetimeMS, Decimal128, Timestamp))  # they hold no text
WHOLE = frozenset((int, Int64))
_MOST_REMEMBERED = 200_000
_LONGEST_REMEMBERED = 300
SMALL = 10**8  # no number below it has possibilities enough to be looked for
_LOUD = frozenset[str]()


class Lookout:
    """Looks through texts; one that is clean is not looked at twice.

    Args:
        recounts: Whether a text that is known to be clean is counted again, so that counts are of all texts.
        remembers: How many clean texts are remembered.

    Attributes:
        originals: The source's identity values.
        clean: Texts in which there is nothing.
    """

    def __init__(
        self,
        originals: DigestSet,
        findings: Findings,
        tally: Tally,
        *,
        recounts: bool = False,
        remembers: int = _MOST_REMEMBERED,
    ) -> None:
        self.originals, self._findings, self._values, self._recounts = originals, findings, tally.values, recounts
        self._most = remembers
        self.clean: set[str] = set()

    def look(self, collection: str, path: str, value: object, silenced: frozenset[str] = _LOUD) -> None:
        """Look at one value or key of the copy, and at all that lies within it.

        Args:
            collection: Its namespace, or what else it belongs to.
            path: Where it stands, as rules write it.
            value: The value.
            silenced: Detectors that say nothing here.
        """
        kind = value.__class__
        if kind in SILENT or (kind is str and value in self.clean):
            if self._recounts and kind is str:
                self._count()
            return
        if kind is ObjectId:
            self._look_up(collection, path, str(value))
        elif isinstance(value, int):
            if not -SMALL < value < SMALL:
                self._look(collection, path, str(int(value)), silenced)
        elif kind is str:
            self._look(collection, path, str(value), silenced)
        else:
            for inner in texts(value):
                text = evidence.plain(inner)
                if text and text not in self.clean:
                    self._look(collection, path, text, silenced)
                elif text and self._recounts:
                    self._count()

    def _look_up(self, collection: str, path: str, text: str) -> None:
        """Look up an identifier as a whole: its form has nothing that a detector knows."""
        self._values["identity_values"] += 1
        if text in self.originals:
            self._findings.add("original", collection, path)

    def _count(self) -> None:
        self._values["identity_values"] += 1
        self._values["detectors"] += 1

    def _look(self, collection: str, path: str, text: str, silenced: frozenset[str]) -> None:
        self._count()
        seen, originals = detectors.see(text), self.originals
        clean = True
        for form in evidence.forms_in(text, seen):
            if form in originals:
                self._findings.add("original", collection, path)
                clean = False
                break
        if seen is not detectors.NOTHING:
            for kind in detectors.in_use(seen):
                clean = False
                if kind not in silenced:
                    self._findings.add(f"detector_{kind}", collection, path)
        if clean and len(text) <= _LONGEST_REMEMBERED:
            if len(self.clean) >= self._most:
                self.clean.clear()
            self.clean.add(text)


def texts(value: Any) -> Iterator[object]:
    """Give what may be looked at of a value: itself, or the texts within code, patterns and whole documents."""
    if isinstance(value, DBRef):
        value = dict(value.as_doc())
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
        if isinstance(value, dict):
            yield from value
    elif isinstance(value, Code):
        yield str(value)
        yield from texts(value.scope or {})
    elif isinstance(value, Regex):
        yield value.pattern
    elif value.__class__ not in SILENT:
        yield value
