"""The part of a stream that is looked at: it grows while something does not end within it, and forgets what is over."""

from __future__ import annotations

from typing import Protocol

PART_BYTES = 1 << 20


class Source(Protocol):
    """What is read: a file, a pipe, a decompressor."""

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes; nothing at the end."""


class Window:
    """Bytes of a stream from the place that has been reached.

    What is read at once grows with what is held, so that a value of any size is copied only a few times.

    Attributes:
        data: The bytes held.
        at: How much of them is over.
        line: The number of the line at `at`, from 1.
        ended: Whether the stream has no more.
    """

    def __init__(self, source: Source, part_bytes: int = PART_BYTES) -> None:
        self._source, self._part = source, part_bytes
        self.data, self.at, self.line, self.ended = b"", 0, 1, False

    def more(self) -> bool:
        """Read on; what is over is forgotten, so that `at` becomes 0. Tell whether anything came."""
        if self.ended:
            return False
        held = self.data[self.at :]
        part = self._source.read(max(self._part, len(held)))
        if not part:
            self.ended = True
            return False
        self.data, self.at = (held + part if held else part), 0
        return True

    def take(self, end: int) -> bytes:
        """Give what lies up to a place of `data`, which is then over."""
        taken = self.data[self.at : end]
        self.line += taken.count(b"\n")
        self.at = end
        return taken
