"""The parameters of a StartAutomationExecution, held against what the document declares. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from moto.ssm.exceptions import SSMException

from sandbox.cloud.automation.content import Automation, Parameter
from sandbox.cloud.automation.values import as_text

TEXTS = {"String", "AWS::IAM::Role::Arn"}
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")


class InvalidAutomationExecutionParameters(SSMException):
    """The parameters do not fit the document."""

    code = "InvalidAutomationExecutionParametersException"


class _Unfit(Exception):
    """A value does not fit; the message says how."""


def parameter_values(automation: Automation, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return each parameter's value.

    Args:
        automation: The document.
        given: Parameter name to its values, as StartAutomationExecution takes them.

    Returns:
        Name to value, with its declared type.

    Raises:
        InvalidAutomationExecutionParameters: One is unknown, missing or not as the document demands; no value is shown.
    """
    unknown = sorted(set(given) - set(automation.parameters))
    if unknown:
        raise InvalidAutomationExecutionParameters(f"Parameters not defined in the document: {', '.join(unknown)}.")
    missing = [name for name, one in automation.parameters.items() if one.is_required and name not in given]
    if missing:
        raise InvalidAutomationExecutionParameters(f"Required parameters are missing: {', '.join(missing)}.")
    values = {}
    for name, declared in automation.parameters.items():
        try:
            values[name] = _checked(declared, given[name]) if name in given else declared.default
        except _Unfit as error:
            raise InvalidAutomationExecutionParameters(f"Parameter {name} {error}.") from None
    return values


def faults_of_defaults(automation: Automation) -> list[str]:
    """Return what is wrong with the document's own defaults and patterns, one line a thing."""
    faults = []
    for name, declared in automation.parameters.items():
        try:
            if declared.default is not None:
                _check(declared, declared.default)
        except _Unfit as error:
            faults.append(f"parameter {name}: its default {error}")
        except re.error as error:
            faults.append(f"parameter {name}: its allowedPattern is no regular expression: {error}")
    return faults


def _checked(declared: Parameter, given: Sequence[str]) -> Any:
    if isinstance(given, str) or not all(isinstance(one, str) for one in given):
        raise _Unfit("takes a list of strings")
    value = list(given) if declared.type == "StringList" else _typed(declared.type, _only(given))
    _check(declared, value)
    return value


def _only(given: Sequence[str]) -> str:
    if len(given) != 1:
        raise _Unfit("takes a list of exactly one string")
    return given[0]


def _typed(kind: str, text: str) -> Any:
    if kind in TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise _Unfit(f"is no {kind}") from None


def _check(declared: Parameter, value: Any) -> None:
    wanted = {"StringList": list, "Integer": int, "Boolean": bool, "StringMap": dict, "MapList": list}
    kind = wanted.get(declared.type, str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Unfit(f"is no {declared.type}")
    if declared.type == "AWS::IAM::Role::Arn" and value and not ROLE_ARN.fullmatch(as_text(value)):
        raise _Unfit("is no ARN of a role")
    if isinstance(value, list) and not declared.min_items <= len(value) <= declared.max_items:
        raise _Unfit("has more or fewer items than the document allows")
    for one in value if isinstance(value, list) else [value]:
        _check_text(declared, as_text(one))


def _check_text(declared: Parameter, text: str) -> None:
    if declared.allowed_pattern is not None and not re.fullmatch(declared.allowed_pattern, text):
        raise _Unfit(f"does not match its allowedPattern {declared.allowed_pattern}")
    if declared.allowed_values is not None and text not in [as_text(one) for one in declared.allowed_values]:
        raise _Unfit(f"is not one of its allowedValues {', '.join(map(as_text, declared.allowed_values))}")
    if not declared.min_chars <= len(text) <= declared.max_chars:
        raise _Unfit("is shorter or longer than the document allows")
