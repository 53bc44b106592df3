"""A set of texts too large for memory: 8-byte keyed digests, sorted in one file that all processes map.

The key is drawn for each verification and never leaves the processes, so that the file, should it outlive them, tells
nothing. Beside it lies a sieve, a field of bits that tells in a third of a microsecond that most texts are not there.

Memory is bounded whatever the number of values: a process holds 50,000 digests before it writes them, the sieve has
32 MiB at most, and merging sorts one of 256 buckets at a time (10 million values: 40,000 in each).
"""

from __future__ import annotations

import mmap
import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

_BUCKETS = 256  # by the first byte: each is sorted in memory, so memory is a 256th of the whole
_FLUSH_AT = 50_000
_BYTES = 8
_SIEVE = "sieve"
_BITS_A_VALUE = 16
_FEWEST_BITS, _MOST_BITS = 20, 28  # as powers of two


def sieve_bits(values: int) -> int:
    """Give how many bits, as a power of two, the sieve of so many values has."""
    return min(max((values * _BITS_A_VALUE).bit_length(), _FEWEST_BITS), _MOST_BITS)


class Digester:
    """Gives the digest of a text as a number.

    Attributes:
        digest: Gives 64 bits that depend on key and text.
    """

    def __init__(self, key: bytes) -> None:
        self._begun = blake2b(key=key, digest_size=_BYTES).copy
        self.digest = self._digesting()

    def _digesting(self) -> Callable[[str], int]:
        """Give a function that looks nothing up: it is called several times for each value."""
        begun, number, order = self._begun, int.from_bytes, sys.byteorder

        def digest(text: str) -> int:
            state = begun()
            state.update(text.encode("utf-8", "surrogatepass"))
            return number(state.digest(), order)

        return digest

    def digest_bytes(self, data: bytes) -> int:
        """Give 64 bits that depend on key and bytes."""
        state = self._begun()
        state.update(data)
        return int.from_bytes(state.digest(), sys.byteorder)


class Files:
    """Files that a process appends to, with its number behind their names.

    Attributes:
        sizes: How long each has become, in bytes; whoever hands that over clears it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sizes: dict[str, int] = {}

    def append(self, name: str, numbers: array[int]) -> None:
        """Add numbers to one of them."""
        with (self._folder / f"{name}.{os.getpid()}").open("ab") as file:
            numbers.tofile(file)
            self.sizes[Path(file.name).name] = file.tell()


def cut_back(folder: Path, sizes: Mapping[str, int]) -> None:
    """Cut what dead processes left back to what they had handed over: what was on its way will come again.

    Args:
        folder: Of the files.
        sizes: How long each was when its process handed over for the last time.
    """
    for file in folder.iterdir():
        number = file.suffix[1:]
        if number.isdecimal() and file.stem != _SIEVE and not Path(f"/proc/{number}").exists():
            os.truncate(file, sizes.get(file.name, 0))


class Collector:
    """Gathers digests of texts in one process and writes them to its own files, a bucket each."""

    def __init__(self, folder: Path, digester: Digester, bits: int = _FEWEST_BITS) -> None:
        self._folder, self._digest, self.files = folder, digester.digest, Files(folder)
        self._held: set[int] = set()
        self._sieve, self._mask = bytearray(1 << bits - 3), (1 << bits) - 1

    def add(self, text: str) -> None:
        """Take a text."""
        self._held.add(self._digest(text))
        at = crc32(text.encode("utf-8", "surrogatepass")) & self._mask
        self._sieve[at >> 3] |= 1 << (at & 7)
        if len(self._held) >= _FLUSH_AT:
            self._write()

    def flush(self) -> None:
        """Write what is held, and the sieve."""
        self._write()
        # In one step, so that a process that is killed meanwhile leaves the one before; more bits in it do no harm.
        new = self._folder / f"new-{_SIEVE}.{os.getpid()}"
        new.write_bytes(self._sieve)
        new.replace(self._folder / f"{_SIEVE}.{os.getpid()}")

    def _write(self) -> None:
        buckets: dict[int, array[int]] = {}
        for digest in self._held:
            buckets.setdefault(digest >> 56, array("Q")).append(digest)
        for bucket, digests in buckets.items():
            self.files.append(f"{bucket:03d}", digests)
        self._held.clear()


def merge(folder: Path, target: Path) -> int:
    """Sort all collected digests into one file.

    Returns:
        How many different ones there are.
    """
    total = 0
    files: dict[str, list[Path]] = {}
    for file in folder.iterdir():
        files.setdefault(file.stem, []).append(file)
    with target.open("wb") as out:
        for bucket in range(_BUCKETS):
            held: set[int] = set()
            for file in files.get(f"{bucket:03d}", ()):
                digests = array("Q")
                digests.frombytes(file.read_bytes())
                held.update(digests)
                file.unlink()
            array("Q", sorted(held)).tofile(out)
            total += len(held)
    _merge_sieves(folder, target)
    return total


def _merge_sieves(folder: Path, target: Path) -> None:
    total, size = 0, 1
    for file in folder.glob(f"{_SIEVE}.*"):
        total, size = total | int.from_bytes(file.read_bytes(), "little"), file.stat().st_size
        file.unlink()
    target.with_suffix(f".{_SIEVE}").write_bytes(total.to_bytes(size, "little"))


class DigestSet:
    """The sorted file and its sieve, mapped: the system's page cache holds as much of them as there is room for."""

    def __init__(self, file: Path, digester: Digester) -> None:
        self._digest = digester.digest
        mapped = _mapped(file)
        self._view: memoryview | tuple[int, ...] = mapped.cast("Q") if mapped is not None else ()
        sieve = _mapped(file.with_suffix(f".{_SIEVE}"))
        self._sieve: memoryview | bytes = sieve if sieve is not None else b"\0"
        self._mask = len(self._sieve) * 8 - 1

    def __contains__(self, text: str) -> bool:
        at = crc32(text.encode("utf-8", "surrogatepass")) & self._mask
        if not self._sieve[at >> 3] >> (at & 7) & 1:
            return False
        digest = self._digest(text)
        place = bisect_left(self._view, digest)
        return place < len(self._view) and self._view[place] == digest

    def __len__(self) -> int:
        return len(self._view)


def _mapped(file: Path) -> memoryview | None:
    if not file.stat().st_size:
        return None
    with file.open("rb") as opened:
        return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
