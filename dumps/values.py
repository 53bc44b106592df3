"""Values of columns: from a literal to the Python value that masks take, and back, in the type and size of the column.

Each kind of column has a class here with two methods. `read` gives None for what no mask has to do with (a date of
zeros), `write` gives None for a value that does not fit the column.
"""

from __future__ import annotations

from typing import Any, Protocol

from bson import Binary

from dumps import literals
from dumps.charsets import codec
from dumps.definitions import is_text
from dumps.tables import Column
from dumps.values_moments import Clock, Moment
from dumps.values_numbers import Float, Fraction, Whole, is_whole


class Values(Protocol):
    """Reads and writes the values of one column.

    Attributes:
        classes: Python's classes of what `read` may give.
    """

    classes: tuple[type, ...]

    def read(self, literal: bytes) -> Any:
        """Give the value of a literal that is not NULL."""

    def write(self, value: Any) -> bytes | None:
        """Give the literal of a value, or None where it does not fit the column."""


class Text:
    """CHAR, VARCHAR, the TEXTs, ENUM, SET and JSON."""

    classes: tuple[type, ...] = (str,)

    def __init__(self, column: Column, charset: str, *, backslash: bool) -> None:
        self._backslash = backslash
        self._own, self._connection = codec(column.charset), codec(charset)
        if charset == "binary":
            self._connection = self._own
        self._is_utf8 = self._connection.name == "utf-8"
        signs = column.kind in ("char", "varchar")
        self._signs = column.length if signs else None
        self._bytes = None if signs else column.length
        self._values, self._is_set = frozenset(column.values), column.kind == "set"
        self._trims = column.kind == "char"
        self._narrow = self._own.name != "utf-8"
        self._plane = column.charset in ("utf8mb3", "utf8", "ucs2")

    def read(self, literal: bytes) -> str:
        """Give the text."""
        data, charset = literals.said(literal, backslash=self._backslash)
        if not charset and self._is_utf8:
            return data.decode()
        found = self._own if charset == "binary" else codec(charset) if charset else self._connection
        return found.decode(data)[0]

    def write(self, value: str) -> bytes | None:
        """Write the text."""
        if self._signs is not None and len(value) > self._signs:
            return None
        if self._trims and value.endswith(" "):
            return None
        if self._values and not (value in self._values or (self._is_set and self._values.issuperset(value.split(",")))):
            return None
        try:
            own = self._own.encode(value)[0] if self._narrow or self._bytes is not None else b""
            data = value.encode() if self._is_utf8 else self._connection.encode(value)[0]
        except UnicodeEncodeError:
            return None
        if (self._bytes is not None and len(own) > self._bytes) or (self._plane and value and max(value) > "\uffff"):
            return None
        return literals.written(data, backslash=self._backslash)


class Bytes:
    """BINARY, VARBINARY, the BLOBs and spatial values.

    Args:
        column: The column.
        takes: Classes that its mask takes: bytes go to a mask of text as UTF-8, to `uuid` as a UUID.
    """

    def __init__(self, column: Column, takes: frozenset[type] = frozenset(), *, backslash: bool) -> None:
        self._length, self._whole, self._backslash = column.length, column.kind == "binary", backslash
        self._as_text = str in takes and bytes not in takes and Binary not in takes
        self._as_uuid = Binary in takes and bytes not in takes
        self.classes: tuple[type, ...] = (str,) if self._as_text else (Binary,) if self._as_uuid else (bytes,)

    def read(self, literal: bytes) -> Any:
        """Give the bytes."""
        data = literals.said(literal, backslash=self._backslash)[0]
        if self._as_text:
            return (data.rstrip(b"\0") if self._whole else data).decode("utf-8")
        return Binary(data, 4) if self._as_uuid else data

    def write(self, value: Any) -> bytes | None:
        """Write the bytes, in digits."""
        data = value.encode() if isinstance(value, str) else bytes(value)
        if self._length is not None and len(data) > self._length:
            return None
        return literals.in_hex(data.ljust(self._length or 0, b"\0") if self._whole else data)


def of(
    column: Column, charset: str, *, backslash: bool, takes: frozenset[type] = frozenset(), bounds: tuple[int, ...] = ()
) -> Values:
    """Give what reads and writes the values of a column.

    Args:
        column: The column.
        charset: The character set of the dump's texts.
        backslash: Whether a backslash escapes.
        takes: Classes that its mask takes.
        bounds: As `Whole` has them.
    """
    if is_whole(column):
        return Whole(column, bounds)
    if is_text(column) or column.kind in ("json", "inet6", "inet4", "uuid", "xmltype"):
        return Text(column, charset, backslash=backslash)
    if column.kind == "decimal":
        return Fraction(column)
    if column.kind in ("float", "double"):
        return Float(column)
    if column.kind in ("date", "datetime", "timestamp"):
        return Moment(column)
    return Clock() if column.kind == "time" else Bytes(column, takes, backslash=backslash)
