"""Telephone and card numbers: digits replaced in place, so that grouping and separators stay."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from struct import Struct
from typing import NamedTuple

from bson import Int64

from anonymizer.errors import Refused
from anonymizer.masks import luhn
from anonymizer.masks.draw import Drawing, never_itself, never_itself_text
from anonymizer.masks.shapes import DIGITS_AS_ZEROS, NO_DIGITS, Remembered, form, put_digits

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
_PREFIX_OF = {ord(first): int(_TEST_PREFIXES.get(first, _TEST_PREFIX)) for first in string.digits}
_GAP = r"[\s./()-]*"
_DIALLED = re.compile(rf"(?<![\w+])(?:\+|00(?=[1-9]\d{{0,2}}[\s./(-]))[1-9](?:{_GAP}\d){{7,14}}(?!\w)")
_NORTH_AMERICAN = re.compile(
    r"((?<![\w.+-])(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.]))(?!555[-.]01\d\d)([2-9])(\d\d)([-.])(\d{4}(?![\w-]|\.\d))"
)
_whole_number = Struct("<Q").unpack_from  # enough for any number in use; what is longer begins with zeros
_SHORT_PHONE = 7
_SHORT_CARD, _LONG_CARD = 12, 17  # longer ones are drawn as text: `luhn.of_number` takes 16 digits
_TENS = [10**size for size in range(_LONG_CARD)]


def phone(drawing: Drawing, country: str | None) -> Callable[[str], str]:
    """Give a number nobody can be reached at, country and format kept, from a range set aside for fiction.

    Where there is no such range, and for numbers without a country (unless `country` says it), the national part
    begins with zeros, which no network assigns.
    """
    draw, known = drawing.draw, _ranges(country or "", "")

    def make(value: str, attempt: int) -> str:
        data = value.encode("utf-8", "surrogatepass")
        size, signs, plus, by_zeros, suspicious, text, cut = _formats[data.translate(DIGITS_AS_ZEROS)]
        if not size:
            return "0000000" if value != "0000000" else "00000000"
        digits = data.translate(None, signs)
        (number,) = _whole_number(draw(digits, attempt))
        lead = "00" if by_zeros and digits.startswith(b"00") else ""
        if plus or lead:
            code, ranges = _countries[digits[2:5] if lead else digits[:3]]
            if ranges:
                new = lead + _fictitious(ranges, number)
            else:
                new = lead + code + _unassigned(size - len(lead) - len(code), number)
        else:
            new = at_home(digits, number)
        if len(new) == size:
            made = text % cut(new)
        else:  # a range has numbers of one length: only a plus before them stays
            made, suspicious = f"+{new}" if plus else new, False
        return unreachable(made, lead) if suspicious or "00" in made else made

    def at_home(digits: bytes, number: int) -> str:
        size = len(digits)
        if country and size >= _SHORT_PHONE:
            trunk = "0" if digits.startswith(b"0") else ""
            return trunk + (_fictitious(known, number) if known else _unassigned(size - len(trunk), number))
        zeros = min(3, max(size - 4, 0))
        return "0" * zeros + _decimal(number, size - zeros)

    return never_itself_text(make)


class _Format(NamedTuple):
    """What the shape of a number tells.

    Attributes:
        digits: How many there are.
        signs: All others; few of them are taken away in half the time of all that there could be.
        plus: Whether a plus begins it.
        by_zeros: Whether two zeros in front would mean that it is dialled abroad.
        suspicious: Whether its separators may make a number within the number.
        text: The format, with a place for each run of digits.
        cut: Cuts digits into those runs.
    """

    digits: int
    signs: bytes
    plus: bool
    by_zeros: bool
    suspicious: bool
    text: str
    cut: Callable[[str], object]


def _format(data: bytes) -> _Format:
    value = data.decode("utf-8", "surrogatepass")
    plus = _has_plus(value)
    suspicious = "-" in value or "." in value or "+" in value[plus:]
    return _Format(value.count("0"), bytes({*data} - {ord("0")}), plus, "+" not in value, suspicious, *form(data))


_formats = Remembered(_format)


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


def country_code(digits: str) -> str:
    """Split the calling code off an international number (ITU-T E.164: 1 to 3 digits, no code begins another)."""
    if digits[:1] in ("1", "7"):
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES else digits[:3]


_Ranges = tuple[tuple[int, int], ...]


def _ranges(code: str, before: str) -> _Ranges:
    """Give a country's ranges, each by its first number, with some digits before it, and how many numbers it has."""
    sizes = [(shape.rstrip("#"), 10 ** shape.count("#")) for shape in FICTITIOUS.get(code, ())]
    return tuple((int(before + begin) * size, size) for begin, size in sizes)


def _country(digits: bytes) -> tuple[str, _Ranges]:
    code = country_code(digits.decode())
    return code, _ranges(code, code)


_countries = Remembered(_country)


def _fictitious(ranges: _Ranges, number: int) -> str:
    number, which = divmod(number, len(ranges))
    first, size = ranges[which]
    return str(first + number % size)


def _unassigned(size: int, number: int) -> str:
    return "00" + _decimal(number, max(size, 4) - 2)


def _decimal(number: int, size: int) -> str:
    """Give the last digits of a number, with zeros before them."""
    return str(number % 10**size).zfill(size) if size > 0 else ""


def card_text(drawing: Drawing) -> Callable[[str], str]:
    """Give a test card's number: length, grouping and kind of card kept, Luhn's check digit right."""
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        data = value.encode("utf-8", "surrogatepass")
        digits = data if data.isdigit() else data.translate(None, NO_DIGITS)
        if not digits:
            return "0000" if value != "0000" else "00000"
        made = _card(digits, draw(digits, attempt))
        return made if len(made) == len(value) else put_digits(value, made)

    return never_itself_text(make)


def card_number(drawing: Drawing) -> Callable[[int], int]:
    """The same for a card's number that is kept as a number."""

    def make(value: int, attempt: int) -> int:
        digits = b"%d" % value
        if value <= 0 or len(digits) < _SHORT_CARD:
            raise Refused
        return type(value)(_card(digits, drawing.draw(digits, attempt)))

    return never_itself(make)


def _card(digits: bytes, drawn: bytes) -> str:
    (number,) = _whole_number(drawn)
    size = len(digits)
    if size < _SHORT_CARD:  # the last four, kept to show which card: no check digit, no prefix
        return _decimal(number, size)
    prefix, free = _PREFIX_OF[digits[0]], size - len(_TEST_PREFIX) - 1
    if size > _LONG_CARD:
        text = f"{prefix}{_decimal(number, free)}"
        return text + luhn.check_digit(text)
    beyond = _TENS[free]
    body = prefix * beyond + number % beyond
    return str(10 * body + luhn.of_number(body))


NUMBER_CLASSES = (int, Int64)
