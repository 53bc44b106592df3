"""The picture of a refresh's time: a row for each step and a bar for each of its runs, on one axis.

Where nobody worked for long (a refresh that was interrupted on Friday and finished on Monday) the axis has a break, so
that the work stays readable. Places are per cent of the picture's width: the template draws them at any width.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refresh.reporting.model import Report
from refresh.reporting.parts import Run
from refresh.reporting.words import between, moment, plain, span

_LONG_SHARE = 0.3  # of the time of work: a longer rest becomes a break
_BREAK_SHARE = 0.06  # of the time of work: how wide a break is drawn
_LEAST_PERCENT = 0.4  # a bar that is narrower cannot be seen
_LEAST_BAD_PERCENT = 1.0  # what went wrong may be short, and must be seen
_MOST_TICKS = 6
_LETTER_PERCENT = 1.25  # half a letter on a telephone, with room to spare
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_ENDS = {"done": "done", "failed": "failed", "interrupted": "interrupted", "": "under way"}
_SWITCHES = ("cut_over", "swap_back", "switch")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One run: where it is drawn, how it ended, and what a pointer is told."""

    x: float
    width: float
    end: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One step with its runs."""

    name: str
    bars: tuple[Bar, ...]
    seconds: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on the axis with its text; a break has a width."""

    x: float
    text: str
    width: float = 0.0
    anchor: str = "middle"


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """All that is drawn."""

    rows: tuple[Row, ...]
    ticks: tuple[Mark, ...]
    breaks: tuple[Mark, ...]
    switch: Mark | None
    ends: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class _Interval:
    run: Run
    start: float
    end: float


def timeline(report: Report) -> Timeline | None:
    """Lay the runs of an event out.

    Args:
        report: The event.

    Returns:
        The picture; None where no run is known.
    """
    intervals = list(_intervals(report))
    if not intervals:
        return None
    axis = _Axis.over(intervals)
    names = list(dict.fromkeys(each.run.step for each in intervals))
    rows = tuple(_row(name, [each for each in intervals if each.run.step == name], axis) for name in names)
    switches = [each for each in intervals if each.run.step in _SWITCHES and each.run.end == "done"]
    switch = _mark(axis.place(switches[-1].end), "staging switched") if switches else None
    ends = tuple(dict.fromkeys(_ENDS[each.run.end] for each in intervals))
    return Timeline(
        rows=rows, ticks=tuple(axis.ticks()), breaks=tuple(axis.breaks()), switch=switch, ends=ends,
        told=_told(report, rows),
    )  # fmt: skip


def _intervals(report: Report) -> Iterator[_Interval]:
    for run in report.runs:
        start = between(report.runs[0].begun_at, run.begun_at)
        end = between(report.runs[0].begun_at, run.ended_at or report.finished_at)
        if start is not None and end is not None:
            yield _Interval(run, start, max(start, end))


def _row(name: str, intervals: Sequence[_Interval], axis: _Axis) -> Row:
    worked = sum(each.end - each.start for each in intervals)
    bad = [_ENDS[each.run.end] for each in intervals if each.run.end in ("failed", "interrupted")]
    counted = [f"{len(intervals)} runs"] if len(intervals) > 1 else []
    counted += [f"{bad.count(end)} {end}" for end in dict.fromkeys(bad)]
    bars = tuple(_bar(each, axis) for each in intervals)
    return Row(name=plain(name), bars=bars, seconds=span(worked), about=", ".join(counted))


def _bar(each: _Interval, axis: _Axis) -> Bar:
    x, end = axis.place(each.start), axis.place(each.end)
    width = max(end - x, _LEAST_PERCENT if each.run.end == "done" else _LEAST_BAD_PERCENT)
    why = f" ({each.run.reason})" if each.run.reason else ""
    attempt = f", attempt {each.run.attempt}" if each.run.attempt > 1 else ""
    told = f"{plain(each.run.step)}{attempt}: {_ENDS[each.run.end]}{why}, {span(each.end - each.start)}"
    at = min(x, 100 - width)
    return Bar(x=round(at, 3), width=round(width, 3), end=_ENDS[each.run.end].replace(" ", "-"), told=told)


def _told(report: Report, rows: Sequence[Row]) -> str:
    """Say in words what the picture shows."""
    steps = "; ".join(f"{row.name} {row.seconds}{f' ({row.about})' if row.about else ''}" for row in rows)
    return f"{len(rows)} steps from {moment(report.runs[0].begun_at)}. {steps}."


class _Axis:
    """Time to per cent, with breaks where nobody worked for long."""

    def __init__(self, busy: Sequence[tuple[float, float]]) -> None:
        work = sum(end - start for start, end in busy) or 1.0
        self._segments: list[tuple[float, float, float]] = []  # start, end, and where it begins when drawn
        self._breaks: list[tuple[float, float]] = []
        at = 0.0
        for number, (start, end) in enumerate(busy):
            rest = start - busy[number - 1][1] if number else 0.0
            if rest > work * _LONG_SHARE:
                self._breaks.append((at, rest))
                at += work * _BREAK_SHARE
            elif number:
                at += rest
            self._segments.append((start, end, at))
            at += end - start
        self._width, self._break_width = at or 1.0, work * _BREAK_SHARE

    @classmethod
    def over(cls, intervals: Sequence[_Interval]) -> _Axis:
        """Make the axis of some intervals; those that touch or overlap are one stretch of work."""
        busy: list[tuple[float, float]] = []
        for each in sorted(intervals, key=lambda one: one.start):
            if busy and each.start <= busy[-1][1]:
                busy[-1] = (busy[-1][0], max(busy[-1][1], each.end))
            else:
                busy.append((each.start, each.end))
        return cls(busy)

    def place(self, seconds: float) -> float:
        """Return where a time is drawn."""
        for start, end, at in self._segments:
            if seconds <= end:
                return 100.0 * (at + max(0.0, seconds - start)) / self._width
        return 100.0

    def breaks(self) -> Iterator[Mark]:
        """Give the breaks, each with how long the rest was."""
        for at, rest in self._breaks:
            x, width = 100.0 * at / self._width, 100.0 * self._break_width / self._width
            anchor = "start" if x < 20 else "end" if x > 80 else "middle"
            yield Mark(x=round(x, 3), width=round(width, 3), text=f"{span(rest)} rest", anchor=anchor)

    def ticks(self) -> Iterator[Mark]:
        """Give the times along the axis, counted from the first run; none inside a rest, none too near another."""
        step = next((each for each in _STEPS if self._width / each <= _MOST_TICKS), 0)
        step = step or math.ceil(self._width / _MOST_TICKS / _STEPS[-1]) * _STEPS[-1]
        first, last = self._segments[0], self._segments[-1]
        marks: list[Mark] = []
        for number in range(math.ceil(first[0] / step), int(last[1] // step) + 1):
            at = number * step
            if any(start <= at <= end for start, end, _ in self._segments):
                mark = _mark(self.place(at), span(at) if at >= 60 else f"{at} s")
                if not marks or _apart(marks[-1], mark):
                    marks.append(mark)
        yield from marks


def _apart(one: Mark, other: Mark) -> bool:
    """Say whether two texts stand beside each other where the picture is narrowest."""
    return other.x - one.x > (len(one.text) + len(other.text)) * _LETTER_PERCENT


def _mark(x: float, text: str) -> Mark:
    anchor = "start" if x < 4 else "end" if x > 96 else "middle"
    return Mark(x=round(x, 3), text=text, anchor=anchor)
