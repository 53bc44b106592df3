"""What the stack's refreshes told, as it arrived: messages, logs, metrics, alarms. No refresh is run for it."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from refresh.boto import sessions
from refresh.errors import HostError
from refresh.poller import SystemClock
from refresh.request import Watch
from refresh.watch import metrics
from refresh.watch.telling import told
from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.shop import DATABASE
from tests.e2e.stack import Stack

pytestmark = pytest.mark.sandbox

LIMIT_HOURS = 192  # the setting's default


def mails(sandbox: Sandbox, *words: str) -> list[dict[str, Any]]:
    """What reached the mailbox that the sandbox's stack names, with all of these words in the subject."""
    to_team = [one for one in sandbox.messages() if one["endpoint"] == "team@example.org"]
    return [one for one in to_team if all(word in one["subject"] for word in words)]


def states(sandbox: Sandbox, hours_ahead: float = 0.0) -> dict[str, str]:
    return {
        one["name"].removeprefix(f"understudy-{sandbox.name}-"): one["state"] for one in sandbox.alarms(hours_ahead)
    }


@pytest.fixture(scope="module")
def outputs(stack: Stack) -> dict[str, Any]:
    """The outputs of a stack that serves: as tests before left it, or made here where these are run alone."""
    if not stack.outputs().get("live_volume_id"):
        stack.configure("refresh_trigger", "to-serve")
        stack.up()
    return stack.outputs()


@pytest.fixture
def event(sandbox: Sandbox, outputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A way to tell of an event as a refresh does, through the real services' adapters."""
    for name, value in sandbox.record["environment"].items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    request: Any = SimpleNamespace(
        space=f"understudy/{sandbox.name}",
        region=sandbox.record["region"],
        reports_bucket=outputs["reports_bucket"],
        watch=Watch(topic_arn=outputs["watch"]["topic_arn"], log_group=outputs["watch"]["log_group"]),
    )
    aws = sessions.connect(request.region)
    return lambda event_id, said: told("refresh", event_id, request, aws, SystemClock(), said.append)


def test_a_message_of_the_refresh_leads_to_its_report(sandbox: Sandbox, outputs: dict[str, Any]) -> None:
    mail = mails(sandbox, outputs["refresh_id"], "finished")[-1]
    assert outputs["data_as_of"] in mail["message"]
    link = next(word for word in mail["message"].split() if word.startswith("https://"))
    address = urllib.parse.urlsplit(link)
    key = urllib.parse.parse_qs(address.query)["prefix"][0]
    assert address.path.endswith(f"/{outputs['reports_bucket']}")
    sandbox.session().client("s3").head_object(Bucket=outputs["reports_bucket"], Key=key)
    assert "X-Amz" not in mail["message"]


def test_every_event_that_left_a_report_was_told_with_its_outcome(sandbox: Sandbox, outputs: dict[str, Any]) -> None:
    """Refreshes, switches and resets of the tests before this one, whatever they came to."""
    s3, bucket = sandbox.session().client("s3"), outputs["reports_bucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="reports/")
    keys = [one["Key"] for page in pages for one in page.get("Contents", []) if one["Key"].endswith("/report.json")]
    reports = {key.split("/")[1]: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys}
    assert outputs["refresh_id"] in reports, "the control"
    # What preflight refuses is a failure in its report, and a refusal in its message.
    ends = {event_id: report["outcome"].replace("failed", "") for event_id, report in reports.items()}
    assert [one for one, outcome in ends.items() if not mails(sandbox, f" {one} {outcome}")] == []


def test_every_step_of_the_refresh_is_in_the_log_as_json(sandbox: Sandbox, outputs: dict[str, Any]) -> None:
    events = _logged(sandbox, outputs)
    assert [events[0]["what"], events[-1]["what"], events[-1]["outcome"]] == ["begun", "ended", "finished"]
    assert {one["id"] for one in events} == {outputs["refresh_id"]}
    assert any(one.get("line", "").startswith("cut_over done in") for one in events)


@pytest.mark.usefixtures("outputs")
def test_the_refresh_is_measured(sandbox: Sandbox) -> None:
    now = datetime.now(timezone.utc)
    dimensions = {"Space": f"understudy/{sandbox.name}", "Event": "refresh"}
    for name in ("DataAge", "Duration", "Documents", "Findings"):
        points = (
            sandbox.session()
            .client("cloudwatch")
            .get_metric_statistics(
                Namespace="Understudy",
                MetricName=name,
                Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
                StartTime=now - timedelta(hours=3),
                EndTime=now + timedelta(minutes=1),
                Period=3 * 3600,
                Statistics=["Maximum"],
            )["Datapoints"]
        )
        assert points, name
        assert (max(one["Maximum"] for one in points) == 0) == (name == "Findings"), name


def test_no_address_of_productions_people_was_told(sandbox: Sandbox, outputs: dict[str, Any]) -> None:
    with connect_production(sandbox) as production:
        people = [one["email"] for one in production[DATABASE]["customers"].find({}, {"email": 1}).limit(300)]
    everything = json.dumps([sandbox.messages(), _logged(sandbox, outputs)])
    assert len(people) == 300, "the control: there are people to find"
    assert "team@example.org" in everything, "the control: addresses are found"
    assert [one for one in people if one in everything] == []


@pytest.mark.usefixtures("outputs")
def test_data_that_grows_old_raises_an_alarm_though_nothing_runs(sandbox: Sandbox) -> None:
    assert states(sandbox)["data-age"] == "OK"
    before = len(mails(sandbox, "ALARM", "data-age"))
    assert states(sandbox, LIMIT_HOURS - 1)["data-age"] == "OK", "not before its time"
    assert states(sandbox, LIMIT_HOURS + 1)["data-age"] == "ALARM"
    told = mails(sandbox, "ALARM", "data-age")[before:]
    assert len(told) == 1
    assert "older than 192 hours" in told[0]["message"]
    assert states(sandbox)["data-age"] == "OK"
    assert mails(sandbox, "OK", "data-age"), "and people are told that it is over"


def test_a_failure_raises_an_alarm_that_the_next_good_refresh_takes_back(sandbox: Sandbox, event: Any) -> None:
    said: list[str] = []
    assert states(sandbox)["refresh-failed"] != "ALARM", "the control: it is what follows that raises it"
    with pytest.raises(HostError), event("made-to-fail", said):
        raise HostError("deliver of made-to-fail on i-1: the disk is full")
    assert said == [], "everything could be told"
    assert "the disk is full" in mails(sandbox, "made-to-fail", "failed")[0]["message"]
    assert states(sandbox)["refresh-failed"] == "ALARM"
    assert mails(sandbox, "ALARM", "refresh-failed")
    assert states(sandbox, 500)["refresh-failed"] == "ALARM", "it stays until a refresh is good"
    _put_a_minute_later(sandbox)
    assert states(sandbox, 1 / 60)["refresh-failed"] == "OK"


def test_the_dashboard_is_there(sandbox: Sandbox, outputs: dict[str, Any]) -> None:
    name = outputs["watch"]["dashboard"]
    body = sandbox.session().client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    assert len(json.loads(body)["widgets"]) == 7


@pytest.fixture(autouse=True)
def _time_as_it_is(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.alarms()


def _put_a_minute_later(sandbox: Sandbox) -> None:
    """Put the good end of a refresh as of a minute from now: one within the same minute takes nothing back."""
    dimensions = {"Space": f"understudy/{sandbox.name}", "Event": "refresh"}
    data = {
        "MetricName": metrics.FAILED,
        "Value": 0,
        "Timestamp": datetime.now(timezone.utc) + timedelta(minutes=1),
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    sandbox.session().client("cloudwatch").put_metric_data(Namespace=metrics.NAMESPACE, MetricData=[data])


def _logged(sandbox: Sandbox, outputs: dict[str, Any]) -> list[dict[str, Any]]:
    """The log of the latest refresh, oldest first."""
    found = (
        sandbox.session()
        .client("logs")
        .get_log_events(
            logGroupName=outputs["watch"]["log_group"],
            logStreamName=f"refresh/{outputs['refresh_id']}",
            startFromHead=True,
        )
    )
    return [json.loads(one["message"]) for one in found["events"]]
