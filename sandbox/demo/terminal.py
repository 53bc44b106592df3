"""What the demonstration says and runs: headings, commands as a user types them, and how long each took."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DemoError(Exception):
    """The demonstration cannot go on; the message says what failed and what to look at."""


class Terminal:
    """Prints, runs and times."""

    def __init__(self, folder: Path) -> None:
        """Prepare to run commands.

        Args:
            folder: where commands run: the project's.
        """
        self.environment: dict[str, str] = {}
        self._folder = folder
        self._phases: list[tuple[str, float]] = []

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """Begin a section and note how long it takes."""
        print(f"\n== {title}\n", flush=True)
        started = time.monotonic()
        try:
            yield
        finally:
            self._phases.append((title, time.monotonic() - started))

    def say(self, *lines: str) -> None:
        """Print lines of the demonstration's own."""
        print("\n".join(lines), flush=True)

    def run(self, *argv: str, may_fail: bool = False) -> None:
        """Print a command as one would type it, and run it with its output shown as it comes.

        Args:
            argv: the command.
            may_fail: whether to go on when it ends with another status than 0.

        Raises:
            DemoError: It did not end with status 0.
        """
        status = self._show(*argv)
        if status and not may_fail:
            raise DemoError(f"`{shlex.join(argv)}` ended with status {status}; what it printed stands above")

    def refused(self, *argv: str) -> None:
        """Run a command that has to be refused, as `run` does.

        Raises:
            DemoError: It ended with status 0.
        """
        if not self._show(*argv):
            raise DemoError(f"`{shlex.join(argv)}` was to be refused, and was not")

    def ask(self, *argv: str) -> str:
        """Run a command for its answer, without showing it.

        Raises:
            DemoError: It did not end with status 0.
        """
        done = subprocess.run(argv, cwd=self._folder, env=self.environment, check=False, capture_output=True, text=True)
        if done.returncode:
            raise DemoError(f"`{shlex.join(argv)}` ended with status {done.returncode}:\n{done.stderr.strip()}")
        return done.stdout

    def _show(self, *argv: str) -> int:
        print(f"$ {shlex.join(argv)}", flush=True)
        status = subprocess.run(argv, cwd=self._folder, env=self.environment, check=False).returncode
        print(flush=True)
        return status

    def report_phases(self) -> None:
        """Say where the time went."""
        for title, seconds in self._phases:
            self.say(f"  {seconds:6.1f} s  {title}")
        self.say(f"  {sum(seconds for _, seconds in self._phases):6.1f} s  in all")


def changed_lines(before: str, after: str) -> list[str]:
    """Show the lines of a text that were changed, with - and + before them."""
    old, new = before.splitlines(), after.splitlines()
    return [f"  - {line}" for line in old if line not in new] + [f"  + {line}" for line in new if line not in old]
