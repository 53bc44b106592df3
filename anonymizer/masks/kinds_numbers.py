"""The masks of money, identifiers and the network."""

from __future__ import annotations

from typing import Any

from anonymizer.masks import checks
from anonymizer.masks.checks import flag, one_of, whole
from anonymizer.masks.kind import MaskKind
from anonymizer.masks.kinds_people import SOMEBODYS
from anonymizer.masks.official_kinds import NATIONAL, TAX

_INTEGERS = ("int", "long")
_AMOUNTS = (*_INTEGERS, "double", "decimal")
_TOKENS = ("string", *_INTEGERS, "objectId", "binData")


def _needs(first: str, second: str, why: str) -> Any:
    return lambda body: f"{first} needs {second}: true: {why}" if body.get(first) and not body.get(second) else None


MONEY = {
    "card": MaskKind(
        {"keep_bin": flag(), "injective": flag()},
        takes=("string", *_INTEGERS),
        injective_if=("injective",),
        together=_needs("injective", "keep_bin", "test cards are too few to give each number one of its own"),
        opt_ins={"keep_bin": SOMEBODYS.format("card numbers")},
        gives="A test card number in the same grouping. `keep_bin: true` keeps the issuer's six digits.",
        keeps="length, grouping, kind of card, check digit",
        example="4539 1488 0343 6467",
    ),
    "iban": MaskKind(
        {"keep_bank": flag(), "injective": flag()},
        injective_if=("injective",),
        together=_needs("injective", "keep_bank", "without the bank's code numbers are too few"),
        opt_ins={"keep_bank": SOMEBODYS.format("accounts")},
        gives="An IBAN of a bank that does not exist. `keep_bank: true` keeps the bank.",
        keeps="country, grouping, check digits",
        example="DE89 3704 0044 0532 0130 00",
    ),
    "noise": MaskKind(
        {"percent": checks.above_zero(100)},
        fixed_points=True,
        takes=_AMOUNTS,
        gives="An amount changed by up to `percent` (10), never by nothing; zero stays.",
        keeps="magnitude, decimals",
        example=1299,
    ),
    "bucket": MaskKind(
        {"size": checks.above_zero(1e15)},
        required=("size",),
        keyed=False,
        fixed_points=True,
        takes=_AMOUNTS,
        gives="An amount rounded down to a multiple of `size`.",
        keeps="bucket",
        example=1299,
        given={"size": 100},
    ),
    "rank": MaskKind(
        {"stretch": whole(2, 1000)},
        fixed_points=True,
        takes=_AMOUNTS,
        gives="Amounts in the same order: whole numbers times `stretch` (3) and a keyed rest, which stay distinct; "
        "others bent by a keyed curve, where close neighbours may meet.",
        keeps="order",
        example=1299,
    ),
}
IDS = {
    "token": MaskKind(
        {"injective": flag()},
        for_id=True,
        takes=_TOKENS,
        injective_if=("injective",),
        gives="An identifier of the same length over the same characters; also for ObjectId, UUID, numbers and bytes. "
        "`injective: true` for short ones that must stay distinct.",
        keeps="length, kinds of signs",
        example="ORD-2024-ab",
    ),
    "uuid": MaskKind(
        for_id=True,
        collides=False,
        fixed_points=True,
        takes=("string", "binData"),
        gives="Another UUID of the same version, as text or binary.",
        keeps="version, case",
        example="0df078f3-3aa7-4a2e-9696-e0520c1a828a",
    ),
    "objectid": MaskKind(
        {"keep_time": flag()},
        for_id=True,
        collides=False,
        fixed_points=True,
        takes=("objectId", "string"),
        gives="Another ObjectId. `keep_time: true` keeps the moment that it was made.",
        keeps="case of text",
        example="65a1b2c3d4e5f60718293a4b",
    ),
    "licence_plate": MaskKind(
        {"injective": flag()},
        injective_if=("injective",),
        gives="A plate of the same shape.",
        keeps="letters, digits, separators by place",
        example="HD-AB 1234",
    ),
    "national_id": MaskKind(
        {"kind": one_of(*NATIONAL), "injective": flag()},
        required=("kind",),
        injective_if=("injective",),
        opt_ins={"injective": SOMEBODYS.format("identity numbers")},
        gives="Another valid identity number of its `kind`, born within the same five years; one that is never given "
        "out where such exist (`us_ssn`). Invalid ones are refused.",
        keeps="format, check digits, age band",
        example="44051401359",
        given={"kind": "pl_pesel"},
    ),
    "tax_id": MaskKind(
        {"kind": one_of(*TAX), "injective": flag()},
        required=("kind",),
        injective_if=("injective",),
        opt_ins={"injective": SOMEBODYS.format("tax numbers")},
        gives="Another valid tax or company number of its `kind`. Invalid ones are refused.",
        keeps="format, check digits",
        example="DE 136,695 976",
        given={"kind": "de_vat"},
    ),
    "enum": MaskKind(
        {"values": checks.VALUES},
        required=("values",),
        collides=False,
        fixed_points=True,
        takes=("string", *_INTEGERS),
        gives="Another of the listed `values`, each for one; what is not listed is refused.",
        keeps="set of values",
        example="gold",
        given={"values": ["bronze", "silver", "gold"]},
    ),
}
NETWORK = {
    "ip": MaskKind(
        {"prefix4": whole(0, 31, "bits"), "prefix6": whole(0, 127, "bits")},
        injective_if=("prefix4", "prefix6"),
        opt_ins={"prefix4": SOMEBODYS.format("IPv4 addresses"), "prefix6": SOMEBODYS.format("IPv6 addresses")},
        gives="An address of the ranges for documentation. With `prefix4` or `prefix6`, so many bits stay and the "
        "rest is permuted, which is injective.",
        keeps="version",
        example="93.184.216.34",
    ),
    "mac": MaskKind(
        for_id=True,
        collides=False,
        fixed_points=True,
        gives="Another MAC address.",
        keeps="flags, separators, case",
        example="00:1a:2b:3c:4d:5e",
    ),
    "url": MaskKind(
        {"host": checks.MAIL_HOST},
        gives="A URL beneath a reserved host (`example.com`), without user, port and fragment.",
        keeps="scheme, shape of path and query",
        example="https://shop.de/kunden/jane-doe?id=371138",
    ),
    "user_agent": MaskKind(
        gives="A common user agent of the same class.",
        keeps="mobile, desktop or program",
        example="Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15",
    ),
    "password_hash": MaskKind(
        gives="A hash of nothing: bcrypt, argon2, scrypt, PBKDF2, crypt, LDAP or plain hexadecimal.",
        keeps="method, cost, lengths",
        example="$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    ),
    "jwt": MaskKind(
        gives="A token with the same claims, other values and a signature of nothing.",
        keeps="names of claims, times, `alg`, `typ`",
        example="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIiwiZXhwIjoxNzAwMDAwMDAwfQ.c2lnbmF0dXJl",
    ),
}
