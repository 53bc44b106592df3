"""Made-up values of one column: by its rule where that masks, else by its type. A value depends on its row's number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import Decimal128

from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.parameters import KINDS
from anonymizer.masks.words import LOREM
from anonymizer.rules.model import FieldRule
from dumps import literals, values
from dumps.errors import UsageError
from dumps.tables import BLOBS, SPATIAL, Column
from dumps.values_numbers import is_whole, range_of

At = Callable[[int], bytes]
_POOL = 2_000
_STEP = 1_000_003  # prime: goes through a pool in an order that shows no pattern
_NULLS = 20  # every twentieth value of a column that takes NULL is one
_SIGNS = b"0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_DAY = datetime(2021, 1, 1)  # noqa: DTZ001 (a dump's times have no zone)
_DAYS = 1_500
_POINT = "0x0000000001010000000000000000000000000000000000{:02X}40"
_LARGEST = 100_000
_BY_KEY = ("email", "username", "uuid")


def any_value(column: Column, rule: FieldRule, keyring: Keyring, seed: str) -> At:
    """Give a function that makes a value of a row's number; values repeat.

    Args:
        column: The column.
        rule: What the rules say of it.
        keyring: For masks.
        seed: What makes this column's values differ from another's.

    Raises:
        UsageError: Nothing that its rule makes fits it.
    """
    pool = _pool(column, rule, keyring, random.Random(seed))  # noqa: S311 (made-up values keep no secret)
    if not pool:
        raise UsageError(f"column {column.name}: nothing can be made up that fits {column.type} by its rule")
    size, first = len(pool), sum(seed.encode()) * 7919
    return lambda number: pool[(number + first) * _STEP % size]


def distinct_value(column: Column, rule: FieldRule, keyring: Keyring) -> tuple[At, int]:
    """Give a function that makes another value for each row's number, and for how many numbers.

    Returns:
        The function; and how many values it has, 0 where the column cannot be told apart by anything.
    """
    if is_whole(column):
        return (lambda number: b"%d" % (number + 1)), range_of(column)[1]
    if column.kind in ("date", "datetime", "timestamp"):
        unit = timedelta(days=1) if column.kind == "date" else timedelta(seconds=1)
        form = "'%Y-%m-%d'" if column.kind == "date" else "'%Y-%m-%d %H:%M:%S'"
        most = 40_000 if column.kind == "date" else 10**8
        return (lambda number: (_FIRST_DAY + number * unit).strftime(form).encode()), most
    if column.kind == "decimal":
        return (lambda number: b"%d" % (number + 1)), 10 ** (int(column.size[0]) - int(column.size[1])) - 1
    return _distinct_text(column, rule, keyring)


def _distinct_text(column: Column, rule: FieldRule, keyring: Keyring) -> tuple[At, int]:
    if rule.mask in _BY_KEY and column.kind in ("char", "varchar") and (column.length or 0) >= 36:
        return _by_key(column, rule, keyring), 2**63
    length = min(column.length or 0, 24)
    if column.kind in ("char", "varchar", "tinytext", "text", "mediumtext", "longtext") and length:
        return partial(_in_signs, length), int(min(len(_SIGNS) ** length, 2**63))
    if column.kind in ("binary", "varbinary"):
        size = min(column.length or 1, 16)
        return (lambda number: literals.in_hex(number.to_bytes(size, "big"))), 256**size
    if column.kind in ("enum", "bit", "year"):
        pool = [literals.written(one.encode(), backslash=True) for one in column.values]
        return (lambda number: pool[number]), len(pool)
    return (lambda number: literals.NULL), 0


def _in_signs(length: int, number: int) -> bytes:
    made = bytearray()
    while number or not made:
        number, rest = divmod(number, len(_SIGNS))
        made.append(_SIGNS[rest])
    return b"'" + bytes(made[::-1]).rjust(min(length, 8), b"0") + b"'"


def _by_key(column: Column, rule: FieldRule, keyring: Keyring) -> At:
    """Give values of a mask that gives each value another one."""
    function = build(rule, keyring)[str]
    own = values.of(column, "utf8mb4", backslash=True)
    seeds = {"uuid": "{0:08x}-0000-4000-8000-{0:012x}", "email": "u{}@example.org", "username": "u{}"}
    seed = seeds[rule.mask]

    def at(number: int) -> bytes:
        made: Any = seed.format(number)
        for _ in range(64):
            made = function(made) if function else made
            if (out := own.write(made)) is not None:
                return out
        raise UsageError(f"column {column.name}: the mask {rule.mask} gives nothing that fits {column.type}")

    return at


def _pool(column: Column, rule: FieldRule, keyring: Keyring, chance: random.Random) -> list[bytes]:
    own = values.of(column, "utf8mb4", backslash=True)
    if rule.mask in ("null", "constant"):
        value = rule.parameter("value")
        return [literals.NULL if value is None else own.write(value) or literals.NULL]
    made = _masked(rule, keyring, own, column.length or _POOL) if rule.mask != "keep" else []
    if not made:
        plain = [_plain(column, chance, own) for _ in range(_POOL)]
        made = [one for one in plain if one is not None]
    if column.nullable and rule.mask == "keep":
        made[::_NULLS] = [literals.NULL] * len(made[::_NULLS])
    return made


def _masked(rule: FieldRule, keyring: Keyring, own: values.Values, length: int) -> list[bytes]:
    """Give what the column's mask makes of variations of its own example."""
    example = KINDS[rule.mask].example
    function = build(rule, keyring, lambda: "made up", lambda path: []).get(str)
    if own.classes != (str,) or not isinstance(example, str) or function is None:
        return []
    found = []
    for number in range(_POOL):
        text = _varied(example, number)
        try:
            out = own.write(function(text)) or own.write(function(text[-length:]))
        except (Refused, ValueError):
            continue
        if out is not None:
            found.append(out)
    return found


def _varied(example: str, number: int) -> str:
    digits = sum(map(str.isdigit, example))
    if digits < 5:
        return re.sub(r"\b([A-Za-z]+)", lambda found: f"{found[1]}{_word(number)}", example)
    left = f"{number:05d}"[-5:]
    return re.sub(r"\d(?=\D*(?:\d\D*){0,4}$)", lambda _: "", example) + left


def _word(number: int) -> str:
    return "".join(chr(97 + int(sign)) for sign in str(number))


def _plain(column: Column, chance: random.Random, own: values.Values) -> bytes | None:
    """Make up a value by the type alone."""
    kind = column.kind
    if is_whole(column):
        most = 1 if column.size == ("1",) else _LARGEST  # TINYINT(1) is a truth value
        first, last = (1990, 2025) if kind == "year" else (0, min(range_of(column)[1], most))
        return b"%d" % chance.randint(first, last)
    if kind == "decimal":
        digits, scale = int(column.size[0]), int(column.size[1])
        return own.write(Decimal128(str(round(10 ** chance.uniform(0, min(digits - scale, 4)), scale))))
    if kind in ("float", "double"):
        return own.write(round(chance.uniform(0, 1000), 3))
    if kind in ("date", "datetime", "timestamp"):
        return own.write(_FIRST_DAY + timedelta(seconds=chance.randrange(_DAYS * 86_400)))
    if kind in ("enum", "set"):
        return own.write(chance.choice(column.values))
    return _text_or_bytes(column, chance, own)


def _text_or_bytes(column: Column, chance: random.Random, own: values.Values) -> bytes | None:
    kind = column.kind
    if kind == "time":
        return b"'%02d:%02d:%02d'" % (chance.randrange(24), chance.randrange(60), chance.randrange(60))
    if kind in SPATIAL:
        return _POINT.format(chance.randrange(16)).encode()
    if kind in BLOBS or kind in ("binary", "varbinary"):
        return literals.in_hex(chance.randbytes(min(column.length or 16, 16)))
    if kind == "json" or "json_valid" in column.extra:
        return b"'{}'"
    start, size = chance.randrange(len(LOREM) - 60), min(column.length or 40, chance.randrange(4, 40))
    return own.write(LOREM[start : start + size].strip() or "x")
