"""Values of columns of numbers: as `dumps.values` says."""

from __future__ import annotations

import math
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from bson import Decimal128, Int64

from dumps import literals, tables
from dumps.tables import Column

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)
_DIGITS = Context(prec=66)  # what a DECIMAL holds, and one more
_FIRST_YEAR, _LAST_YEAR = 1901, 2155


class Whole:
    """Whole numbers, YEAR and BIT.

    Args:
        column: The column.
        bounds: The ends of ranges that a value and its pseudonym both lie in or both do not: those of the other
            columns that share the rule's domain, so that one value has one pseudonym in all of them.
    """

    classes: tuple[type, ...] = (int, Int64)

    def __init__(self, column: Column, bounds: tuple[int, ...] = ()) -> None:
        self._bits = column.length if column.kind == "bit" else None
        self.low, self.high = range_of(column)
        self._bounds = bounds
        self._like: int = 0

    def read(self, literal: bytes) -> int:
        """Give the number."""
        if literal.isdigit():
            self._like = int(literal)
            return self.typed(self._like)
        data, charset = literals.said(literal, backslash=True)
        raw = charset == "binary" or (self._bits is not None and literal[-1:] == b"'")
        number = int.from_bytes(data, "big") if raw else int(data)
        self._like = number
        return self.typed(number)

    def write(self, value: float) -> bytes | None:
        """Write the number."""
        number = int(value)
        if number != value or not self.low <= number <= self.high or self._class(number) != self._class(self._like):
            return None
        if self._bits:
            return b"b'%s'" % format(number, f"0{self._bits}b").encode()
        return b"%d" % number

    def typed(self, number: int) -> int:
        """Give a number in the class that it would have in BSON."""
        if number in _INT32:
            return number
        if number not in _INT64:
            raise ValueError("a whole number of more than 63 bits")
        return Int64(number)

    def _class(self, number: int) -> int:
        size = -number - 1 if number < 0 else number
        return sum(size > bound for bound in self._bounds)


class Fraction:
    """DECIMAL."""

    classes: tuple[type, ...] = (Decimal128,)

    def __init__(self, column: Column) -> None:
        digits, self._scale = (int(size) for size in column.size)
        self._limit, self._step = Decimal(10) ** (digits - self._scale), Decimal(1).scaleb(-self._scale)
        self._unsigned = column.unsigned

    def read(self, literal: bytes) -> Decimal128:
        """Give the number."""
        return Decimal128(literals.said(literal, backslash=True)[0].decode("ascii"))

    def write(self, value: Any) -> bytes | None:
        """Write the number, rounded to the column's decimals."""
        try:
            number = value.to_decimal() if isinstance(value, Decimal128) else Decimal(str(value))
            number = number.quantize(self._step, context=_DIGITS)
        except InvalidOperation:
            return None
        if abs(number) >= self._limit or (self._unsigned and number < 0):
            return None
        return f"{number:f}".encode()


class Float:
    """FLOAT and DOUBLE."""

    classes: tuple[type, ...] = (float,)

    def __init__(self, column: Column) -> None:
        self._unsigned, self._single = column.unsigned, column.kind == "float"

    def read(self, literal: bytes) -> float:
        """Give the number."""
        return float(literals.said(literal, backslash=True)[0])

    def write(self, value: float) -> bytes | None:
        """Write the number; a FLOAT as mysqldump shows it, with six digits."""
        if not math.isfinite(value) or (self._unsigned and value < 0):
            return None
        return (f"{value:.6g}" if self._single else repr(float(value))).encode()


def range_of(column: Column) -> tuple[int, int]:
    """Give the least and the largest whole number that a column takes."""
    if column.kind == "year":
        return _FIRST_YEAR, _LAST_YEAR
    if column.kind == "bit":
        return 0, (1 << (column.length or 1)) - 1
    bits = tables.INTEGERS[column.kind]
    return (0, (1 << bits) - 1) if column.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)


def is_whole(column: Column) -> bool:
    """Tell whether a column holds whole numbers."""
    return column.kind in tables.INTEGERS or column.kind in ("year", "bit")
