"""Which documents of a sampled collection are copied: those that a keyed hash of their `_id` draws, and those that
others refer to.

The draw depends on the key and the `_id` alone: the same documents in each run, in each part, in each worker. What is
referred to is known by keyed digests in a file, so that memory stays flat and no value is written anywhere.
"""  # noqa: D205

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import compress
from pathlib import Path
from typing import Any

import bson

from anonymizer import paths, rawbson
from anonymizer.bsontypes import DECODE

HASH_BITS = 64
_CHUNK = 500
_DOUBLE, _INT, _LONG = 0x01, 0x10, 0x12
_ID = "_id"


class Followed:
    """Digests of the values that sampled documents refer to, by the place that they refer to, in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened: sqlite3.Connection | None = None

    @property
    def _store(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = sqlite3.connect(self._file, isolation_level=None)
            self._opened.execute("PRAGMA synchronous=OFF")  # made anew in each run: there is nothing to lose
            self._opened.execute(
                "CREATE TABLE IF NOT EXISTS followed"
                " (place TEXT, digest BLOB, PRIMARY KEY (place, digest)) WITHOUT ROWID"
            )
        return self._opened

    def add(self, place: str, digests: Iterable[bytes]) -> int:
        """Add digests and give how many of them are new."""
        before = self._store.total_changes
        self._store.execute("BEGIN")
        self._store.executemany("INSERT OR IGNORE INTO followed VALUES (?, ?)", ((place, digest) for digest in digests))
        self._store.execute("COMMIT")
        return self._store.total_changes - before

    def those_of(self, place: str, digests: Iterable[bytes]) -> set[bytes]:
        """Give those of some digests that are there."""
        found, wanted = set(), list(digests)
        for at in range(0, len(wanted), _CHUNK):
            some = wanted[at : at + _CHUNK]
            marks = ",".join("?" * len(some))
            query = f"SELECT digest FROM followed WHERE place = ? AND digest IN ({marks})"  # noqa: S608 (only marks)
            found |= {row[0] for row in self._store.execute(query, (place, *some))}
        return found

    def close(self) -> None:
        """Close the file."""
        if self._opened:
            self._opened.close()
            self._opened = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_file": self._file, "_opened": None}


class Selector:
    """Chooses documents of one collection.

    Args:
        namespace: The collection.
        key: What the draw and the digests depend on.
        threshold: Documents whose hash is below it are drawn.
        followed: What is referred to.
        places: Own paths that something refers to.
    """

    def __init__(
        self, namespace: str, key: bytes, threshold: int, followed: Followed, places: tuple[str, ...] = ()
    ) -> None:
        self._namespace, self._key, self._threshold = namespace, key, threshold
        self._followed, self.places = followed, places

    def __call__(self, batch: bytes) -> tuple[bytes, int]:
        """Give the chosen documents of a batch, and how many it held."""
        rows = list(rawbson.documents(batch))
        return b"".join(compress(rows, self.chosen(rows))), len(rows)

    def chosen(self, rows: list[bytes]) -> list[bool]:
        """Tell of each document whether it is chosen."""
        taken = [draw_of(self._key, row) < self._threshold for row in rows]
        for path in self.places:
            digests = {at: set(self._digests(rows[at], path)) for at, yes in enumerate(taken) if not yes}
            there = self._followed.those_of(f"{self._namespace} {path}", set().union(*digests.values()))
            for at, own in digests.items():
                taken[at] = not there.isdisjoint(own)
        return taken

    def _digests(self, row: bytes, path: str) -> Iterator[bytes]:
        if path == _ID:
            yield digest_of(self._key, canonical_id(row))
            return
        for value in values_at(bson.decode(row, DECODE), paths.parse(path)):
            yield digest_of(self._key, canonical(value))


def draw_of(key: bytes, row: bytes) -> int:
    """Give the number that decides whether a document is drawn."""
    return int.from_bytes(blake2b(canonical_id(row), key=key, digest_size=HASH_BITS // 8).digest(), "big")


def digest_of(key: bytes, value: bytes) -> bytes:
    """Give the digest of a canonical value."""
    return blake2b(value, key=key, digest_size=16, person=b"reference").digest()


def canonical(value: object) -> bytes:
    """Give one form for values that MongoDB holds for equal: 5, 5.0 and NumberLong(5)."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and abs(value) < 2**63:  # noqa: PLR0124 (NaN)
        return b"n%d" % value if value == int(value) else b"d" + struct.pack("<d", value)
    return bson.encode({"": value}, codec_options=DECODE)[4:-1]


def canonical_id(row: bytes) -> bytes:
    """Give the canonical form of a document's `_id` without decoding the document; of the whole where it has none."""
    kind, value = _id_of(row)
    if kind in (_INT, _LONG):
        return b"n%d" % int.from_bytes(value, "little", signed=True)
    if kind == _DOUBLE:
        return canonical(struct.unpack("<d", value)[0])
    return bytes([kind]) + b"\0" + value if kind else row


def _id_of(row: bytes) -> tuple[int, bytes]:
    if row[5:9] == b"_id\0":  # where the server puts it
        first = next(rawbson.elements(row))
        return row[4], first.value
    found = next((element for element in rawbson.elements(row) if element.key == _ID), None)
    if found is None:
        return 0, b""
    at = row.index(b"_id\0" + found.value)
    return row[at - 1], found.value


def values_at(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    """Give all values at a path of a document; arrays on the way, and at its end, are gone through."""
    if isinstance(value, list):
        for inner in value:
            yield from values_at(inner, steps[1:] if steps[:1] == (paths.ELEMENT,) else steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        if steps[0] == paths.ANY_KEY:
            for inner in value.values():
                yield from values_at(inner, steps[1:])
        elif steps[0] in value:
            yield from values_at(value[steps[0]], steps[1:])
