"""A script of the automation: end it as failed, with the reason that the tasks wrote down."""

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError


def handler(events: dict[str, Any], _context: Any) -> None:
    """Raise, always.

    Args:
        events: `bucket` and `execution_id`.

    Raises:
        RuntimeError: With the reason, where there is one.
    """
    key = f"aurora/outcomes/{events['execution_id']}.json"
    try:
        told = json.loads(boto3.client("s3").get_object(Bucket=events["bucket"], Key=key)["Body"].read())
    except ClientError:
        told = {}
    reason = told.get("message") or "no task wrote down why: look at the failed step above and at the tasks' log group"
    raise RuntimeError(f"the refresh failed: {reason}")
