"""Command documents: what Run Command takes from them, and everything about a request that AWS would refuse."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from moto.ssm.exceptions import SSMException
from moto.ssm.models import ssm_backends

PASTED = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
DEFAULT_TIMEOUT_SECONDS = 3600


class InvalidParameters(SSMException):
    """The parameters do not fit the document."""

    code = "InvalidParameters"


class InvalidDocument(SSMException):
    """There is no such document, or it is not the one whose hash was given."""

    code = "InvalidDocument"


class InvalidDocumentVersion(SSMException):
    """The document has no such version."""

    code = "InvalidDocumentVersion"


class Unsupported(SSMException):
    """AWS can do this and the sandbox cannot."""

    code = "InvalidDocumentContent"


@dataclass(frozen=True)
class Script:
    """What an agent is to run."""

    step: str
    text: str
    environment: Mapping[str, str]
    timeout_seconds: int
    working_directory: str


def find_document(backend: Any, request: Mapping[str, Any]) -> Any:
    """Find the document version that SendCommand asked for.

    Args:
        backend: moto's SSM backend.
        request: The request's parameters.

    Returns:
        moto's Document.

    Raises:
        InvalidDocument: Unknown name, or another hash than the one given.
        InvalidDocumentVersion: Unknown version.
    """
    name, version = request.get("DocumentName", ""), request.get("DocumentVersion") or "$DEFAULT"
    documents = _found(backend, name)
    if documents is None:
        raise InvalidDocument(f"Document with name {name} does not exist.")
    number = {"$DEFAULT": documents.default_version, "$LATEST": documents.latest_version}.get(version, version)
    document = documents.versions.get(number)
    if document is None:
        raise InvalidDocumentVersion(f"Document {name} has no version {version}.")
    _check_hash(document, request)
    return document


def make_script(document: Any, given: Mapping[str, Sequence[str]]) -> Script:
    """Turn a document and parameters into what is run.

    Args:
        document: moto's Document.
        given: Parameter name to its values, as SendCommand takes them.

    Returns:
        The script.

    Raises:
        InvalidParameters: A parameter is unknown, missing or not as the document demands.
        Unsupported: The document uses something that the sandbox does not know.
    """
    content = _content(document)
    if str(content.get("schemaVersion")) != "2.2":
        raise Unsupported(f"the sandbox runs documents of schemaVersion 2.2 only, not {content.get('schemaVersion')}.")
    steps = content.get("mainSteps", [])
    if len(steps) != 1 or steps[0].get("action") != "aws:runShellScript":
        raise Unsupported("the sandbox runs documents with exactly one aws:runShellScript step.")
    declared = content.get("parameters") or {}
    values = _values(declared, given)
    inputs = steps[0].get("inputs", {})
    text = "\n".join(inputs.get("runCommand", []))
    pasted = PASTED.search(text)
    if pasted:
        raise Unsupported(_no_pasting(pasted))
    return Script(
        step=steps[0].get("name", "aws:runShellScript"),
        text=text,
        environment={f"SSM_{name}": value for name, value in values.items()},
        timeout_seconds=_timeout(inputs.get("timeoutSeconds", DEFAULT_TIMEOUT_SECONDS), values),
        working_directory=inputs.get("workingDirectory", ""),
    )


def check_content(text: str) -> None:
    """Refuse a document whose parameters would be pasted into its script, when it is made.

    Args:
        text: The document, JSON.

    Raises:
        Unsupported: It pastes.
    """
    try:
        content = json.loads(text)
    except ValueError:
        return  # moto's own refusal is the right one
    for step in content.get("mainSteps", []) if isinstance(content, dict) else []:
        pasted = PASTED.search("\n".join(step.get("inputs", {}).get("runCommand", [])))
        if pasted:
            raise Unsupported(_no_pasting(pasted))


def _no_pasting(pasted: re.Match[str]) -> str:
    name, text = pasted[1], pasted[0]
    return f'the sandbox does not paste parameters: write "$SSM_{name}" and interpolationType ENV_VAR, not {text}.'


def _found(backend: Any, name: str) -> Any:
    """Find a document: one's own by name or ARN, another account's of this region by ARN where it is shared."""
    if not name.startswith("arn:"):
        return backend._documents.get(name)
    region, account_id, resource = name.split(":", 5)[3:]
    if region != backend.region_name:
        return None
    found = ssm_backends[account_id][region]._documents.get(resource.removeprefix("document/"))
    is_ours = account_id == backend.account_id
    return found if is_ours or (found and {backend.account_id, "all"} & set(found.permissions)) else None


def _check_hash(document: Any, request: Mapping[str, Any]) -> None:
    wanted = request.get("DocumentHash")
    if not wanted:
        return
    if request.get("DocumentHashType", "Sha256") != "Sha256":
        raise Unsupported("the sandbox knows DocumentHashType Sha256 only.")
    if wanted != document.hash:
        raise InvalidDocument(f"The hash of document {document.name} is not the one that was given.")


def _content(document: Any) -> dict[str, Any]:
    content: dict[str, Any] = (
        document.content_json if hasattr(document, "content_json") else yaml.safe_load(document.content)
    )
    return content


def _values(declared: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise InvalidParameters(f"Parameters not supported by the document: {', '.join(unknown)}")
    values = {}
    for name, declaration in declared.items():
        if declaration.get("type") != "String":
            raise Unsupported(f"parameter {name}: the sandbox knows type String only, not {declaration.get('type')}.")
        if name in given:
            values[name] = _checked(name, declaration, given[name])
        elif "default" in declaration:
            values[name] = str(declaration["default"])
        else:
            raise InvalidParameters(f"Parameter {name} is required and was not given.")
        if declaration.get("interpolationType") != "ENV_VAR" and name != "executionTimeout":
            raise Unsupported(
                f"parameter {name}: the sandbox does not paste parameters, set interpolationType ENV_VAR."
            )
    return values


def _checked(name: str, declaration: Mapping[str, Any], given: Sequence[str]) -> str:
    if isinstance(given, str) or len(given) != 1 or not isinstance(given[0], str):
        raise InvalidParameters(f"Parameter {name} takes a list of exactly one string.")
    value = given[0]
    pattern = declaration.get("allowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        raise InvalidParameters(f"Parameter {name} does not match its allowedPattern {pattern}")
    allowed = declaration.get("allowedValues")
    if allowed and value not in [str(one) for one in allowed]:
        raise InvalidParameters(f"Parameter {name} is not one of its allowedValues {', '.join(map(str, allowed))}")
    if not int(declaration.get("minChars", 0)) <= len(value) <= int(declaration.get("maxChars", 1 << 30)):
        raise InvalidParameters(f"Parameter {name} is shorter or longer than the document allows.")
    return value


def _timeout(text: Any, values: Mapping[str, str]) -> int:
    pasted = PASTED.fullmatch(str(text).strip())
    return int(values[pasted[1]] if pasted else text)
