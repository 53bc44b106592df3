"""Which process this is, and whether another one of this machine still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_START_TIME_FIELD = 19  # of /proc/<pid>/stat behind the command's name: proc(5), starttime, in clock ticks since boot


@dataclass(frozen=True, kw_only=True)
class ProcessIdentity:
    """A process, named so that neither another machine, a reboot nor a reused pid can be taken for it."""

    host: str
    boot_id: str
    pid: int
    pid_started: str

    @classmethod
    def current(cls) -> ProcessIdentity:
        """Return this process."""
        pid = os.getpid()
        return cls(host=socket.gethostname(), boot_id=_boot_id(), pid=pid, pid_started=_started(pid) or "")

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ProcessIdentity:
        """Read what `as_json` wrote."""
        return cls(**{name: values[name] for name in ("host", "boot_id", "pid", "pid_started")})

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    def is_known_dead(self) -> bool:
        """Say whether it ran on this boot of this machine and has ended; False when that cannot be known from here."""
        return bool(self.boot_id) and self.boot_id == _boot_id() and _started(self.pid) != self.pid_started


def _boot_id() -> str:
    """Name this boot and this namespace of process ids: containers of one machine do not see each other's processes."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""  # not Linux: expiry alone decides


def _started(pid: int) -> str | None:
    """Return when a process started; None when there is none, or only its zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[_START_TIME_FIELD]
