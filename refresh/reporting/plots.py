"""The index's plots: how old staging's data was, how long events took, how much they copied.

Places are per cent of the picture's width and height; the template draws them at any width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from refresh.reporting.entry import Entry
from refresh.reporting.words import number, parsed, short_moment, span

MOST_BARS = 60
_MOST_AGES = 200
_FEW = 8  # bars are no wider than with so many
_LEAST_PERCENT = 1.0
_BAR_SHARE = 0.72  # of its place; the rest is the gap to the next
_ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_DAY = 86400


@dataclass(frozen=True, kw_only=True)
class Column:
    """One event's bar, from the bottom up."""

    x: float
    width: float
    height: float
    outcome: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One picture.

    Attributes:
        name: What ids of the page are made of.
        title: What it shows.
        told: The same in words, for who cannot see it.
        top: What the upper line stands for; the middle one for half of it.
        middle: What the middle line stands for.
        first: What stands below its left end.
        last: What stands below its right end.
        columns: Bars, if it has such.
        line: Points of a line in thousandths, as SVG has them, if it has such.
        area: The same closed along the bottom.
    """

    name: str
    title: str
    told: str
    top: str
    middle: str
    first: str
    last: str
    columns: tuple[Column, ...] = ()
    line: str = ""
    area: str = ""


def plots(entries: Sequence[Entry]) -> list[Plot]:
    """Draw what an index has to show.

    Args:
        entries: Events, the newest first.

    Returns:
        Age, duration and size; those for which nothing is known are left out.
    """
    oldest_first = sorted(entries, key=lambda each: each.finished_at)
    refreshes = [each for each in oldest_first if each.kind == "refresh" and each.seconds > 0]
    copies = [each for each in refreshes if each.outcome == "finished" and each.documents > 0]
    found = [
        _ages([each for each in oldest_first if each.outcome == "finished" and each.data_as_of]),
        _columns(
            "duration", "Time of work of each refresh", refreshes, lambda each: each.seconds, span, _round_seconds
        ),
        _columns("size", "Documents in each copy", copies, lambda each: float(each.documents), number, _round_number),
    ]
    return [each for each in found if each is not None]


def _ages(entries: Sequence[Entry]) -> Plot | None:
    """Draw the age of what staging served: it grows by the hour, and a refresh takes it down."""
    known = [(parsed(each.finished_at), parsed(each.data_as_of), each) for each in entries[-_MOST_AGES:]]
    dated = [(end, as_of, each) for end, as_of, each in known if end and as_of]
    if len(dated) < 2:
        return None
    start, last = dated[0][0], dated[-1][0]
    corners: list[tuple[datetime, float]] = []
    for number_of, (end, as_of, _) in enumerate(dated):
        if number_of:
            corners.append((end, (end - dated[number_of - 1][1]).total_seconds()))
        corners.append((end, (end - as_of).total_seconds()))
    oldest = max(age for _, age in corners)
    top = _round_seconds(oldest)
    wide = max((last - start) / timedelta(seconds=1), 1.0)
    points = [(1000 * (at - start).total_seconds() / wide, 1000 - 1000 * age / top) for at, age in corners]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    told = (
        f"Between {short_moment(entries[0].finished_at)} and {short_moment(entries[-1].finished_at)} staging's data "
        f"was at most {span(oldest)} old; after the latest event it was {span(corners[-1][1])} old."
    )
    return Plot(
        name="age", title="Age of staging's data", told=told, top=span(top), middle=span(top / 2),
        first=f"{start:%Y-%m-%d}", last=f"{last:%Y-%m-%d}", line=line, area=f"0,1000 {line} 1000,1000",
    )  # fmt: skip


def _columns(
    name: str,
    title: str,
    entries: Sequence[Entry],
    value_of: Callable[[Entry], float],
    written: Callable[[float], str],
    rounded: Callable[[float], float],
) -> Plot | None:
    """Draw a bar for each of the latest events.

    Args:
        name: What ids are made of.
        title: What is shown.
        entries: Events, the oldest first.
        value_of: What a bar's height stands for.
        written: Writes a value.
        rounded: Gives a round value that is as large or larger.

    Returns:
        The picture; None where there is nothing to draw.
    """
    latest = entries[-MOST_BARS:]
    if not latest:
        return None
    values = [value_of(each) for each in latest]
    top, place = rounded(max(values)), 100 / max(len(latest), _FEW)
    columns = tuple(
        Column(
            x=round(at * place + place * (1 - _BAR_SHARE) / 2, 3),
            width=round(place * _BAR_SHARE, 3),
            height=round(max(100 * value / top, _LEAST_PERCENT), 3),
            outcome=each.outcome,
            told=f"{each.refresh_id}: {written(value)}, {each.outcome}",
        )
        for at, (each, value) in enumerate(zip(latest, values, strict=True))
    )
    told = (
        f"{len(latest)} events, the latest {written(values[-1])}; the least {written(min(values))}, "
        f"the most {written(max(values))}."
    )
    first, last = (
        f"{found:%Y-%m-%d}" if (found := parsed(each.finished_at)) else "" for each in (latest[0], latest[-1])
    )
    return Plot(
        name=name, title=title, told=told, top=written(top), middle=written(top / 2), first=first,
        last=last if len(latest) >= _FEW else "", columns=columns,
    )  # fmt: skip


def _round_seconds(value: float) -> float:
    small = next((each for each in _ROUND_SECONDS if each >= value), 0)
    return float(small or math.ceil(value / _DAY) * _DAY)


def _round_number(value: float) -> float:
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value))
