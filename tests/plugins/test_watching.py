"""The rows of alarms, dashboards and topics, with the inputs that Watch declares, against moto and its evaluator."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from moto import mock_aws
from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends
from moto.sns.models import SNSBackend, Topic

from components import watch_documents as documents
from components.host_policies import Place
from sandbox.cloud import alarms, messages
from sandbox.plugins.aws.kind import Aws
from sandbox.plugins.aws.rows.keys import KEYS
from sandbox.plugins.aws.rows.telling import TELLING
from sandbox.plugins.aws.rows.watching import WATCHING

pytestmark = pytest.mark.slow

PLACE = Place(partition="aws", region="eu-central-1", account_id="123456789012")
SPACE = "understudy/test"
ALARM = WATCHING["aws:cloudwatch/metricAlarm:MetricAlarm"]
DASHBOARD = WATCHING["aws:cloudwatch/dashboard:Dashboard"]
POLICY = WATCHING["aws:sns/topicPolicy:TopicPolicy"]
SUBSCRIPTION = WATCHING["aws:sns/topicSubscription:TopicSubscription"]
TOPIC = TELLING["aws:sns/topic:Topic"]
KEY = KEYS["aws:kms/key:Key"]


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws("eu-central-1", {}, None)


@pytest.fixture
def evaluator(aws, monkeypatch, tmp_path):
    """The sandbox's own alarms and messages, put into this process's moto for one test."""
    for owner, name in (
        (CloudWatchBackend, "put_metric_alarm"),
        (Topic, "publish"),
        (SNSBackend, "subscribe"),
        (SNSBackend, "publish"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # taken back at the end
    one = alarms.Alarms()
    alarms.install(one)
    messages.install(messages.Messages(tmp_path / "messages.jsonl"))
    return one


def failed(topic, **changes):
    """The alarm on failures as the engine hands it over: numbers are floats."""
    return {
        "name": documents.failure_alarm(SPACE),
        "alarmDescription": "why",
        "namespace": "Understudy",
        "metricName": "Failed",
        "dimensions": {"Space": SPACE, "Event": "refresh"},
        "statistic": "Maximum",
        "period": 60.0,
        "evaluationPeriods": 1.0,
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "threshold": 1.0,
        "treatMissingData": "ignore",
        "alarmActions": [topic],
        "okActions": [topic],
        "tags": {"Name": "failed"},
        **changes,
    }


def camel(value):
    """Write names as the SDK hands them to a plugin."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k if k == "InstanceId" else k[:1] + k.title().replace("_", "")[1:]: camel(v) for k, v in value.items()}


def aged(topic, instance_id, at):
    rest = {key: value for key, value in failed(topic).items() if key not in
            {"namespace", "metricName", "dimensions", "statistic", "period"}}  # fmt: skip
    return {
        **rest,
        "name": documents.age_alarm(SPACE),
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 192.0,
        "treatMissingData": "breaching",
        "metricQueries": camel(documents.age_queries(at, instance_id)),
    }


def make_topic(aws):
    """A topic as Watch makes it: under a key, with a policy, with one address."""
    key = KEY.create(aws, {"policy": json.dumps(documents.key_policy(PLACE, SPACE))}, None)
    arn = KEY.read(aws, key, {})["arn"]
    topic = TOPIC.create(aws, {"name": documents.slug(SPACE), "kmsMasterKeyId": arn}, None)
    POLICY.create(aws, {"arn": topic, "policy": json.dumps(documents.topic_policy(PLACE, SPACE, topic))}, None)
    SUBSCRIPTION.create(aws, {"topic": topic, "protocol": "email", "endpoint": "team@example.org"}, None)
    return topic


def make(aws, inputs):
    ALARM.create(aws, inputs, None)
    ALARM.settle(aws, inputs["name"], inputs, None)
    return inputs["name"]


def test_an_alarm_is_what_was_declared_and_can_be_changed_and_deleted(aws):
    topic = "arn:aws:sns:eu-central-1:123456789012:t"
    inputs = failed(topic)
    name = make(aws, inputs)
    now = ALARM.read(aws, name, inputs)
    assert {key: now[key] for key in inputs if key in now} == {key: inputs[key] for key in inputs if key in now}
    assert {"threshold", "period", "tags", "alarmActions"} <= set(now), "the control: these are compared"
    changed = {**inputs, "threshold": 2.0, "tags": {"Name": "other"}}
    ALARM.update(aws, name, inputs, changed, ["tags", "threshold"], None)
    now = ALARM.read(aws, name, changed)
    assert (now["threshold"], now["tags"]) == (2.0, {"Name": "other"})
    ALARM.delete(aws, name, changed, None)
    assert ALARM.read(aws, name, changed) is None


def test_a_dashboard_is_what_was_declared_and_goes(aws):
    body = json.dumps(documents.dashboard(SPACE, "eu-central-1", ["a", "b"], "b", "/logs"), indent=1)
    inputs = {"dashboardName": "d", "dashboardBody": body}
    assert DASHBOARD.read(aws, DASHBOARD.create(aws, inputs, None), inputs)["dashboardBody"] == body
    DASHBOARD.delete(aws, "d", inputs, None)
    assert aws.client("cloudwatch").list_dashboards()["DashboardEntries"] == []


def test_topic_policy_and_subscription_are_what_was_declared_and_go(aws):
    topic = make_topic(aws)
    (made,) = aws.client("sns").list_subscriptions()["Subscriptions"]
    assert SUBSCRIPTION.read(aws, made["SubscriptionArn"], {})["endpoint"] == "team@example.org"
    assert "cloudwatch.amazonaws.com" in POLICY.read(aws, topic, {})["policy"]
    POLICY.delete(aws, topic, {}, None)
    assert "cloudwatch.amazonaws.com" not in POLICY.read(aws, topic, {})["policy"]
    SUBSCRIPTION.delete(aws, made["SubscriptionArn"], {}, None)
    assert aws.client("sns").list_subscriptions()["Subscriptions"] == []


def test_what_watch_declares_is_computed_and_reaches_the_address(aws, evaluator, tmp_path):
    """The alarms' own documents, the key's and the topic's policies: were one of them wrong, nothing would arrive."""
    topic = make_topic(aws)
    names = [make(aws, failed(topic)), make(aws, aged(topic, "i-staging", _an_hour_ago()))]

    def states(hours=0.0):
        found = {one["name"]: one for one in evaluator.evaluate(hours * 3600)}
        assert [one["not_done"] for one in found.values()] == [[], []]
        return [found[name]["state"] for name in names]

    def subjects():
        file = tmp_path / "messages.jsonl"
        return [json.loads(line)["subject"].split(maxsplit=1)[0] for line in file.read_text().splitlines()]

    assert states() == ["INSUFFICIENT_DATA", "OK"]
    assert states(190) == ["INSUFFICIENT_DATA", "OK"]
    assert states(192) == ["INSUFFICIENT_DATA", "ALARM"]
    metric = {"MetricName": "Failed", "Value": 1, "Dimensions": _dimensions()}
    aws.client("cloudwatch").put_metric_data(Namespace="Understudy", MetricData=[metric])
    assert states() == ["ALARM", "OK"]
    assert subjects() == ["OK:", "ALARM:", "ALARM:", "OK:"]


def test_an_alarm_of_another_stack_does_not_reach_the_topic(aws, evaluator, tmp_path):
    topic = make_topic(aws)
    make(aws, failed(topic, name="other-refresh-failed"))
    metric = {"MetricName": "Failed", "Value": 1, "Dimensions": _dimensions()}
    aws.client("cloudwatch").put_metric_data(Namespace="Understudy", MetricData=[metric])
    (one,) = evaluator.evaluate()
    assert one["state"] == "ALARM"
    assert "not authorized" in one["not_done"][0]
    assert not (tmp_path / "messages.jsonl").exists()


def test_the_age_counts_from_the_new_data_after_a_refresh_and_the_state_goes_on(aws, evaluator):
    topic = make_topic(aws)
    old, new = aged(topic, "i-staging", "2020-01-01T00:00:00+00:00"), aged(topic, "i-staging", _an_hour_ago())
    name = make(aws, old)
    assert evaluator.evaluate()[0]["state"] == "ALARM"
    ALARM.update(aws, name, old, new, ["metricQueries"], None)
    backend = cloudwatch_backends["123456789012"]["eu-central-1"]
    assert backend.alarms[name].state_value == "ALARM", "as CloudWatch: until it is evaluated again"
    assert evaluator.evaluate()[0]["state"] == "OK"


def _an_hour_ago():
    return (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()


def _dimensions():
    return [{"Name": "Space", "Value": SPACE}, {"Name": "Event", "Value": "refresh"}]
