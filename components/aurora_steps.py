"""Steps that several parts of the automation document have. Pure."""

from collections.abc import Mapping
from typing import Any

from refresh.watch import metrics

Step = Mapping[str, Any]

EXECUTION = "{{ automation:EXECUTION_ID }}"
SCRIPT_SECONDS = 600  # AWS's limit of a script


def script_step(name: str, script: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step that runs a script of ours; nothing is pasted into it, what it needs comes as its payload."""
    return {
        "name": name,
        "action": "aws:executeScript",
        "timeoutSeconds": SCRIPT_SECONDS,
        "inputs": {"Runtime": "python3.11", "Handler": "handler", "Script": script, "InputPayload": dict(payload)},
    }


def wait_step(name: str, asked: Mapping[str, Any], selector: str, wanted: str, timeout_seconds: int) -> dict[str, Any]:
    """Return a step that waits until a property of an API's answer has a value."""
    return {
        "name": name,
        "action": "aws:waitForAwsResourceProperty",
        "timeoutSeconds": timeout_seconds,
        "inputs": {**asked, "PropertySelector": selector, "DesiredValues": [wanted]},
    }


def told_as_failed(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told where no task could be run to its end, so that nobody else told it."""
    return {
        **{name: request[name] for name in ("topic_arn", "cluster_id", "schema")},
        "execution_id": EXECUTION,
        "action": "{{ action }}",
        "namespace": metrics.NAMESPACE,
        "metric": metrics.FAILED,
        "dimensions": {metrics.SPACE: request["space"]},
        "kinds": dict(metrics.AURORA_EVENTS),
    }
