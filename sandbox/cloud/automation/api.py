"""The SSM operations around Automation, which moto does not have."""

import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from moto.core.responses import ActionResult
from moto.ssm.responses import SimpleSystemManagerResponse

from sandbox.cloud import roles
from sandbox.cloud.automation.actions import Surroundings
from sandbox.cloud.automation.checks import read_automation
from sandbox.cloud.automation.clients import Clients
from sandbox.cloud.automation.descriptions import describe_execution, describe_metadata, describe_steps
from sandbox.cloud.automation.errors import AutomationError
from sandbox.cloud.automation.executions import Engine, Execution
from sandbox.cloud.automation.lists import EXECUTION_FILTERS, STEP_FILTERS, filtered, page
from sandbox.cloud.automation.parameters import InvalidAutomationExecutionParameters, parameter_values
from sandbox.cloud.automation.script import Scripts
from sandbox.cloud.automation.values import substitute
from sandbox.cloud.replacement import replace_operations
from sandbox.cloud.run_command.documents import InvalidDocument, InvalidDocumentVersion, find_document
from sandbox.environment import way_to_api

KNOWN = {"DocumentName", "DocumentVersion", "Parameters", "ClientToken", "Mode", "Tags"}
TOKEN = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
OPERATIONS = (
    "start_automation_execution", "stop_automation_execution", "get_automation_execution",
    "describe_automation_executions", "describe_automation_step_executions",
)  # fmt: skip


class AutomationApi:
    """Answer SSM's requests about automations.

    Args:
        scripts: Runs their scripts.
        endpoint: The API's address, on this machine and in the scripts' network.
    """

    def __init__(self, scripts: Scripts, endpoint: str) -> None:
        self._scripts, self._endpoint = scripts, endpoint
        self._executions: dict[tuple[str, str], dict[str, Execution]] = {}
        self._tokens: dict[tuple[str, str, str], tuple[Any, str]] = {}
        self._lock = threading.Lock()

    def start_automation_execution(self, response: Any) -> ActionResult:
        """Start a document."""
        request: dict[str, Any] = json.loads(response.body)
        _refuse_unknown(request)
        token = request.pop("ClientToken", None)
        with self._lock:
            key = (response.current_account, response.region, token or str(uuid.uuid4()))
            if key not in self._tokens:
                self._tokens[key] = (request, self._start(response, request).execution_id)
            asked, execution_id = self._tokens[key]
        if asked != request:
            raise AutomationError("IdempotentParameterMismatch", "The client token was used with other parameters.")
        return ActionResult({"AutomationExecutionId": execution_id})

    def stop_automation_execution(self, response: Any) -> ActionResult:
        """Ask for an execution's end."""
        execution = self._find(response)
        kind = response._get_param("Type") or "Cancel"
        if kind != "Cancel":
            raise AutomationError("ValidationException", f"the sandbox stops executions by Type Cancel, not {kind}.")
        if execution.is_over:
            raise AutomationError(
                "InvalidAutomationStatusUpdateException",
                f"Execution {execution.execution_id} is over: {execution.status}.",
            )
        execution.cancelled.set()
        return ActionResult({})

    def get_automation_execution(self, response: Any) -> ActionResult:
        """Tell how an execution goes."""
        return ActionResult({"AutomationExecution": describe_execution(self._find(response))})

    def describe_automation_executions(self, response: Any) -> ActionResult:
        """List executions, the newest first."""
        found = [describe_metadata(one) for one in reversed(list(self._of(response).values()))]
        found = filtered(found, response._get_param("Filters") or [], EXECUTION_FILTERS)
        return ActionResult(page(response, "AutomationExecutionMetadataList", found))

    def describe_automation_step_executions(self, response: Any) -> ActionResult:
        """List an execution's steps."""
        found = filtered(describe_steps(self._find(response)), response._get_param("Filters") or [], STEP_FILTERS)
        if response._get_param("ReverseOrder"):
            found.reverse()
        return ActionResult(page(response, "StepExecutions", found))

    def _start(self, response: Any, request: Mapping[str, Any]) -> Execution:
        document = _document(response.ssm_backend, request)
        automation = read_automation(document.content_json)
        given = request.get("Parameters") or {}
        values = parameter_values(automation, given)
        execution_id = str(uuid.uuid4())
        values.update(_system_variables(response, execution_id))
        environment = self._environment(response, str(substitute(automation.assume_role, values)), execution_id)
        execution = Execution(
            document.name, document.document_version, automation, given, values,
            executed_by=f"arn:aws:iam::{response.current_account}:root",
            execution_id=execution_id,
        )  # fmt: skip
        self._of(response)[execution_id] = execution
        clients = Clients(environment)

        def surroundings(is_cancelled: Callable[[], bool]) -> Surroundings:
            return Surroundings(self._scripts, environment, clients, is_cancelled)

        Engine(execution, surroundings).start()
        return execution

    def _environment(self, response: Any, role_arn: str, execution_id: str) -> dict[str, str]:
        """Return the endpoint and credentials: the assumed role's, else those of who started it, as on AWS."""
        environment = way_to_api(self._endpoint, response.region)
        if not role_arn:
            # Signatures are not checked, so that the key's id alone is enough.
            return {**environment, "AWS_ACCESS_KEY_ID": response.access_key, "AWS_SECRET_ACCESS_KEY": "not-checked"}
        try:
            session = roles.assume(
                response.current_account, response.region, role_arn, "ssm.amazonaws.com", execution_id
            )
        except roles.NotAssumable as error:
            raise InvalidAutomationExecutionParameters(
                f"The defined assume role is unable to be assumed: {error}"
            ) from None
        return {**environment, **session}

    def _of(self, response: Any) -> dict[str, Execution]:
        return self._executions.setdefault((response.current_account, response.region), {})

    def _find(self, response: Any) -> Execution:
        execution_id = response._get_param("AutomationExecutionId")
        execution = self._of(response).get(execution_id)
        if execution is None:
            raise AutomationError("AutomationExecutionNotFoundException", f"There is no execution {execution_id}.")
        return execution


def install(api: AutomationApi) -> None:
    """Put these operations beside moto's."""
    replace_operations(SimpleSystemManagerResponse, api, OPERATIONS)


def _refuse_unknown(request: Mapping[str, Any]) -> None:
    unknown = sorted(set(request) - KNOWN)
    if unknown:
        raise AutomationError(
            "ValidationException", f"the sandbox's StartAutomationExecution does not know {', '.join(unknown)}."
        )
    if request.get("Mode", "Auto") != "Auto":
        raise AutomationError("ValidationException", f"the sandbox runs Mode Auto only, not {request['Mode']}.")
    if "ClientToken" in request and not TOKEN.fullmatch(request["ClientToken"]):
        raise AutomationError("ValidationException", "ClientToken must be a UUID of 36 characters.")


def _document(backend: Any, request: Mapping[str, Any]) -> Any:
    try:
        document = find_document(backend, request)
    except InvalidDocument:
        name = request.get("DocumentName")
        raise AutomationError("AutomationDefinitionNotFoundException", f"There is no document {name}.") from None
    except InvalidDocumentVersion as error:
        raise AutomationError("AutomationDefinitionVersionNotFoundException", str(error)) from None
    if document.document_type != "Automation":
        raise AutomationError(
            "AutomationDefinitionNotFoundException", f"{document.name} is no document of type Automation."
        )
    return document


def _system_variables(response: Any, execution_id: str) -> dict[str, str]:
    now = datetime.now(timezone.utc)
    return {
        "automation:EXECUTION_ID": execution_id,
        "global:ACCOUNT_ID": response.current_account,
        "global:REGION": response.region,
        "global:DATE": now.strftime("%Y-%m-%d"),
        "global:DATE_TIME": now.strftime("%Y-%m-%d_%H.%M.%S"),
    }
