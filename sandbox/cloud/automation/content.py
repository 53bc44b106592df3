"""The form of Automation documents: what the sandbox knows of them."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal

from sandbox.cloud.automation.conditions import Choice

LONGEST_SCRIPT_SECONDS = 600
PARAMETER_TYPES = Literal["String", "StringList", "Integer", "Boolean", "StringMap", "MapList", "AWS::IAM::Role::Arn"]
ACTIONS = (
    "aws:executeScript", "aws:executeAwsApi", "aws:waitForAwsResourceProperty", "aws:assertAwsResourceProperty",
    "aws:branch", "aws:sleep",
)  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel)


class _Pascal(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_pascal)


class Parameter(_Strict):
    """A declared parameter."""

    type: PARAMETER_TYPES
    description: str = ""
    default: Any = None
    allowed_values: list[Any] | None = None
    allowed_pattern: str | None = None
    min_chars: int = 0
    max_chars: int = 1 << 30
    min_items: int = 0
    max_items: int = 1 << 30

    @property
    def is_required(self) -> bool:
        """Whether a value must be given."""
        return self.default is None


class Output(_Pascal):
    """What a step keeps of its action's answer."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    selector: str
    type: str = "String"


class ScriptInputs(_Pascal):
    """`aws:executeScript`: a handler in Python."""

    runtime: Annotated[str, Field(pattern=r"^python3\.\d+$")]
    handler: str
    script: str
    input_payload: dict[str, Any] = {}


class ApiInputs(BaseModel):
    """`aws:executeAwsApi`: an operation and its arguments, which only the operation knows."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, alias_generator=to_pascal)

    service: str
    api: str


class PropertyInputs(ApiInputs):
    """Wait for, or assert, a property of an operation's answer."""

    property_selector: str
    desired_values: Annotated[list[Any], Field(min_length=1)]


class BranchInputs(_Pascal):
    """`aws:branch`: where to go on."""

    choices: Annotated[list[Choice], Field(min_length=1)]
    default: str | None = None


class SleepInputs(_Pascal):
    """`aws:sleep`: an ISO 8601 duration."""

    duration: str


INPUTS: Mapping[str, type[BaseModel]] = {
    "aws:executeScript": ScriptInputs,
    "aws:executeAwsApi": ApiInputs,
    "aws:waitForAwsResourceProperty": PropertyInputs,
    "aws:assertAwsResourceProperty": PropertyInputs,
    "aws:branch": BranchInputs,
    "aws:sleep": SleepInputs,
}


def _known_action(action: str) -> str:
    if action not in ACTIONS:
        raise ValueError(f"the sandbox does not run {action}; it runs {', '.join(ACTIONS)}")
    return action


def _goal(text: str, words: tuple[str, ...]) -> str:
    if text not in words and not re.fullmatch(r"step:[A-Za-z0-9_-]+", text):
        raise ValueError(f"takes {', '.join(words)} or step:NAME, not {text}")
    return text


class Step(_Strict):
    """A step of the document."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    action: Annotated[str, AfterValidator(_known_action)]
    inputs: dict[str, Any]
    outputs: list[Output] = []
    description: str = ""
    next_step: str | None = None
    is_end: bool = False
    is_critical: bool = True
    on_failure: Annotated[str, AfterValidator(partial(_goal, words=("Abort", "Continue")))] = "Abort"
    on_cancel: Annotated[str, AfterValidator(partial(_goal, words=("Abort",)))] = "Abort"
    max_attempts: Annotated[int, Field(ge=1)] = 1
    timeout_seconds: Annotated[int, Field(ge=1)] | None = None


class Automation(_Strict):
    """A document of type Automation."""

    schema_version: Literal["0.3"]
    main_steps: Annotated[list[Step], Field(min_length=1)]
    description: str = ""
    assume_role: str = ""
    parameters: dict[str, Parameter] = {}
    outputs: list[str] = []

    def step(self, name: str) -> Step:
        """Return the step of that name."""
        return next(step for step in self.main_steps if step.name == name)

    def after(self, step: Step) -> Step | None:
        """Return the step that follows when a step went well, None after the last."""
        if step.is_end:
            return None
        if step.next_step:
            return self.step(step.next_step)
        index = self.main_steps.index(step) + 1
        return self.main_steps[index] if index < len(self.main_steps) else None
