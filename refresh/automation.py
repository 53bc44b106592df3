"""An SSM Automation: find the execution of a request, start one where there is none, follow it to its end.

An execution goes on without whoever started it, so a killed `pulumi up` leaves one running; the next finds it by the
request's id among the execution's parameters, and starts no second one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from refresh.errors import ExecutionError
from refresh.poller import Poller

REQUEST_PARAMETER = "requestId"
USUAL_ACTION = "refresh"
SUCCESS = "Success"
_RUNNING = frozenset({"Pending", "InProgress", "Waiting", "Cancelling"})
_STEP_RUNS = frozenset({"Pending", "InProgress", "Waiting"})
_TOKENS = uuid.UUID("8f0c0f7e-1d53-4ad0-9f0e-6d7a7f0b5a11")  # this project's own, for names of requests
_LOOKED_AT = 50


@dataclass(frozen=True, kw_only=True)
class StepState:
    """A step of an execution: how far it is, and why it failed."""

    name: str
    status: str
    seconds: float = 0.0
    failure: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status not in _STEP_RUNS

    @property
    def has_failed(self) -> bool:
        """Whether it ended otherwise than with success."""
        return self.has_ended and self.status != SUCCESS


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An execution as GetAutomationExecution shows it; of several values of a parameter or output, the first."""

    execution_id: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[StepState, ...] = ()
    failure: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def action(self) -> str:
        """What it does; AWS tells only the parameters that were given."""
        return self.parameters.get("action") or USUAL_ACTION

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status in _RUNNING


class AutomationPort(Protocol):
    """Systems Manager's Automation."""

    def start(self, document: str, parameters: Mapping[str, str], token: str) -> str:
        """Start an execution and return its id; a token is used once."""
        ...

    def execution(self, execution_id: str) -> Execution | None:
        """Look an execution up; None while the service does not know it yet."""
        ...

    def executions(self, document: str, at_most: int) -> list[str]:
        """List the ids of a document's executions, the latest first."""
        ...


def settle(
    port: AutomationPort,
    document: str,
    request_id: str,
    parameters: Mapping[str, str],
    is_recorded: Callable[[str], bool],
) -> tuple[str, bool]:
    """Find the execution of a request, or start it.

    One that has ended counts when it is this request's and nothing was executed since: then whoever started it was
    killed before it saw the end.

    Args:
        port: Automation.
        document: The document's name.
        request_id: Names the request.
        parameters: The document's parameters, without the id.
        is_recorded: Says whether an execution's outcome lies where this stack keeps outcomes: AWS remembers executions
            of stacks that are gone.

    Returns:
        The execution's id, and whether it was there already.

    Raises:
        ExecutionError: Another request's execution is running.
    """
    known = _known(port, document, _LOOKED_AT)
    ours = [each for each in known if each.parameters.get(REQUEST_PARAMETER) == request_id]
    for each in known:
        if each.is_running and (each in ours or _same(each, parameters)):
            return each.execution_id, True
        if each.is_running:
            raise ExecutionError(_in_the_way(document, each))
    if ours and ours[0] is known[0] and ours[0].status == SUCCESS and is_recorded(ours[0].execution_id):
        return ours[0].execution_id, True
    token = str(uuid.uuid5(_TOKENS, f"{document} {request_id} {len(ours)}"))
    return port.start(document, {**parameters, REQUEST_PARAMETER: request_id}, token), False


def last_success(port: AutomationPort, document: str, action: str) -> Execution | None:
    """Return the latest execution of an action that ended with success, among the latest ones."""
    for each in _known(port, document, _LOOKED_AT):
        if each.status == SUCCESS and each.action == action:
            return each
    return None


def running(port: AutomationPort, document: str) -> Execution | None:
    """Return an execution that has not ended, if there is one."""
    return next((each for each in _known(port, document, _LOOKED_AT) if each.is_running), None)


def follow(port: AutomationPort, execution_id: str, poller: Poller, say: Callable[[str], None]) -> Execution:
    """Follow an execution to its end, and tell each step once.

    Args:
        port: Automation.
        execution_id: Which.
        poller: How to wait.
        say: Told a line for each step that ended.

    Returns:
        The execution, ended in whatever way.
    """
    told: set[str] = set()

    def ended() -> Execution | None:
        now = port.execution(execution_id)
        if now is None:
            return None
        for step in now.steps:
            if step.has_ended and step.name not in told:
                told.add(step.name)
                say(_line(step))
        return None if now.is_running else now

    return poller.wait_for(f"automation {execution_id}", ended)


def _line(step: StepState) -> str:
    if step.status == SUCCESS:
        return f"        {step.name} done in {step.seconds:.1f} s"
    return f"        {step.name} {step.status.lower()} after {step.seconds:.1f} s: {step.failure or 'no reason given'}"


def _known(port: AutomationPort, document: str, at_most: int) -> list[Execution]:
    found = (port.execution(each) for each in port.executions(document, at_most))
    return [each for each in found if each is not None]


def _same(execution: Execution, parameters: Mapping[str, str]) -> bool:
    """Say whether an execution that was started by hand does what is asked for."""
    if execution.parameters.get(REQUEST_PARAMETER):
        return False
    given = {**execution.parameters, "action": execution.action}
    return all(given.get(name, "") == value for name, value in parameters.items())


def _in_the_way(document: str, execution: Execution) -> str:
    what = f"{execution.action} with {execution.parameters.get('dumpKey', 'no dump')}"
    return (
        f"{document} is being executed for something else: {execution.execution_id}, {what}. Wait for its end and run "
        f"pulumi up again, or stop it: aws ssm stop-automation-execution "
        f"--automation-execution-id {execution.execution_id} --type Cancel"
    )
