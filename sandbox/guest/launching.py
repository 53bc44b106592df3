"""How a unit's processes start: from its directives to what `processes` takes."""

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from processes import LIMITS, Launch
from unit_file import UnitError, UnitFile

LOGS = Path("/var/log/units")  # what units print, instead of a journal
_PID_FILE_SECONDS = 10  # a daemon writes it soon after its starter has ended, or never


def launch_of(file: UnitFile, argv: Sequence[str], environment: Mapping[str, str]) -> Launch:
    """Return how one of a unit's processes starts.

    Args:
        file: The unit.
        argv: The process's command.
        environment: Its environment.

    Returns:
        The launch; the unit's run-time directories are there.
    """
    for folder in file.words("RuntimeDirectory"):
        Path("/run", folder).mkdir(parents=True, exist_ok=True)
    return Launch(
        argv=argv,
        environment=environment,
        user=file.last("User"),
        working_directory=file.last("WorkingDirectory", "/"),
        output=_sink(file, "StandardOutput"),
        error=_sink(file, "StandardError") if "StandardError" in file.values else "",
        umask=int(file.last("UMask", "0022"), 8),
        limits={name: _limit(file.last(name)) for name in LIMITS if name in file.values},
    )


def daemon_pid(file: UnitFile, find: Callable[[], list[int]]) -> int:
    """Return the process that a forking unit left: the one in its `PIDFile`, else the first that is there.

    Args:
        file: The unit.
        find: Finds the unit's processes.

    Returns:
        Its pid; 0 where there is none.
    """
    pid_file = file.last("PIDFile")
    if pid_file:
        deadline = time.monotonic() + _PID_FILE_SECONDS
        while time.monotonic() < deadline:
            if Path(pid_file).exists() and (text := Path(pid_file).read_text().strip()):
                return int(text)
            time.sleep(0.02)
    left = find()
    return left[0] if left else 0


def _sink(file: UnitFile, directive: str) -> str:
    kind, _, path = file.last(directive, "journal").partition(":")
    if kind in {"append", "file", "truncate"}:
        return path
    if kind == "null":
        return "/dev/null"
    if kind in {"journal", "inherit", "journal+console"}:
        LOGS.mkdir(parents=True, exist_ok=True)
        return str(LOGS / f"{file.name}.log")
    raise UnitError(f"{file.name}: the sandbox's systemd does not know {directive}={kind}.")


def _limit(text: str) -> int:
    first = text.partition(":")[0]
    return resource.RLIM_INFINITY if first == "infinity" else int(first)
