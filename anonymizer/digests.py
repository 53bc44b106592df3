"""A set of texts too large for memory: 8-byte keyed digests, sorted in one file that all processes map.

The key is drawn for each verification and never leaves the processes, so that the file, should it outlive them, tells
nothing.
"""

from __future__ import annotations

import mmap
import os
import sys
from array import array
from bisect import bisect_left
from hashlib import blake2b
from pathlib import Path

_BUCKETS = 256  # by the first byte: each is sorted in memory, so memory is a 256th of the whole
_FLUSH_AT = 200_000
_BYTES = 8


class Digester:
    """Gives the digest of a text as a number."""

    def __init__(self, key: bytes) -> None:
        self._base = blake2b(key=key, digest_size=_BYTES)

    def digest(self, text: str) -> int:
        """Give 64 bits that depend on key and text."""
        state = self._base.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), sys.byteorder)


class Collector:
    """Gathers digests in one process and writes them to its own files, a bucket each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[int] = set()

    def add(self, digest: int) -> None:
        """Take a digest."""
        self._held.add(digest)
        if len(self._held) >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        buckets: dict[int, array[int]] = {}
        for digest in self._held:
            buckets.setdefault(digest >> 56, array("Q")).append(digest)
        for bucket, digests in buckets.items():
            with (self._folder / f"{bucket:03d}.{os.getpid()}").open("ab") as file:
                digests.tofile(file)
        self._held.clear()


def merge(folder: Path, target: Path) -> int:
    """Sort all collected digests into one file.

    Returns:
        How many different ones there are.
    """
    total = 0
    with target.open("wb") as out:
        for bucket in range(_BUCKETS):
            held: set[int] = set()
            for file in folder.glob(f"{bucket:03d}.*"):
                digests = array("Q")
                digests.frombytes(file.read_bytes())
                held.update(digests)
                file.unlink()
            array("Q", sorted(held)).tofile(out)
            total += len(held)
    return total


class DigestSet:
    """The sorted file, mapped: the system's page cache holds as much of it as there is room for."""

    def __init__(self, file: Path) -> None:
        self._view: memoryview | tuple[int, ...] = ()
        if file.stat().st_size:
            with file.open("rb") as opened:
                self._view = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)).cast("Q")

    def __contains__(self, digest: int) -> bool:
        at = bisect_left(self._view, digest)
        return at < len(self._view) and self._view[at] == digest

    def __len__(self) -> int:
        return len(self._view)
