"""Copies of a server's data directory: clones, backups, and the way back to a point in time.

A copy of a running server is what a storage snapshot is: the process is stopped for the few milliseconds that the
reflinks take (SIGSTOP, until every one of its threads stands still; its writes are its threads' own, since native
asynchronous writing is off), and the copy recovers by InnoDB's log as after a crash. A clone takes no lock, so nothing
that clients hold can delay it; a backup holds commits back, so that the binary log ends between two transactions.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.layout import SandboxError
from sandbox.machine.commands import run

if TYPE_CHECKING:
    from sandbox.aurora.server import Server  # which imports this module

_STAMP = "%Y%m%dT%H%M%S.%fZ"
_STAND_STILL_SECONDS = 10.0
_REPLAY_SECONDS = 3600.0


def clone(source: Server, to: Server) -> None:
    """Copy a server's data directory for another one and start that; the source goes on serving.

    Args:
        source: The server, running or not.
        to: The new one; its folder must hold no data.

    Raises:
        SandboxError: There is data already, or it does not start.
    """
    _copy_data(source, to)
    to.start()


def back_up(source: Server) -> Path:
    """Take a backup to which `restore_to_time` may go back.

    Args:
        source: The server.

    Returns:
        Its folder, named after the time at which it was taken.
    """
    folder = source.folder / "backups"
    folder.mkdir(exist_ok=True)
    with _commits_held(source), _standing_still(source):
        taken_at = datetime.now(timezone.utc)
        place = folder / taken_at.strftime(_STAMP)
        _reflink(source.data, place.with_suffix(".part"))
        place.with_suffix(".part").rename(place)
    return place


def earliest_time(source: Server) -> datetime | None:
    """Return the earliest time to which a server can be restored; None when it has no backup."""
    return min((taken_at for taken_at, _ in _backups(source)), default=None)


def restore_to_time(source: Server, to: Server, time_at: datetime) -> None:
    """Start another server with what a server held at a time: its last backup before it, and its binary log since.

    Args:
        source: The server; it goes on serving.
        to: The new one; its folder must hold no data.
        time_at: The time, aware; whole seconds count, as with Aurora.

    Raises:
        SandboxError: No backup is that old, or the log cannot be replayed.
    """
    stop_at = time_at.astimezone(timezone.utc).replace(microsecond=0)
    backups = [(taken_at, place) for taken_at, place in _backups(source) if taken_at <= time_at]
    if not backups:
        raise SandboxError(f"{source.folder} has no backup from before {time_at.isoformat()}")
    _, backup = max(backups)
    logs = _binary_logs(source, since=backup)
    position = (backup / logs[0].name).stat().st_size
    _refuse_data(to)
    to.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _reflink(backup, to.data)
    to.start()
    _replay(logs, position, to, stop_at)


def _copy_data(source: Server, to: Server) -> None:
    _refuse_data(to)
    to.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _standing_still(source):
        _reflink(source.data, to.data)


def _refuse_data(to: Server) -> None:
    if to.data.exists():
        raise SandboxError(f"{to.data} is there already: a copy goes where nothing is")


def _reflink(source: Path, to: Path) -> None:
    run(["cp", "--archive", "--reflink=auto", str(source), str(to)], timeout_seconds=600)


@contextmanager
def _commits_held(source: Server) -> Iterator[None]:
    """Let no transaction commit for a moment, so that the binary log ends between two of them."""
    if source.pid is None:
        yield
        return
    with subprocess.Popen(
        [*source.client(), "--batch", "--skip-column-names", "--unbuffered"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as client:  # fmt: skip
        assert client.stdin  # noqa: S101 - it is a pipe
        assert client.stdout  # noqa: S101 - the same
        client.stdin.write("BACKUP STAGE START;\nBACKUP STAGE BLOCK_COMMIT;\nSELECT 'held';\n")
        client.stdin.flush()
        if client.stdout.readline().strip() != "held":
            raise SandboxError(f"the server in {source.folder} does not hold its commits for a backup")
        yield
        client.stdin.close()


@contextmanager
def _standing_still(source: Server) -> Iterator[None]:
    """Stop every thread of a server for a moment."""
    pid = source.pid
    if pid is None:
        yield
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        deadline = time.monotonic() + _STAND_STILL_SECONDS
        while not all(state == "T" for state in _thread_states(pid)):
            if time.monotonic() > deadline:
                raise SandboxError(f"process {pid} of the server in {source.folder} does not stand still")
            time.sleep(0.001)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _thread_states(pid: int) -> Iterator[str]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            yield (task / "stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            continue  # ended meanwhile


def _backups(source: Server) -> Iterator[tuple[datetime, Path]]:
    for place in (source.folder / "backups").glob("*Z"):
        yield datetime.strptime(place.name, _STAMP).replace(tzinfo=timezone.utc), place


def _binary_logs(source: Server, since: Path) -> list[Path]:
    """Return the log that a backup ends in, and every later one."""
    last = _log_files(since)[-1]
    return [path for path in _log_files(source.data) if path.name >= last.name]


def _log_files(data: Path) -> list[Path]:
    return sorted(path for path in data.glob("binlog.*") if re.fullmatch(r"binlog\.\d+", path.name))


def _replay(logs: list[Path], position: int, to: Server, stop_at: datetime) -> None:
    reader = [
        "mariadb-binlog", "--no-defaults", f"--start-position={position}",
        f"--stop-datetime={stop_at.strftime('%Y-%m-%d %H:%M:%S')}", *map(str, logs),
    ]  # fmt: skip
    environment = {**os.environ, "TZ": "UTC"}
    with subprocess.Popen(reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as reading:
        done = subprocess.run(
            [*to.client(), "--binary-mode"], stdin=reading.stdout, capture_output=True, timeout=_REPLAY_SECONDS,
            check=False,
        )  # fmt: skip
        trouble = reading.stderr.read() if reading.stderr else b""
    if done.returncode or reading.returncode:
        reason = (done.stderr + trouble).decode(errors="replace").strip().splitlines()
        raise SandboxError(f"the binary log could not be replayed into {to.folder}: {' '.join(reason[-2:])}")
