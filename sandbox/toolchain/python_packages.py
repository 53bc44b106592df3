"""The virtual environment with everything of requirements*.txt, and wrappers for what hosts use of it."""

import importlib.util
import sys
import time
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.debian import install_packages
from sandbox.toolchain.files import install_wrapper
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record

TOOL = "python"
ENVIRONMENT = "venv"  # its scripts name its folder: a checkout that was moved needs a new one
REQUIREMENTS = ("requirements.txt", "requirements-sandbox.txt", "requirements-dev.txt", "requirements-dask.txt")
CONSTRAINTS = "constraints.txt"


def ensure(layout: Layout) -> None:
    """Make `.cache/venv`, unless it was made from the same requirements.

    Raises:
        SetupError: The environment could not be made or filled.
    """
    made_from = fingerprint(str(layout.root), *(layout.root / name for name in (*REQUIREMENTS, CONSTRAINTS)))
    aws = layout.venv / "bin" / "aws"
    if not is_current(layout, TOOL, made_from, [layout.bin / "python3", layout.bin / "aws", layout.venv_python, aws]):
        begun = time.monotonic()
        forget(layout, TOOL)
        if not is_current(layout, ENVIRONMENT, str(layout.root), [layout.venv_python]):
            _make_environment(layout)
            record(layout, ENVIRONMENT, str(layout.root))
        _install(layout)
        install_wrapper([layout.venv_python], layout.bin / "python3")
        # By its interpreter: awscli's script has a plain `#!` line, which bears no space in the checkout's path.
        install_wrapper([layout.venv_python, aws], layout.bin / "aws")
        say(TOOL, f"ready in .cache/venv after {time.monotonic() - begun:.0f} s")
        record(layout, TOOL, made_from)


def pip(layout: Layout) -> list[str | Path]:
    """Return the start of a pip command; fewer retries than pip's own, so that a missing network is said soon."""
    return [layout.venv_python, "-m", "pip", "--retries", "2"]


def job(layout: Layout, tool: str, doing: str) -> Job:
    """Return a job that fetches from the Python package index."""
    return Job(
        tool=tool,
        doing=doing,
        log=layout.logs / f"{tool}.log",
        needs="the Python package index (PyPI)",
        todo="see the reason above and run `make setup` again",
    )


def _make_environment(layout: Layout) -> None:
    # Debian and Ubuntu leave ensurepip out of their python3 and put it into a package of its own.
    if importlib.util.find_spec("ensurepip") is None:
        install_packages(layout, [f"python3.{sys.version_info.minor}-venv"], why="for virtual environments")
    say(TOOL, f"making .cache/venv with Python {sys.version.split()[0]} ({sys.executable})")
    making = Job(
        tool=TOOL,
        doing="making the virtual environment",
        log=layout.logs / f"{TOOL}.log",
        needs="the Python package index (PyPI)",
        todo="install Python with its venv module, or name another one (make setup PYTHON=python3.12)",
    )
    forget(layout, ENVIRONMENT)
    making.run([sys.executable, "-m", "venv", "--clear", layout.venv])


def _install(layout: Layout) -> None:
    say(TOOL, f"installing {', '.join(REQUIREMENTS)} (about a minute)")
    installing = job(layout, TOOL, "installing Python packages")
    files: list[str | Path] = []
    for name in REQUIREMENTS:
        files += ["--requirement", name]
    installing.run([*pip(layout), "install", "--quiet", *files], cwd=layout.root)
