"""What is measured of an event's end: names, dimensions and values of metrics, the same for every refresh. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from refresh.aws import Metric
from refresh.watch.words import FINISHED, REFUSED

NAMESPACE = "Understudy"
SPACE, EVENT = "Space", "Event"  # the metrics' dimensions
DATA_AGE, DURATION, DOCUMENTS, ROWS, FINDINGS = "DataAge", "Duration", "Documents", "Rows", "Findings"
# One of the two at every end: the alarm on failures keeps its state until the next of them.
FAILED, REFUSED_TIMES = "Failed", "Refused"
# The kinds of events of the Aurora refresh; those of MongoDB's are refresh, scan, serve and reset.
AURORA_REFRESH, AURORA_SERVE = "aurora-refresh", "aurora-serve"
AURORA_EVENTS: Mapping[str, str] = {  # by the automation's action
    "refresh": AURORA_REFRESH,
    "last-known-good": AURORA_REFRESH,
    "previous": AURORA_SERVE,
}

_COUNTED = ((DOCUMENTS, "documents"), (ROWS, "rows"), (FINDINGS, "findings"))


def facts_of(outputs: Mapping[str, Any], counted: str = "documents") -> dict[str, Any]:
    """Take from what an event came to what is told of it.

    Args:
        outputs: Of data_as_of, collections, findings, phases what there is.
        counted: What its collections hold: documents or rows.

    Returns:
        Of data_as_of (ISO 8601), documents or rows, findings (counts) and seconds what is known.
    """
    facts: dict[str, Any] = {}
    if outputs.get("data_as_of"):
        facts["data_as_of"] = str(outputs["data_as_of"])
    if "collections" in outputs:
        facts[counted] = sum(int(each.get("written") or 0) for each in outputs["collections"])
    if "findings" in outputs:
        facts["findings"] = len(outputs["findings"])
    if outputs.get("phases"):
        facts["seconds"] = round(sum(outputs["phases"].values()), 1)
    return facts


def metrics_of(outcome: str, facts: Mapping[str, Any], now: datetime) -> list[Metric]:
    """Return what is put at an event's end.

    Args:
        outcome: How it ended, as `words.outcome_of` names it.
        facts: As of `facts_of`.
        now: The time.

    Returns:
        The metrics; of a refusal only that it was one.
    """
    if outcome == REFUSED:
        return [Metric(name=REFUSED_TIMES, value=1, unit="Count")]
    made = [Metric(name=FAILED, value=int(outcome != FINISHED), unit="Count")]
    if "seconds" in facts:
        made.append(Metric(name=DURATION, value=facts["seconds"], unit="Seconds"))
    for name, fact in _COUNTED:
        if fact in facts:
            made.append(Metric(name=name, value=facts[fact], unit="Count"))
    if "data_as_of" in facts:
        age = now - datetime.fromisoformat(facts["data_as_of"])
        made.append(Metric(name=DATA_AGE, value=age.total_seconds(), unit="Seconds"))
    return made
