"""Birth dates within their age band, and dates made coarser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from bson import Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table, never_itself

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEARS = range(1800, 2200)
_ONE_DAY = timedelta(days=1)


def birth_date(drawing: Drawing, band: int) -> Table:
    """Give another day of the same band of years: 1980 to 1984 where the band is 5."""

    def another(day: date, attempt: int) -> date:
        start = day.year // band * band
        first, end = date(max(start, 1), 1, 1), date(min(start + band - 1, 9999), 12, 31)
        number = int.from_bytes(drawing.draw(day.isoformat().encode(), attempt)[:8], "little")
        return first + _ONE_DAY * (number % ((end - first).days + 1))

    day: Callable[[date], date] = never_itself(another)

    def moment(value: datetime) -> datetime:
        return datetime.combine(day(value.date()), value.time())

    def text(value: str) -> str:
        return day(_day(value)).isoformat() if value else value

    def year(value: int, attempt: int) -> int:
        if value not in _YEARS or band == 1:
            raise Refused
        drawn = int.from_bytes(drawing.draw(b"%d" % value, attempt)[:8], "little")
        return type(value)(value // band * band + drawn % band)

    years: Callable[[int], int] = never_itself(year)
    return {datetime: moment, str: text, int: years, Int64: years}


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused


_COARSER: dict[str, Callable[[datetime], datetime]] = {
    "hour": lambda value: value.replace(minute=0, second=0, microsecond=0),
    "day": lambda value: value.replace(hour=0, minute=0, second=0, microsecond=0),
    "week": lambda value: _midnight(value) - _ONE_DAY * min(value.weekday(), value.toordinal() - 1),
    "month": lambda value: _midnight(value).replace(day=1),
    "quarter": lambda value: _midnight(value).replace(month=(value.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda value: _midnight(value).replace(month=1, day=1),
}
UNITS = tuple(_COARSER)


def _midnight(value: datetime) -> datetime:
    return value.replace(hour=0, minute=0, second=0, microsecond=0)


def coarser(unit: str) -> Table:
    """Give the beginning of the hour, day, week, month, quarter or year that a date is in; text as 2024-05-31 too."""
    cut = _COARSER[unit]

    def text(value: str) -> str:
        if not value:
            return value
        day = _day(value)
        return cut(datetime(day.year, day.month, day.day)).date().isoformat()  # noqa: DTZ001 (a day has no zone)

    return {datetime: cut, str: text}
