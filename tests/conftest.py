"""What tests of all parts share: one sandbox for each process of a run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from sandbox.client import Sandbox
from sandbox.layout import Layout, SandboxError
from sandbox.lifecycle import require_root, running, stop

# `make test` draws the same examples each time, so that it fails when code has changed; `make soak` searches for more
# (--hypothesis-profile, see pyproject.toml). A busy machine is no failure, so there is no deadline.
settings.register_profile("steady", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=200, deadline=None)


class BySharedThings(LoadScopeScheduling):
    """Hand tests that share something to one process: a stack, a sandbox, or servers."""

    def _split_scope(self, nodeid: str) -> str:
        _, folder, name = nodeid.split("::", maxsplit=1)[0].split("/")[:3]
        if folder in ("anonymizer", "aurora", "dumps"):  # servers of their own, for a file's tests
            return name
        return {"e2e": "stack", "plugins": "plugins"}.get(folder, "sandbox")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Schedule by what tests share where `--dist loadscope` asks for it (xdist's own groups fail with pytest 9.2)."""
    return BySharedThings(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(autouse=True)
def whole_tracebacks() -> Iterator[None]:
    """Undo what a provider does for its own process when it fails: it has its traceback left out."""
    yield
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the process, started when the first test asks for it."""
    try:
        require_root()
    except SandboxError as error:
        pytest.fail(f"{error} Tests without a sandbox: `make test-fast`.", pytrace=False)
    _stop_abandoned()
    running_now = Sandbox.start(f"pytest-{os.getpid()}")
    yield running_now
    running_now.stop()


def _stop_abandoned() -> None:
    """Stop the sandboxes of earlier runs that were killed."""
    for name in running():
        pid = name.removeprefix("pytest-")
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            stop(Layout(name))
