"""Kinds of personal data: what they can be held in, what their values read like, and how evidence names that."""

from __future__ import annotations

NUMBERS = frozenset({"int", "long", "double", "decimal"})
TEXT = frozenset({"string"})
_WHOLE = frozenset({"string", "int", "long", "double"})

# What a kind can be held in; a field of another type has only the name in common with it (`emails: 3`).
TYPES = {
    **dict.fromkeys(("phone", "street", "postcode", "card", "account", "national_id", "device", "username"), _WHOLE),
    "coordinates": NUMBERS | TEXT,
    "birth_date": frozenset({"date", "string", "int", "long"}),
    "ip": frozenset({"string", "binData"}),
    "secret": frozenset({"string", "binData", "int"}),
    "binary": frozenset({"binData", "string", "double"}),
    "attribute": NUMBERS | {"string", "bool"},
}

# What values of a kind read like: where none does, the name means something else.
CONFIRMED_BY = {
    "email": ("email", "in:email"),
    "iban": ("iban",),
    "ip": ("ip",),
    "mac": ("mac",),
    "user_agent": ("user_agent", "prose"),
    "birth_date": ("date", "digits", "hex", "digit"),
    **dict.fromkeys(("phone", "coordinates", "postcode", "card"), ("digit",)),
    **dict.fromkeys(("account", "national_id", "plate"), ("digit", "token")),
}

# What a value alone gives away, the surest first: kind, what it reads like, what share of the values has to.
BY_VALUE = (
    ("email", ("email",), 0.3),
    ("iban", ("iban",), 0.5),
    ("card", ("card",), 0.6),
    ("secret", ("jwt", "hash", "key", "access"), 0.5),
    ("mac", ("mac",), 0.5),
    ("ip", ("ip",), 0.7),
    ("user_agent", ("user_agent",), 0.5),
    ("phone", ("phone",), 0.5),
    ("phone", ("local_phone",), 0.9),
    ("device", ("imei", "iccid"), 0.9),
    ("plate", ("vin",), 0.9),
    ("account", ("wallet",), 0.9),
    ("coordinates", ("latlon",), 0.8),
    ("attribute", ("icd",), 0.8),
    ("binary", ("image",), 0.8),
    ("url", ("profile", "reach"), 0.5),
    ("username", ("handle",), 0.5),
    ("street", ("street",), 0.4),
    ("name", ("name",), 0.4),
)

# What gives someone away even where it stands in one value of many.
TRACES = ("email", "in:email", "in:phone", "iban", "in:iban", "card", "in:card")
# Kinds whose values may be anything, so that a few different ones speak against them.
OPEN = frozenset({"name", "street", "city", "text", "username", "company", "url", "actor", "secret"})
FEW = 12

WORDS = {
    "email": "e-mail addresses",
    "in:email": "an e-mail address within",
    "phone": "telephone numbers",
    "in:phone": "a telephone number within",
    "iban": "IBANs",
    "in:iban": "an IBAN within",
    "card": "card numbers",
    "in:card": "a card number within",
    "name": "people's names",
    "in:name": "a given name within",
    "ip": "IP addresses",
    "mac": "MAC addresses",
    "jwt": "JWTs",
    "hash": "password hashes",
    "key": "keys",
    "handle": "@handles",
    "user_agent": "user agents",
    "street": "streets",
    "uuid": "UUIDs",
    "hex": "hexadecimal ids",
    "date": "dates",
    "url": "URLs",
    "profile": "addresses of people's profiles",
    "reach": "links that write or call",
    "access": "access keys",
    "local_phone": "telephone numbers",
    "iccid": "numbers of SIM cards",
    "vin": "vehicle numbers",
    "wallet": "addresses of wallets",
    "latlon": "coordinates",
    "icd": "diagnosis codes",
    "image": "images",
    "prose": "sentences",
    "ean": "EAN or ISBN numbers",
    "imei": "IMEIs",
}
