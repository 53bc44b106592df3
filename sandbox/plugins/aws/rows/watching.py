"""Rows of the table: alarms, dashboards, and who may publish to a topic and who is told by it."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call

_PLAIN = {
    "alarmDescription": "AlarmDescription",
    "namespace": "Namespace",
    "metricName": "MetricName",
    "statistic": "Statistic",
    "period": "Period",
    "evaluationPeriods": "EvaluationPeriods",
    "comparisonOperator": "ComparisonOperator",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
}
_WHOLE = ("period", "evaluationPeriods")


def _put_alarm(aws: Aws, inputs: Values, call: Call) -> str:
    settings: dict[str, Any] = {_PLAIN[name]: inputs[name] for name in _PLAIN if name in inputs}
    settings.update({_PLAIN[name]: int(inputs[name]) for name in _WHOLE if name in inputs})
    if "dimensions" in inputs:
        settings["Dimensions"] = _dimensions(inputs["dimensions"])
    if "metricQueries" in inputs:
        settings["Metrics"] = [_query(one) for one in inputs["metricQueries"]]
    aws.client("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **settings)
    return str(inputs["name"])


def _query(query: Values) -> dict[str, Any]:
    made: dict[str, Any] = {"Id": query["id"], "ReturnData": bool(query.get("returnData", False))}
    if "expression" in query:
        return {**made, "Expression": query["expression"], "Label": query.get("label", "")}
    metric = query["metric"]
    named = {"Namespace": metric["namespace"], "MetricName": metric["metricName"]}
    named["Dimensions"] = _dimensions(metric.get("dimensions", {}))
    return {**made, "MetricStat": {"Metric": named, "Period": int(metric["period"]), "Stat": metric["stat"]}}


def _dimensions(values: Values) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _tag_alarm(aws: Aws, name: str, inputs: Values, call: Call) -> None:
    if inputs.get("tags"):
        aws.client("cloudwatch").tag_resource(ResourceARN=_alarm_arn(aws, name), Tags=tag_list(inputs["tags"]))


def _alarm_arn(aws: Aws, name: str) -> str:
    return aws.arn("cloudwatch", f"alarm:{name}")


def _read_alarm(aws: Aws, name: str, known: Values) -> Values | None:
    cloudwatch = aws.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not found:
        return None
    tags = cloudwatch.list_tags_for_resource(ResourceARN=_alarm_arn(aws, name))["Tags"]
    compared = {
        ours: found[0][theirs] for ours, theirs in _PLAIN.items() if ours in known and found[0].get(theirs) is not None
    }
    return {**compared, "name": name, "arn": found[0]["AlarmArn"], "tags": tag_map(tags)}


def _update_alarm(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if set(changed) - {"tags"}:
        _put_alarm(aws, new, call)
    cloudwatch, arn = aws.client("cloudwatch"), _alarm_arn(aws, name)
    change_tags(
        old,
        new,
        lambda wanted: cloudwatch.tag_resource(ResourceARN=arn, Tags=tag_list(wanted)),
        lambda unwanted: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=unwanted),
    )


def _put_dashboard(aws: Aws, inputs: Values) -> str:
    aws.client("cloudwatch").put_dashboard(DashboardName=inputs["dashboardName"], DashboardBody=inputs["dashboardBody"])
    return str(inputs["dashboardName"])


def _read_dashboard(aws: Aws, name: str, known: Values) -> Values | None:
    found = aws.client("cloudwatch").get_dashboard(DashboardName=name)
    return {
        "dashboardName": name,
        "dashboardBody": same_json(known.get("dashboardBody"), found["DashboardBody"]),
        "dashboardArn": found["DashboardArn"],
    }


def _put_topic_policy(aws: Aws, inputs: Values) -> str:
    aws.client("sns").set_topic_attributes(
        TopicArn=inputs["arn"], AttributeName="Policy", AttributeValue=inputs["policy"]
    )
    return str(inputs["arn"])


def _read_topic_policy(aws: Aws, arn: str, known: Values) -> Values | None:
    attributes = aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    policy = same_json(known.get("policy"), attributes["Policy"])
    return {"arn": arn, "policy": policy, "owner": attributes["Owner"]}


def _reset_topic_policy(aws: Aws, arn: str, known: Values, call: Call) -> None:
    """Give the topic the policy that it was born with, as the real plugin does: a topic is never without one."""
    account = aws.account_id()
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
    aws.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def _subscribe(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("sns").subscribe(
        TopicArn=inputs["topic"], Protocol=inputs["protocol"], Endpoint=inputs["endpoint"], ReturnSubscriptionArn=True
    )
    return str(answer["SubscriptionArn"])


def _read_subscription(aws: Aws, arn: str, known: Values) -> Values | None:
    found = aws.client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return {
        "topic": found["TopicArn"],
        "protocol": found["Protocol"],
        "endpoint": found["Endpoint"],
        "arn": arn,
        "ownerId": found["Owner"],
        "pendingConfirmation": found["PendingConfirmation"] == "true",
    }


WATCHING = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind(
        service="cloudwatch",
        named="name",
        changes=(*_PLAIN, "dimensions", "metricQueries"),
        replaces=("name",),
        gives=("arn",),
        create=_put_alarm,
        settle=_tag_alarm,
        read=_read_alarm,
        update=_update_alarm,
        delete=lambda aws, made, known, call: aws.client("cloudwatch").delete_alarms(AlarmNames=[made]),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Kind(
        service="cloudwatch",
        changes=("dashboardBody",),
        replaces=("dashboardName",),
        gives=("dashboardArn",),
        create=lambda aws, inputs, call: _put_dashboard(aws, inputs),
        read=_read_dashboard,
        update=lambda aws, made, old, new, changed, call: _put_dashboard(aws, new),
        delete=lambda aws, made, known, call: aws.client("cloudwatch").delete_dashboards(DashboardNames=[made]),
        tags=False,
    ),
    "aws:sns/topicPolicy:TopicPolicy": Kind(
        service="sns",
        changes=("policy",),
        replaces=("arn",),
        gives=("owner",),
        create=lambda aws, inputs, call: _put_topic_policy(aws, inputs),
        read=_read_topic_policy,
        update=lambda aws, made, old, new, changed, call: _put_topic_policy(aws, new),
        delete=_reset_topic_policy,
        tags=False,
    ),
    "aws:sns/topicSubscription:TopicSubscription": Kind(
        service="sns",
        replaces=("topic", "protocol", "endpoint"),
        gives=("arn", "ownerId", "pendingConfirmation"),
        create=_subscribe,
        read=_read_subscription,
        delete=lambda aws, made, known, call: aws.client("sns").unsubscribe(SubscriptionArn=made),
        tags=False,
    ),
}
