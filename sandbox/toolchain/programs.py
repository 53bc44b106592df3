"""Looks at the programs that the machine already has."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sandbox.toolchain.layout import Layout

Version = tuple[int, ...]


def find(layout: Layout, name: str) -> Path | None:
    """Return a program of the machine's own by name, or None. What set-up itself made does not count."""
    own = {str(layout.bin), str(layout.venv / "bin")}
    folders = [
        folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder and folder not in own
    ]
    # Users' PATH often lacks these; what makes file systems and networks lives there.
    found = shutil.which(name, path=os.pathsep.join([*folders, "/usr/sbin", "/sbin"]))
    return Path(found).absolute() if found else None


def version_of(program: Path, *arguments: str) -> Version | None:
    """Return the first version number that a program prints, or None when it does not run or prints none."""
    try:
        answer = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return (
        tuple(int(part) for part in number.groups() if part is not None) if number and answer.returncode == 0 else None
    )


def identity(program: Path) -> str:
    """Return a text that changes when the program is replaced."""
    status = program.stat()
    return f"{program}:{status.st_size}:{status.st_mtime_ns}"


def dotted(version: Version) -> str:
    """Return a version as people write it."""
    return ".".join(str(part) for part in version)


def too_old(program: Path, version: Version | None, oldest: Version) -> str:
    """Return the sentence that says why a program of the machine's own is not used."""
    have = dotted(version) if version else "of no known version"
    return f"{program} is {have}; {dotted(oldest)} or newer is needed"
