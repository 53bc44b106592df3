"""A supervisor's life: started under a lock, followed until it is ready, stopped with everything that belongs to it."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.cleanup import clean, leftovers
from sandbox.layout import PROJECT_ROOT, Layout, SandboxError

START_SECONDS = 180.0
STOP_SECONDS = 10.0


def stop(layout: Layout) -> None:
    """Stop a sandbox, or what is left of one, and check that nothing is left.

    Raises:
        SandboxError: Something would not go; the message names it.
    """
    require_root()
    with one_at_a_time():
        _stop(layout)


def _stop(layout: Layout) -> None:
    pid = supervisor_pid(layout)
    if pid:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive(layout):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
    clean(layout)
    left = leftovers(layout)
    if left:
        raise SandboxError(f"sandbox {layout.name} left behind: {'; '.join(left)}")


def is_alive(layout: Layout) -> bool:
    """Tell whether a sandbox's supervisor lives: it holds the lock, which the kernel takes from a dead one."""
    return supervisor_pid(layout) is not None


def supervisor_pid(layout: Layout) -> int | None:
    """Return the pid of a living supervisor."""
    try:
        lock = layout.lock.open()
    except FileNotFoundError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


def running() -> list[str]:
    """Return the names of the sandboxes that have left anything, running or not."""
    folder = PROJECT_ROOT / ".sandbox"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def require_root() -> None:
    """Refuse to go on without the rights to make namespaces, mounts and loop devices.

    Raises:
        SandboxError: This is not root.
    """
    if os.geteuid() != 0:
        raise SandboxError(
            "a sandbox makes namespaces, mounts and loop devices: run this as root, for instance with `sudo -E`."
        )


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep a start or stop from taking what another start is just making for something left behind."""
    descriptor = os.open(PROJECT_ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def launch(layout: Layout, say: Callable[[str], None]) -> "subprocess.Popen[bytes]":
    """Start a supervisor; return when it holds its lock, or has failed."""
    if leftovers(layout):
        say(f"an earlier sandbox {layout.name} was not stopped: cleaning up after it")
        clean(layout)
    layout.state.mkdir(parents=True, mode=0o700)
    with layout.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.supervisor", layout.name],
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))},
        )
    while not is_alive(layout) and process.poll() is None:
        time.sleep(0.01)
    return process


def follow(layout: Layout, process: "subprocess.Popen[bytes] | None", say: Callable[[str], None]) -> None:
    """Say what a supervisor does until it is ready.

    Args:
        layout: The sandbox.
        process: The supervisor, None when somebody else started it.
        say: Told each thing that was done.

    Raises:
        SandboxError: It failed, or took too long.
    """
    deadline = time.monotonic() + START_SECONDS
    lines = _new_lines(layout.progress)
    while True:
        ended = process.poll() is not None if process else not is_alive(layout)
        ready = layout.record.exists()
        for line in next(lines):
            if line.startswith("error: "):
                raise SandboxError(line.removeprefix("error: "))
            say(line)
        if ready:
            return
        if ended:
            raise SandboxError(f"the supervisor ended: {layout.log.read_text()[-2000:].strip()}")
        if time.monotonic() > deadline:
            raise SandboxError(f"the sandbox was not ready after {START_SECONDS:.0f} s.")
        time.sleep(0.05)


def _new_lines(path: Path) -> Iterator[list[str]]:
    seen = 0
    while True:
        text = ""
        with contextlib.suppress(FileNotFoundError):
            text = path.read_text()
        complete = text[: text.rfind("\n") + 1]
        yield complete[seen:].splitlines()
        seen = len(complete)
