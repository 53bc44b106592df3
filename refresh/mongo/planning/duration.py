"""How long a refresh should take: each step has a fixed part, and those that copy one that grows with the data.

Where the last refreshes were of different sizes, a line is drawn through them. Otherwise the part that grows is what
the jobs themselves measured, and grows as the documents do; the rest of the step is its fixed part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from refresh.mongo.planning.line import fit, spread
from refresh.mongo.planning.runs import Run

COPYING = ("restore", "anonymize", "verify")  # all others take as long whatever the size


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Seconds a step, and in words what they are based on."""

    seconds: Mapping[str, float]
    based_on: str

    @property
    def total_seconds(self) -> float:
        """The whole refresh."""
        return sum(self.seconds.values())


def estimate(runs: Sequence[Run], documents: int) -> Estimate:
    """Reckon what each step takes.

    Args:
        runs: Finished refreshes to reckon with, at least one, the newest first.
        documents: How many will be read.

    Returns:
        The estimate, for the steps that the newest run had.
    """
    sizes = [float(run.total_documents) for run in runs]
    drawn = spread(sizes)
    seconds = {}
    for step in runs[0].seconds:
        having = [run for run in runs if step in run.seconds]
        line_drawn = drawn and len(having) == len(runs)
        seconds[step] = _copying(step, having, documents, line_drawn) if step in COPYING else _fixed(step, having)
    return Estimate(seconds=seconds, based_on=_basis(runs, drawn))


def _fixed(step: str, runs: Sequence[Run]) -> float:
    return median(run.seconds[step] for run in runs)


def _copying(step: str, runs: Sequence[Run], documents: int, line_drawn: bool) -> float:  # noqa: FBT001 - one caller
    sizes = [float(run.total_documents) for run in runs]
    if line_drawn:
        return fit(sizes, [run.seconds[step] for run in runs]).at(documents)
    return median(_scaled(run, step, documents) for run in runs)


def _scaled(run: Run, step: str, documents: int) -> float:
    """Let the part of a step grow that its job measured; all of it where nobody measured."""
    work = min(run.work_seconds.get(step, run.seconds[step]), run.seconds[step])
    growth = documents / run.total_documents if run.total_documents else 1.0
    return run.seconds[step] - work + work * growth


def _basis(runs: Sequence[Run], drawn: bool) -> str:  # noqa: FBT001 - one caller
    if len(runs) == 1:
        return f"{runs[0].refresh_id} ({readable_time(runs[0].total_seconds)}), its copying scaled by documents"
    numbers = [run.total_documents for run in runs]
    how = "a line through their sizes" if drawn else "copying scaled by documents, the middle of the rest"
    return f"the last {len(runs)} refreshes of {min(numbers):,} to {max(numbers):,} documents: {how}"


def readable_time(seconds: float) -> str:
    """Write a duration for people."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
