"""A script of the automation: read what the tasks, or the restore, wrote down at the end."""

import json
from typing import Any

import boto3


def handler(events: dict[str, Any], _context: Any) -> dict[str, str]:
    """Return the outcome, as texts: an automation's outputs are nothing else.

    Args:
        events: `bucket`, `cluster_id`, `schema`, `endpoint`, `action` and `execution_id`.

    Returns:
        The refresh's id, where its report lies, the schema's fingerprint, and where the data is served.

    Raises:
        RuntimeError: What was written down last is another execution's.
    """
    execution_id = events["execution_id"]
    if events["action"] == "point-in-time":
        restored = _read(events["bucket"], f"restored/{execution_id}.json")
        return {name: restored[name] for name in ("refresh_id", "report", "schema_sha256", "endpoint")}
    current = _read(events["bucket"], f"state/aurora/{events['cluster_id']}/{events['schema']}/current.json")
    if current["execution_id"] != execution_id:
        raise RuntimeError(f"{events['schema']} was refreshed by execution {current['execution_id']} meanwhile")
    folder = f"reports/{current['refresh_id']}"
    report = _read(events["bucket"], f"{folder}/report.json")
    return {
        "refresh_id": current["refresh_id"],
        "report": f"s3://{events['bucket']}/{folder}/report.html",
        "schema_sha256": str(report["aurora"]["schema_sha256"] or ""),
        "endpoint": events["endpoint"],
    }


def _read(bucket: str, key: str) -> Any:
    return json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
