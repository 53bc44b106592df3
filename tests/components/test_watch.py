"""What Watch declares: who is told, under which key, and what raises an alarm."""

import json
import pathlib
import sys

import pulumi
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from declared import declared_by

from components import watch_documents as documents
from components.host_policies import Place
from components.watch import Watch, WatchArgs

pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor:DeprecationWarning")
PLACE = Place(partition="aws", region="eu-central-1", account_id="123456789012")
SPACE = "understudy/test"
AS_OF, AS_OF_SECONDS = "2026-11-22T10:00:00+00:00", 1795341600
ALARM, DASHBOARD = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard"


def declare(emails=("team@example.org",), hours=192, data_as_of=AS_OF):
    def program():
        args = WatchArgs(place=PLACE, space=SPACE, notify_emails=emails, data_age_limit_hours=hours, tags={"a": "b"})
        known = None if data_as_of is None else pulumi.Output.from_input(data_as_of)
        Watch("watch", args).look_at(known, "i-staging")

    return declared_by(program)


@pytest.fixture(scope="module")
def declared():
    return declare()


def test_topic_and_log_group_are_under_the_stacks_own_key(declared):
    (key,) = declared.of_type("aws:kms/key:Key").values()
    assert key["enableKeyRotation"] is True
    arn = "arn:aws:mock:eu-central-1:123456789012:watch-key"
    assert declared.resources["watch-topic"][1]["kmsMasterKeyId"] == arn
    log = declared.resources["watch-log"][1]
    assert (log["kmsKeyId"], log["retentionInDays"], log["name"]) == (arn, 365, "/understudy/test/refresh")


def test_alarms_may_use_the_key_and_publish_as_this_stacks_alarms_only(declared):
    """Without the first, CloudWatch drops the message of an alarm, and nobody hears of it."""
    key = json.loads(declared.resources["watch-key"][1]["policy"])["Statement"]
    services = {one["Principal"].get("Service"): one for one in key}
    assert services["cloudwatch.amazonaws.com"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert services["logs.eu-central-1.amazonaws.com"]["Condition"]
    topic = json.loads(declared.resources["watch-topic-policy"][1]["policy"])["Statement"]
    allowed = [one for one in topic if one["Effect"] == "Allow"]
    assert [one["Principal"] for one in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert allowed[0]["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:understudy-test-*"
    }


def test_every_address_is_subscribed_under_a_name_that_stays_when_others_go():
    kind = "aws:sns/topicSubscription:TopicSubscription"
    both = declare(emails=("a@example.org", "b@example.org")).of_type(kind)
    assert {(one["protocol"], one["endpoint"]) for one in both.values()} == {
        ("email", "a@example.org"),
        ("email", "b@example.org"),
    }
    alone = declare(emails=("b@example.org",)).of_type(kind)
    assert set(alone) < set(both)
    assert declare(emails=()).of_type(kind) == {}


def test_a_failure_is_an_alarm_until_a_refresh_is_good_again(declared):
    alarm = declared.resources["watch-failed"][1]
    assert (alarm["namespace"], alarm["metricName"]) == ("Understudy", "Failed")
    assert alarm["dimensions"] == {"Space": SPACE, "Event": "refresh"}
    assert (alarm["statistic"], alarm["threshold"], alarm["treatMissingData"]) == ("Maximum", 1, "ignore")


def test_old_data_is_an_alarm_whether_or_not_a_refresh_runs(declared):
    alarm = declared.resources["watch-data-age"][1]
    clock, age = alarm["metricQueries"]
    assert clock["metric"]["dimensions"] == {"InstanceId": "i-staging"}
    assert age["expression"] == f"(EPOCH(clock) - {AS_OF_SECONDS}) / 3600"
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (192, "GreaterThanThreshold")
    assert alarm["treatMissingData"] == "breaching", "no data is no good news"


@pytest.mark.parametrize("absent", [{"hours": 0}, {"data_as_of": None}])
def test_without_a_limit_or_data_there_is_no_alarm_on_age(absent):
    declared = declare(**absent)
    assert set(declared.of_type(ALARM)) == {"watch-failed"}
    assert "DataAge" in declared.resources["watch-dashboard"][1]["dashboardBody"]


def test_alarms_tell_the_topic_when_they_are_raised_and_when_they_are_over(declared):
    topic = ["arn:aws:mock:eu-central-1:123456789012:watch-topic"]
    for alarm in declared.of_type(ALARM).values():
        assert (alarm["alarmActions"], alarm["okActions"]) == (topic, topic)
        assert alarm["name"].startswith("understudy-test-"), "or the topic's policy keeps it out"
        assert "runbook.md#alarms" in alarm["alarmDescription"]


def test_the_dashboard_shows_every_metric_and_alarm_and_how_refreshes_ended(declared):
    body = declared.resources["watch-dashboard"][1]["dashboardBody"]
    for name in ("Duration", "Documents", "Findings", "Failed", "Refused", "watch-failed", "watch-data-age"):
        assert name in body
    widgets = json.loads(body)["widgets"]
    assert len({(one["x"], one["y"]) for one in widgets}) == len(widgets) == 7
    assert any(one["properties"].get("query", "").startswith("SOURCE '/understudy/test/refresh'") for one in widgets)


def test_the_dashboard_is_the_same_after_a_refresh():
    """Whoever runs refreshes may set the alarm on age anew, and no dashboard."""
    bodies = {
        declare(data_as_of=at).resources["watch-dashboard"][1]["dashboardBody"]
        for at in (AS_OF, "2026-12-01T00:00:00+00:00")
    }
    assert len(bodies) == 1


def test_staging_without_data_yet_is_not_old():
    """A first run until the scan leaves staging empty, and an alarm that is there counts from no moment."""
    _, age = documents.age_queries(None, "i-staging")
    assert int(age["expression"].split()[2].rstrip(")")) > 32_000_000_000


@pytest.fixture(scope="module")
def both():
    def program():
        args = WatchArgs(place=PLACE, space=SPACE, notify_emails=(), data_age_limit_hours=192, tags={"a": "b"})
        watch = Watch("watch", args)
        watch.look_at(pulumi.Output.from_input(AS_OF), "i-staging")
        watch.look_at_aurora(pulumi.Output.from_input(AS_OF), "nwac-test-db", 100, "/understudy/NWACTest-DBRefresh")

    return declared_by(program)


def test_the_second_refresh_has_alarms_and_a_dashboard_of_its_own_on_the_same_topic(both):
    assert len(both.of_type("aws:sns/topic:Topic")) == 1
    assert {one["name"] for one in both.of_type(ALARM).values()} == {
        "understudy-test-refresh-failed",
        "understudy-test-data-age",
        "understudy-test-aurora-refresh-failed",
        "understudy-test-aurora-data-age",
    }
    failed, aged = (both.resources[f"watch-aurora-{role}"][1] for role in ("failed", "data-age"))
    assert failed["dimensions"] == {"Space": SPACE, "Event": "aurora-refresh"}
    assert (failed["metricName"], failed["treatMissingData"]) == ("Failed", "ignore")
    clock, age = aged["metricQueries"]
    assert (clock["metric"]["namespace"], clock["metric"]["dimensions"]) == (
        "AWS/RDS",
        {"DBClusterIdentifier": "nwac-test-db"},
    )
    assert age["expression"] == f"(EPOCH(clock) - {AS_OF_SECONDS}) / 3600"
    assert (aged["threshold"], aged["treatMissingData"]) == (100, "breaching")
    assert both.resources["watch-aurora-dashboard"][1]["dashboardName"] == "understudy-test-aurora"
    body = both.resources["watch-aurora-dashboard"][1]["dashboardBody"]
    for name in ("Duration", "Rows", "Findings", "aurora-serve", "Refused", "watch-aurora-failed"):
        assert name in body
    assert "SOURCE '/understudy/NWACTest-DBRefresh'" in body


def test_names_have_no_character_that_aws_refuses():
    assert documents.slug("understudy/prod-1") == "understudy-prod-1"
