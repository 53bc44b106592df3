"""Postcodes and coordinates, made coarser; coordinates moved."""

from __future__ import annotations

import math
from collections.abc import Callable

from bson import Decimal128, Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table, never_itself

_KILOMETRES_A_DEGREE = 111.32
_TO_ZERO = {**dict.fromkeys(map(ord, "123456789"), "0"), **dict.fromkeys(range(0x61, 0x7B), "a")}
_TO_ZERO |= dict.fromkeys(range(0x41, 0x5B), "A")


def postcode(kept: int) -> Table:
    """Keep the first letters and digits of a postcode; those after them become 0, a or A."""

    def text(value: str) -> str:
        seen = 0
        for at, sign in enumerate(value):
            seen += sign.isalnum()
            if seen > kept:
                rest = value[at:]
                if any(sign.isalnum() and not sign.isascii() for sign in rest):
                    raise Refused
                return value[:at] + rest.translate(_TO_ZERO)
        return value

    def number(value: int) -> int:
        digits = str(value)
        if value < 0:
            raise Refused
        return type(value)(digits[:kept] + "0" * (len(digits) - kept)) if len(digits) > kept else value

    return {str: text, int: number, Int64: number}


def rounded(decimals: int) -> Table:
    """Round coordinates to so many decimals: one decimal is some 11 kilometres."""

    def decimal(value: Decimal128) -> Decimal128:
        return Decimal128(str(round(value.to_decimal(), decimals))) if _is_finite(value) else value

    return {
        float: lambda value: round(value, decimals) if math.isfinite(value) else value,
        int: None,
        Int64: None,
        Decimal128: decimal,
    }


def _is_finite(value: Decimal128) -> bool:
    return value.to_decimal().is_finite()


def moved(drawing: Drawing, kilometres: float) -> Table:
    """Move each coordinate by a keyed distance up to a limit, never by none; it stays on the globe."""
    most = kilometres / _KILOMETRES_A_DEGREE

    def draw(value: float, attempt: int) -> float:
        drawn = drawing.draw(repr(value).encode(), attempt)
        share = int.from_bytes(drawn[:7], "little") / (1 << 56)
        made = value + (share * 2 - 1) * most
        limit = 90.0 if abs(value) <= 90.0 else 180.0
        return min(max(made, -limit), limit)

    move: Callable[[float], float] = never_itself(draw)

    def decimal(value: Decimal128) -> Decimal128:
        return Decimal128(repr(move(float(value.to_decimal())))) if _is_finite(value) else value

    return {float: lambda value: move(value) if abs(value) <= 180 else _off(value), Decimal128: decimal}


def _off(value: float) -> float:
    if math.isnan(value):
        return value
    raise Refused
