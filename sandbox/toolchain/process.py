"""Runs the programs that fetch and build, with a sign of life while they work and a readable reason when they fail."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError

SIGN_OF_LIFE_SECONDS = 30
NO_NETWORK = re.compile(
    r"name resolution|resolve host|no such host|name or service not known|network is unreachable|connection refused"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH"
    r"|connection timed out|i/o timeout|NewConnectionError|ProxyError",
    re.IGNORECASE,
)
SETTINGS_NOT_OURS = (
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_DRY_RUN",
    "PIP_NO_DEPS",
)
PIP_SETTINGS = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One program to run.

    Args:
        tool: The tool that it is for, as shown to the user.
        doing: What it does, as in "still <doing>".
        log: File that takes all its output.
        needs: Where it fetches from, for the message when there is no network.
        todo: What the user can do when it fails for another reason.
    """

    tool: str
    doing: str
    log: Path
    needs: str
    todo: str

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
    ) -> str:
        """Run a program to its end.

        Args:
            argv: Program and arguments.
            cwd: Folder to run it in.
            env: Variables to add to the environment.
            timeout_seconds: After this long it is ended; None: never.

        Returns:
            Its output, standard error included.

        Raises:
            SetupError: It failed, took too long or is not there.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            try:
                # Inheritable descriptors are passed on: the lock is one, and orphaned children go on holding it.
                child = subprocess.Popen(
                    [str(word) for word in argv],
                    cwd=cwd,
                    env={**environment(), **(env or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    close_fds=False,
                )
            except OSError as error:
                raise self.failed(str(error)) from None
            status = self._wait(child, timeout_seconds)
        text = self.log.read_text(errors="replace")
        if status:
            raise self.failed(text)
        return text

    def _wait(self, child: "subprocess.Popen[bytes]", timeout_seconds: float | None) -> int:
        begun = time.monotonic()
        while True:
            left = SIGN_OF_LIFE_SECONDS if timeout_seconds is None else timeout_seconds - (time.monotonic() - begun)
            if left <= 0:
                child.kill()
                child.wait()
                raise self.failed(f"it was not done after {timeout_seconds:.0f} seconds")
            try:
                return child.wait(min(left, SIGN_OF_LIFE_SECONDS))
            except subprocess.TimeoutExpired:
                say(self.tool, f"still {self.doing} ({time.monotonic() - begun:.0f} s)")
            except BaseException:
                child.terminate()
                raise

    def failed(self, output: str) -> SetupError:
        """Return the error that explains a failure from what the program printed."""
        what = f"{self.tool}: failed while {self.doing}"
        if NO_NETWORK.search(output):
            return SetupError(
                what,
                f"there is no way to {self.needs} from here ({last_words(output)})",
                "connect to the network or configure this machine's proxy or mirror, then run `make setup` again",
            )
        return SetupError(what, last_words(output), f"{self.todo}; all its output is in {self.log}")


def last_words(output: str) -> str:
    """Return the line of a program's output that most likely names its reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"error|fatal|cannot|failed|denied|no space", line, re.IGNORECASE)]
    return (errors or lines or ["it said nothing"])[-1][:400]


def environment() -> dict[str, str]:
    """Return this process's environment without what would lead pip and Python out of `.cache`."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS_NOT_OURS}
    return {**kept, **PIP_SETTINGS}
