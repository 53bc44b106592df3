"""A stack of the sandbox, driven as a user would: by the pulumi command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.client import Sandbox

PROJECT = Path(__file__).parents[2]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MINUTES = 60.0


_NOT_CHECKED_OUT = (".cache", ".git", ".sandbox", "reports", "target", "__pycache__", ".*_cache")


def check_out(folder: Path) -> Path:
    """Copy the project as somebody else would have it checked out, with the tools of this one."""
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*_NOT_CHECKED_OUT))
    (folder / ".cache").symlink_to(PROJECT / ".cache")
    return folder


def take_away(sandbox: Sandbox, instance_id: str, volume_id: str) -> None:
    """Detach and delete a live volume, as somebody tidying up in the console would."""
    ec2 = sandbox.session().client("ec2")
    stop = "systemctl stop understudy-mongod && umount /var/lib/understudy/volumes/*"
    sandbox.exec(instance_id, ["sh", "-c", stop])
    ec2.detach_volume(VolumeId=volume_id)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume_id], WaiterConfig={"Delay": 1})
    ec2.delete_volume(VolumeId=volume_id)


class CommandFailedError(AssertionError):
    """A pulumi command failed where the test expected it to succeed."""


class Running:
    """A pulumi command under way, its output read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Follow a process whose output is a pipe."""
        self.process = process
        self.lines: list[str] = []

    @property
    def pid(self) -> int:
        """The command's process id."""
        return self.process.pid

    def wait_for_line(self, pattern: str) -> str:
        """Read until a line matches.

        Raises:
            CommandFailedError: The command ended before.
        """
        for line in self.process.stdout or ():
            self.lines.append(_COLOUR.sub("", line.rstrip()))
            if re.search(pattern, self.lines[-1]):
                return self.lines[-1]
        raise CommandFailedError(f"ended without a line like {pattern!r}:\n" + "\n".join(self.lines[-60:]))

    def finish(self) -> int:
        """Read the rest and return the exit status."""
        for line in self.process.stdout or ():
            self.lines.append(_COLOUR.sub("", line.rstrip()))
        return self.process.wait()


class Stack:
    """One stack of a running sandbox.

    Args:
        name: the stack's name.
        env: the sandbox's environment, as it prints it.
        rules: the copy of the rules file that the stack's config names.
        project: the checkout to work in.
    """

    def __init__(self, name: str, env: Mapping[str, str], rules: Path, project: Path = PROJECT) -> None:
        self.name = name
        self.env = dict(env)
        self.rules = rules
        self._project = project

    def pulumi(self, *words: str, expect: int | None = 0, timeout_seconds: float = 10 * _MINUTES) -> str:
        """Run a command to its end.

        Args:
            words: the command's words after `pulumi`.
            expect: the exit status that is right; None: any.
            timeout_seconds: when to give up.

        Returns:
            What it printed on both streams, without colours.

        Raises:
            CommandFailedError: Another exit status.
        """
        done = subprocess.run(
            self._command(words), cwd=self._project, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=timeout_seconds, check=False,
        )  # fmt: skip
        text = _COLOUR.sub("", done.stdout)
        if expect is not None and done.returncode != expect:
            raise CommandFailedError(f"pulumi {' '.join(words)} ended with {done.returncode}:\n{text[-6000:]}")
        return text

    def start(self, *words: str) -> Running:
        """Start a command and return at once."""
        process = subprocess.Popen(
            self._command(words), cwd=self._project, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        return Running(process)

    def up(self, expect: int | None = 0) -> str:
        """Bring the stack up."""
        return self.pulumi("up", "--yes", "--skip-preview", expect=expect)

    def configure(self, key: str, value: str) -> None:
        """Set a config value of the project."""
        self.pulumi("config", "set", key, value)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        found: dict[str, Any] = json.loads(self._json("stack", "output", "--json"))
        return found

    def history(self) -> list[dict[str, Any]]:
        """The stack's finished operations, newest first."""
        found: list[dict[str, Any]] = json.loads(self._json("stack", "history", "--json"))
        return found

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        found: list[dict[str, Any]] = json.loads(self._json("stack", "export"))["deployment"].get("resources", [])
        return found

    def seconds_of(self, *words: str) -> float:
        """Run a command and say how long it took."""
        began = time.monotonic()
        self.pulumi(*words)
        return time.monotonic() - began

    def _json(self, *words: str) -> str:
        done = subprocess.run(
            self._command(words), cwd=self._project, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=2 * _MINUTES, check=True,
        )  # fmt: skip
        return done.stdout

    def _command(self, words: tuple[str, ...]) -> list[str]:
        return ["pulumi", *words, "--stack", self.name, "--non-interactive", "--color", "never"]
