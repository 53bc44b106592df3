"""Which state an alarm is in, and which alarms the sandbox does not pretend to know; no moto, no sandbox."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.cloud.alarm_rules import ALARM, INSUFFICIENT, OK, NotComputed, rule_of, state_of

HOUR = 3600
SINCE = 1_000_000_800  # on a full five minutes


def failed(**changes: Any) -> Any:
    """An alarm on failures, as moto keeps it."""
    known = {
        "name": "failed",
        "namespace": "Understudy",
        "metric_name": "Failed",
        "dimensions": [SimpleNamespace(name="Space", value="s")],
        "statistic": "Maximum",
        "period": 60,
        "evaluation_periods": 1,
        "datapoints_to_alarm": None,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1.0,
        "treat_missing_data": "ignore",
        "extended_statistic": None,
        "unit": None,
        "threshold_metric_id": None,
        "rule": None,
        "insufficient_data_actions": [],
        "alarm_actions": ["arn:aws:sns:eu-central-1:123456789012:t"],
        "ok_actions": [],
        "metric_data_queries": [],
    }
    return SimpleNamespace(**{**known, **changes})


def aged(expression: str = f"(EPOCH(clock) - {SINCE}) / 3600", **changes: Any) -> Any:
    """An alarm on an age."""
    named = [SimpleNamespace(name="InstanceId", value="i-1")]
    metric = SimpleNamespace(namespace="AWS/EC2", metric_name="StatusCheckFailed", dimensions=named)
    stat = SimpleNamespace(metric=metric, period=300, stat="Maximum")
    clock = SimpleNamespace(id="clock", metric_stat=stat, expression=None, return_data="false")
    age = SimpleNamespace(id="age", metric_stat=None, expression=expression, return_data="true")
    usual = {"comparison_operator": "GreaterThanThreshold", "threshold": 24.0, "treat_missing_data": "breaching"}
    return failed(metric_data_queries=[clock, age], **{**usual, **changes})


def judged(alarm: Any, values: dict[int, float], now: float, before: str = OK) -> str:
    return state_of(rule_of(alarm), values, now, before)[0]


def test_a_failure_is_an_alarm_and_the_next_good_end_takes_it_back() -> None:
    assert judged(failed(), {600: 1.0}, 630) == ALARM
    assert judged(failed(), {600: 1.0, 660: 0.0}, 690, ALARM) == OK


@pytest.mark.parametrize("before", [OK, ALARM, INSUFFICIENT])
def test_while_nothing_runs_a_state_that_ignores_missing_data_stays(before: str) -> None:
    assert judged(failed(), {600: 1.0}, 600 + 10 * HOUR, before) == before


def test_a_value_counts_for_some_periods_after_its_own() -> None:
    assert judged(failed(), {600: 1.0}, 600 + 2 * 60, OK) == ALARM


@pytest.mark.parametrize(("hours", "state"), [(1, OK), (24, OK), (25, ALARM), (10_000, ALARM)])
def test_an_age_grows_by_itself_with_no_limit(hours: int, state: str) -> None:
    now = SINCE + hours * HOUR
    assert judged(aged(), {now: 0.0}, now) == state
    assert judged(aged(), {}, now) == state, "whether or not its metric has a value"


def test_missing_values_are_an_alarm_where_they_are_to_be_one() -> None:
    assert judged(failed(treat_missing_data="breaching"), {}, 600) == ALARM
    assert judged(failed(treat_missing_data="breaching"), {600: 0.0}, 600) == OK, "the control"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"statistic": "Average"}, "Average"),
        ({"statistic": None, "extended_statistic": "p99"}, "p99"),
        ({"evaluation_periods": 3}, "EvaluationPeriods 3"),
        ({"datapoints_to_alarm": 2}, "DatapointsToAlarm 2"),
        ({"comparison_operator": "LessThanThreshold"}, "LessThanThreshold"),
        ({"treat_missing_data": None}, "TreatMissingData None"),
        ({"treat_missing_data": "notBreaching"}, "notBreaching"),
        ({"unit": "Seconds"}, "Unit"),
        ({"rule": "ALARM(a)"}, "AlarmRule"),
        ({"insufficient_data_actions": ["arn:aws:sns:r:1:t"]}, "InsufficientDataActions"),
        ({"alarm_actions": ["arn:aws:automate:eu-central-1:ec2:stop"]}, "automate"),
        ({"period": 90}, "90 s"),
        ({"period": 30}, "30 s"),
    ],
)
def test_an_alarm_that_is_not_computed_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(NotComputed, match=told):
        rule_of(failed(**changes))


@pytest.mark.parametrize(
    "expression", ["EPOCH(clock) / 3600", "(EPOCH(other) - 1) / 3600", "FILL(clock, REPEAT)", "(EPOCH(clock) - x) / 2"]
)
def test_an_expression_that_is_not_computed_is_refused(expression: str) -> None:
    with pytest.raises(NotComputed, match="expression"):
        rule_of(aged(expression))
