"""The rows of an INSERT: cut into columns as bytes, a batch of them at a time, none of them decoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from dumps.errors import CutShortError, RefusedError
from dumps.lexing import Lexer

Batch = list[tuple[bytes, ...]]
# Longer values go to the walk. No text may be read in two ways: a row that is cut off by the end of what is held would
# be tried in all combinations of them, 2 to the power of its columns.
_STRING = {
    True: rb"'[^'\\]{0,1000}(?:'|(?:(?:\\.|'')[^'\\]{0,1000}){1,200}')(?!')",
    False: rb"'[^']{0,1000}(?:''[^']{0,1000}){0,200}'(?!')",
}
_WORD = rb"-?[0-9A-Za-z_.]{1,1000}(?:[+-][0-9]+)?"
_INTRODUCED = rb"(?:_[0-9A-Za-z]+\s*|[bBxXnN])"
_SPACE = rb"[ \t\r\n]*"
_LITERAL_START = re.compile(rb"(?:_[0-9A-Za-z]+\s*|[bBxXnN])?(['\"])")
_BARE = re.compile(rb"(?:_[0-9A-Za-z]+\s+)?(?:[+-]?[0-9A-Za-z_.]+(?:[+-][0-9]+)?|\\N)")
_SPACES = re.compile(_SPACE)
_LOOK_AHEAD = 64  # at the end of what is held, less than this may be a part of something
_MOST_PLAIN_BYTES = 1 << 20  # longer rows go to the walk: the pattern's own stack grows with escapes
_CAREFUL_ROWS = 2_000  # so many are cut one by one after one that is not plain


@lru_cache(maxsize=256)
def pattern(count: int, wanted: tuple[int, ...], *, backslash: bool, spaced: bool = False) -> re.Pattern[bytes]:
    """Give the pattern of one row.

    Args:
        count: Columns of a row.
        wanted: Places of the columns to be cut out, in order.
        backslash: Whether a backslash escapes.
        spaced: Whether spaces may stand between values; mysqldump writes none, and a pattern without is twice as fast.

    Returns:
        A pattern whose groups together are the whole row with its separator: what is before the first column that is
        wanted, that column, what is before the next, and so on.
    """
    text = _STRING[backslash]
    literal = rb"(?:%b|%b|%b%b)" % (text, _WORD, _INTRODUCED, text)
    space = _SPACE if spaced else b""
    parts, plain = [], [_SPACE + rb"\(" + space]
    for place in range(count):
        between = b"" if place == count - 1 else space + b"," + space
        if place in wanted:
            parts += [b"(" + b"".join(plain) + b")", b"(" + literal + b")"]
            plain = [between]
        else:
            plain += [literal, between]
    tail = space + rb"\)(?:" + space + rb",|(?=" + _SPACE + rb";))"
    return re.compile(b"".join(parts) + b"(" + b"".join(plain) + tail + b")", re.DOTALL)


class Rows:
    """The rows of one INSERT, read as they come.

    Attributes:
        line: Where the INSERT begins.
        table: Its table.
        over: Whether all have been read.
    """

    def __init__(self, lexer: Lexer, line: int, table: str) -> None:
        self._lexer, self._window = lexer, lexer.window
        self.line, self.table, self.over, self._careful = line, table, False, 0
        self._spaced = False

    def batches(self, count: int, wanted: Sequence[int]) -> Iterator[Batch]:
        """Give the rows in batches: for each row its parts, those at odd places being the columns wanted.

        All parts of all batches, joined, are the rows as they were.

        Args:
            count: Columns of a row.
            wanted: Places of the columns to be cut out, in order.

        Raises:
            CutShortError: The dump ends within them.
            RefusedError: There is something else than literal values, or another count of columns.
        """
        places, window = tuple(wanted), self._window
        dense, spaced = (pattern(count, places, backslash=self._lexer.backslash, spaced=one) for one in (False, True))
        while not self.over:
            if self._careful > 0:
                found = self._one_by_one(spaced)
            else:
                found = self._plain(spaced if self._spaced else dense)
                self._spaced = self._spaced or (not found and spaced.match(*self._part()) is not None)
            if not found:
                found = [self._walk(count, places)[0]] if self._at_row() else []
            if found:
                yield found
            self._look_for_end()
        window.take(window.at)

    def raw(self) -> Iterator[bytes]:
        """Give the rows as they are, part by part.

        Raises:
            CutShortError, RefusedError: As for `batches`.
        """
        if self.over:
            return
        self._at_row()
        first, count = self._walk(None, ())
        yield b"".join(first)
        self._look_for_end()
        for batch in self.batches(count, ()):
            yield b"".join([row[0] for row in batch])

    def pass_over(self) -> None:
        """Read what nobody has read."""
        for _ in self.raw():
            pass

    def _part(self) -> tuple[bytes, int, int]:
        """Give where a pattern is to look: up to what is likely the end of the INSERT, for it searches all there is."""
        data, at = self._window.data, self._window.at
        end = data.find(b";\n", at, at + _MOST_PLAIN_BYTES)
        return data, at, end + 1 if end >= 0 else at + _MOST_PLAIN_BYTES

    def _at_row(self) -> bool:
        window = self._window
        while window.ended is False and len(window.data) - window.at < _LOOK_AHEAD:
            window.more()
        return window.at < len(window.data)

    def _plain(self, matched: re.Pattern[bytes]) -> Batch:
        """Cut the rows that are held whole and are plain, up to the first that is not."""
        window = self._window
        part = self._part()
        found = matched.findall(*part)
        if matched.groups == 1:
            found = [(row,) for row in found]
        whole = b"".join(chain.from_iterable(found))
        odd = not found and min(part[2], len(window.data)) - window.at > _MOST_PLAIN_BYTES // 2
        if odd or not window.data.startswith(whole, window.at):  # it found something like a row within another
            self._careful = _CAREFUL_ROWS
            return []
        window.take(window.at + len(whole))
        return found

    def _one_by_one(self, matched: re.Pattern[bytes]) -> Batch:
        window, at = self._window, self._window.at
        found: Batch = []
        while len(found) < _CAREFUL_ROWS and (match := matched.match(window.data, at, at + _MOST_PLAIN_BYTES)):
            found.append(match.groups())
            at = match.end()
        self._careful -= len(found) + 1
        window.take(at)
        return found

    def _look_for_end(self) -> None:
        window = self._window
        while True:
            spaces = _SPACES.match(window.data, window.at)
            end = spaces.end() if spaces else window.at
            if end < len(window.data):
                break
            if not window.more():
                raise CutShortError(f"line {self.line}: the dump ends within the rows of {self.table}; make it again")
        if window.data[end : end + 1] == b";":
            window.take(end + 1)
            self.over = True

    def _walk(self, count: int | None, places: tuple[int, ...]) -> tuple[tuple[bytes, ...], int]:
        """Cut one row step by step, whatever its size; give its parts and how many values it has."""
        window = self._window
        line, parts, start = window.line, [], 0
        at = self._expect(b"(", self._skip(0))
        number = 0
        while True:
            at = self._skip(at)
            end = self._literal(at)
            if number in places:
                base = window.at
                parts += [window.data[base + start : base + at], window.data[base + at : base + end]]
                start = end
            number, at = number + 1, self._skip(end)
            if self._sign(at) != b",":
                break
            at += 1
        at = self._skip(self._expect(b")", at))
        at += self._sign(at) == b","
        if count is not None and number != count:
            raise RefusedError(f"line {line}: a row of {self.table} has {number} values for {count} columns")
        parts.append(window.data[window.at + start : window.at + at])
        window.take(window.at + at)
        return tuple(parts), number

    def _literal(self, at: int) -> int:
        """Give where the literal ends that begins at a place; places are counted from the window's own."""
        window = self._window
        self._have(at + _LOOK_AHEAD)
        opened = _LITERAL_START.match(window.data, window.at + at)
        if opened:
            quote = opened.end() - 1
            end = self._lexer.string_end(opened[1], quote)
            return end - window.at
        bare = _BARE.match(window.data, window.at + at)
        while bare and bare.end() == len(window.data) and window.more():
            bare = _BARE.match(window.data, window.at + at)
        if not bare:
            raise self._no_literal(at)
        return bare.end() - window.at

    def _no_literal(self, at: int) -> RefusedError:
        window = self._window
        if window.at + at >= len(window.data):
            return CutShortError(f"line {window.line}: the dump ends within the rows of {self.table}; make it again")
        return RefusedError(
            f"line {window.line}: a row of {self.table} has something else than a literal value; "
            "dumps of mysqldump have nothing else, make it with that"
        )

    def _skip(self, at: int) -> int:
        window = self._window
        while True:
            spaces = _SPACES.match(window.data, window.at + at)
            end = spaces.end() if spaces else window.at + at
            if end < len(window.data) or not window.more():
                return end - window.at

    def _sign(self, at: int) -> bytes:
        return self._window.data[self._window.at + at : self._window.at + at + 1]

    def _expect(self, sign: bytes, at: int) -> int:
        if self._sign(at) != sign:
            raise self._no_literal(at)
        return at + 1

    def _have(self, size: int) -> None:
        window = self._window
        while len(window.data) - window.at < size and window.more():
            pass
