"""Which forms of an identity value of the source are looked for in the copy, and which forms a text of the copy shows.

Both sides normalise alike: case, spaces and the grouping of digits make no difference.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from bson import ObjectId

from anonymizer.verification import detectors

_WORDS = re.compile(r"\w+")
_ATOMS = re.compile(r"[^\s,;:()<>\"'|]+")
_DIGIT = re.compile(r"\d")
_SHORTEST_ATOM = 6
_SHORTEST_STREET = 6
_LONGEST_STREET_WORDS = 7
_SHORTEST_NAME = 6
_GIVEN_AND_FAMILY = 2
_FEWEST_PHONE_DIGITS = 8
_FEWEST_CARD_DIGITS = 12
_SPARE_BITS = 10  # at most one chance hit in 2^10 verifications
_LARGEST_BINARY = 64
_BITS_A_DIGIT = math.log2(10)


def needed_bits(documents: int) -> float:
    """Give how many possibilities, in bits, a value needs so that no two of so many are equal by chance."""
    return 2 * math.log2(max(documents, 1000)) + _SPARE_BITS


def forms_of(kind: str, value: object, bits: float) -> Iterator[str]:
    """Give the forms to look for of a value of the source that an identity mask covers.

    Values that say nothing of one person yield none: placeholders, reserved domains' opposite numbers (fictitious
    numbers, test cards, private networks) and values so short that another person's pseudonym may be the same by
    chance. Those are held to their own path.

    Args:
        kind: What the table of expectations says of the mask: `email`, `phone`, `card`, `iban`, `ip`, `street`, `url`,
            `handle` or `token`.
        value: The value.
        bits: What `needed_bits` gave.
    """
    text = plain(value)
    if kind == "email":
        if "@" in text:
            yield fold(text)
    elif kind == "phone":
        yield from _phone_forms(text, bits)
    elif kind == "card":
        digits = detectors.digits_of(text)
        if len(digits) >= _FEWEST_CARD_DIGITS and not detectors.is_test_card(digits):
            yield f"card {digits}"
    elif kind == "street":
        words = _words(text)
        joined = " ".join(words)
        if len(joined) >= _SHORTEST_STREET and len(words) > 1 and _DIGIT.search(joined) and not joined.isdigit():
            yield f"street {joined}"
    elif kind == "ip":
        if detectors.is_public(text):
            yield fold(text)
    else:
        yield from _token_forms(kind, text, bits)


def _token_forms(kind: str, text: str, bits: float) -> Iterator[str]:
    iban = "".join(text.split()).upper() if kind == "iban" else ""
    if detectors.passes_mod_97(iban):
        if detectors.is_iban_in_use(iban):
            yield f"iban {iban}"
    elif _bits(text) >= bits and not (kind == "handle" and text.isalpha()):  # one word may be anything
        yield fold(text)
        if kind == "url" and "/" in text.partition("://")[2]:
            yield fold(text.partition("://")[2])


def _phone_forms(text: str, bits: float) -> Iterator[str]:
    numbers = list(detectors.international(text))
    for digits in numbers:
        if len(digits) >= _FEWEST_PHONE_DIGITS and not detectors.is_fictitious(digits):
            yield f"phone {digits}"
    if not numbers and _bits(text) >= bits:
        yield fold(text)


def forms_in(text: str, seen: detectors.Seen) -> Iterator[str]:
    """Give all forms that a text of the copy shows, `seen` being what has the form of an address or number in it."""
    folded = fold(text)
    yield folded
    atoms = _ATOMS.findall(folded)
    if len(atoms) > 1 or (atoms and len(atoms[0]) != len(folded)):
        yield from (atom.strip("/.!?") for atom in atoms if len(atom) >= _SHORTEST_ATOM)
    if len(atoms) > 1 and _DIGIT.search(text):
        yield from _street_forms(_words(text))
    if seen is detectors.NOTHING:
        return
    if seen.emails:
        yield from map(fold, seen.emails)
    for digits in seen.phones:
        yield f"phone {digits}"
    for number in seen.american:
        yield fold(number)
    for digits in seen.cards:
        yield f"card {digits}"
    for iban in seen.ibans:
        yield f"iban {iban}"


def _street_forms(words: list[str]) -> Iterator[str]:
    """Give each run of words that begins or ends with a number, as streets do, and the whole."""
    yield f"street {' '.join(words)}"
    numbers = [_DIGIT.search(word) is not None for word in words]
    for start, first in enumerate(numbers):
        for end in range(start + 2, min(start + _LONGEST_STREET_WORDS, len(words)) + 1):
            if first or numbers[end - 1]:
                yield f"street {' '.join(words[start:end])}"


def forms_of_name(name: str) -> Iterator[str]:
    """Give a person's name as it may stand in a text, in both orders; one word alone may be a town or a thing."""
    words = name.casefold().replace(",", " ").split()
    if len(words) > 1 and sum(map(len, words)) >= _SHORTEST_NAME:
        yield " ".join(words)
        if len(words) == _GIVEN_AND_FAMILY:
            yield f"{words[1]} {words[0]}"
            yield f"{words[1]}, {words[0]}"
            yield f"{words[0]}.{words[1]}"


def plain(value: object) -> str:
    """Give a value as text: what an identity value may be besides text is an id, bytes or a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex() if len(value) <= _LARGEST_BINARY else ""
    if isinstance(value, bool) or not isinstance(value, (int, ObjectId)):
        return ""
    return str(value)


def fold(text: str) -> str:
    """Take case and the width of spaces out of a text."""
    return " ".join(text.casefold().split())


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())


def _bits(text: str) -> float:
    """Estimate how many possibilities a token of this form has."""
    if text.isdigit():
        return len(text) * _BITS_A_DIGIT
    signs = [char for char in text.casefold() if char.isalnum()]
    if all(char.isdigit() for char in signs):
        return len(signs) * _BITS_A_DIGIT
    alphabet = 16 if all(char in "0123456789abcdef" for char in signs) else 26 if all(map(str.isalpha, signs)) else 36
    return len(signs) * math.log2(alphabet)
