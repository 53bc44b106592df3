"""The user's own commands, run where Pulumi runs; what they print is theirs and is shown as it comes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from refresh.context import Say

# Runs a command with an environment added to ours, for so many seconds; returns why it failed, or nothing.
Shell = Callable[[str, Mapping[str, str], float, Say], str]
_LINES_SHOWN = 20


def run(command: str, environment: Mapping[str, str], timeout_seconds: float, say: Say) -> str:
    """Run a shell command to its end and show the last lines of what it printed.

    Args:
        command: For `/bin/sh`, as Pulumi's own command resource runs it.
        environment: Added to this process's own.
        timeout_seconds: After which it is ended, with all that it started.
        say: Tells the user.

    Returns:
        Why it failed; empty when it ended with status 0.
    """
    with subprocess.Popen(
        ["/bin/sh", "-c", command],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that it can be ended with all that it started
    ) as process:
        try:
            printed, _ = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"it did not end within {timeout_seconds:.0f} s"
        except BaseException:
            _end(process)  # a Ctrl-C reaches ours alone
            raise
    for line in deque(printed.splitlines(), _LINES_SHOWN):
        say(f"        | {line}")
    return f"it ended with status {process.returncode}" if process.returncode else ""


def _end(process: subprocess.Popen[str]) -> None:
    """End a command with all that it left running."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
