"""Where a statement of a dump ends: as the mysql client sees it, so that neither hides anything from the other.

A comment that a server executes (`/*!40101 … */`, `/*M!100100 … */`) is text like any other, also to the client.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dumps.errors import CutShortError, RefusedError
from dumps.window import Window

GAP = re.compile(rb"(?:[ \t\r\n\x0b\f]+|#[^\n]*(?:\n|\Z)|--[^\n]*(?:\n|\Z)|/\*(?!M?!|\+).*?\*/)*", re.DOTALL)
# MariaDB's dumps begin with it: its client then refuses commands of its own. Other clients stumble over it.
SANDBOX = re.compile(rb"/\*M?!999999\\- enable the sandbox mode \*/[ \t]*;?")
_OPEN_COMMENT = re.compile(rb"/\*(?!M?!|\+)")
_STRING_END = {
    (b"'", True): re.compile(rb"['\\]"), (b"'", False): re.compile(rb"'"),
    (b'"', True): re.compile(rb'["\\]'), (b'"', False): re.compile(rb'"'), (b"`", False): re.compile(rb"`"),
}  # fmt: skip
_LONGEST_SIGN = 16  # of what is looked for outside strings


class Lexer:
    """Finds ends of statements in a window.

    Attributes:
        window: The stream.
        backslash: Whether a backslash escapes, as it does unless `NO_BACKSLASH_ESCAPES` is in the SQL mode.
        ansi_quotes: Whether double quotes hold names.
    """

    def __init__(self, window: Window) -> None:
        self.window, self.backslash, self.ansi_quotes = window, True, False

    def gap(self) -> bytes:
        """Pass over spaces and comments, and give them."""
        window, passed = self.window, []
        while True:
            match = GAP.match(window.data, window.at)
            end = match.end() if match else window.at
            near = len(window.data) - end < 64 or _OPEN_COMMENT.match(window.data, end) is not None
            if near and not window.ended and window.more():
                continue
            if _OPEN_COMMENT.match(window.data, end):
                raise CutShortError(f"line {window.line}: the dump ends within a comment; make it again")
            passed.append(window.take(end))
            sandbox = SANDBOX.match(window.data, window.at)
            if not sandbox:
                return b"".join(passed)
            window.take(sandbox.end())

    def statement_end(self, delimiter: bytes, first_line: int) -> int:
        """Give where in `window.data` the delimiter of the statement at `window.at` begins.

        Raises:
            CutShortError: The dump ends before.
            RefusedError: There is a command of the client (a backslash outside of text).
        """
        window, sign, passed = self.window, _signs(delimiter), 0
        while True:
            found = sign.search(window.data, window.at + passed)
            if found is None or (found.end() + _LONGEST_SIGN > len(window.data) and not window.ended):
                passed = max(passed, (found.start() if found else len(window.data) - _LONGEST_SIGN) - window.at)
                if not window.more():
                    self._refuse_unfinished(found is None, first_line)
                continue
            kind, at = found.group(), found.start()
            if kind == delimiter:
                return at
            passed = self._pass(kind, at, first_line) - window.at

    def _pass(self, kind: bytes, at: int, first_line: int) -> int:
        window = self.window
        if kind in (b"'", b'"', b"`"):
            return self.string_end(kind, at)
        if kind == b"/*":
            return self._find(b"*/", at + 2, first_line) + 2 if _OPEN_COMMENT.match(window.data, at) else at + 2
        if kind == b"\\":
            if window.data[at + 1 : at + 2] == b"N":
                return at + 2
            line = window.line + window.data.count(b"\n", window.at, at)
            raise RefusedError(f"line {line}: a command of the client (a backslash outside of text) is not taken")
        return self._find(b"\n", at, first_line) + 1

    def string_end(self, quote: bytes, at: int) -> int:
        """Give the place after the end of the string that begins at a place of `window.data`, doubled quotes included.

        Places move when the window reads on: what is given is one of `window.data` as it then is.

        Raises:
            CutShortError: The dump ends before.
        """
        window, escapes = self.window, self.backslash and quote != b"`" and not (quote == b'"' and self.ansi_quotes)
        sign, passed, line = _STRING_END[quote, escapes], at + 1 - window.at, window.line
        while True:
            found = sign.search(window.data, window.at + passed)
            end = found.end() if found else len(window.data)
            if (found is None or end == len(window.data)) and not window.ended:
                passed = (found.start() if found else end) - window.at
                window.more()
                continue
            if found is None:
                raise CutShortError(f"line {line}: the dump ends within a text; make it again")
            if found.group() == b"\\" or window.data[end : end + 1] == quote:
                passed = end + 1 - window.at
                continue
            return end

    def _find(self, sign: bytes, start: int, first_line: int) -> int:
        window, passed = self.window, start - self.window.at
        while (found := window.data.find(sign, window.at + passed)) < 0:
            passed = max(passed, len(window.data) - window.at - len(sign))
            if not window.more():
                self._refuse_unfinished(True, first_line)
        return found

    def _refuse_unfinished(self, unfinished: bool, first_line: int) -> None:  # noqa: FBT001 (its name says it)
        if unfinished:
            raise CutShortError(
                f"line {first_line}: the dump ends within the statement that begins there: cut short, make it again"
            )


@lru_cache
def _signs(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(re.escape(delimiter) + rb"|['\"`#\\]|--(?=[\s\x00])|/\*")
