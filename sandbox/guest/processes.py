"""Start, watch and signal processes as PID 1: every orphan of the host ends here and must be reaped."""

import contextlib
import os
import pwd
import resource
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LIMITS = {
    "LimitNOFILE": resource.RLIMIT_NOFILE,
    "LimitNPROC": resource.RLIMIT_NPROC,
    "LimitMEMLOCK": resource.RLIMIT_MEMLOCK,
    "LimitCORE": resource.RLIMIT_CORE,
}


@dataclass(frozen=True)
class Launch:
    """How a process starts."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    user: str = ""
    working_directory: str = "/"
    output: str = "/dev/null"
    error: str = ""
    umask: int = 0o022
    limits: Mapping[str, int] = field(default_factory=dict)


class Processes:
    """The processes of a host, seen by its PID 1."""

    def __init__(self) -> None:
        self._ended = threading.Condition()
        self._watched: set[int] = set()
        self._statuses: dict[int, int] = {}

    def start(self, launch: Launch) -> int:
        """Start a process in a session of its own and watch it; return its pid."""
        with self._ended:  # or it could be reaped before anybody watches it
            pid = os.fork()
            if pid == 0:
                _become(launch)
            self._watched.add(pid)
        return pid

    def adopt(self, pid: int) -> bool:
        """Watch a process that daemonised itself and so became ours; False if it is gone already."""
        with self._ended:
            if not Path(f"/proc/{pid}").exists():
                return False
            self._watched.add(pid)
            return True

    def reap(self) -> None:
        """Collect every process that has ended."""
        with self._ended:
            while True:
                try:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                except ChildProcessError:
                    break
                if pid == 0:
                    break
                if pid in self._watched:
                    self._watched.discard(pid)
                    self._statuses[pid] = status
            self._ended.notify_all()

    def wait(self, pid: int) -> int:
        """Wait for a watched process; return its status as `os.wait` gives it."""
        with self._ended:
            self._ended.wait_for(lambda: pid in self._statuses)
            return self._statuses.pop(pid)


def marked_with(mark: str) -> list[int]:
    """Return the processes whose environment holds a mark; a unit's processes inherit it, wherever they fork to."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != "1":
            with contextlib.suppress(OSError):
                if mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def end_all(find: Callable[[], list[int]], number: int, patience_seconds: float) -> bool:
    """Signal processes and wait; kill those that stay.

    Args:
        find: Finds the processes that are still there.
        number: The first signal.
        patience_seconds: After this, SIGKILL.

    Returns:
        Whether the first signal was enough.
    """
    _signal(find(), number)
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if not find():
            return True
        time.sleep(0.02)
    while left := find():
        _signal(left, signal.SIGKILL)
        time.sleep(0.02)
    return False


def _signal(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _become(launch: Launch) -> None:
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.setsid()
        _redirect(launch)
        for name, value in launch.limits.items():
            _limit(LIMITS[name], value)
        if launch.user:
            account = pwd.getpwnam(launch.user)
            os.initgroups(launch.user, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        os.umask(launch.umask)
        os.chdir(launch.working_directory)
        os.execvpe(launch.argv[0], list(launch.argv), dict(launch.environment))  # noqa: S606 - that is the point
    except BaseException as error:  # noqa: BLE001 - the child must never return into PID 1's code
        os.write(2, f"{launch.argv[0]}: {error}\n".encode())
    os._exit(203)  # systemd's EXIT_EXEC


def _limit(kind: int, value: int) -> None:
    try:
        resource.setrlimit(kind, (value, value))
    except ValueError:  # the sandbox itself runs with less than a real machine may have: as much as there is
        most = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most, most))


def _redirect(launch: Launch) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(os.open(launch.output, flags, 0o640), 1)
    os.dup2(os.open(launch.error, flags, 0o640) if launch.error else 1, 2)
    os.closerange(3, 256)
