"""What the shop sells, with prices as Decimal128, and nothing in it that could be taken for a person."""

from __future__ import annotations

import struct
from random import Random
from typing import Any

from bson.decimal128 import Decimal128

from sandbox.demo.people import pick

_MATERIALS = ("Oak", "Walnut", "Linen", "Wool", "Steel", "Brass", "Ceramic", "Glass", "Cork", "Birch", "Felt", "Marble")
_KINDS = (
    "Desk Lamp", "Bookshelf", "Teapot", "Blanket", "Side Table", "Mirror", "Coat Rack", "Fruit Bowl", "Cushion",
    "Wall Clock", "Stool", "Candle Holder", "Chopping Board", "Plant Stand", "Picture Frame", "Doormat",
)  # fmt: skip
_COLOURS = ("natural", "black", "white", "sage", "ochre", "navy", "rust", "sand")
_ROOMS = ("kitchen", "bedroom", "hall", "study", "garden", "bath", "living-room")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LETTERS_AT_LEAST = 3
# An IEEE 754-2008 decimal with exponent -2: parsing the text of each price would take three times as long.
_TWO_DECIMALS = (6176 - 2) << 49


def money(amount_cents: int) -> Decimal128:
    """Write an amount of cents, not negative, as a Decimal128 with two decimals."""
    return Decimal128.from_bid(struct.pack("<QQ", amount_cents, _TWO_DECIMALS))


def cents(price: Decimal128) -> int:
    """Read what `money` wrote."""
    return int(price.to_decimal().scaleb(2))


def draw_products(rng: Random, count: int) -> list[dict[str, Any]]:
    """Draw `count` products; a product's `_id` is its stock-keeping unit, made of letters only."""
    return [_product(rng, position) for position in range(count)]


def _product(rng: Random, position: int) -> dict[str, Any]:
    material, kind, colour = pick(rng, _MATERIALS), pick(rng, _KINDS), pick(rng, _COLOURS)
    return {
        "_id": f"{material[:3].upper()}-{kind[:3].upper()}-{_letters(position)}",
        "title": f"{material} {kind}, {colour}",
        "price": money(400 + int(rng.random() * 40_000)),
        "tags": sorted({material.lower(), colour, pick(rng, _ROOMS)}),
        "stock": int(rng.random() * 500),
        "dimensions": {
            "width": 5 + int(rng.random() * 150),
            "height": 5 + int(rng.random() * 200),
            "depth": 5 + int(rng.random() * 80),
        },
    }


def _letters(number: int) -> str:
    """Write a number with letters, at least three of them."""
    signs = ""
    while number or len(signs) < _LETTERS_AT_LEAST:
        number, rest = divmod(number, len(_LETTERS))
        signs = _LETTERS[rest] + signs
    return signs
