"""Take away everything that belongs to a sandbox, whoever left it and however it ended.

Nothing here asks a list that somebody had to keep: names, folders and backing files are derived from the sandbox's
name, so what was made a moment before a `kill -9` is found like all else.
"""

import contextlib
import json
import os
import shutil
import signal
import time
from pathlib import Path

from sandbox.layout import Layout, SandboxError
from sandbox.machine.commands import run
from sandbox.machine.freeze import thaw
from sandbox.machine.networks import NAMESPACES

PATIENCE_SECONDS = 20.0


def clean(layout: Layout) -> None:
    """End the processes of a sandbox and remove its namespaces, mounts, loop devices and files.

    Args:
        layout: The sandbox; its supervisor must have ended.

    Raises:
        SandboxError: Something would not go; the message names it.
    """
    _thaw_hosts(layout)
    _end_processes(layout)
    _delete_namespaces(layout)
    _detach_loops(layout, beneath=layout.pool)
    for mount_point in mounts(layout):
        _retry(["umount", str(mount_point)])
    _detach_loops(layout, beneath=layout.state)
    for socket in _database_sockets(layout):
        socket.unlink(missing_ok=True)
    layout.stack_file.unlink(missing_ok=True)
    if layout.state.exists():
        shutil.rmtree(layout.state)
    with contextlib.suppress(OSError):
        layout.state.parent.rmdir()  # only when it was the last one


def leftovers(layout: Layout) -> list[str]:
    """Return what of a sandbox exists, one line a thing; empty when it is gone."""
    found = [f"process {pid}" for pid in processes(layout)]
    found += [f"namespace {namespace.name}" for namespace in _namespaces(layout)]
    found += [f"mount {mount_point}" for mount_point in mounts(layout)]
    found += [f"loop device {device} of {backing}" for device, backing in loops(layout)]
    files = [layout.state, layout.stack_file, *_database_sockets(layout)]
    found += [f"file {path}" for path in files if path.exists()]
    return found


def processes(layout: Layout) -> list[int]:
    """Return the processes in the sandbox's networks: its hosts' and those of clients put there."""
    wanted = {namespace.stat().st_ino for namespace in _namespaces(layout)}
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "ns/net").stat().st_ino in wanted:
                    found.append(int(entry.name))
    return found


def mounts(layout: Layout) -> list[Path]:
    """Return the sandbox's mount points on this machine, innermost first."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [Path(line.split()[4].encode().decode("unicode_escape")) for line in lines]
    return [point for point in reversed(points) if point.is_relative_to(layout.state)]


def loops(layout: Layout) -> list[tuple[str, str]]:
    """Return the loop devices whose backing file is one of the sandbox's, deleted or not."""
    found = []
    for device in Path("/sys/block").glob("loop*"):
        with contextlib.suppress(OSError):
            backing = (device / "loop/backing_file").read_text().strip()
            if Path(backing.removesuffix(" (deleted)")).is_relative_to(layout.state):
                found.append((f"/dev/{device.name}", backing))
    return found


def _database_sockets(layout: Layout) -> list[Path]:
    beginning = layout.database_sockets
    return sorted(beginning.parent.glob(f"{beginning.name}*"))


def _namespaces(layout: Layout) -> list[Path]:
    return sorted(NAMESPACES.glob(f"{layout.prefix}*"))


def _thaw_hosts(layout: Layout) -> None:
    """Thaw what a supervisor killed in the middle of a snapshot left frozen: writers to it could not be killed."""
    for record in (layout.state / "hosts").glob("*.json"):
        with contextlib.suppress(OSError, ValueError):
            pid = json.loads(record.read_text())["init_pid"]
            for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines():
                fields = line.split()
                if " - xfs /dev/nvme" in line:
                    thaw(Path(f"/proc/{pid}/root{fields[4]}"))


def _end_processes(layout: Layout) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while pids := processes(layout):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise SandboxError(
                f"processes {pids} of sandbox {layout.name} do not end: see `ps -o pid,stat,wchan {pids[0]}`."
            )
        time.sleep(0.02)


def _delete_namespaces(layout: Layout) -> None:
    """Delete them; one may go by itself meanwhile, by a command that outlived the supervisor which started it."""
    for namespace in _namespaces(layout):
        try:
            run(["ip", "netns", "delete", namespace.name])
        except SandboxError:
            if namespace.exists():
                raise


def _detach_loops(layout: Layout, beneath: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := [device for device, backing in loops(layout) if Path(backing).is_relative_to(beneath)]:
        for device in left:
            with contextlib.suppress(SandboxError):
                run(["losetup", "--detach", device])
        if time.monotonic() > deadline:
            raise SandboxError(
                f"loop devices {', '.join(left)} of sandbox {layout.name} are still in use: see `lsblk`."
            )
        time.sleep(0.02)


def _retry(argv: list[str]) -> None:
    """Run a command that may find its object busy for a moment, while the kernel takes ended hosts apart."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            run(argv)
        except SandboxError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
