"""The shape of a text: which of its signs are digits, small letters and capitals; found once for all that share it."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")

_MOST_SHAPES = 4096
_DIGITS = str.maketrans(string.digits, "0" * 10)
_CLASSES = str.maketrans(
    string.digits + string.ascii_lowercase + string.ascii_uppercase, "0" * 10 + "a" * 26 + "A" * 26
)
_NO_DIGITS = bytes(byte for byte in range(256) if not 0x30 <= byte <= 0x39)
# From random bytes to signs of a class; that 256 is no multiple of 10 or 26 favours some signs by a few percent,
# which tells nothing.
_TO_CLASS = {
    "0": bytes(0x30 + byte % 10 for byte in range(256)),
    "a": bytes(0x61 + byte % 26 for byte in range(256)),
    "A": bytes(0x41 + byte % 26 for byte in range(256)),
}


def digits_of(value: str) -> str:
    """Give the digits of a text."""
    return value.encode("utf-8", "surrogatepass").translate(None, _NO_DIGITS).decode()


def _remembered(find: Callable[[str], Made]) -> Callable[[str], Made]:
    """Keep what was found for a shape; forget all when there are too many, which only texts without a format cause."""
    known: dict[str, Made] = {}

    def get(shape: str) -> Made:
        found = known.get(shape)
        if found is None:
            if len(known) >= _MOST_SHAPES:
                known.clear()
            found = known[shape] = find(shape)
        return found

    return get


_form = _remembered(lambda shape: shape.replace("%", "%%").replace("0", "%s"))


def put_digits(value: str, digits: str) -> str:
    """Put digits where a text has its own, as many as there are."""
    return _form(value.translate(_DIGITS)) % tuple(digits)


def _find_runs(shape: str) -> tuple[tuple[str, int, int], ...]:
    """Cut a shape into runs of one class each; signs of no class are runs of themselves."""
    runs: list[tuple[str, int, int]] = []
    for at, sign in enumerate(shape):
        kind = sign if sign in _TO_CLASS else "a" if not sign.isascii() and sign.isalnum() else ""
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1], at + 1)
        else:
            runs.append((kind, at, at + 1))
    return tuple(runs)


_runs = _remembered(_find_runs)


def put_signs(value: str, stream: bytes) -> str:
    """Replace digits by digits, small letters by small letters, capitals by capitals; other signs of ASCII stay.

    Args:
        value: The text; other letters than ASCII's become small ones of ASCII.
        stream: Random bytes, at least as many as the text has signs.
    """
    runs = _runs(value.translate(_CLASSES))
    return "".join(
        [
            stream[start:end].translate(_TO_CLASS[kind]).decode() if kind else value[start:end]
            for kind, start, end in runs
        ]
    )
