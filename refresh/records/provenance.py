"""Who and what runs a refresh: AWS identity, machine, code and versions, for the ledger and the report."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from refresh.errors import RefreshError

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent
_PACKAGES = ("pulumi", "boto3", "pymongo")
_GIT_SECONDS = 10


def runner(caller_arn: Callable[[], str]) -> dict[str, Any]:
    """Say who and what runs; what cannot be found out is an empty text, and never an error.

    Args:
        caller_arn: Asks AWS for the identity that this process acts as.

    Returns:
        arn, host, job, commit, changed (whether the checkout differs from it), code_sha256 and versions by name.
    """
    try:
        arn = caller_arn()
    except RefreshError:
        arn = ""
    commit, changed = _checkout()
    return {
        "arn": arn,
        "host": socket.gethostname(),
        "job": job(os.environ),
        "commit": commit,
        "changed": changed,
        "code_sha256": _code_sha256(),
        "versions": _versions(),
    }


def job(environment: Mapping[str, str]) -> str:
    """Return the address of the CI job that this process is part of; empty where it is none that is known.

    Args:
        environment: The process's variables.
    """
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


@cache
def _checkout() -> tuple[str, bool]:
    """Return the commit of this checkout, and whether its files differ from it; no commit where it is none."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return "", False
    commit = _git("rev-parse", "HEAD")
    return commit, bool(commit and _git("status", "--porcelain", "--untracked-files=no"))


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@cache
def _code_sha256() -> str:
    """Return the hash of this package: it names the code also where there is no checkout, as in a task."""
    total = hashlib.sha256()
    for file in sorted(each for each in PACKAGE.rglob("*") if each.is_file() and "__pycache__" not in each.parts):
        name = file.relative_to(PACKAGE).as_posix()
        total.update(f"{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


@cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # a task has no Pulumi
    return found
