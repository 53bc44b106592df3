"""Generated documents and the rules for them: a usual set, a small one and a large one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

DATABASE = "bench"
_SYLLABLES = "ba be bi bo da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so".split()
_BEGIN = datetime(1950, 1, 1)  # noqa: DTZ001 (BSON dates decode to naive UTC)
_SENTENCES = (
    "Asked twice about the delivery and was told to wait.",
    "Prefers to be called in the morning, never at work.",
    "Moved house last year; the old address is still on two invoices.",
    "Very friendly, pays late, orders again every spring.",
)


@dataclass(frozen=True)
class Kind:
    """A set of documents.

    Attributes:
        name: It is the collection's too.
        make: Gives the document with a number.
        fields: The rules.
        masked_values: How many values of a document are masked.
    """

    name: str
    make: Callable[[random.Random, int], dict[str, Any]]
    fields: dict[str, Any]
    masked_values: int

    def rules(self) -> dict[str, Any]:
        """Give the rules of a database with this collection only."""
        collection = {"mode": "mask", "fields": self.fields}
        return {"version": 1, "databases": {DATABASE: {self.name: collection}}}

    def documents(self, first: int, count: int) -> Iterator[dict[str, Any]]:
        """Give documents from a number on; the same ones in every run."""
        rng = random.Random(first)  # noqa: S311 (test data)
        for number in range(first, first + count):
            yield self.make(rng, number)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=3)).capitalize()


def _order(rng: random.Random, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "card": f"{4 * 10**15 + rng.randrange(10**15)}",
        "total": round(rng.random() * 500, 2),
        "state": "shipped",
    }


def _usual(rng: random.Random, number: int) -> dict[str, Any]:
    first, last = _word(rng), _word(rng)
    return {
        "_id": number,
        "name": f"{first} {last}",
        "email": f"{first}.{last}{number}@corp-secret.example".lower(),
        "phone": f"+49 30 {rng.randrange(10**7):07d}",
        "ssn": f"{rng.randrange(10**9):09d}",
        "address": {"street": f"{rng.randrange(1, 200)} {_word(rng)} Road", "city": "Springfield", "zip": "12345"},
        "bio": " ".join(rng.choices(_SENTENCES, k=2)),
        "born_at": _BEGIN + timedelta(days=rng.randrange(20_000)),
        "plan": "basic",
        "score": rng.random(),
        "tags": ["newsletter", "spring"],
        "last_login": {"client": "web", "version": "118.0.2", "tries": 1},
        "orders": [_order(rng, number)],
    }


_USUAL_FIELDS: dict[str, Any] = {
    "_id": "keep", "name": "name", "email": "email", "phone": "phone", "ssn": "token", "address.street": "street",
    "address.city": "keep", "address.zip": "keep", "bio": "text", "born_at": "date_shift", "plan": "keep",
    "score": "keep", "tags[]": "keep", "last_login.client": "keep", "last_login.version": "keep",
    "last_login.tries": "keep", "orders[].number": "keep", "orders[].card": "card", "orders[].total": "keep",
    "orders[].state": "keep",
}  # fmt: skip


def _small(rng: random.Random, number: int) -> dict[str, Any]:
    return {"_id": number, "email": f"{_word(rng)}{number}@corp-secret.example".lower(), "open": True}


def _large(rng: random.Random, number: int) -> dict[str, Any]:
    body = _usual(rng, number)
    body["orders"] = [_order(rng, number * 40 + at) for at in range(40)]
    body["history"] = [
        {"at": _BEGIN + timedelta(seconds=rng.randrange(10**9)), "what": "seen", "n": at} for at in range(60)
    ]
    return body


USUAL = Kind("usual", _usual, _USUAL_FIELDS, 8)
SMALL = Kind("small", _small, {"_id": "keep", "email": "email", "open": "keep"}, 1)
LARGE = Kind(
    "large",
    _large,
    {**_USUAL_FIELDS, "history[].at": "keep", "history[].what": "keep", "history[].n": "keep"},
    47,
)
