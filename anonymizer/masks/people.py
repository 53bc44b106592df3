"""Names, e-mail addresses and streets."""

from __future__ import annotations

from collections.abc import Callable

from anonymizer.masks.draw import Drawing, cased_like, never_itself_text
from anonymizer.masks.words import FIRST_NAMES, LAST_NAMES, PLACE_ENDS, PLACE_STARTS, STREET_KINDS

_PLACES = [[start + end for end in PLACE_ENDS] for start in PLACE_STARTS]
_SMALL_FIRST = tuple(name.lower() for name in FIRST_NAMES)
_SMALL_LAST = tuple(name.lower() for name in LAST_NAMES)


def name(drawing: Drawing) -> Callable[[str], str]:
    """Give another name of as many words, in the same order of family and given name, cased alike."""
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        drawn = draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        words = value.count(" ") + 1
        first, last = FIRST_NAMES[drawn[0] & 127], LAST_NAMES[drawn[1] & 127]
        if words <= 1:
            made = first
        elif words == 2:
            made = f"{last}, {first}" if "," in value else f"{first} {last}"
        else:
            middle = " ".join(FIRST_NAMES[drawn[2 + i % 32] & 127] for i in range(words - 2))
            made = f"{last}, {first} {middle}" if "," in value else f"{first} {middle} {last}"
        return cased_like(made, value)

    return never_itself_text(make)


def email(drawing: Drawing, host: str) -> Callable[[str], str]:
    """Give an address at a reserved domain: a name and 56 keyed bits, joined as the original joins its words.

    Two addresses that differ in case only share the name and the bits where each is wholly in small letters or
    capitals; a mixed one is an address of its own, so that a unique index over both stays unique.
    """
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        data = value.encode("utf-8", "surrogatepass")
        small = data.islower() if data.isascii() else value.islower()  # the former takes a third of the time
        if not small and not value.isupper():
            return mixed(value, draw(data, attempt))
        if not small or not data.isascii():
            data = value.casefold().encode("utf-8", "surrogatepass")
        drawn = draw(data, attempt)
        joint = _joint(value)
        made = f"{_SMALL_FIRST[drawn[0] & 127]}{joint}{_SMALL_LAST[drawn[1] & 127]}{joint}{drawn[2:9].hex()}@{host}"
        return made if small else made.upper()

    def mixed(value: str, drawn: bytes) -> str:
        joint = _joint(value)
        made = f"{FIRST_NAMES[drawn[0] & 127]}{joint}{LAST_NAMES[drawn[1] & 127]}{joint}{drawn[2:9].hex()}@{host}"
        return made if any(letter.isupper() for letter in value) else made.lower()

    return never_itself_text(make)


def _joint(address: str) -> str:
    """Give what joins the words of an address: a dot before any other sign."""
    words = address.partition("@")[0]
    return "." if "." in words else "_" if "_" in words else "-" if "-" in words else ""


def street(drawing: Drawing) -> Callable[[str], str]:
    """Give a made-up street, its number where the original has it, and a made-up town for each further line."""
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        drawn = draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        lines = value.count("\n") if "\n" in value else 0  # most have none, which `in` sees sooner
        road = f"{_PLACES[drawn[0] & 31][drawn[1] & 31]} {STREET_KINDS[drawn[2] & 15]}"
        number = 1 + (drawn[3] << 8 | drawn[4]) % 999
        last_is_number = not lines and not value[:1].isdigit() and value.rstrip()[-1:].isdigit()
        made = f"{road} {number}" if last_is_number else f"{number} {road}"
        for line in range(min(lines, 8)) if lines else ():
            made += f"\n{_PLACES[drawn[6 + 2 * line] & 31][drawn[7 + 2 * line] & 31]} 00{drawn[30 + line]:03d}"
        return cased_like(made, value)

    return never_itself_text(make)
