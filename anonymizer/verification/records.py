"""What is compared across documents and collections, kept as digests in files, so that memory is bounded.

A record is three numbers of 8 bytes: a keyed digest to bring records together by, a value, and a place. Each process
writes its own files, a bucket for the first bits of the digest; joining reads one bucket at a time: 256 of them, 16
where there is little, since each is a file to open.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from anonymizer.rules.model import Rules
from anonymizer.verification.digests import Digester, Files

PAIRS, BACKS, GROUPS, TARGETS, REFERENCES, UNORDERED = "pairs", "backs", "groups", "targets", "references", "unordered"
LIKE = 1 << 63  # set in the place of a pair whose two sides share a word
_FEW_BITS, _MANY_BITS = 4, 8
_FEW = 20_000  # more: a bucket is held in memory as a whole, and each document may have a dozen records of a kind
_FLUSH_AT = 3 * 50_000
_WORDS = 3

Record = tuple[int, int, int]


def bucket_bits(documents: int) -> int:
    """Give how many bits of a digest choose its bucket, for so many documents."""
    return _MANY_BITS if documents > _FEW else _FEW_BITS


class Places:
    """Numbers for all paths of all rules, the same in each process."""

    def __init__(self, rules: Rules) -> None:
        self._names = [(name, path) for name, rule in rules.collections.items() for path in ("", *rule.fields)]
        self._numbers = {place: number for number, place in enumerate(self._names)}

    def number(self, namespace: str, path: str = "") -> int:
        """Give the number of a path."""
        return self._numbers[namespace, path]

    def name(self, number: int) -> tuple[str, str]:
        """Give collection and path of a number."""
        return self._names[number]


class Recorder:
    """Takes the records of one process.

    Args:
        folder: Where they go.
        digester: Of the verification's key.
        bits: Of `bucket_bits`.
    """

    def __init__(self, folder: Path, digester: Digester, bits: int = _FEW_BITS) -> None:
        self.files, self._shift = Files(folder), 64 - bits
        self._held: dict[str, array[int]] = {}
        self.digest = digester.digest

    def add(self, kind: str, key: int, value: int, place: int) -> None:
        """Take a record."""
        held = self._held.get(kind)
        if held is None:
            held = self._held[kind] = array("Q")
        held.extend((key, value, place))
        if len(held) >= _FLUSH_AT:
            self._write(kind, held)

    def add_all(self, kind: str, keys: Iterable[int], value: int, place: int) -> None:
        """Take records that differ by their keys alone."""
        held = self._held.setdefault(kind, array("Q"))
        for key in keys:
            held.extend((key, value, place))
        if len(held) >= _FLUSH_AT:
            self._write(kind, held)

    def flush(self) -> None:
        """Write what is held."""
        for kind, held in self._held.items():
            self._write(kind, held)

    def _write(self, kind: str, held: array[int]) -> None:
        buckets: dict[int, array[int]] = {}
        for record in _triples(held):
            buckets.setdefault(record[0] >> self._shift, array("Q")).extend(record)
        for bucket, records in buckets.items():
            self.files.append(f"{kind}-{bucket:03d}", records)
        del held[:]


def buckets(folder: Path, kind: str) -> Iterator[set[Record]]:
    """Give the different records of a kind, bucket by bucket."""
    for records in counted(folder, kind):
        yield set(records)


def counted(folder: Path, kind: str) -> Iterator[list[Record]]:
    """Give the records of a kind, bucket by bucket, repeated ones too."""
    files: dict[str, list[Path]] = {}
    for file in folder.iterdir():
        files.setdefault(file.stem, []).append(file)
    for bucket in range(1 << _MANY_BITS):
        yield [record for file in files.get(f"{kind}-{bucket:03d}", ()) for record in _read(file)]


def _read(file: Path) -> Iterator[Record]:
    held = array("Q")
    held.frombytes(file.read_bytes())
    return _triples(held)


def _triples(held: array[int]) -> Iterator[Record]:
    return zip(held[::_WORDS], held[1::_WORDS], held[2::_WORDS], strict=True)
