"""Values of columns of dates and times: as `dumps.values` says."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from dumps import literals
from dumps.tables import Column

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?")
_TIME = re.compile(r"-?\d{1,3}:[0-5]\d:[0-5]\d(?:\.\d{1,6})?")
_LONGEST_TIME = 838
_FIRST_STAMP, _LAST_STAMP = datetime(1970, 1, 1, 0, 0, 1), datetime(2038, 1, 19, 3, 14, 7)  # noqa: DTZ001 (UTC)


class Moment:
    """DATE, DATETIME and TIMESTAMP."""

    classes: tuple[type, ...] = (datetime,)

    def __init__(self, column: Column) -> None:
        self._day, self._stamp = column.kind == "date", column.kind == "timestamp"
        self._digits = int(column.size[0]) if column.size else 0

    def read(self, literal: bytes) -> datetime | None:
        """Give the moment; None for one of zeros."""
        text = literals.said(literal, backslash=True)[0].decode("ascii")
        found = _DATE.fullmatch(text)
        if not found:
            raise ValueError("no date")
        if found[1] == "0000" and found[2] == found[3] == "00":
            return None
        moment = datetime.fromisoformat(text.partition(".")[0])
        return moment.replace(microsecond=int(found[7].ljust(6, "0"))) if found[7] else moment

    def write(self, value: Any) -> bytes | None:
        """Write the moment."""
        if isinstance(value, str):
            value = self.read(literals.written(value.encode(), backslash=True)) if _DATE.fullmatch(value) else None
        if not isinstance(value, datetime):
            return None
        value = value.replace(tzinfo=None)
        if self._stamp and not _FIRST_STAMP <= value < _LAST_STAMP:
            return None
        shown = f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        if not self._day:
            micros = f".{value.microsecond:06d}"[: self._digits + 1] if self._digits else ""
            shown += f" {value.hour:02d}:{value.minute:02d}:{value.second:02d}{micros}"
        return f"'{shown}'".encode()


class Clock:
    """TIME, as text."""

    classes: tuple[type, ...] = (str,)

    def read(self, literal: bytes) -> str:
        """Give the time."""
        return literals.said(literal, backslash=True)[0].decode("ascii")

    def write(self, value: str) -> bytes | None:
        """Write the time."""
        if not _TIME.fullmatch(value) or int(value.lstrip("-").split(":")[0]) > _LONGEST_TIME:
            return None
        return f"'{value}'".encode()
