"""Dates, shifted by a keyed number of days or milliseconds, never by none."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from struct import Struct

from bson.datetime_ms import DatetimeMS

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table

DAY_MILLISECONDS = 86_400_000
SECOND_MILLISECONDS = 1_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (BSON dates decode to naive UTC)
_MILLISECOND = timedelta(milliseconds=1)
_days = functools.lru_cache(4096)(timedelta)
_milliseconds = Struct("<q").pack
_size_and_sign = Struct("<QB").unpack_from
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Subject = Callable[[], object]


def table(drawing: Drawing, max_days: int, subject: Subject | None) -> Table:
    """Give the functions for dates and for text of the form 2024-05-31.

    A date at midnight is taken for a day and moves by whole days, up to `max_days`; any other moves by seconds, or
    milliseconds where it has them, so that the time of day does not betray it. With a subject, all dates of one
    subject move alike, and the time between them stays, to the unit in which they move.
    """
    units = _units(drawing, max_days * DAY_MILLISECONDS, subject)

    def moment(value: datetime) -> datetime:
        since = value - _EPOCH
        whole = since.days * DAY_MILLISECONDS
        if since.seconds or since.microseconds:
            time = since.seconds * SECOND_MILLISECONDS + since.microseconds // 1000
            unit = _unit(time)
            delta = units(_milliseconds(whole + time), unit) * unit * _MILLISECOND
        else:
            delta = _days(units(_milliseconds(whole), DAY_MILLISECONDS))
        try:
            return value + delta
        except OverflowError:  # at the ends of the calendar: the other way
            return value - delta

    def far_moment(value: DatetimeMS) -> DatetimeMS:
        milliseconds = int(value)
        unit = _unit(milliseconds)
        delta = units(_milliseconds(milliseconds), unit) * unit
        moved = milliseconds + delta
        return DatetimeMS(moved if -(2**63) <= moved < 2**63 else milliseconds - delta)

    def text(value: str) -> str:
        if not value:
            return value
        try:
            day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise Refused
        delta = _days(units(value.encode(), DAY_MILLISECONDS))
        try:
            return (day + delta).isoformat()
        except OverflowError:
            return (day - delta).isoformat()

    return {datetime: moment, DatetimeMS: far_moment, str: text}


def _units(drawing: Drawing, most: int, subject: Subject | None) -> Callable[[bytes, int], int]:
    """Give what draws by how many units a date moves: at least one of them, at most so many milliseconds."""
    draw = drawing.draw

    def units(value: bytes, unit: int) -> int:
        size, sign = _size_and_sign(draw(repr(subject()).encode() if subject else value))
        count = (1 + size % most) // unit or 1
        return -count if sign & 1 else count

    return units


def _unit(milliseconds: int) -> int:
    if milliseconds % DAY_MILLISECONDS == 0:
        return DAY_MILLISECONDS
    return 1 if milliseconds % SECOND_MILLISECONDS else SECOND_MILLISECONDS
