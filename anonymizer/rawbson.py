"""A walk over the bytes of a document, for those that decoding would change: repeated keys, old types, bad UTF-8.

It is slow and sees everything. The fast way (decode, compare with the bytes) calls it only where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import overload

from anonymizer.bsontypes import TYPE_BYTES

_FIXED = {0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
_TEXTS = (0x02, 0x0D, 0x0E)
_SMALLEST = 5  # an empty document: its length and its end
length_at = Struct("<i").unpack_from


@dataclass(frozen=True)
class Element:
    """One element: key, MongoDB's alias of its type, the bytes of its value, whether the key stood there before."""

    key: str
    type: str
    value: bytes
    repeated: bool


def documents(batch: bytes) -> Iterator[bytes]:
    """Cut a batch of a raw cursor into its documents; what is left over that cannot be one comes as one."""
    at, end = 0, len(batch)
    while at < end:
        size = length_at(batch, at)[0] if end - at >= _SMALLEST else 0
        size = size if _SMALLEST <= size <= end - at else end - at
        yield batch[at : at + size]
        at += size


class Joined(Sequence[bytes]):
    """Documents in one piece, and as a sequence for whoever looks at them one by one.

    Attributes:
        whole: All their bytes.
    """

    def __init__(self, whole: bytes, count: int) -> None:
        self.whole = whole
        self._count = count
        self._cut: list[bytes] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if self._cut is None:
            self._cut = list(documents(self.whole))
        return self._cut[place]


def groups(batch: bytes, wanted: int) -> Iterator[list[bytes]]:
    """Cut a batch into lists of as many documents each, of about so many bytes together where documents are alike."""
    found = list(documents(batch))
    count = max(1, wanted * len(found) // max(1, len(batch)))
    for at in range(0, len(found), count):
        yield found[at : at + count]


def elements(document: bytes) -> Iterator[Element]:
    """Walk over the elements of a document, not going into those that are documents themselves.

    Raises:
        ValueError: The bytes are no BSON.
        IndexError: The same.
        KeyError: The same.
    """
    if _int(document, 0) != len(document) or len(document) < _SMALLEST:
        raise ValueError("a document's length is not that of its bytes")
    at, seen = 4, set()
    while document[at]:
        kind = document[at]
        end = document.index(b"\0", at + 1)
        key = document[at + 1 : end].decode("utf-8", "replace")
        size = _value_size(kind, document, end + 1)
        if size < 0 or end + 1 + size >= len(document):
            raise ValueError("a value's length leads out of its document")
        yield Element(key, TYPE_BYTES[kind], document[end + 1 : end + 1 + size], key in seen)
        seen.add(key)
        at = end + 1 + size
    if at != len(document) - 1:
        raise ValueError("a document ends before its length says so")


def _int(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little", signed=True)


def _value_size(kind: int, data: bytes, at: int) -> int:
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _TEXTS:
        return 4 + _int(data, at)
    if kind in (0x03, 0x04, 0x0F):
        return _int(data, at)
    if kind == 0x05:
        return 5 + _int(data, at)
    if kind == 0x0C:
        return 4 + _int(data, at) + 12
    if kind == 0x0B:
        return data.index(b"\0", data.index(b"\0", at) + 1) + 1 - at
    raise ValueError(f"unknown BSON type 0x{kind:02x}")
