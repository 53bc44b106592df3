"""Alarms and messages of a running sandbox: from values put to a queue and a mailbox."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.__main__ import main
from sandbox.client import Sandbox

pytestmark = pytest.mark.sandbox
ACCOUNT = "123456789012"


class Told:
    """A topic with an address and a queue behind it, and an alarm on a metric of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.name = sandbox, f"alarms-{uuid.uuid4().hex[:8]}"
        session = sandbox.session()
        self.cloudwatch, self.sns, self.sqs = (session.client(one) for one in ("cloudwatch", "sns", "sqs"))
        self.topic = self.sns.create_topic(Name=self.name)["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.sns.subscribe(TopicArn=self.topic, Protocol="email", Endpoint="team@example.org")

    def put_alarm(self, **changes: Any) -> None:
        settings = {
            "Namespace": "Tests",
            "MetricName": self.name,
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": 1,
            "TreatMissingData": "ignore",
            "AlarmActions": [self.topic],
            "OKActions": [self.topic],
        }
        self.cloudwatch.put_metric_alarm(AlarmName=self.name, **{**settings, **changes})

    def put(self, value: float) -> None:
        self.cloudwatch.put_metric_data(Namespace="Tests", MetricData=[{"MetricName": self.name, "Value": value}])

    def alarm(self, hours_ahead: float = 0.0) -> dict[str, Any]:
        return next(one for one in self.sandbox.alarms(hours_ahead) if one["name"] == self.name)

    def mails(self) -> list[dict[str, Any]]:
        return [one for one in self.sandbox.messages() if (one["topic"], one["protocol"]) == (self.name, "email")]

    def end(self) -> None:
        self.cloudwatch.delete_alarms(AlarmNames=[self.name])
        self.sns.delete_topic(TopicArn=self.topic)
        self.sqs.delete_queue(QueueUrl=self.queue)
        self.sandbox.alarms()


@pytest.fixture
def told(sandbox: Sandbox) -> Iterator[Told]:
    one = Told(sandbox)
    yield one
    one.end()


def test_an_alarm_is_computed_from_what_is_put_and_tells_its_topic(told: Told) -> None:
    told.put_alarm()
    assert told.alarm()["state"] == "INSUFFICIENT_DATA"
    assert told.mails() == [], "the control: nobody has been told yet"
    told.put(1)
    assert told.alarm()["state"] == "ALARM"
    assert told.alarm(hours_ahead=500)["state"] == "ALARM", "as long as nothing else is put"
    (mail,) = told.mails()
    assert (mail["endpoint"], mail["subject"].split()[0]) == ("team@example.org", "ALARM:")
    (queued,) = told.sqs.receive_message(QueueUrl=told.queue)["Messages"]
    message = json.loads(json.loads(queued["Body"])["Message"])
    assert (message["AlarmName"], message["OldStateValue"]) == (told.name, "INSUFFICIENT_DATA")


def test_what_arrived_and_how_alarms_stand_can_be_read_at_the_command_line(
    told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    told.put_alarm()
    told.put(1)
    assert main(["alarms", "--name", told.sandbox.name]) == 0
    assert f"ALARM              {told.name}: 1 is GreaterThanOrEqualToThreshold 1" in capsys.readouterr().out
    assert main(["messages", "--name", told.sandbox.name]) == 0
    assert f'{told.name} to team@example.org: ALARM: "{told.name}"' in capsys.readouterr().out


def test_an_alarm_that_is_set_anew_keeps_its_state(told: Told) -> None:
    told.put_alarm()
    told.put(1)
    assert told.alarm()["state"] == "ALARM"
    told.put_alarm(Threshold=0.5)
    found = told.cloudwatch.describe_alarms(AlarmNames=[told.name])["MetricAlarms"][0]
    assert (found["StateValue"], found["Threshold"]) == ("ALARM", 0.5)


def test_an_alarm_that_is_not_computed_is_refused_by_name(told: Told) -> None:
    with pytest.raises(ClientError, match="the sandbox does not compute the statistic Average"):
        told.put_alarm(Statistic="Average")
    assert told.cloudwatch.describe_alarms(AlarmNames=[told.name])["MetricAlarms"] == []


def test_an_alarm_reaches_no_topic_under_the_key_of_aws(told: Told) -> None:
    """As on AWS: the key's policy knows no CloudWatch, and the message is lost."""
    told.sns.set_topic_attributes(TopicArn=told.topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns")
    told.put_alarm()
    told.put(1)
    assert "encryption key" in told.alarm()["not_done"][0]
    assert told.mails() == []


def test_an_alarm_reaches_no_topic_whose_policy_is_for_others(told: Told) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": told.topic,
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:other-*"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    told.sns.set_topic_attributes(TopicArn=told.topic, AttributeName="Policy", AttributeValue=policy)
    told.put_alarm()
    told.put(1)
    assert "not authorized" in told.alarm()["not_done"][0]
    assert told.mails() == []


@pytest.mark.parametrize("subject", ["two\nlines", "caf\u00e9"])
def test_a_subject_that_sns_refuses_is_refused(told: Told, subject: str) -> None:
    with pytest.raises(ClientError, match="Subject"):
        told.sns.publish(TopicArn=told.topic, Subject=subject, Message="m")


def test_a_way_that_the_sandbox_does_not_go_is_refused(told: Told) -> None:
    with pytest.raises(ClientError, match="email and sqs only"):
        told.sns.subscribe(TopicArn=told.topic, Protocol="https", Endpoint="https://example.org")
