"""What is measured of an event's end."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from refresh.watch.metrics import facts_of, metrics_of
from refresh.watch.words import ABANDONED, FAILED, FINISHED, REFUSED, SWITCHED_BACK

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
OUTPUTS: dict[str, Any] = {
    "data_as_of": "2026-11-22T11:00:00+00:00", "collections": [{"written": 3}, {"written": 4}], "findings": [],
    "phases": {"load": 2.25, "verify": 1.0},
}  # fmt: skip


def values(outcome: str, facts: dict[str, Any]) -> dict[str, float]:
    return {each.name: each.value for each in metrics_of(outcome, facts, NOW)}


def test_a_good_end_has_age_time_what_was_copied_and_what_was_found() -> None:
    assert values(FINISHED, facts_of(OUTPUTS)) == {
        "Failed": 0, "Duration": 3.2, "Documents": 7, "Findings": 0, "DataAge": 3600,
    }  # fmt: skip
    assert values(FINISHED, facts_of(OUTPUTS, "rows"))["Rows"] == 7


def test_every_bad_end_is_a_failure_and_a_refusal_is_counted_apart() -> None:
    for outcome in (FAILED, ABANDONED, SWITCHED_BACK):
        assert values(outcome, {"seconds": 1.0}) == {"Failed": 1, "Duration": 1.0}
    assert values(REFUSED, {"seconds": 1.0}) == {"Refused": 1}


def test_what_is_not_known_is_not_put() -> None:
    assert facts_of({}) == {}
    assert values(FAILED, {}) == {"Failed": 1}
