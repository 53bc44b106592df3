"""How the end of an Aurora refresh is told: to log, metrics and topic, each once, and never hiding the end itself."""

from __future__ import annotations

from typing import Any

import pytest

from refresh.aurora import telling
from refresh.aurora.context import LEDGERS, AuroraContext
from refresh.aurora.request import AuroraRequest
from refresh.errors import TransientError
from refresh.poller import Poller
from refresh.records.ledger import Ledger
from refresh.watch.words import FAILED, REFUSED, SWITCHED_BACK
from tests.aurora.fake_ports import FakeAws
from tests.aurora.test_parts import REQUEST
from tests.reporting import made

PLACES = {"log_group": "/aurora", "topic_arn": "arn:topic"}


def context(aws: FakeAws, lines: list[str], action: str = "refresh", **changes: Any) -> AuroraContext:
    """A refresh whose ledger says that all its steps are done."""
    finished = made.aurora_ledger()
    about = {name: finished[name] for name in ("dump_key", "cluster_id", "schema", "space")}
    ledger = Ledger.open(
        aws.objects, "reports", aws.clock, refresh_id=finished["refresh_id"], fencing=1, prefix=LEDGERS,
        about={**about, "action": action},
    )  # fmt: skip
    for name, step in finished["steps"].items():
        ledger.begin(name)
        ledger.finish(name, step["seconds"], step["facts"])
    return AuroraContext(
        request=AuroraRequest.from_inputs({**REQUEST, **PLACES, **changes}), ports=aws.ports(""), ledger=ledger,
        clock=aws.clock, poller=Poller(aws.clock), say=lines.append,
    )  # fmt: skip


def test_a_good_refresh_is_measured_with_rows_findings_time_and_the_age_of_its_data() -> None:
    aws = FakeAws()
    telling.tell(context(aws, []), telling.SUCCEEDED, "s3://reports/page")
    ((kind, values),) = aws.outcomes.measured
    assert kind == "aurora-refresh"
    assert set(values) == {"Failed", "Duration", "Rows", "Findings", "DataAge"}
    assert (values["Failed"], values["Rows"], values["Findings"], values["Duration"]) == (0, 1599, 0, 91.0)


@pytest.mark.parametrize(
    ("outcome", "expected"), [(FAILED, {"Failed": 1}), (SWITCHED_BACK, {"Failed": 1}), (REFUSED, {"Refused": 1})]
)
def test_what_did_not_become_live_is_measured_without_rows_or_age(outcome: str, expected: dict[str, int]) -> None:
    aws = FakeAws()
    telling.tell(context(aws, []), outcome, "why")
    ((_, values),) = aws.outcomes.measured
    assert {name: value for name, value in values.items() if name != "Duration"} == expected


def test_a_switch_is_an_event_of_its_own_that_raises_no_alarm_on_refreshes() -> None:
    aws = FakeAws()
    telling.tell(context(aws, [], action="previous"), telling.SUCCEEDED, "page")
    ((kind, values),) = aws.outcomes.measured
    assert kind == "aurora-serve"
    assert set(values) == {"Failed", "Duration", "DataAge"}


def test_each_way_is_told_once_however_often_it_is_asked_for() -> None:
    aws = FakeAws()
    told = context(aws, [])
    for _ in range(2):
        telling.tell(told, FAILED, "why")
    assert [len(aws.outcomes.logged), len(aws.outcomes.measured), len(aws.outcomes.published)] == [1, 1, 1]
    telling.tell(told, telling.SUCCEEDED, "page")
    assert [len(aws.outcomes.logged), len(aws.outcomes.measured), len(aws.outcomes.published)] == [2, 2, 2]


def test_metrics_that_cannot_be_put_are_said_and_hide_nothing() -> None:
    aws, lines = FakeAws(), []
    aws.fate.failures["measure"] = [TransientError("PutMetricData Understudy: throttled")]
    telling.tell(context(aws, lines), telling.SUCCEEDED, "page")
    assert aws.outcomes.measured == []
    assert len(aws.outcomes.published) == 1
    assert any("the metrics could not be told: PutMetricData Understudy: throttled" in line for line in lines)
