"""A script of the automation: read what the tasks wrote down at the end of a refresh."""

import json
from typing import Any

import boto3


def handler(events: dict[str, Any], _context: Any) -> dict[str, str]:
    """Return the outcome, as texts: an automation's outputs are nothing else.

    Args:
        events: `bucket` and `execution_id`.

    Returns:
        The refresh's id, where its report lies, the schema's fingerprint, and where the data is served.
    """
    key = f"aurora/outcomes/{events['execution_id']}.json"
    told = json.loads(boto3.client("s3").get_object(Bucket=events["bucket"], Key=key)["Body"].read())
    return {name: str(told.get(name) or "") for name in ("refresh_id", "report", "schema_sha256", "endpoint")}
