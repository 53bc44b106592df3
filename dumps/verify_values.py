"""Values as the verifier reads them, with code of its own: none of it is the scrubber's."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson import Binary, Decimal128, Int64

from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import FieldRule
from dumps.charsets import codec
from dumps.tables import BLOBS, SPATIAL, Column

Decode = Callable[[bytes], Any]
_ESCAPES = {0x30: 0, 0x6E: 10, 0x72: 13, 0x74: 9, 0x5A: 26, 0x62: 8}
_WHOLE = frozenset("tinyint smallint mediumint int bigint year bit".split())
_MOMENT_SIGNS = frozenset("0123456789-:. T")
_DATES = frozenset("date datetime timestamp".split())


def decoder(column: Column, rule: FieldRule, charset: str, *, backslash: bool) -> Decode:
    """Give what turns a literal of a column into the value that is judged.

    Args:
        column: The column.
        rule: What the rules say of it.
        charset: The character set of the dump's texts.
        backslash: Whether a backslash escapes.

    Returns:
        A function; a literal that is none of the column's type comes as text, which is of another type than any value.
    """
    by_kind = _of_kind(column, rule, charset)
    is_bit = column.kind == "bit"

    def decode(literal: bytes) -> Any:
        try:
            return read(literal)
        except (ValueError, ArithmeticError):
            return literal.decode("latin-1")

    def read(literal: bytes) -> Any:
        if literal[:1] == b"'" and b"\\" not in literal and literal.count(b"'") == 2:
            return by_kind(literal[1:-1], is_bit)
        if literal[:4].upper() == b"NULL" and len(literal) == 4:
            return None
        data, raw = _content(literal, charset, escapes=backslash)
        return by_kind(data, raw or (is_bit and literal[-1:] == b"'"))

    return decode


def _of_kind(column: Column, rule: FieldRule, charset: str) -> Callable[[bytes, bool], Any]:
    kind = column.kind
    if kind in _WHOLE:
        return lambda data, raw: _whole(int.from_bytes(data, "big") if raw else int(data))
    if kind in ("decimal", "float", "double"):
        return (lambda data, _: Decimal128(data.decode())) if kind == "decimal" else (lambda data, _: float(data))
    if kind in _DATES:
        return lambda data, _: _moment(data.decode())
    if kind in SPATIAL and rule.mask == "coordinates":
        return lambda data, _: list(struct.unpack("<4xxxxxxdd", data)) if len(data) == 25 else Binary(data, 0)
    if kind in SPATIAL or kind in BLOBS or kind in ("binary", "varbinary"):
        return _binary(rule)
    return _text(column, charset)


def _text(column: Column, charset: str) -> Callable[[bytes, bool], Any]:
    own = codec(column.charset)
    texts = own if charset == "binary" else codec(charset)
    if own.name == texts.name == "utf-8":
        return lambda data, _: data.decode("utf-8", "surrogateescape")
    return lambda data, raw: (own if raw else texts).decode(data, "surrogateescape")[0]


def _binary(rule: FieldRule) -> Callable[[bytes, bool], Any]:
    takes = KINDS[rule.mask].takes
    if rule.mask == "uuid":
        return lambda data, _: Binary(data, 4)
    if rule.mask != "keep" and "binData" not in takes:
        return lambda data, _: data.rstrip(b"\0").decode("utf-8", "surrogateescape")
    return lambda data, _: bytes(data)


def _whole(number: int) -> int:
    return number if -(1 << 31) <= number < 1 << 31 else Int64(number) if number < 1 << 63 else number


def _moment(text: str) -> datetime | None:
    """Read a date or a moment; one of zeros says nothing, and one that no calendar has neither.

    Raises:
        ValueError: It is none.
    """
    if not _MOMENT_SIGNS.issuperset(text):
        raise ValueError("no moment")
    try:
        return datetime.fromisoformat(text.split(".", maxsplit=1)[0]).replace(
            microsecond=int((text.partition(".")[2] or "0").ljust(6, "0"))
        )
    except ValueError:
        return None


def _content(literal: bytes, charset: str, *, escapes: bool) -> tuple[bytes, bool]:
    """Give what a literal says, and whether it is raw bytes rather than text of the connection."""
    quote = literal[-1:]
    if quote not in (b"'", b'"'):
        return _digits(literal)
    head = literal[: literal.index(quote)]
    inside, mark = literal[len(head) + 1 : -1], head.strip().lower()
    if mark in (b"x", b"b"):
        return _digits(b"0" + mark + inside)
    data = _plain(inside, quote[0], escapes=escapes)
    if mark[:1] == b"_" and mark != b"_binary":
        data = codec(charset).encode(codec(mark[1:].decode()).decode(data)[0])[0]
    return data, mark == b"_binary"


def _digits(literal: bytes) -> tuple[bytes, bool]:
    if literal[:2] in (b"0x", b"0X"):
        return bytes.fromhex(literal[2:].decode()), True
    if literal[:2] == b"0b":
        return int(literal[2:] or b"0", 2).to_bytes(max(1, (len(literal) + 5) // 8), "big"), True
    return literal, False


def _plain(inside: bytes, quote: int, *, escapes: bool) -> bytes:
    """Go through a text sign by sign, where it has any that stand for others."""
    if quote not in inside and (not escapes or 0x5C not in inside):
        return inside
    made, at = bytearray(), 0
    while at < len(inside):
        sign = inside[at]
        if sign == 0x5C and escapes:
            at += 1
            following = inside[at]
            if following in (0x25, 0x5F):
                made.append(0x5C)
            sign = _ESCAPES.get(following, following)
        elif sign == quote:
            at += 1
        made.append(sign)
        at += 1
    return bytes(made)
