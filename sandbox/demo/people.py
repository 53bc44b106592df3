"""People who do not exist, with names, addresses, numbers and cards that a detector takes for real ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import yaml

_T = TypeVar("_T")
_TABLES = Path(__file__).with_name("countries.yaml")
_CARD_PREFIXES = ("4539", "4716", "5241", "5467", "4929", "5585")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_OLDEST_BIRTH = datetime(1938, 1, 1, tzinfo=timezone.utc)
_BIRTH_DAYS = 69 * 365
_FOLDED = {"ß": "ss", "ø": "o", "ł": "l", "Ł": "l", "æ": "ae"}


@dataclass(frozen=True)
class Country:
    """What a person of one country is drawn from; `countries.yaml` says what the formats mean."""

    code: str
    language: str
    given: Sequence[str]
    family: Sequence[str]
    streets: Sequence[str]
    cities: Sequence[Sequence[str]]
    phones: Sequence[str]
    domains: Sequence[str]


@dataclass(frozen=True)
class Person:
    """One invented person and the address that goods are sent to."""

    name: str
    email: str
    phone: str
    birth_date: datetime
    language: str
    address: dict[str, str]


def person_of(customer: dict[str, Any]) -> Person:
    """Read a person from a document of the shop's customers."""
    address = {key: value for key, value in customer["addresses"][0].items() if key != "label"}
    fields = {key: customer[key] for key in ("name", "email", "phone", "birth_date")}
    return Person(**fields, language=customer["preferences"]["language"], address=address)


def load_countries() -> list[Country]:
    """Read the tables that people are drawn from."""
    return [Country(**row) for row in yaml.safe_load(_TABLES.read_text(encoding="utf-8"))]


def pick(rng: Random, options: Sequence[_T]) -> _T:
    """Draw one of `options`, some four times as fast as `Random.choice`."""
    return options[int(rng.random() * len(options))]


def fill(rng: Random, form: str) -> str:
    """Replace `#`, `N` and `A` in a format by a digit, a digit from 2 to 9 and a capital letter."""
    drawn = []
    for sign in form:
        if sign == "#":
            drawn.append("0123456789"[int(rng.random() * 10)])
        elif sign == "N":
            drawn.append("23456789"[int(rng.random() * 8)])
        elif sign == "A":
            drawn.append(pick(rng, _LETTERS))
        else:
            drawn.append(sign)
    return "".join(drawn)


def card_number(rng: Random) -> str:
    """Draw a card number of 16 digits with a right check digit (ISO/IEC 7812-1, annex B)."""
    digits = pick(rng, _CARD_PREFIXES) + f"{int(rng.random() * 10**11):011d}"
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    plain = sum(int(digit) for digit in digits[1::2])
    return f"{digits}{-(doubled + plain) % 10}"


class People:
    """Draws people, each with an e-mail address that nobody else has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._countries = load_countries()
        self._taken: dict[str, int] = {}

    def person(self) -> Person:
        """Draw one more person."""
        rng = self._rng
        country = pick(rng, self._countries)
        given, family = pick(rng, country.given), pick(rng, country.family)
        return Person(
            name=f"{given} {family}",
            email=self._email(given, family, pick(rng, country.domains)),
            phone=fill(rng, pick(rng, country.phones)),
            birth_date=_OLDEST_BIRTH + timedelta(days=int(rng.random() * _BIRTH_DAYS)),
            language=country.language,
            address=self._address(country),
        )

    def address(self) -> dict[str, str]:
        """Draw one more address, in any country."""
        return self._address(pick(self._rng, self._countries))

    def _email(self, given: str, family: str, domain: str) -> str:
        address = f"{_slug(given)}.{_slug(family)}@{domain}"
        count = self._taken[address] = self._taken.get(address, 0) + 1
        return address if count == 1 else address.replace("@", f"{count}@")

    def _address(self, country: Country) -> dict[str, str]:
        city, postcode = pick(self._rng, country.cities)
        number = 1 + int(self._rng.random() * 180)
        street = pick(self._rng, country.streets).replace("{n}", str(number))
        return {"street": street, "city": city, "postcode": fill(self._rng, postcode), "country": country.code}


def _slug(name: str) -> str:
    """Write a name as it stands in an e-mail address."""
    folded = "".join(_FOLDED.get(sign, sign) for sign in name)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return "".join(sign for sign in plain.lower() if sign.isalnum())
