"""One stack for all tests of the whole, on the run's one sandbox."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.demo.databases import Client, connect_production, connect_staging
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import Shop, Sizes
from tests.e2e.stack import PROJECT, Stack
from tests.e2e.world import Inventory

SIZES = Sizes(customers=800, orders=2_000, tickets=800, sessions=300, products=200, audit_log=200)


@pytest.fixture(scope="session")
def inventory(sandbox: Sandbox) -> Inventory:
    """What is there in AWS."""
    return Inventory(sandbox)


@pytest.fixture(scope="session")
def empty_world(inventory: Inventory) -> Counter[str]:
    """What AWS holds before the stack is made."""
    return inventory.everything()


@pytest.fixture(scope="session")
def stack(sandbox: Sandbox, empty_world: Counter[str]) -> Iterator[Stack]:
    """The sandbox's stack, its production filled with a small shop; what tests leave of it is destroyed at the end."""
    with connect_production(sandbox) as production:
        fill_production(production, Shop(sizes=SIZES))
    one = Stack(sandbox.name, sandbox.env, sandbox.layout.rules)
    shutil.copy(PROJECT / "rules" / "shop.yaml", one.rules)
    one.configure("refresh_trigger", "first")
    yield one
    one.pulumi("cancel", "--yes", expect=None)
    one.pulumi("destroy", "--yes", "--skip-preview", expect=None)


@pytest.fixture
def serving(stack: Stack) -> Stack:
    """The stack with a staging that serves: as tests before left it, or made here where one is run alone."""
    if not stack.outputs().get("live_volume_id"):
        stack.configure("refresh_trigger", "to-serve")
        stack.up()
    return stack


class Staging:
    """Staging as its users come in."""

    def __init__(self, sandbox: Sandbox, stack: Stack, folder: Path) -> None:
        self._sandbox, self._stack, self._folder = sandbox, stack, folder
        self.ca_file = folder / "staging-ca.pem"

    def connect(self, **options: Any) -> Client:
        """Log in over TLS, trusting the authority that the stack exports."""
        outputs = self._stack.outputs()
        self.ca_file.write_text(outputs["staging_ca_certificate"])
        return connect_staging(self._sandbox, outputs["staging_instance_id"], self.ca_file, **options)


@pytest.fixture
def staging(sandbox: Sandbox, stack: Stack, tmp_path: Path) -> Staging:
    return Staging(sandbox, stack, tmp_path)
