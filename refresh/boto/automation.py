"""SSM Automation behind its Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from refresh.automation import Execution, StepState
from refresh.boto.errors import is_code, wrapped

_A_PAGE = 50  # AWS's most


class Automations:
    """Start and look at executions."""

    def __init__(self, client: Any) -> None:
        """Take a client of SSM that retries: a start is known again by its token."""
        self._client = client

    def start(self, document: str, parameters: Mapping[str, str], token: str) -> str:
        """Start an execution of the document's latest version."""
        with wrapped(f"StartAutomationExecution {document}"):
            answer = self._client.start_automation_execution(
                DocumentName=document,
                Parameters={name: [value] for name, value in parameters.items() if value},
                ClientToken=token,
            )
            return str(answer["AutomationExecutionId"])

    def execution(self, execution_id: str) -> Execution | None:
        """Ask how far an execution is."""
        with wrapped(f"GetAutomationExecution {execution_id}"):
            try:
                answer = self._client.get_automation_execution(AutomationExecutionId=execution_id)
            except ClientError as error:
                if is_code(error, "AutomationExecutionNotFoundException"):
                    return None
                raise
        told = answer["AutomationExecution"]
        return Execution(
            execution_id=execution_id,
            status=told["AutomationExecutionStatus"],
            parameters=_firsts(told.get("Parameters")),
            outputs={name.rpartition(".")[2]: value for name, value in _firsts(told.get("Outputs")).items()},
            steps=tuple(_step(each) for each in told.get("StepExecutions") or () if each.get("ExecutionStartTime")),
            failure=told.get("FailureMessage", ""),
            started_at=told.get("ExecutionStartTime"),
            ended_at=told.get("ExecutionEndTime"),
        )

    def executions(self, document: str, at_most: int) -> list[str]:
        """List executions; AWS filters by the beginning of the name, and orders by time."""
        filters = [{"Key": "DocumentNamePrefix", "Values": [document]}]
        found: list[Mapping[str, Any]] = []
        with wrapped(f"DescribeAutomationExecutions {document}"):
            pages = self._client.get_paginator("describe_automation_executions").paginate(
                Filters=filters, PaginationConfig={"MaxItems": at_most, "PageSize": _A_PAGE}
            )
            for page in pages:
                found += page["AutomationExecutionMetadataList"]
        own = [each for each in found if each.get("DocumentName") == document]
        own.sort(key=lambda each: str(each.get("ExecutionStartTime", "")), reverse=True)
        return [str(each["AutomationExecutionId"]) for each in own]


def connect(region: str) -> Automations:
    """Open Automation in a region; endpoint and credentials come from the environment."""
    settings = Config(retries={"mode": "standard", "total_max_attempts": 5})
    return Automations(boto3.Session(region_name=region).client("ssm", config=settings))


def _firsts(values: Mapping[str, Sequence[str]] | None) -> dict[str, str]:
    return {name: str(each[0]) if each else "" for name, each in (values or {}).items()}


def _step(told: Mapping[str, Any]) -> StepState:
    begun, ended = told["ExecutionStartTime"], told.get("ExecutionEndTime")
    return StepState(
        name=told["StepName"],
        status=told["StepStatus"],
        seconds=(ended - begun).total_seconds() if ended else 0.0,
        failure=told.get("FailureMessage", ""),
    )
