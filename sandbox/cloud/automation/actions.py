"""The actions of automation steps: each takes a step's inputs and returns what its outputs are selected from."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter, ValidationError

from sandbox.cloud.automation.conditions import holds
from sandbox.cloud.automation.content import LONGEST_SCRIPT_SECONDS
from sandbox.cloud.automation.script import ScriptFailed, Scripts
from sandbox.cloud.automation.values import NoValue, as_text, select

POLL_SECONDS = 0.25  # AWS waits longer between two looks
PROPERTY_SECONDS = 3600  # AWS's default for aws:waitForAwsResourceProperty
NO_ARGUMENTS = {"Service", "Api", "PropertySelector", "DesiredValues"}
DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)


class StepFailed(Exception):
    """A step's action failed; the message says why."""


class StepTimedOut(Exception):
    """A step's action took longer than it may."""


class StepCancelled(Exception):
    """The automation was stopped in the middle of a step."""


@dataclass(frozen=True)
class Outcome:
    """What an action came to: its answer, and the step to go on with if it decides that."""

    answer: Any = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    next_step: str | None = None


@dataclass(frozen=True)
class Surroundings:
    """What actions need of the world.

    Args:
        scripts: Runs the scripts.
        environment: Endpoint, region and credentials of the automation.
        client: Makes the boto3 client of a service, with those.
        is_cancelled: Whether the automation is to stop.
    """

    scripts: Scripts
    environment: Mapping[str, str]
    client: Callable[[str], Any]
    is_cancelled: Callable[[], bool]


@dataclass(frozen=True)
class Clock:
    """How long a step may still take."""

    surroundings: Surroundings
    deadline: float

    def check(self) -> None:
        """Raise when the step's time is over, or the automation was stopped.

        Raises:
            StepCancelled: It was stopped.
            StepTimedOut: The time is over.
        """
        if self.surroundings.is_cancelled():
            raise StepCancelled
        if time.monotonic() > self.deadline:
            raise StepTimedOut

    def is_over(self) -> bool:
        """Tell whether `check` would raise."""
        return self.surroundings.is_cancelled() or time.monotonic() > self.deadline


def perform(action: str, inputs: Mapping[str, Any], surroundings: Surroundings, timeout_seconds: int | None) -> Outcome:
    """Carry out an action.

    Args:
        action: Its name.
        inputs: Its inputs, variables substituted.
        surroundings: The world.
        timeout_seconds: The step's own limit.

    Returns:
        What it came to.

    Raises:
        StepFailed: It failed.
        StepTimedOut: It took too long.
        StepCancelled: The automation was stopped.
    """
    limit = timeout_seconds or _DEFAULT_SECONDS.get(action)
    clock = Clock(surroundings, time.monotonic() + limit if limit else float("inf"))
    try:
        return _ACTIONS[action](inputs, surroundings, clock)
    except NoValue as error:
        raise StepFailed(str(error)) from None


def _execute_script(inputs: Mapping[str, Any], surroundings: Surroundings, clock: Clock) -> Outcome:
    try:
        answer = surroundings.scripts.run(inputs, surroundings.environment, clock.is_over)
    except ScriptFailed as error:
        raise StepFailed(f"Failure message: {error}") from None
    if answer is None:
        clock.check()
        raise StepTimedOut
    # AWS selects a script's outputs from the map that holds its answer as Payload.
    payload = {"Payload": answer.payload, **({"ExecutionLog": answer.log} if answer.log else {})}
    return Outcome(answer={"Payload": answer.payload}, payload={"Payload": answer.payload, "OutputPayload": payload})


def _execute_api(inputs: Mapping[str, Any], surroundings: Surroundings, _clock: Clock) -> Outcome:
    answer = _call(inputs, surroundings)
    return Outcome(answer=answer, payload={"OutputPayload": answer})


def _wait_for_property(inputs: Mapping[str, Any], surroundings: Surroundings, clock: Clock) -> Outcome:
    wanted = [as_text(value) for value in inputs["DesiredValues"]]
    while True:
        clock.check()
        try:
            value = as_text(select(_call(inputs, surroundings), inputs["PropertySelector"]))
        except NoValue:
            value = ""  # what is not there yet is waited for
        if value in wanted:
            return Outcome()
        _sleep(POLL_SECONDS, clock)


def _assert_property(inputs: Mapping[str, Any], surroundings: Surroundings, _clock: Clock) -> Outcome:
    wanted = [as_text(value) for value in inputs["DesiredValues"]]
    selector = inputs["PropertySelector"]
    value = as_text(select(_call(inputs, surroundings), selector))
    if value not in wanted:
        raise StepFailed(f"Property value from the API output: {selector} is {value}, desired: {', '.join(wanted)}.")
    return Outcome()


def _branch(inputs: Mapping[str, Any], _surroundings: Surroundings, _clock: Clock) -> Outcome:
    chosen = (choice["NextStep"] for choice in inputs["Choices"] if holds(choice))
    return Outcome(next_step=next(chosen, inputs.get("Default")))


def _pause(inputs: Mapping[str, Any], _surroundings: Surroundings, clock: Clock) -> Outcome:
    _sleep(duration_seconds(inputs["Duration"]), clock)
    return Outcome()


def duration_seconds(text: str) -> float:
    """Return an ISO 8601 duration, as `PT2M30S`, in seconds.

    Raises:
        StepFailed: It is none.
    """
    try:
        return DURATION.validate_python(text).total_seconds()
    except ValidationError:
        raise StepFailed(f"the duration {text} is not of the form PT2M30S.") from None


def _call(inputs: Mapping[str, Any], surroundings: Surroundings) -> Any:
    arguments = {name: value for name, value in inputs.items() if name not in NO_ARGUMENTS}
    api = inputs["Api"]
    try:
        client = surroundings.client(inputs["Service"])
        methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
        if api not in methods:
            raise StepFailed(f"{inputs['Service']} has no operation {api}.")
        answer = getattr(client, methods[api])(**arguments)
    except (BotoCoreError, ClientError) as error:
        raise StepFailed(str(error)) from None
    answer.pop("ResponseMetadata", None)
    return answer


def _sleep(seconds: float, clock: Clock) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        clock.check()
        time.sleep(min(left, 0.05))


_DEFAULT_SECONDS = {
    "aws:executeScript": LONGEST_SCRIPT_SECONDS,
    "aws:waitForAwsResourceProperty": PROPERTY_SECONDS,
}
_ACTIONS: Mapping[str, Callable[[Mapping[str, Any], Surroundings, Clock], Outcome]] = {
    "aws:executeScript": _execute_script,
    "aws:executeAwsApi": _execute_api,
    "aws:waitForAwsResourceProperty": _wait_for_property,
    "aws:assertAwsResourceProperty": _assert_property,
    "aws:branch": _branch,
    "aws:sleep": _pause,
}
