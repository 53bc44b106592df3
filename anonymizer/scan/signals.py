"""What one text reads like: an address, a number, a name, an id, a sentence; by libraries that know the formats."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

import email_validator
import phonenumbers
from stdnum import ean, iban, isbn, luhn

from anonymizer.scan.compounds import fold
from anonymizer.scan.givennames import FAMILY_NAMES, GIVEN_NAMES
from anonymizer.scan.patterns import CODE, DATE, OBJECT_ID, PATTERNS

_SHORT = 64
LONGEST = 4000  # of a longer text this much is looked at

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]{}|\\/=]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_PHONE = re.compile(r"[+(]?\d[\d\s./()\-\u2013]{5,22}\d")
_SEVEN_DIGITS = re.compile(r"\d(?:[\s./()\-\u2013]{0,3}\d){6}")
_CARD = re.compile(
    r"(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12})"
)
_CARD_IN_TEXT = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN_IN_TEXT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\b")
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019.-]){0,24}")
_NAME_IN_TEXT = re.compile(r"(?<![\w.])([A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]{1,20})(?=(?:\s+[A-ZÀ-ÖØ-ÞŁŚŻ][^\W\d_]+|\W|$))")

# Numbers of people by country: a check digit may fit by chance, so what counts is how many of a path's values fit.
# By how many letters and digits they have.
_NATIONAL = {
    9: "us.ssn es.dni es.nie nl.bsn pt.nif cz.rc",
    10: "se.personnummer dk.cpr fi.hetu gb.nhs cz.rc bg.egn",
    11: "de.idnr pl.pesel br.cpf be.nn tr.tckimlik",
    12: "se.personnummer",
    13: "ch.ssn ro.cnp",
    15: "fr.nir",
    16: "it.codicefiscale",
    18: "mx.curp",
}
_MAYBE_NATIONAL = re.compile(r"(?=(?:\D*\d){6})[\dA-Za-z][\dA-Za-z .+/-]{7,18}")


@lru_cache
def _national(size: int) -> tuple[tuple[str, Any], ...]:
    names = _NATIONAL.get(size, "").split()
    return tuple((name, import_module(f"stdnum.{name}").is_valid) for name in names)


def signals(text: str) -> frozenset[str]:
    """Say what a text reads like: as a whole (`email`), or somewhere within (`in:email`).

    Returns:
        Words; several where several fit (a number may be a card's and an id's).
    """
    text = text[:LONGEST].strip()
    return _remembered(text) if len(text) <= _SHORT else frozenset(_signals(text))


@lru_cache(maxsize=4096)
def _remembered(text: str) -> frozenset[str]:
    """Look at short texts once: those of a list come again and again."""
    return frozenset(_signals(text))


def _signals(text: str) -> set[str]:
    if not text:
        return {"empty"}
    found = set(_whole(text)) | set(_looks(text))
    if found & {"uuid", "hex", "date", "jwt", "hash", "user_agent", "mac", "ip", "email"}:
        return found
    if " " in text or len(text) > 40 or "@" in text:
        found |= {f"in:{kind}" for kind in _within(text)} - {f"in:{kind}" for kind in found}
    if _is_prose(text):
        found.add("prose")
    return found


def _looks(text: str) -> Iterator[str]:
    if any(map(str.isdigit, text)):
        yield "digit"
    if text.isdigit():
        yield "digits" if len(text) > 5 else "digits_short"
    if CODE.fullmatch(text):
        yield "code"
    if OBJECT_ID.fullmatch(text):
        yield "oid"


def _whole(text: str) -> Iterator[str]:
    yield from (kind for kind, pattern in PATTERNS if pattern.fullmatch(text))
    if "@" in text and _EMAIL.fullmatch(text) and _is_email(text):
        yield "email"
    if (":" in text or text.count(".") == 3) and _is_ip(text):
        yield "ip"
    yield from _numbers(text)
    if _is_name(text):
        yield "name"


def _numbers(text: str) -> Iterator[str]:
    digits = "".join(filter(str.isdigit, text))
    if len(digits) < 6 or len(text) > 40:
        return
    if text[:2].isalpha() and text[2:4].isdigit() and iban.is_valid(text):
        yield "iban"
    plain = len(digits) == len(text.replace(" ", "").replace("-", ""))
    if plain and luhn.is_valid(digits):
        if _CARD.fullmatch(digits):
            yield "card"
        elif len(digits) == 15:
            yield "imei"
    if plain and (ean.is_valid(digits) or isbn.is_valid(text)):
        yield "ean"
    if _MAYBE_NATIONAL.fullmatch(text):
        size = sum(map(str.isalnum, text))
        yield from (f"id:{country}" for country, is_valid in _national(size) if is_valid(text))
    if _PHONE.fullmatch(text) and not DATE.fullmatch(text) and _is_phone(text):
        yield "phone"


def _within(text: str) -> Iterator[str]:
    if "@" in text and any(_is_email(found) for found in _EMAIL.findall(text)):
        yield "email"
    if _SEVEN_DIGITS.search(text):
        if any(_is_phone(found, needs_plus=True) for found in _PHONE.findall(text)):
            yield "phone"
        if any(_CARD.fullmatch(d) and luhn.is_valid(d) for d in map(_digits, _CARD_IN_TEXT.findall(text))):
            yield "card"
    if any(map(iban.is_valid, _IBAN_IN_TEXT.findall(text))):
        yield "iban"
    if any(fold(word) in GIVEN_NAMES for word in _NAME_IN_TEXT.findall(text)):
        yield "name"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _is_email(text: str) -> bool:
    try:
        email_validator.validate_email(text.rstrip("."), check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError:
        return False
    return True


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str, *, needs_plus: bool = False) -> bool:
    """Tell whether a text is a telephone number: with a country code, or written with the gaps of a number."""
    text = text.strip()
    international = text.startswith(("+", "00"))
    if not international and (needs_plus or not re.search(r"\d[\s./()-]+\d", text) or not text.startswith(("0", "("))):
        return False
    try:
        number = phonenumbers.parse("+" + text.lstrip("+0") if international else text, None if international else "DE")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def _is_name(text: str) -> bool:
    """Tell whether a text is a person's name: a few words in capitals, one of them known, and nothing else."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 4 or not all(_NAME_WORD.fullmatch(word) for word in words):
        return False
    if not words[0][0].isupper() or not words[-1][0].isupper():
        return False
    known = {fold(part) for word in words for part in re.split(r"[-\u2019']", word)}
    return bool(known & GIVEN_NAMES) or (len(words) == 1 and bool(known & FAMILY_NAMES))


def _is_prose(text: str) -> bool:
    words = text.split()
    return len(words) >= 5 and sum(word[0].islower() for word in words) * 2 >= len(words)
