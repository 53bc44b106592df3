"""Runbook files: the scripts of `scripts/` and the SSM documents that they become. Plain Python.

A script begins with comments: what it does in one line, then `# @host`, `# @timeout_seconds` and a `# @param` for each
parameter:

    # @param volume_id ^vol-[0-9a-f]{8,17}$ The quarantine volume.
    # @param wait_seconds ^[0-9]{1,4}$ =0 How long to wait.

`=0` is a default; a parameter without one is required. A line `# include lib/volume.sh` stands for the text of that
file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_INCLUDE = re.compile(r"# include (lib/[a-z0-9_\-]+\.sh)")
_TAG = re.compile(r"# @(\w+)\s*(.*)")
_PARAMETER = re.compile(r"(?P<name>[a-z][a-z0-9_]*) (?P<pattern>\^\S*\$) (?:=(?P<default>\S*) )?(?P<description>\S.*)")
HOSTS = ("production", "worker", "staging")


class RunbookError(Exception):
    """A script's header cannot be used; the message names file, line and reason."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a runbook; `default` is None where it is required."""

    name: str
    pattern: str
    default: str | None
    description: str


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """One script: its verb, where it runs, for how long at most, with what, and its text with everything included."""

    verb: str
    description: str
    hosts: Sequence[str]
    timeout_seconds: int
    parameters: Sequence[Parameter]
    script: str

    def document(self) -> dict[str, Any]:
        """Return the SSM document: one step, parameters as environment variables, never pasted into the script."""
        return {
            "schemaVersion": "2.2",
            "description": self.description,
            "parameters": {parameter.name: _described(parameter) for parameter in self.parameters},
            "mainSteps": [
                {
                    "action": "aws:runShellScript",
                    "name": self.verb.replace("-", "_"),
                    "precondition": {"StringEquals": ["platformType", "Linux"]},
                    "inputs": {"timeoutSeconds": str(self.timeout_seconds), "runCommand": self.script.splitlines()},
                }
            ],
        }


def read_runbooks(folder: Path) -> Mapping[str, Runbook]:
    """Read every script of a folder.

    Args:
        folder: The folder; its `lib/` holds what is included and is no runbook.

    Returns:
        Runbooks by verb, sorted.

    Raises:
        RunbookError: With every file that cannot be used.
    """
    found, problems = {}, []
    for path in sorted(folder.glob("*.sh")):
        try:
            found[path.stem] = read_runbook(path)
        except RunbookError as error:
            problems.append(str(error))
    if problems:
        raise RunbookError("\n".join(problems))
    return found


def read_runbook(path: Path) -> Runbook:
    """Read one script.

    Raises:
        RunbookError: If its header is incomplete or wrong, or an included file is not there.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    header = _header(path, lines)
    if not header.description:
        raise RunbookError(f"{path}:2: the second line must be a comment that says what the script does")
    if not header.hosts:
        raise RunbookError(f"{path}: has no `# @host` line; it must name one or more of {', '.join(HOSTS)}")
    if header.timeout_seconds is None:
        raise RunbookError(f"{path}: has no `# @timeout_seconds` line")
    return Runbook(
        verb=path.stem,
        description=header.description,
        hosts=tuple(header.hosts),
        timeout_seconds=header.timeout_seconds,
        parameters=tuple(header.parameters),
        script=_with_includes(path, lines),
    )


class _Header:
    """What the leading comments of a script say."""

    def __init__(self) -> None:
        self.description = ""
        self.hosts: list[str] = []
        self.timeout_seconds: int | None = None
        self.parameters: list[Parameter] = []

    def take(self, tag: str, value: str) -> None:
        """Take one `# @tag value` line; raise ValueError with the reason if it is wrong."""
        if tag == "host":
            self._take_hosts(value)
        elif tag == "timeout_seconds":
            self._take_timeout(value)
        elif tag == "param":
            self._take_parameter(value)
        else:
            raise ValueError(f"@{tag} is unknown; use @host, @timeout_seconds or @param")

    def _take_hosts(self, value: str) -> None:
        for host in re.split(r"[,\s]+", value):
            if host not in HOSTS:
                raise ValueError(f"@host {host!r} must be one of {', '.join(HOSTS)}")
            self.hosts.append(host)

    def _take_timeout(self, value: str) -> None:
        # AWS takes up to 48 hours; none of these scripts may: long work runs as a job that outlives its script.
        if not value.isdigit() or not 5 <= int(value) <= 3600:
            raise ValueError("@timeout_seconds must be a whole number from 5 to 3600")
        self.timeout_seconds = int(value)

    def _take_parameter(self, value: str) -> None:
        match = _PARAMETER.fullmatch(value)
        if not match:
            raise ValueError("@param must read: name ^pattern$ [=default] What it is for.")
        parameter = Parameter(**match.groupdict())
        if any(other.name == parameter.name for other in self.parameters):
            raise ValueError(f"@param {parameter.name} is there twice")
        _check_pattern(parameter)
        self.parameters.append(parameter)


def _check_pattern(parameter: Parameter) -> None:
    try:
        pattern = re.compile(parameter.pattern)
    except re.error as error:
        raise ValueError(f"@param {parameter.name}: the pattern is wrong ({error})") from None
    if parameter.default is not None and not pattern.fullmatch(parameter.default):
        raise ValueError(f"@param {parameter.name}: the default does not match its own pattern")


def _header(path: Path, lines: Sequence[str]) -> _Header:
    header = _Header()
    if not lines or lines[0] != "#!/usr/bin/env bash":
        raise RunbookError(f"{path}:1: the first line must be #!/usr/bin/env bash")
    for number, line in enumerate(lines[1:], start=2):
        if not line.startswith("#"):
            break
        tag = _TAG.fullmatch(line)
        if not tag:
            header.description = header.description or line.lstrip("# ").strip()
            continue
        try:
            header.take(tag[1], tag[2].strip())
        except ValueError as error:
            raise RunbookError(f"{path}:{number}: {error}") from None
    return header


def _with_includes(path: Path, lines: Sequence[str]) -> str:
    result = []
    for number, line in enumerate(lines, start=1):
        include = _INCLUDE.fullmatch(line.strip())
        if not include:
            result.append(line)
            continue
        target = path.parent / include[1]
        if not target.is_file():
            raise RunbookError(f"{path}:{number}: {include[1]} is not there to include")
        result += target.read_text(encoding="utf-8").splitlines()
    return "\n".join(result) + "\n"


def _described(parameter: Parameter) -> dict[str, str]:
    described = {
        "type": "String",
        "description": parameter.description,
        "allowedPattern": parameter.pattern,
        "interpolationType": "ENV_VAR",
    }
    return described if parameter.default is None else {**described, "default": parameter.default}
