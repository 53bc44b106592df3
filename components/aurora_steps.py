"""Steps that several parts of the automation document have. Pure."""

from collections.abc import Mapping
from typing import Any

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
