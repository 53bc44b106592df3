"""Automation executions and their steps in the words of SSM's answers."""

from typing import Any

from sandbox.cloud.automation.content import Step
from sandbox.cloud.automation.executions import Execution, StepExecution
from sandbox.cloud.automation.values import as_text


def describe_execution(execution: Execution) -> dict[str, Any]:
    """Return an execution as GetAutomationExecution shows it."""
    return {
        **describe_metadata(execution),
        "StepExecutions": describe_steps(execution),
        "StepExecutionsTruncated": False,
        "Parameters": {name: _texts(value) for name, value in execution.values.items() if _is_parameter(name)},
    }


def describe_metadata(execution: Execution) -> dict[str, Any]:
    """Return an execution as DescribeAutomationExecutions lists it."""
    current = execution.current
    described = {
        "AutomationExecutionId": execution.execution_id,
        "DocumentName": execution.document_name,
        "DocumentVersion": execution.document_version,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": execution.started_at,
        "ExecutionEndTime": execution.ended_at,
        "ExecutedBy": execution.executed_by,
        "Mode": "Auto",
        "Outputs": {name: _texts(value) for name, value in execution.outputs.items()},
        "CurrentStepName": current.step.name if current else None,
        "CurrentAction": current.step.action if current else None,
        "FailureMessage": execution.failure_message or None,
        "Targets": [],
    }
    return {key: value for key, value in described.items() if value is not None}


def describe_steps(execution: Execution) -> list[dict[str, Any]]:
    """Return the steps: those that were executed, then those that were not (yet)."""
    begun = list(execution.steps)
    names = {one.step.name for one in begun}
    waiting = [StepExecution(step, step_id="") for step in execution.automation.main_steps if step.name not in names]
    return [_describe_step(execution, one) for one in [*begun, *waiting]]


def _describe_step(execution: Execution, run: StepExecution) -> dict[str, Any]:
    step = run.step
    following = execution.automation.after(step)
    described = {
        "StepName": step.name,
        "Action": step.action,
        "TimeoutSeconds": step.timeout_seconds,
        "OnFailure": step.on_failure,
        "MaxAttempts": step.max_attempts,
        "ExecutionStartTime": run.started_at,
        "ExecutionEndTime": run.ended_at,
        "StepStatus": run.status,
        "ResponseCode": _response_code(run),
        "Inputs": {name: as_text(value) for name, value in run.inputs.items()},
        "Outputs": {name: _texts(value) for name, value in run.outputs.items()},
        "FailureMessage": run.failure_message or None,
        "FailureDetails": _failure_details(run),
        "StepExecutionId": run.step_id or None,
        "IsEnd": step.is_end,
        "IsCritical": step.is_critical,
        "NextStep": following.name if following else None,
        "ValidNextSteps": _valid_next_steps(step, following),
    }
    return {key: value for key, value in described.items() if value is not None}


def _response_code(run: StepExecution) -> str | None:
    return {"Success": "0", "Failed": "1", "TimedOut": "1"}.get(run.status)


def _failure_details(run: StepExecution) -> dict[str, Any] | None:
    if run.status not in {"Failed", "TimedOut"}:
        return None
    kind = "Action" if run.status == "Failed" else "Timeout"
    return {"FailureStage": "Invocation", "FailureType": kind, "Details": {"VerificationErrorMessage": []}}


def _valid_next_steps(step: Step, following: Step | None) -> list[str]:
    if step.action != "aws:branch":
        return [following.name] if following else []
    names = [choice["NextStep"] for choice in step.inputs["Choices"]]
    return list(dict.fromkeys([*names, *([step.inputs["Default"]] if step.inputs.get("Default") else [])]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [as_text(one) for one in value]
    return [as_text(value)]


def _is_parameter(name: str) -> bool:
    return ":" not in name and "." not in name
