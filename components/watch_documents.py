"""What Watch's key, topic, alarms and dashboard say, as documents. Plain Python."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from components.host_policies import Place, allow, deny, policy
from refresh.watch import metrics

_HOUR_SECONDS = 3600
_CLOCK_SECONDS = 300
_NO_DATA_YET = datetime(3000, 1, 1, tzinfo=timezone.utc).isoformat()  # a moment that no age is counted from
_WIDE, _HIGH = 12, 6  # of a dashboard's 24 columns


def slug(space: str) -> str:
    """Return a space as a name of topic, alarms and dashboard may be written."""
    return space.replace("/", "-")


def age_alarm(space: str) -> str:
    """Return the name of the alarm on the age of staging's data."""
    return f"{slug(space)}-data-age"


def failure_alarm(space: str) -> str:
    """Return the name of the alarm on failures."""
    return f"{slug(space)}-refresh-failed"


def log_group_name(space: str) -> str:
    """Return the name of the log group."""
    return f"/{space}/refresh"


def key_policy(place: Place, space: str) -> dict[str, Any]:
    """Return the policy of the key of topic and log group.

    CloudWatch must be in it by name: an alarm cannot publish to a topic under AWS's own key `alias/aws/sns`, whose
    policy nobody can change (re:Post, "How do I configure a CloudWatch alarm with an encrypted SNS topic?").
    """
    group = place.arn("logs", f"log-group:{log_group_name(space)}")
    actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow_to("Account", {"AWS": f"arn:{place.partition}:iam::{place.account_id}:root"}, "kms:*", "*"),
            _allow_to("Alarms", {"Service": "cloudwatch.amazonaws.com"}, actions, "*"),
            _allow_to(
                "Logs",
                {"Service": f"logs.{place.region}.amazonaws.com"},
                [*actions, "kms:Encrypt", "kms:ReEncrypt*", "kms:DescribeKey"],
                "*",
                {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
            ),
        ],
    }


def topic_policy(place: Place, space: str, topic_arn: str) -> dict[str, Any]:
    """Return the topic's policy: this stack's alarms publish to it, and nobody without TLS. Others come by IAM."""
    own = {
        "ArnLike": {"aws:SourceArn": place.arn("cloudwatch", f"alarm:{slug(space)}-*")},
        "StringEquals": {"aws:SourceAccount": place.account_id},
    }
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow_to("Alarms", {"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", topic_arn, own),
            {**deny("TlsOnly", "sns:Publish", topic_arn, plain), "Principal": "*"},
        ],
    }


def teller_policy(place: Place, space: str, topic_arn: str, log_group_arn: str, key_arn: str) -> dict[str, Any]:
    """Return what telling an outcome needs, for whoever runs refreshes.

    The alarm on age is set anew by each `pulumi up` that brought other data, since it counts from that data's moment.
    """
    alarm = place.arn("cloudwatch", f"alarm:{age_alarm(space)}")
    through_sns = {"StringEquals": {"kms:ViaService": f"sns.{place.region}.amazonaws.com"}}
    own_metrics = {"StringEquals": {"cloudwatch:namespace": metrics.NAMESPACE}}
    return policy(
        [
            allow("Tell", "sns:Publish", topic_arn),
            allow("TellKey", ["kms:Decrypt", "kms:GenerateDataKey"], key_arn, through_sns),
            allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], f"{log_group_arn}:*"),
            allow("Measure", "cloudwatch:PutMetricData", "*", own_metrics),
            allow("AgeAlarm", ["cloudwatch:PutMetricAlarm", "cloudwatch:ListTagsForResource"], alarm),
            allow("LookAtAlarms", "cloudwatch:DescribeAlarms", "*"),
        ]
    )


def age_queries(data_as_of: str | None, staging_instance_id: str) -> list[dict[str, Any]]:
    """Return the metric that the alarm on age watches: hours from the data's moment to now, by CloudWatch's own clock.

    EPOCH takes a metric for its periods alone and gives a value for each, "non-sparse" (user guide, metric math).

    Args:
        data_as_of: The data's moment, ISO 8601; None while a first run has ended before there was any.
        staging_instance_id: Staging's host; EC2 puts its status check every minute, so that there is such a metric.
    """
    since = int(datetime.fromisoformat(data_as_of or _NO_DATA_YET).timestamp())
    return [
        {
            "id": "clock",
            "metric": {
                "namespace": "AWS/EC2",
                "metric_name": "StatusCheckFailed",
                "dimensions": {"InstanceId": staging_instance_id},
                "period": _CLOCK_SECONDS,
                "stat": "Maximum",
            },
        },
        {
            "id": "age",
            "expression": f"(EPOCH(clock) - {since}) / {_HOUR_SECONDS}",
            "label": "age of staging's data (hours)",
            "return_data": True,
        },
    ]


def dashboard(space: str, region: str, alarm_arns: Sequence[str], age_alarm_arn: str | None) -> dict[str, Any]:
    """Return the dashboard: alarms, age, what refreshes took and found, and how they ended.

    Args:
        space: `<project>/<stack>`.
        region: The region of metrics and logs.
        alarm_arns: Every alarm.
        age_alarm_arn: The one on age, whose graph has its limit in it; None where there is none.
    """

    def graph(title: str, names: Sequence[str], stat: str, events: Sequence[str] = ("refresh",)) -> dict[str, Any]:
        rows = [
            [metrics.NAMESPACE, name, metrics.SPACE, space, metrics.EVENT, event] for name in names for event in events
        ]
        shown = {"view": "timeSeries", "stat": stat, "period": _HOUR_SECONDS, "region": region}
        return {"type": "metric", "properties": {"title": title, "metrics": rows, **shown}}

    age_title = "Age of staging's data"
    with_limit = {
        "title": age_title,
        "view": "timeSeries",
        "region": region,
        "annotations": {"alarms": [age_alarm_arn]},
    }
    ends = (
        f"SOURCE '{log_group_name(space)}' | filter what = 'ended' | sort @timestamp desc | limit 50 "
        "| display at, kind, id, outcome, data_as_of, seconds, documents, findings, reason"
    )
    log = {"title": "How they ended", "query": ends, "region": region, "view": "table"}
    return _placed(
        {"type": "alarm", "properties": {"title": "Alarms", "alarms": list(alarm_arns)}},
        {"type": "metric", "properties": with_limit}
        if age_alarm_arn
        else graph(f"{age_title} when a refresh ended, seconds", [metrics.DATA_AGE], "Maximum"),
        graph("Seconds a refresh took", [metrics.DURATION], "Maximum"),
        graph("Documents", [metrics.DOCUMENTS], "Maximum"),
        graph("Findings", [metrics.FINDINGS], "Maximum"),
        graph("Failed and refused", [metrics.FAILED, metrics.REFUSED_TIMES], "Sum", ("refresh", "serve", "reset")),
        {"type": "log", "properties": log},
    )


def _placed(*widgets: Mapping[str, Any]) -> dict[str, Any]:
    """Lay widgets out in two columns."""
    return {
        "widgets": [
            {**widget, "x": n % 2 * _WIDE, "y": n // 2 * _HIGH, "width": _WIDE, "height": _HIGH}
            for n, widget in enumerate(widgets)
        ]
    }


def _allow_to(
    sid: str,
    principal: Mapping[str, str],
    actions: str | list[str],
    resource: str,
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {**allow(sid, actions, resource, condition), "Principal": principal}
