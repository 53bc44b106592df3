"""What reads like an e-mail address, a telephone number or a card number that is in use, in any text.

Reserved domains, numbers set aside for fiction and test cards are not: they reach nobody. The ranges are written down
here a second time on purpose: masks and verifier share no code, so that one mistake cannot hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]{}|\\/=]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
_RESERVED_HOST = re.compile(r"(.*\.)?(example\.(com|net|org)|test|example|invalid|localhost)", re.IGNORECASE)

_GAP = r"[\s./()-]*"
INTERNATIONAL = re.compile(rf"(?<![\w+])(?:\+|00(?=[1-9]\d{{0,2}}[\s./(-]))[1-9](?:{_GAP}\d){{7,14}}(?!\w)")
NORTH_AMERICAN = re.compile(r"(?<![\w.+-])(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-.]\d{4}(?![\w-]|\.\d)")
# Ofcom (drama), NANPA (555-0100 to 0199), Bundesnetzagentur, Arcep, ACMA, PTS; and national parts with two zeros,
# which do not exist.
_FICTITIOUS = re.compile(
    r"1\d{3}55501\d\d"
    r"|44(2079460\d{3}|7700900\d{3}|1632960\d{3}|1(1[3-8]|[2-6]1)4960\d{3})"
    r"|33(19900|26191|35301|46571|53649|63998)\d{4}"
    r"|46(31390060\d|31390061\d|31390062\d|3139006\d\d|4062804\d\d|84650040\d|9803192\d\d)"
    r"|49(3023125|6990009|4066969|2214710|8999998)\d{3}"
    r"|61[2378](5550|7010)\d{4}"
    r"|(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})00\d{2,}"
)

CARD = re.compile(r"(?<![\w.+])\d(?:[ -]?\d){12,18}(?![\w]|\.\d)")
_ISSUED = re.compile(
    r"4(\d{15}|\d{18})|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(0[0-5]|[689]\d)\d{11}"
    r"|35(2[89]|[3-8]\d)\d{12}|6(011\d\d|4[4-9]\d{3}|5\d{4})\d{10}|62\d{14,17}"
)
_TEST_CARDS = re.compile(
    r"424242\d+|555555\d+|378282\d+|601111\d+|4111111111111111|4012888888881881|5105105105105100|4222222222222|4000000000000002"
)
_DIGITS = re.compile(r"\d")
_ENOUGH_DIGITS = re.compile(r"\d(?:[^\d]{0,4}\d){6}")  # fewer, or further apart, are no number


def digits_of(text: str) -> str:
    """Give the digits of a text."""
    return "".join(_DIGITS.findall(text))


def is_reserved(address: str) -> bool:
    """Tell whether an e-mail address is at a domain that exists nowhere (RFC 2606, RFC 6761)."""
    return bool(_RESERVED_HOST.fullmatch(address.rpartition("@")[2]))


def is_fictitious(digits: str) -> bool:
    """Tell whether a number, country code first and no zeros before it, is set aside for fiction or cannot exist."""
    return bool(_FICTITIOUS.fullmatch(digits))


def is_test_card(digits: str) -> bool:
    """Tell whether a card number belongs to those that payment providers give out for tests."""
    return bool(_TEST_CARDS.fullmatch(digits))


@dataclass(frozen=True)
class Seen:
    """What in a text has the form of an address or number, in use or not.

    Attributes:
        emails: As they stand there.
        phones: International numbers, digits only, country code first.
        american: Numbers of North America without a country code, as they stand there.
        cards: Digits only.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    american: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


_NOTHING = Seen()


def see(text: str) -> Seen:
    """Find what has the form of an address or number in a text."""
    emails = tuple(EMAIL.findall(text)) if "@" in text else ()
    if not _ENOUGH_DIGITS.search(text):
        return Seen(emails) if emails else _NOTHING
    cards = tuple(digits_of(match.group()) for match in CARD.finditer(text))
    return Seen(emails, tuple(international(text)), tuple(NORTH_AMERICAN.findall(text)), cards)


def international(text: str) -> Iterator[str]:
    """Give the digits, country code first, of each international telephone number in a text."""
    for found in INTERNATIONAL.findall(text):
        digits = digits_of(found)
        yield digits if found.startswith("+") else digits.removeprefix("00")


def in_use(seen: Seen) -> set[str]:
    """Give which of `email`, `phone` and `card` of what was seen reach, or belong to, somebody."""
    found = set()
    if not all(map(is_reserved, seen.emails)):
        found.add("email")
    if not all(map(is_fictitious, (*seen.phones, *("1" + digits_of(number) for number in seen.american)))):
        found.add("phone")
    if any(map(_is_card, seen.cards)):
        found.add("card")
    return found


def _is_card(digits: str) -> bool:
    return bool(_ISSUED.fullmatch(digits)) and not is_test_card(digits) and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        total += digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4)
    return total % 10 == 0
