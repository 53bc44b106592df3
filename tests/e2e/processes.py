"""Find and kill what a command started, as a crash or an impatient operator would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import defaultdict
from pathlib import Path

_PARENT = 1


def descendants(pid: int) -> list[int]:
    """List a process's children, their children and so on; those who died meanwhile are left out.

    Each of Pulumi's plugins is in a process group of its own, so that a group's kill does not reach them.
    """
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                children[int(fields[_PARENT])].append(int(folder.name))
    found, queue = [], [pid]
    while queue:
        below = children[queue.pop()]
        found += below
        queue += below
    return found


def command_of(pid: int) -> str:
    """Return the program's file name of a process; empty when it has ended."""
    try:
        return Path(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()).name
    except OSError:
        return ""


def kill_tree(pid: int) -> list[int]:
    """Kill a process and all below it at once with SIGKILL.

    Returns:
        The ids that were below it.
    """
    below = descendants(pid)
    for one in (pid, *below):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return below


def kill_command(process: subprocess.Popen[str], *, tree: bool) -> None:
    """Kill a pulumi command with or without all that it started, and see that nothing of it works on."""
    # Pulumi's language host, whose program has ended, works on nothing; it notices the CLI's end within minutes.
    below = [pid for pid in descendants(process.pid) if command_of(pid) != "pulumi-language-python"]
    assert below  # the control: there is a provider that could work on
    if tree:
        below += kill_tree(process.pid)
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert wait_gone(below) == []


def alive(pids: list[int]) -> list[int]:
    """List those that still run; a zombie does not."""
    return [pid for pid in pids if _runs(pid)]


def wait_gone(pids: list[int], deadline_seconds: float = 30) -> list[int]:
    """Wait until none of them runs.

    Returns:
        Those that still run at the deadline.
    """
    end = time.monotonic() + deadline_seconds
    while alive(pids) and time.monotonic() < end:
        time.sleep(0.1)
    return alive(pids)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
