"""The end of the stack that the other modules used: their order is that of their names, and this one is the last."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.client import Sandbox
from tests.e2e.stack import Stack, take_away
from tests.e2e.world import Inventory

pytestmark = pytest.mark.sandbox


def test_a_live_volume_that_is_gone_makes_a_refresh_due(serving: Stack, sandbox: Sandbox, inventory: Inventory) -> None:
    """That the refresh then makes it anew, with real servers, is in tests/refresh/test_on_sandbox.py."""
    outputs = serving.outputs()
    assert "A refresh is due" not in serving.pulumi("preview"), "the control"
    take_away(sandbox, outputs["staging_instance_id"], outputs["live_volume_id"])
    serving.pulumi("refresh", "--yes", "--skip-preview")
    assert "A refresh is due" in serving.pulumi("preview")
    assert "live" not in inventory.volumes()


def test_destroy_leaves_nothing_of_the_stack(stack: Stack, inventory: Inventory, empty_world: Counter[str]) -> None:
    if not stack.resources():
        stack.up()  # where this test is run alone
    assert inventory.everything() != empty_world  # the control
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert inventory.volumes() == {}
    assert inventory.snapshots() == []
    assert inventory.everything() == empty_world
    assert stack.resources() == []
