"""A script of the automation: end it as failed, with the reason that the failed task gave."""

import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

_OURS = "understudy: "
_MOST_LINES = 50
_TRIES = 6
_PAUSE_SECONDS = 2


def handler(events: dict[str, Any], _context: Any) -> None:
    """Raise, always.

    Args:
        events: `cluster`, `started_by`, `container`, `log_group`, and `load_family`, whose tasks' messages hold no
            value of a row; what a user's image says may hold anything, and is only pointed at.

    Raises:
        RuntimeError: With the reason, where there is one.
    """
    reasons = [reason for task in _failed(events) for reason in _reasons(events, task)]
    none = f"no task failed: look at the failed step above, and at the log group {events['log_group']}"
    raise RuntimeError(f"the refresh failed: {'; '.join(reasons) or none}")


def _failed(events: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks of this execution that ended badly, the first one first."""
    ecs, cluster = boto3.client("ecs"), events["cluster"]
    arns = ecs.list_tasks(cluster=cluster, startedBy=events["started_by"], desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    failed = [task for task in tasks if task["containers"][0].get("exitCode") != 0]
    return sorted(failed, key=lambda task: str(task.get("createdAt", "")))


def _reasons(events: dict[str, Any], task: dict[str, Any]) -> list[str]:
    family = task["taskDefinitionArn"].rpartition("/")[2].rpartition(":")[0]
    ours = family == events["load_family"]
    stream = f"{'load' if ours else 'migrations'}/{events['container']}/{task['taskArn'].rpartition('/')[2]}"
    code = task["containers"][0].get("exitCode")
    ended = f"ended with {code}" if code is not None else f"did not run ({task.get('stoppedReason', 'no reason')})"
    told = _told(events["log_group"], stream) if ours and code is not None else ""
    verb = task.get("overrides", {}).get("containerOverrides", [{}])[0].get("command", ["task"])
    if told:
        return [told] if not told.startswith("fail: ") else []
    return [f"{' '.join(verb)} {ended}; its output is stream {stream} of log group {events['log_group']}"]


def _told(group: str, stream: str) -> str:
    """Return the message of a task of ours, which ends its log; the log may be a moment behind."""
    logs = boto3.client("logs")
    for _ in range(_TRIES):
        try:
            found = logs.get_log_events(logGroupName=group, logStreamName=stream, limit=_MOST_LINES)["events"]
        except ClientError:
            found = []
        lines = [event["message"] for event in found]
        begins = [number for number, line in enumerate(lines) if line.startswith(_OURS)]
        if begins:
            return "\n".join(lines[begins[-1] :]).removeprefix(_OURS)
        time.sleep(_PAUSE_SECONDS)
    return ""
