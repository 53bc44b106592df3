"""The shape of a text: which of its signs are digits, small letters and capitals; found once for all that share it."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from operator import itemgetter
from typing import TypeVar

Found = TypeVar("Found")

_MOST_SHAPES = 4096
# Tables of bytes: a text of ASCII is there and back in a third of the time that `str.translate` takes.
DIGITS_AS_ZEROS = bytes.maketrans(string.digits.encode(), b"0" * 10)
_CLASSES = bytes.maketrans(
    (string.digits + string.ascii_lowercase + string.ascii_uppercase).encode(), b"0" * 10 + b"a" * 26 + b"A" * 26
)
NO_DIGITS = bytes(byte for byte in range(256) if not 0x30 <= byte <= 0x39)
# From random bytes to signs of a class; that 256 is no multiple of 10 or 26 favours some signs by a few percent,
# which tells nothing.
TO_DIGITS = bytes(0x30 + byte % 10 for byte in range(256))
_TO_CLASS = {
    "0": TO_DIGITS,
    "a": bytes(0x61 + byte % 26 for byte in range(256)),
    "A": bytes(0x41 + byte % 26 for byte in range(256)),
}


def digits_of(value: str) -> str:
    """Give the digits of a text."""
    return value.encode("utf-8", "surrogatepass").translate(None, NO_DIGITS).decode()


class Remembered(dict[bytes, Found]):
    """What was found for each shape; all is forgotten when there are too many, which only texts without a format cause.

    Args:
        find: Finds it.
    """

    def __init__(self, find: Callable[[bytes], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, shape: bytes) -> Found:
        found = self._find(shape)
        if len(self) >= _MOST_SHAPES:
            self.clear()
        self[shape] = found
        return found


def form(data: bytes) -> tuple[str, Callable[[str], object]]:
    """Give a format with a place for each run of digits, and what cuts digits into those runs.

    Args:
        data: A shape with zeros for digits.
    """
    shape = data.decode("utf-8", "surrogatepass")
    at, cuts = 0, []
    for run in re.findall("0+", shape):
        cuts.append(slice(at, at + len(run)))
        at += len(run)
    return re.sub("0+", "%s", shape.replace("%", "%%")), itemgetter(*cuts) if cuts else lambda _: ()


_forms = Remembered(form)


def put_digits(value: str, digits: str) -> str:
    """Put digits where a text has its own, as many as there are."""
    text, cut = _forms[value.encode("utf-8", "surrogatepass").translate(DIGITS_AS_ZEROS)]
    return text % cut(digits)


def _find_runs(shape: bytes) -> tuple[tuple[bytes, int, int], ...]:
    """Cut a shape into runs of one class each, given by its table; signs of no class, without one, are runs too.

    Args:
        shape: A text with 0 for each digit, a and A for each small letter and capital of ASCII.
    """
    runs: list[tuple[str, int, int]] = []
    for at, sign in enumerate(shape.decode("utf-8", "surrogatepass")):
        kind = sign if sign in _TO_CLASS else "a" if not sign.isascii() and sign.isalnum() else ""
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1], at + 1)
        else:
            runs.append((kind, at, at + 1))
    return tuple((_TO_CLASS.get(kind, b""), start, end) for kind, start, end in runs)


_runs = Remembered(_find_runs)


def put_signs(value: str, stream: bytes) -> str:
    """Replace digits by digits, small letters by small letters, capitals by capitals; other signs of ASCII stay.

    Args:
        value: The text; other letters than ASCII's become small ones of ASCII.
        stream: Random bytes, at least as many as the text has signs.
    """
    data = value.encode("utf-8", "surrogatepass")
    runs = _runs[data.translate(_CLASSES)]
    if len(data) == len(value):  # of ASCII: its bytes and its signs are at the same places
        return b"".join(
            [stream[start:end].translate(table) if table else data[start:end] for table, start, end in runs]
        ).decode()
    return "".join(
        [stream[start:end].translate(table).decode() if table else value[start:end] for table, start, end in runs]
    )
