"""What tests of all parts share: one sandbox for the whole run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from sandbox.layout import Layout, SandboxError
from sandbox.lifecycle import require_root, running, stop


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the whole run, started when the first test asks for it."""
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
