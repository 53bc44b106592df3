"""What tests of all parts share: one sandbox for each process of a run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sandbox.client import Sandbox
from sandbox.layout import Layout, SandboxError
from sandbox.lifecycle import require_root, running, stop

# `make test` draws the same examples each time, so that it fails when code has changed; `make soak` searches for more
# (--hypothesis-profile, see pyproject.toml). A busy machine is no failure, so there is no deadline.
settings.register_profile("steady", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=200, deadline=None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that share something to one process: a stack, a sandbox, or the servers of a file's tests."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        group = {"e2e": "stack", "anonymizer": item.path.stem}.get(folder, "sandbox")
        item.add_marker(pytest.mark.xdist_group(group))


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
