"""Filters and pages of the lists of executions and steps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.cloud.automation.errors import AutomationError

Filter = Callable[[Mapping[str, Any], str], bool]
EXECUTION_FILTERS: Mapping[str, Filter] = {
    "DocumentNamePrefix": lambda one, value: one["DocumentName"].startswith(value),
    "ExecutionStatus": lambda one, value: one["AutomationExecutionStatus"] == value,
    "ExecutionId": lambda one, value: one["AutomationExecutionId"] == value,
}
STEP_FILTERS: Mapping[str, Filter] = {
    "StepExecutionStatus": lambda one, value: one["StepStatus"] == value,
    "StepExecutionId": lambda one, value: one.get("StepExecutionId") == value,
    "StepName": lambda one, value: one["StepName"] == value,
    "Action": lambda one, value: one["Action"] == value,
}


def filtered(
    found: list[dict[str, Any]], filters: Sequence[Mapping[str, Any]], known: Mapping[str, Filter]
) -> list[dict[str, Any]]:
    """Return what passes all filters.

    Raises:
        AutomationError: A filter is not known.
    """
    for one in filters:
        if one["Key"] not in known:
            raise AutomationError("InvalidFilterKey", f"the sandbox filters by {', '.join(known)}, not {one['Key']}.")
        found = [each for each in found if any(known[one["Key"]](each, value) for value in one["Values"])]
    return found


def page(response: Any, name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the page that a request asks for, under the list's name."""
    begin = int(response._get_param("NextToken") or 0)
    end = begin + int(response._get_param("MaxResults") or 50)
    return {name: found[begin:end], **({"NextToken": str(end)} if end < len(found) else {})}
