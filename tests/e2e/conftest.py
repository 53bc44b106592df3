"""One stack for all tests of the whole, on the run's one sandbox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox.client import Sandbox
from sandbox.demo.databases import Client, connect_production, connect_staging
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import Shop, Sizes

from tests.e2e.stack import PROJECT, Stack

SIZES = Sizes(customers=1_500, orders=4_000, tickets=1_500, sessions=500, products=300, audit_log=300)


@pytest.fixture(scope="session")
def shop_in_production(sandbox: Sandbox) -> None:
    """A small shop in production."""
    with connect_production(sandbox) as production:
        fill_production(production, Shop(sizes=SIZES))


@pytest.fixture(scope="session")
def stack(sandbox: Sandbox, shop_in_production: None) -> Iterator[Stack]:
    """The sandbox's stack; whatever a test left of it is destroyed at the end."""
    one = Stack(sandbox.name, sandbox.env, sandbox.layout.rules)
    shutil.copy(PROJECT / "rules" / "shop.yaml", one.rules)
    one.configure("refresh_trigger", "first")
    yield one
    one.pulumi("cancel", "--yes", expect=None)
    one.pulumi("destroy", "--yes", "--skip-preview", expect=None)


class StagingDatabase:
    """Ways into the stack's staging database."""

    def __init__(self, sandbox: Sandbox, stack: Stack, folder: Path) -> None:
        """Connect by what the stack's outputs say."""
        self._sandbox, self._stack, self._folder = sandbox, stack, folder

    def connect(self, **options: Any) -> Client:
        """Log in over TLS, trusting the authority that the stack exports."""
        outputs = self._stack.outputs()
        authority = self._folder / f"ca-{os.getpid()}.pem"
        authority.write_text(outputs["staging_ca_certificate"])
        return connect_staging(self._sandbox, outputs["staging_instance_id"], authority, **options)


@pytest.fixture
def staging_database(sandbox: Sandbox, stack: Stack, tmp_path: Path) -> StagingDatabase:
    """Staging as its users come in."""
    return StagingDatabase(sandbox, stack, tmp_path)
