"""A script of the automation: write down that a cluster was restored, and tell it."""

import json
from datetime import datetime, timezone
from typing import Any

import boto3


def handler(events: dict[str, Any], _context: Any) -> dict[str, str]:
    """Put report and outcome into the reports bucket, and publish the outcome.

    Args:
        events: `bucket`, `topic_arn`, `execution_id`, `cluster_id`, `restored_id`, `restore_to`, `endpoint`, `port`,
            `reader_endpoint`.

    Returns:
        Where the report lies.
    """
    execution_id = events["execution_id"]
    s3, bucket = boto3.client("s3"), events["bucket"]
    refresh_id = f"restored-{execution_id.rpartition('-')[2]}"
    key = f"reports/{refresh_id}/report.json"
    told = {
        "refresh_id": refresh_id,
        "execution_id": execution_id,
        "action": "point-in-time",
        "restored_from": events["cluster_id"],
        "restored_at": events["restore_to"],
        "cluster_id": events["restored_id"],
        "endpoint": events["endpoint"],
        "reader_endpoint": events["reader_endpoint"],
        "port": int(events["port"]),
        "finished_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(_report(told), indent=1).encode())
    outcome = {
        "refresh_id": refresh_id,
        "report": f"s3://{bucket}/{key}",
        "schema_sha256": "",
        "endpoint": events["endpoint"],
    }
    s3.put_object(Bucket=bucket, Key=f"restored/{execution_id}.json", Body=json.dumps(outcome).encode())
    boto3.client("sns").publish(
        TopicArn=events["topic_arn"], Subject="Understudy: a cluster was restored", Message=json.dumps(told, indent=1)
    )
    return {"report": outcome["report"]}


def _report(told: dict[str, Any]) -> dict[str, Any]:
    """Return the event as docs/report.schema.json has it; its page is made nowhere, since nothing is installed here."""
    return {
        "version": 1,
        "kind": "serve",
        "database": "aurora",
        "outcome": "finished",
        "refresh_id": told["refresh_id"],
        "started_at": told["finished_at"],
        "finished_at": told["finished_at"],
        "data_as_of": told["restored_at"],
        "aurora": {
            "action": told["action"],
            "cluster_id": told["cluster_id"],
            "schema": "",
            "execution_id": told["execution_id"],
            "dump": {"key": ""},
        },
        "service": {
            "serves": f"{told['cluster_id']} at {told['endpoint']}:{told['port']}",
            "served": told["restored_from"],
            "reason": "a point in time was asked for",
        },
    }
