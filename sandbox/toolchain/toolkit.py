"""Wheels that the anonymizer needs on hosts with no internet: `.cache/toolkit/`."""

import platform
import re
from pathlib import Path

from sandbox.toolchain import wheels
from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import replace_folder
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.programs import dotted, identity, version_of
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record

TOOL = "toolkit"
REQUIREMENTS = "requirements-toolkit.txt"
PYTHON_VERSION = re.compile(r"3\.\d{1,2}")


def ensure(layout: Layout) -> None:
    """Fill `.cache/toolkit` for hosts whose Python is that of `.cache/venv`, as the sandbox's are.

    Raises:
        SetupError: A wheel could not be had.
    """
    interpreter = layout.venv_python.resolve()
    made_from = fingerprint(layout.root / REQUIREMENTS, identity(interpreter))
    if is_current(layout, TOOL, made_from, [layout.cache / TOOL]):
        return
    forget(layout, TOOL)
    version = version_of(layout.venv_python, "--version") or ()
    say(TOOL, f"downloading the wheels for hosts with Python {dotted(version[:2])}")
    _download(layout, layout.cache / TOOL, [])
    record(layout, TOOL, made_from)


def bring_for(layout: Layout, python_version: str, machine: str) -> Path:
    """Fill a folder for hosts with another Python or processor.

    Args:
        layout: Where it goes.
        python_version: Such as "3.12".
        machine: As `uname -m` on the host says, such as "x86_64" or "aarch64".

    Returns:
        The folder.

    Raises:
        SetupError: A wheel could not be had, or the version is none.
    """
    if not PYTHON_VERSION.fullmatch(python_version):
        raise SetupError(f"toolkit: PYTHON_VERSION is {python_version!r}", "it must look like 3.12", "say it as 3.12")
    place = layout.cache / f"toolkit-{python_version}-{machine}"
    say(TOOL, f"downloading the wheels for hosts with Python {python_version} on {machine}")
    chosen = ["--python-version", python_version, "--implementation", "cp", "--platform", f"manylinux2014_{machine}"]
    _download(layout, place, [*chosen, "--platform", f"manylinux_2_28_{machine}", "--platform", "any"])
    return place


def this_machine() -> str:
    """Return the processor of this machine as `uname -m` names it."""
    return platform.machine()


def _download(layout: Layout, place: Path, chosen: list[str]) -> None:
    # Without dependencies: requirements-toolkit.txt lists all that hosts get, so that nothing comes in unseen.
    folder = wheels.download(layout, TOOL, "downloading wheels", layout.root / REQUIREMENTS, chosen)
    replace_folder(folder, place)
