"""A script of the automation: stop every task that this execution started, and wait until they have ended."""

import time
from typing import Any

import boto3

_PAUSE_SECONDS = 2
_LIMIT_SECONDS = 300


def handler(events: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Stop what still runs: what comes next may find nobody else at work.

    Args:
        events: `cluster` and `started_by`.

    Returns:
        The tasks that were stopped.

    Raises:
        RuntimeError: A task did not end.
    """
    ecs = boto3.client("ecs")
    cluster = events["cluster"]
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, startedBy=events["started_by"])
    running = [arn for page in pages for arn in page["taskArns"]]
    for arn in running:
        ecs.stop_task(cluster=cluster, task=arn, reason="its automation failed or was stopped")
    deadline = time.monotonic() + _LIMIT_SECONDS
    while running and not _ended(ecs, cluster, running):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{', '.join(running)} did not stop. Look at it: aws ecs describe-tasks")
        time.sleep(_PAUSE_SECONDS)
    return {"stopped": running}


def _ended(ecs: Any, cluster: str, tasks: list[str]) -> bool:
    described = ecs.describe_tasks(cluster=cluster, tasks=tasks)["tasks"]
    return all(task["lastStatus"] == "STOPPED" for task in described)
