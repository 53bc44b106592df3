"""What an alarm watches and which state that puts it in, computed as CloudWatch does. Pure.

An alarm that this does not compute is refused when it is made: a state that nobody computed would look like good news.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
}
STATISTICS = ("Maximum",)
MISSING = ("ignore", "breaching")
# CloudWatch looks back further than the one period that is judged, at the newest values that are there; how far
# exactly, it does not say (user guide, "How alarm state is evaluated when data is missing").
LOOKED_AT_PERIODS = 3
LEAST_SECONDS, HOUR_SECONDS, DAY_SECONDS = 60, 3600, 86_400
AGE = re.compile(r"\(EPOCH\((?P<clock>[a-z]\w*)\) - (?P<since>\d+)\) / (?P<unit>\d+)")

Values = Mapping[int, float]  # of a metric, by the beginning of their period


class NotComputed(Exception):
    """The sandbox does not compute such an alarm."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric by its name and dimensions, its values put together by period."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    period: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What an alarm judges.

    Attributes:
        metric: The metric that it watches, or whose periods an age is given for.
        comparison: Holds for a value and the threshold when that is alarming.
        threshold: The same.
        missing: ignore or breaching.
        since: The moment that an age is counted from, seconds since 1970; None where the value itself is judged.
        unit: Seconds in a unit of the age.
    """

    metric: Metric
    comparison: str
    threshold: float
    missing: str
    since: int | None = None
    unit: int = 1


def rule_of(alarm: Any) -> Rule:
    """Read one of moto's alarms.

    Raises:
        NotComputed: With what the sandbox does not know.
    """
    _refuse_unknown(alarm)
    if alarm.metric_data_queries:
        metric, since, unit = _age(alarm.metric_data_queries)
    else:
        named = {one.name: one.value for one in alarm.dimensions}
        metric = _metric(alarm.namespace, alarm.metric_name, named, alarm.period, alarm.statistic)
        since, unit = None, 1
    return Rule(
        metric=metric,
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        missing=alarm.treat_missing_data,
        since=since,
        unit=unit,
    )


def state_of(rule: Rule, values: Values, now: float, before: str) -> tuple[str, str]:
    """Judge an alarm.

    Args:
        rule: What it judges.
        values: The metric's, by the beginning of their period. The period that has begun counts already.
        now: Seconds since 1970.
        before: Its state until now.

    Returns:
        Its state, and the reason.
    """
    period = rule.metric.period
    newest = math.floor(now / period) * period
    looked_at = [newest - n * period for n in range(LOOKED_AT_PERIODS)]
    # EPOCH gives "a new non-sparse time series" (user guide, metric math): a value for every period of its metric.
    there = values if rule.since is None else {one: (one - rule.since) / rule.unit for one in looked_at}
    value = next((there[one] for one in looked_at if one in there), None)
    if value is None:
        told = "no datapoints were received, and missing ones are treated as"
        return (before, f"{told} [Ignore]") if rule.missing == "ignore" else (ALARM, f"{told} [Breaching]")
    alarming = COMPARISONS[rule.comparison](value, rule.threshold)
    return (ALARM if alarming else OK), f"{value:g} is {'' if alarming else 'not '}{rule.comparison} {rule.threshold:g}"


def _refuse_unknown(alarm: Any) -> None:
    known: dict[str, tuple[Any, Any]] = {
        "EvaluationPeriods": (alarm.evaluation_periods, (1,)),
        "DatapointsToAlarm": (alarm.datapoints_to_alarm, (None, 1)),
        "ComparisonOperator": (alarm.comparison_operator, COMPARISONS),
        "TreatMissingData": (alarm.treat_missing_data, MISSING),
        "ExtendedStatistic": (alarm.extended_statistic, (None,)),
        "Unit": (alarm.unit, (None,)),
        "ThresholdMetricId": (alarm.threshold_metric_id, (None,)),
        "AlarmRule": (alarm.rule, (None,)),
        "InsufficientDataActions": (tuple(alarm.insufficient_data_actions or ()), ((),)),
    }
    for name, (given, taken) in known.items():
        if given not in taken:
            raise NotComputed(f"{name} {given!r} of alarm {alarm.name}")
    for arn in [*alarm.alarm_actions, *alarm.ok_actions]:
        if not arn.startswith("arn:aws:sns:"):
            raise NotComputed(f"the action {arn} of alarm {alarm.name}")


def _age(queries: list[Any]) -> tuple[Metric, int, int]:
    """Read the one expression that is known: the age of a moment, for the periods of a metric."""
    shown = [one for one in queries if str(one.return_data).lower() == "true"]
    found = AGE.fullmatch(shown[0].expression or "") if len(shown) == 1 else None
    clock = next((one for one in queries if found and one.id == found["clock"] and one.metric_stat), None)
    if found is None or clock is None or len(queries) != len({"clock", "age"}):
        told = ", ".join(str(one.expression or one.id) for one in queries)
        raise NotComputed(f"the expression of {told}; it knows (EPOCH(<metric>) - <seconds>) / <seconds>")
    stat = clock.metric_stat
    named = {one.name: one.value for one in stat.metric.dimensions}
    metric = _metric(stat.metric.namespace, stat.metric.metric_name, named, int(stat.period), stat.stat)
    return metric, int(found["since"]), int(found["unit"])


def _metric(namespace: str, name: str, dimensions: Mapping[str, str], period: int, statistic: str) -> Metric:
    """Return a metric whose statistic is known, and whose period AWS takes for one that is evaluated once."""
    if statistic not in STATISTICS:
        raise NotComputed(f"the statistic {statistic} of {namespace} {name}")
    longest = DAY_SECONDS if period < HOUR_SECONDS else 7 * DAY_SECONDS
    if period % LEAST_SECONDS or not LEAST_SECONDS <= period <= longest:
        raise NotComputed(f"the period of {period} s of {namespace} {name}")
    return Metric(namespace=namespace, name=name, dimensions=dict(dimensions), period=int(period))
