"""What tests of all parts share: one sandbox for each process of a run."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from sandbox.client import Sandbox

# What is imported and collected lives as long as the run: looking for garbage in it was a quarter of that time.
gc.disable()

# `make test` draws the same examples each time, so that it fails when code has changed; `make soak` searches for more
# (--hypothesis-profile, see pyproject.toml). A busy machine is no failure, so there is no deadline.
settings.register_profile("steady", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=200, deadline=None)


# What takes longest begins first, or one process ends long after the others; the rest follow as they are collected.
LONGEST_FIRST = (
    "stack", "plugins", "sandbox", "refresh",
    "test_bad_input.py", "test_transfer_input.py", "test_shop.py", "test_scan_database.py", "test_servers.py",
    "test_verify_servers.py", "test_killed.py", "test_swap.py", "test_resume.py", "test_transfer_kinds.py",
)  # fmt: skip


def shared_by(nodeid: str) -> str:
    """Name what a test shares with others: one stack, one sandbox, or the servers of its file."""
    folder, *names = nodeid.split("::", maxsplit=1)[0].split("/")[1:]
    if folder in ("anonymizer", "aurora", "dumps"):
        return names[0]
    return {"e2e": "stack", "plugins": "plugins", "refresh": "refresh"}.get(folder, "sandbox")


class BySharedThings(LoadScopeScheduling):
    """Hand tests that share something to one process, which is done with them when they end."""

    def _split_scope(self, nodeid: str) -> str:
        return shared_by(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Schedule by what tests share where `--dist loadscope` asks for it (xdist's own groups fail with pytest 9.2)."""
    if config.getvalue("dist") != "loadscope":
        return None
    config.option.loadscopereorder = False  # by how many tests there are: the longest are few
    return BySharedThings(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first; a process of several is not told how tests are handed out."""
    if hasattr(config, "workerinput"):
        rank = {shared: number for number, shared in enumerate(LONGEST_FIRST)}
        items.sort(key=lambda item: rank.get(shared_by(item.nodeid), len(rank)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Look for garbage again, but among what tests make."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def whole_tracebacks() -> Iterator[None]:
    """Undo what a provider does for its own process when it fails: it has its traceback left out."""
    yield
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the process, started when the first test asks for it."""
    from sandbox.client import Sandbox  # noqa: PLC0415 - it brings boto3, which most runs do without
    from sandbox.layout import SandboxError  # noqa: PLC0415
    from sandbox.lifecycle import require_root  # noqa: PLC0415

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
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.lifecycle import running, stop  # noqa: PLC0415

    for name in running():
        pid = name.removeprefix("pytest-")
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            stop(Layout(name))
