"""Names, e-mail addresses and streets."""

from __future__ import annotations

import re
from collections.abc import Callable

from anonymizer.masks.draw import Drawing, cased_like, never_itself_text
from anonymizer.masks.words import FIRST_NAMES, LAST_NAMES, PLACE_ENDS, PLACE_STARTS, STREET_KINDS

_SEPARATOR = re.compile(r"[._-]")
_SMALL_FIRST = tuple(name.lower() for name in FIRST_NAMES)
_SMALL_LAST = tuple(name.lower() for name in LAST_NAMES)


def name(drawing: Drawing) -> Callable[[str], str]:
    """Give another name of as many words, in the same order of family and given name, cased alike."""

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
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

    def make(value: str, attempt: int) -> str:
        small = value.islower()
        if not small and not value.isupper():
            return mixed(value, drawing.draw(value.encode("utf-8", "surrogatepass"), attempt))
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        joint = _joint(value)
        made = f"{_SMALL_FIRST[drawn[0] & 127]}{joint}{_SMALL_LAST[drawn[1] & 127]}{joint}{drawn[2:9].hex()}@{host}"
        return made if small else made.upper()

    def mixed(value: str, drawn: bytes) -> str:
        joint = _joint(value)
        made = f"{FIRST_NAMES[drawn[0] & 127]}{joint}{LAST_NAMES[drawn[1] & 127]}{joint}{drawn[2:9].hex()}@{host}"
        return made if any(letter.isupper() for letter in value) else made.lower()

    return never_itself_text(make)


def _joint(address: str) -> str:
    found = _SEPARATOR.search(address, 0, address.find("@") if "@" in address else len(address))
    return found.group() if found else ""


def street(drawing: Drawing) -> Callable[[str], str]:
    """Give a made-up street, its number where the original has it, and a made-up town for each further line."""

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        lines = value.count("\n")
        road = f"{_place(drawn[0], drawn[1])} {STREET_KINDS[drawn[2] & 15]}"
        number = 1 + int.from_bytes(drawn[3:6], "little") % 999
        last_is_number = value.rstrip()[-1:].isdigit() and not value[:1].isdigit() and not lines
        made = f"{road} {number}" if last_is_number else f"{number} {road}"
        for line in range(min(lines, 8)):
            made += f"\n{_place(drawn[6 + 2 * line], drawn[7 + 2 * line])} 00{drawn[30 + line]:03d}"
        return cased_like(made, value)

    return never_itself_text(make)


def _place(start: int, end: int) -> str:
    return PLACE_STARTS[start & 31] + PLACE_ENDS[end & 31]
