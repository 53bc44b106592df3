"""Telephone and card numbers: digits replaced in place, so that grouping and separators stay."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from bson import Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, never_itself, never_itself_text
from anonymizer.masks.shapes import digits_of, put_digits

# Numbers set aside for film and print, national part, # = any digit. By Ofcom (numbers for drama), NANPA (555-0100
# to 0199), Bundesnetzagentur (148/2021), Arcep (2018-0881), ACMA, PTS: not compared with their pages.
FICTITIOUS = {
    "1": tuple(
        f"{area}55501##" for area in (202, 206, 212, 213, 303, 305, 312, 404, 412, 415, 503, 512, 602, 617, 702, 808)
    ),
    "33": ("19900####", "26191####", "35301####", "46571####", "53649####", "63998####"),
    "44": (
        "2079460###",
        "7700900###",
        "1632960###",
        "1134960###",
        "1214960###",
        "1314960###",
        "1414960###",
        "1614960###",
    ),
    "46": ("3139006##", "4062804##", "84650040#", "9803192##"),
    "49": ("3023125###", "6990009###", "4066969###", "2214710###", "8999998###"),
    "61": ("25550####", "27010####", "35550####", "37010####", "75550####", "77010####", "85550####", "87010####"),
}
_TWO_DIGIT_CODES = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
    "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split()
)
_TEST_PREFIXES = {"3": "378282", "5": "555555", "2": "555555", "6": "601111"}
_TEST_PREFIX = "424242"
_GAP = r"[\s./()-]*"
_DIALLED = re.compile(rf"(?<![\w+])(?:\+|00(?=[1-9]\d{{0,2}}[\s./(-]))[1-9](?:{_GAP}\d){{7,14}}(?!\w)")
_NORTH_AMERICAN = re.compile(
    r"((?<![\w.+-])(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.]))(?!555[-.]01\d\d)([2-9])(\d\d)([-.])(\d{4}(?![\w-]|\.\d))"
)
_RANGES = {
    code: tuple((shape.rstrip("#"), 10 ** shape.count("#"), shape.count("#")) for shape in shapes)
    for code, shapes in FICTITIOUS.items()
}
_SHORT_PHONE = 7
_SHORT_CARD = 12


def phone(drawing: Drawing, country: str | None) -> Callable[[str], str]:
    """Give a number nobody can be reached at, country and format kept, from a range set aside for fiction.

    Where there is no such range, and for numbers without a country (unless `country` says it), the national part
    begins with zeros, which no network assigns.
    """

    def make(value: str, attempt: int) -> str:
        digits = digits_of(value)
        if not digits:
            return "0000000" if value != "0000000" else "00000000"
        number = int.from_bytes(drawing.draw(digits.encode(), attempt)[:12], "little")
        plus, lead = _has_plus(value), is_dialled_abroad(value, digits)
        if plus or lead:
            code = country_code(digits[len(lead) :])
            new = lead + code + _national(code, len(digits) - len(lead) - len(code), number)
        elif country and len(digits) >= _SHORT_PHONE:
            trunk = "0" if digits[0] == "0" else ""
            new = trunk + _national(country, len(digits) - len(trunk), number)
        else:
            zeros = min(3, max(len(digits) - 4, 0))
            new = "0" * zeros + _decimal(number, len(digits) - zeros)
        made = _placed(value, digits, new)
        reachable = "00" in made or "-" in made or "." in made or "+" in made[plus:]
        return unreachable(made, lead) if reachable else made

    return never_itself_text(make)


def unreachable(made: str, lead: str) -> str:
    """Take from a pseudonym what its separators make of it: a number within the number, which could be in use.

    A plus that does not begin the number becomes a space. A group that begins with two zeros and goes on like a number
    dialled abroad gets a third one. What reads like a number of North America loses its last separator, or begins its
    exchange with a zero. All of that takes groups that hardly a real number has; the pseudonyms of others stay.
    """
    plus = _has_plus(made)
    if "+" in made:
        start = made.index("+") + 1 if plus else 0
        made = made[:start] + made[start:].replace("+", " ")
    start = made.index("0") if lead else -1

    def third_zero(found: re.Match[str]) -> str:
        return found[0] if found[0][0] == "+" or found.start() == start else "000" + found[0][3:]

    before = ""
    while before != made:
        before = made
        if "00" in made:
            made = _DIALLED.sub(third_zero, made)
        if "-" in made or "." in made:
            made = _NORTH_AMERICAN.sub(r"\1\2\3 \5" if plus or lead else r"\g<1>0\3\4\5", made)
    return made


def _has_plus(value: str) -> bool:
    return value.lstrip(" (").startswith("+")


def is_dialled_abroad(value: str, digits: str) -> str:
    """Give the two zeros that a number dialled from abroad begins with, where it does."""
    return "00" if digits.startswith("00") and "+" not in value else ""


@functools.lru_cache(maxsize=2048)
def _country_code(digits: str) -> str:
    if digits[:1] in ("1", "7"):
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES else digits[:3]


def country_code(digits: str) -> str:
    """Split the calling code off an international number (ITU-T E.164: 1 to 3 digits, no code begins another)."""
    return _country_code(digits[:3])


def _national(code: str, size: int, number: int) -> str:
    ranges = _RANGES.get(code)
    if ranges is None:
        return "00" + _decimal(number, max(size, 4) - 2)
    begin, end, free = ranges[number % len(ranges)]
    return begin + str(number // len(ranges) % end).zfill(free)


def _decimal(number: int, size: int) -> str:
    return str(number % 10**size).zfill(size) if size > 0 else ""


def _placed(value: str, old: str, new: str) -> str:
    """Put digits where the old ones stood; where their count differs, only a plus before them stays."""
    if len(old) == len(new):
        return new if len(new) == len(value) else put_digits(value, new)
    return ("+" if _has_plus(value) else "") + new


def card_text(drawing: Drawing) -> Callable[[str], str]:
    """Give a test card's number: length, grouping and kind of card kept, Luhn's check digit right."""

    def make(value: str, attempt: int) -> str:
        digits = digits_of(value)
        if not digits:
            return "0000" if value != "0000" else "00000"
        return _placed(value, digits, _card(drawing, digits, attempt))

    return never_itself_text(make)


def card_number(drawing: Drawing) -> Callable[[int], int]:
    """The same for a card's number that is kept as a number."""

    def make(value: int, attempt: int) -> int:
        if value <= 0 or len(str(value)) < _SHORT_CARD:
            raise Refused
        return type(value)(_card(drawing, str(value), attempt))

    return never_itself(make)


def _card(drawing: Drawing, digits: str, attempt: int) -> str:
    number = int.from_bytes(drawing.draw(digits.encode(), attempt)[:12], "little")
    size = len(digits)
    if size < _SHORT_CARD:  # the last four, kept to show which card: no check digit, no prefix
        return _decimal(number, size)
    prefix = _TEST_PREFIXES.get(digits[0], _TEST_PREFIX)
    body = prefix + _decimal(number, size - len(prefix) - 1)
    return body + check_digit(body)


_DOUBLED = bytes(sum(divmod(2 * (byte - 0x30), 10)) if 0x30 <= byte <= 0x39 else 0 for byte in range(256))


def check_digit(body: str) -> str:
    """Give Luhn's check digit (ISO/IEC 7812-1) for the digits before it."""
    digits = body.encode()
    plain = digits[-2::-2]
    return str(-(sum(digits[-1::-2].translate(_DOUBLED)) + sum(plain) - 0x30 * len(plain)) % 10)


NUMBER_CLASSES = (int, Int64)
