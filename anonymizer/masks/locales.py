"""Names by language, from the word tables in `data/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from anonymizer.masks.draw import Drawing, cased_like, never_itself_text, remembered

_DATA = Path(__file__).parent / "data"
_FAMILY_FIRST = ("ja", "zh")


@cache
def names(locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the given and the family names of a language."""
    _, first, last = (_DATA / f"{locale}.txt").read_text(encoding="utf-8").split("[")
    return tuple(first.partition("]")[2].split()), tuple(last.partition("]")[2].split())


def part(drawing: Drawing, locale: str, which: int) -> Callable[[str], str]:
    """Give given names (0) or family names (1), as many words as there were, joined and cased alike."""
    words = names(locale)[which]

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        joint = next((sign for sign in value if sign in " -"), " ")
        count = min(1 + value.strip().count(joint), 16)
        return cased_like(joint.join(_word(words, drawn, place) for place in range(count)), value)

    return remembered(never_itself_text(make))


def full(drawing: Drawing, locale: str) -> Callable[[str], str]:
    """Give a given and a family name in the order of the language; a comma keeps the family name before it."""
    first, last = names(locale)

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        family = _word(last, drawn, 0)
        count = min(max(value.count(" "), 1), 15)
        if locale in _FAMILY_FIRST:
            gap = next((sign for sign in value if sign in " \u3000"), "")
            return family + gap + _word(first, drawn, 1)
        given = " ".join(_word(first, drawn, 1 + place) for place in range(count))
        return cased_like(f"{family}, {given}" if "," in value else f"{given} {family}", value)

    return never_itself_text(make)


def _word(words: tuple[str, ...], drawn: bytes, place: int) -> str:
    return words[int.from_bytes(drawn[4 * place : 4 * place + 4], "little") % len(words)]
