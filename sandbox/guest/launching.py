"""How a unit's processes start: from its directives to what `processes` takes."""

import resource
from collections.abc import Mapping, Sequence
from pathlib import Path

from processes import LIMITS, Launch
from unit_file import UnitError, UnitFile

LOGS = Path("/var/log/units")  # what units print, instead of a journal


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
