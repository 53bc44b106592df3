"""Dates, shifted by a keyed number of days or milliseconds, never by none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from bson.datetime_ms import DatetimeMS

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table

DAY_MILLISECONDS = 86_400_000
SECOND_MILLISECONDS = 1_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (BSON dates decode to naive UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Subject = Callable[[], object]


def table(drawing: Drawing, max_days: int, subject: Subject | None) -> Table:
    """Give the functions for dates and for text of the form 2024-05-31.

    A date at midnight is taken for a day and moves by whole days, up to `max_days`; any other moves by seconds, or
    milliseconds where it has them, so that the time of day does not betray it. With a subject, all dates of one
    subject move alike, and the time between them stays, to the unit in which they move.
    """
    most = max_days * DAY_MILLISECONDS

    def shift(value: bytes, unit: int) -> int:
        drawn = drawing.draw(repr(subject()).encode() if subject else value)
        size = 1 + int.from_bytes(drawn[:8], "little") % most
        size = max(1, size // unit) * unit
        return -size if drawn[8] & 1 else size

    def moment(value: datetime) -> datetime:
        milliseconds = (value - _EPOCH) // _MILLISECOND
        delta = shift(b"%d" % milliseconds, _unit(milliseconds)) * _MILLISECOND
        try:
            return value + delta
        except OverflowError:  # at the ends of the calendar: the other way
            return value - delta

    def far_moment(value: DatetimeMS) -> DatetimeMS:
        milliseconds = int(value)
        delta = shift(b"%d" % milliseconds, _unit(milliseconds))
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
        delta = timedelta(milliseconds=shift(value.encode(), DAY_MILLISECONDS))
        try:
            return (day + delta).isoformat()
        except OverflowError:
            return (day - delta).isoformat()

    return {datetime: moment, DatetimeMS: far_moment, str: text}


def _unit(milliseconds: int) -> int:
    if milliseconds % DAY_MILLISECONDS == 0:
        return DAY_MILLISECONDS
    return 1 if milliseconds % SECOND_MILLISECONDS else SECOND_MILLISECONDS
