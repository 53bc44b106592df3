"""A straight line through a few points, that never falls and never starts below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_SPREAD = 1.3  # between the smallest and the largest, below which noise would draw the line


@dataclass(frozen=True, kw_only=True)
class Line:
    """A fixed part and a part that grows."""

    fixed: float
    slope: float

    def at(self, x: float) -> float:
        """Return the value at a point."""
        return self.fixed + self.slope * x


def spread(xs: Sequence[float]) -> bool:
    """Say whether points lie far enough apart to tell a fixed part from one that grows."""
    return len(xs) > 1 and min(xs) > 0 and max(xs) >= _LEAST_SPREAD * min(xs)


def fit(xs: Sequence[float], ys: Sequence[float]) -> Line:
    """Draw the line of least squares, with neither part below zero.

    Args:
        xs: Sizes; `spread` holds for them.
        ys: What was measured at each.

    Returns:
        The line. Where the best one falls, a level one; where it starts below zero, one through zero.
    """
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)
    if slope <= 0:
        return Line(fixed=mean_y, slope=0.0)
    fixed = mean_y - slope * mean_x
    if fixed < 0:
        return Line(fixed=0.0, slope=sum(x * y for x, y in zip(xs, ys, strict=True)) / sum(x * x for x in xs))
    return Line(fixed=fixed, slope=slope)
