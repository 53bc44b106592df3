"""Free text, replaced by text of the same length that says nothing."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from anonymizer.masks.draw import Drawing, never_itself_text
from anonymizer.masks.words import LOREM

_STARTS = tuple(at + 1 for at, char in enumerate(LOREM) if char == " ")[:-1]
_CAPITALS = LOREM.upper()
_four_bytes = Struct("<I").unpack_from


def text(drawing: Drawing) -> Callable[[str], str]:
    """Give filler of the same length, with line ends where they were and a capital where one began the text."""
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        drawn = draw(value.encode("utf-8", "surrogatepass"), attempt)
        start = _STARTS[_four_bytes(drawn)[0] % len(_STARTS)]
        if "\n" not in value:
            return _filler(start, value)
        lines, made = value.split("\n"), []
        for line in lines:
            made.append(_filler(start, line))
            start = _STARTS[(start * 7 + len(line)) % len(_STARTS)]
        return "\n".join(made)

    return never_itself_text(make)


def _filler(start: int, line: str) -> str:
    size = len(line)
    first = _CAPITALS if line[:1].isupper() else LOREM
    made = first[start] + LOREM[start + 1 : start + size] if line else ""
    while len(made) < size:
        made += LOREM[: size - len(made)]
    return made
