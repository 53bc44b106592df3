"""What tests of all parts share: one sandbox for the whole run."""

from collections.abc import Iterator

import pytest

from sandbox.client import Sandbox, require_root
from sandbox.layout import SandboxError

NAME = "pytest"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the whole run, started when the first test asks for it."""
    try:
        require_root()
    except SandboxError as error:
        pytest.fail(f"{error} Tests without a sandbox: `make test-fast`.", pytrace=False)
    running = Sandbox.start(NAME)
    yield running
    running.stop()
