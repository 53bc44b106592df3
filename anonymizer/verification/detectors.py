"""What reads like an address or number that is in use, in any text: e-mail, telephone, card, IBAN, IPv4, JWT, id.

Reserved domains, numbers set aside for fiction, test cards, banks that do not exist and addresses of private networks
are not: they reach nobody. The ranges are written down here a second time on purpose: masks and verifier share no
code, so that one mistake cannot hide itself. National numbers are looked for only where their form is long and
checked enough that hardly anything else has it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import NamedTuple

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
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_NO_BANK = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]?(000|XXX)")  # no country gives such a code to a bank
IP = re.compile(r"(?<![\w.-])(?<![A-Za-z]/)(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_VERSION = re.compile(r"(?:version|release|build|firmware|rev|v)[\s:.]*$", re.IGNORECASE)
_VERSION_SIGNS = 12
JWT = re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
# Codice fiscale; French NIR; Swiss AHV; Chinese resident identity number: each with a date or prefix, and check signs.
NATIONAL = re.compile(
    r"(?<!\w)(?:[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]"
    r"|[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d"
    r"|756\.\d{4}\.\d{4}\.\d\d"
    r"|\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dX])(?!\w)"
)
_SHORTEST_CARD, _SHORTEST_IBAN, _SHORTEST_NATIONAL = 13, 12, 15  # signs that the patterns take at least
_DIGITS = re.compile(r"\d")
_WORTH_A_LOOK = re.compile(r"[@0-9]|eyJ").search
_ENOUGH_DIGITS = re.compile(r"\d(?:[^\d]{0,4}\d){6}").search  # fewer, or further apart, are no number


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


def is_public(address: str) -> bool:
    """Tell whether an IPv4 or IPv6 address may be somebody's: of no private, reserved or documentation range."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_global and not found.is_multicast


class Seen(NamedTuple):
    """What in a text has the form of an address or number, in use or not.

    Attributes:
        emails: As they stand there.
        phones: International numbers, digits only, country code first.
        american: Numbers of North America without a country code, as they stand there.
        cards: Digits only.
        ibans: Without spaces.
        ips: IPv4 addresses that no word before them makes a version.
        others: Kinds of detectors that are sure by themselves.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    american: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


NOTHING = Seen()


def see(text: str) -> Seen:
    """Find what has the form of an address or number in a text."""
    if not _WORTH_A_LOOK(text):
        return NOTHING
    emails = tuple(EMAIL.findall(text)) if "@" in text else ()
    ips = tuple(_addresses(text)) if text.count(".") >= 3 else ()
    jwt = ("jwt",) if "eyJ" in text and JWT.search(text) else ()
    if not _ENOUGH_DIGITS(text):
        return Seen(emails, ips=ips, others=jwt) if emails or ips or jwt else NOTHING
    # Each pattern is only tried where a text has what it cannot do without.
    size, split = len(text), "-" in text or "." in text
    phones = tuple(international(text)) if "+" in text or "00" in text else ()
    american = tuple(NORTH_AMERICAN.findall(text)) if split else ()
    cards = tuple(digits_of(match.group()) for match in CARD.finditer(text)) if size >= _SHORTEST_CARD else ()
    capitals = size >= _SHORTEST_IBAN and not text.islower()
    ibans = tuple(match.group().replace(" ", "") for match in IBAN.finditer(text)) if capitals else ()
    national = size >= _SHORTEST_NATIONAL and any(map(_is_national, NATIONAL.findall(text)))
    others = (*jwt, "national_id") if national else jwt
    seen = emails or phones or american or cards or ibans or ips or others
    return Seen(emails, phones, american, cards, ibans, ips, others) if seen else NOTHING


def international(text: str) -> Iterator[str]:
    """Give the digits, country code first, of each international telephone number in a text."""
    for found in INTERNATIONAL.findall(text):
        digits = digits_of(found)
        yield digits if found.startswith("+") else digits.removeprefix("00")


def _addresses(text: str) -> Iterator[str]:
    for found in IP.finditer(text):
        start = found.start()
        if not _VERSION.search(text, max(0, start - _VERSION_SIGNS), start):
            yield found.group()


def in_use(seen: Seen) -> set[str]:
    """Give which kinds of what was seen reach, or belong to, somebody."""
    if seen is NOTHING:
        return set()
    found = set(seen.others)
    if not all(map(is_reserved, seen.emails)):
        found.add("email")
    if not all(map(is_fictitious, (*seen.phones, *("1" + digits_of(number) for number in seen.american)))):
        found.add("phone")
    if any(map(_is_card, seen.cards)):
        found.add("card")
    if any(map(is_iban_in_use, seen.ibans)):
        found.add("iban")
    if any(map(is_public, seen.ips)):
        found.add("ip")
    return found


def _is_card(digits: str) -> bool:
    return bool(_ISSUED.fullmatch(digits)) and not is_test_card(digits) and passes_luhn(digits)


def is_iban_in_use(iban: str) -> bool:
    """Tell whether an IBAN has right check digits and is of a bank that may exist."""
    return passes_mod_97(iban) and not _NO_BANK.match(iban)


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is Luhn's check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        total += digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4)
    return bool(digits) and total % 10 == 0


def passes_mod_97(iban: str) -> bool:
    """Tell whether an IBAN, in capitals and without spaces, has right check digits (ISO 13616)."""
    if not (len(iban) > 4 and iban.isascii() and iban.isalnum()):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


_ODD = {
    **dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)),
    **dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
            strict=True,
        )
    ),
}


def _is_national(found: str) -> bool:
    if found[:1].isalpha():  # codice fiscale: the last letter checks the others
        values = [
            _ODD[sign] if at % 2 == 0 else int(sign, 36) - 10 * sign.isalpha() for at, sign in enumerate(found[:15])
        ]
        return sum(values) % 26 == ord(found[15]) - ord("A")
    if "." in found:  # AHV: an EAN-13
        digits = [int(digit) for digit in digits_of(found)]
        return sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0
    text = found.replace(" ", "")
    if len(text) == 18:
        total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(text[:17]))
        return "10X98765432"[total % 11] == text[17]
    number = int(text[:13].replace("2A", "19").replace("2B", "18"))  # NIR: 97 less the rest
    return 97 - number % 97 == int(text[13:])
