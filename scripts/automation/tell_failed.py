"""A script of the automation: tell of a failure that no task could tell, since none could be run to its end."""

from typing import Any

import boto3

_LONGEST_SUBJECT = 100


def handler(events: dict[str, Any], _context: Any) -> None:
    """Put the metric and publish the message; the second also where the first cannot be.

    Args:
        events: `topic_arn`, `execution_id`, `cluster_id`, `schema`, `action`, `namespace`, `metric`,
            `dimensions`, and `kinds`: by action the kind of event that is measured; none for others.
    """
    try:
        _measure(events)
    finally:
        subject = f"{events['action']} of {events['schema']} on {events['cluster_id']}: failed"
        text = (
            f"The {events['action']} of schema {events['schema']} on {events['cluster_id']} failed, and the task that "
            "tells why could not be run to its end. The live schema serves; the next refresh removes what is left.\n\n"
            f"See: aws ssm get-automation-execution --automation-execution-id {events['execution_id']}"
        )
        boto3.client("sns").publish(TopicArn=events["topic_arn"], Subject=subject[:_LONGEST_SUBJECT], Message=text)


def _measure(events: dict[str, Any]) -> None:
    kind = events["kinds"].get(events["action"])
    if kind is None:
        return
    named = {**events["dimensions"], "Event": kind}
    dimensions = [{"Name": name, "Value": value} for name, value in named.items()]
    datum = {"MetricName": events["metric"], "Dimensions": dimensions, "Value": 1, "Unit": "Count"}
    boto3.client("cloudwatch").put_metric_data(Namespace=events["namespace"], MetricData=[datum])
