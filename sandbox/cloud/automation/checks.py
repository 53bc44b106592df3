"""Everything in an Automation document that the sandbox refuses, when it is made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from moto.ssm.exceptions import SSMException
from pydantic import ValidationError

from sandbox.cloud.automation.content import INPUTS, LONGEST_SCRIPT_SECONDS, Automation, Step
from sandbox.cloud.automation.parameters import faults_of_defaults
from sandbox.cloud.automation.values import REFERENCE, SELECTED_TYPES, InvalidSelector, check_selector, references

SYSTEM_VARIABLES = {
    "automation:EXECUTION_ID", "global:ACCOUNT_ID", "global:DATE", "global:DATE_TIME", "global:REGION",
}  # fmt: skip
BUILT_IN_OUTPUTS = {"aws:executeScript": {"Payload", "OutputPayload"}, "aws:executeAwsApi": {"OutputPayload"}}


class InvalidDocumentContent(SSMException):
    """The document is not one that can be run."""

    code = "InvalidDocumentContent"


def check_automation(text: str, document_format: str, document_type: str | None) -> None:
    """Refuse an Automation document that the sandbox would not run as AWS does, when it is made.

    Args:
        text: The document.
        document_format: JSON or YAML.
        document_type: Its type, None where a document is updated.

    Raises:
        InvalidDocumentContent: It is refused.
    """
    try:
        content = json.loads(text) if document_format == "JSON" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return  # moto's own refusal is the right one
    is_automation = isinstance(content, dict) and content.get("schemaVersion") == "0.3"
    if document_type == "Automation" or (document_type is None and is_automation):
        faults = faults_of_defaults(read_automation(content))
        if faults:
            raise InvalidDocumentContent("; ".join(faults))
    elif is_automation:
        raise InvalidDocumentContent(f"schemaVersion 0.3 is for documents of type Automation, not {document_type}.")


def read_automation(content: Any) -> Automation:
    """Read a document, refusing by name all that the sandbox would not run as AWS does.

    Args:
        content: The document, parsed from JSON or YAML.

    Returns:
        The document.

    Raises:
        InvalidDocumentContent: It has an unknown action or key, a wrong value, or names what is not there.
    """
    try:
        automation = Automation.model_validate(content)
    except ValidationError as error:
        raise InvalidDocumentContent("; ".join(_told(error, content))) from None
    faults = [fault for step in automation.main_steps for fault in _faults_of_inputs(step)]
    if faults:
        raise InvalidDocumentContent("; ".join(faults))
    faults = [fault for step in automation.main_steps for fault in _faults_of_step(automation, step)]
    faults += _faults_of_document(automation)
    if faults:
        raise InvalidDocumentContent("; ".join(faults))
    return automation


def _told(error: ValidationError, content: Any) -> Iterator[str]:
    steps = content.get("mainSteps") if isinstance(content, Mapping) else None
    for one in error.errors():
        where = list(one["loc"])
        if isinstance(steps, list) and where[:1] == ["mainSteps"] and len(where) > 1:
            named = steps[int(where[1])]
            where[:2] = [f"step {named.get('name', where[1])}" if isinstance(named, Mapping) else f"step {where[1]}"]
        yield f"{'.'.join(map(str, where)) or 'document'}: {_reason(one)}"


def _faults_of_inputs(step: Step) -> Iterator[str]:
    try:
        INPUTS[step.action].model_validate(step.inputs)
    except ValidationError as error:
        for one in error.errors():
            yield f"step {step.name}.inputs.{'.'.join(map(str, one['loc']))}: {_reason(one)}"


def _reason(error: Any) -> str:
    return "is not known to the sandbox" if error["type"] == "extra_forbidden" else str(error["msg"])


def _faults_of_step(automation: Automation, step: Step) -> Iterator[str]:
    names = {one.name for one in automation.main_steps}
    for goal in _goals(step):
        if goal not in names:
            yield f"step {step.name} goes to {goal}, which is no step"
    if step.is_end and step.next_step:
        yield f"step {step.name} has both isEnd and nextStep"
    if step.outputs and step.action not in BUILT_IN_OUTPUTS:
        yield f"step {step.name}: {step.action} has no outputs"
    for output in step.outputs:
        if output.type not in SELECTED_TYPES:
            yield f"step {step.name}, output {output.name}: there is no type {output.type}"
    for selector in [output.selector for output in step.outputs] + _property_selectors(step):
        try:
            check_selector(selector)
        except InvalidSelector as error:
            yield f"step {step.name}: {error}"
    yield from _faults_of_script(step)
    for name in references({key: value for key, value in step.inputs.items() if key != "Script"}):
        yield from _faults_of_reference(automation, name, f"step {step.name}")


def _faults_of_script(step: Step) -> Iterator[str]:
    if step.action != "aws:executeScript":
        return
    pasted = REFERENCE.search(step.inputs["Script"])
    if pasted:
        yield f"step {step.name}: the sandbox does not paste into scripts: pass {pasted[0]} in InputPayload"
    if (step.timeout_seconds or 0) > LONGEST_SCRIPT_SECONDS:
        yield f"step {step.name}: a script runs at most {LONGEST_SCRIPT_SECONDS} s, not {step.timeout_seconds}"


def _property_selectors(step: Step) -> list[str]:
    return [step.inputs["PropertySelector"]] if "PropertySelector" in step.inputs else []


def _goals(step: Step) -> list[str]:
    goals = [step.next_step] if step.next_step else []
    goals += [goal.removeprefix("step:") for goal in (step.on_failure, step.on_cancel) if goal.startswith("step:")]
    if step.action == "aws:branch":
        goals += [choice["NextStep"] for choice in step.inputs["Choices"]]
        goals += [step.inputs["Default"]] if step.inputs.get("Default") else []
    return goals


def _faults_of_document(automation: Automation) -> Iterator[str]:
    names = [step.name for step in automation.main_steps]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"there are several steps {name}"
    for name in references(automation.assume_role):
        yield from _faults_of_reference(automation, name, "assumeRole")
    for name in automation.outputs:
        yield from _faults_of_reference(automation, name, "outputs")


def _faults_of_reference(automation: Automation, name: str, where: str) -> Iterator[str]:
    if ":" in name:
        known = name in SYSTEM_VARIABLES
    elif "." in name:
        step_name, _, output = name.partition(".")
        step = next((one for one in automation.main_steps if one.name == step_name), None)
        known = step is not None and output in (
            BUILT_IN_OUTPUTS.get(step.action, set()) | {one.name for one in step.outputs}
        )
    else:
        known = name in automation.parameters
    if not known:
        yield f"{where} refers to {name}, which the document does not have"
