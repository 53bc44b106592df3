"""The example workflows, and their commands as a runner would run them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
WORKFLOWS = sorted(EXAMPLES.glob("*.yml"))


def job_of(workflow: Path) -> dict[str, Any]:
    """Return the one job of a workflow."""
    (job,) = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return job


def steps_of(workflow: Path) -> dict[str, dict[str, Any]]:
    """Return its steps by name."""
    return {step["name"]: step for step in job_of(workflow)["steps"]}


@dataclass
class Ran:
    """What a step did: its exit status, what it printed, its outputs, and the page of the run."""

    status: int
    text: str
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass
class Runner:
    """Runs the commands of steps in a checkout.

    Attributes:
        workflow: the file.
        checkout: the folder to work in.
        folder: where the runner keeps the files that steps write to.
        env: what is there besides the job's own variables, which it replaces.
        given: what expressions (`${{ … }}`) in a step's variables stand for.
    """

    workflow: Path
    checkout: Path
    folder: Path
    env: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict)

    def run(self, name: str, replacing: tuple[str, str] = ("", ""), **given: str) -> Ran:
        """Run one step by its name, as GitHub's runner runs a step without a shell of its own.

        Args:
            name: the step.
            replacing: a part of its commands, and what a test puts in its place.
            given: what expressions stand for, besides those of the runner.
        """
        step = steps_of(self.workflow)[name]
        files = {key: self.folder / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for file in files.values():
            file.write_text("")
        own = {key: self._value(str(value), given) for key, value in step.get("env", {}).items()}
        commands = step["run"].replace(*replacing)
        done = subprocess.run(
            ["bash", "-e", "-c", commands], cwd=self.checkout, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=560, check=False,
            env={**os.environ, **self._job(), **self.env, **own, **{key: str(file) for key, file in files.items()}},
        )  # fmt: skip
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return Ran(done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text())

    def _job(self) -> dict[str, str]:
        return {key: str(value) for key, value in job_of(self.workflow)["env"].items()}

    def _value(self, text: str, given: Mapping[str, str]) -> str:
        every = {**self.given, **given}
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: every[found[1]], text)
