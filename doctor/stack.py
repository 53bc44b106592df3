"""The stack as Pulumi knows it: configuration and state, read by its command line."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 120
Run = Callable[[Sequence[str]], str]


class StackError(Exception):
    """The stack cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack.

    Attributes:
        name: Its name.
        project: Its project's name, the namespace of its keys.
        config: Raw values by full key, such as `understudy:ami_id`; secrets are left out.
        resources: What is in its state.
    """

    name: str
    project: str
    config: Mapping[str, str]
    resources: Sequence[Mapping[str, Any]]

    def inputs_of(self, kind: str) -> Mapping[str, Any] | None:
        """Return the inputs of the resource of a type of ours; None where it is not in the state."""
        found = [each for each in self.resources if str(each.get("type", "")).endswith(f":{kind}")]
        return found[-1].get("inputs", {}) if found else None


def read_stack(name: str, run: Run | None = None) -> Stack:
    """Ask Pulumi for configuration and state.

    Args:
        name: The stack; empty for the selected one.
        run: Runs the command; the real one when left out.

    Returns:
        The stack.

    Raises:
        StackError: There is no Pulumi, no such stack, or none is selected.
    """
    run = run or _pulumi
    name = name or run(["stack", "--show-name"]).strip()
    told = _json(run(["config", "--json", "--stack", name]), "pulumi config")
    exported = _json(run(["stack", "export", "--stack", name]), "pulumi stack export")
    config = {key: str(entry["value"]) for key, entry in told.items() if entry.get("value") is not None}
    resources = (exported.get("deployment") or {}).get("resources") or []
    return Stack(name=name, project=_project(), config=config, resources=resources)


def _pulumi(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise StackError("there is no pulumi on the PATH. Run: make setup, then make doctor") from None
    except subprocess.TimeoutExpired:
        raise StackError(f"pulumi {words[0]} gave no answer in {_SECONDS} s. Is its backend reachable?") from None
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise StackError(
            f"pulumi {' '.join(words)} ended with {done.returncode}: {reason[0]}. Log in (pulumi login) and name the "
            "stack: make doctor STACK=<name>, or pulumi stack select"
        )
    return done.stdout


def _json(text: str, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        raise StackError(f"{what} gave no JSON object")
    return found


def _project() -> str:
    """Read the project's name; Pulumi.yaml is ours, and has it on a line of its own."""
    found = re.search(r"^name: (\S+)$", (ROOT / "Pulumi.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise StackError("Pulumi.yaml names no project")
    return found[1]
