"""How a process ended, and what systemd calls that."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

EXITED, KILLED = 1, 2  # CLD_EXITED and CLD_KILLED
# Whoever ends by one of these was asked to.
_CLEAN = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE}


@dataclass(frozen=True)
class Ending:
    """What `ExecMainCode` and `ExecMainStatus` tell; both are 0 before a process has ended."""

    code: int = 0
    status: int = 0

    @classmethod
    def of(cls, status: int) -> "Ending":
        """Read a status as `os.wait` gives it."""
        if os.WIFSIGNALED(status):
            return cls(KILLED, os.WTERMSIG(status))
        return cls(EXITED, os.WEXITSTATUS(status))

    def result(self, forgiven: Sequence[str]) -> str:
        """Return the unit's `Result`: success, exit-code or signal.

        Args:
            forgiven: The exit statuses of `SuccessExitStatus`.
        """
        if self.code == KILLED:
            return "success" if self.status in _CLEAN else "signal"
        if str(self.status) in {"0", *forgiven}:
            return "success"
        return "exit-code"
