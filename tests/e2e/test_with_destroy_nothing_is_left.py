"""The end of the stack that the other modules used: their order is that of their names, and this one is the last."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.e2e.stack import Stack
from tests.e2e.world import Inventory

pytestmark = pytest.mark.sandbox


def test_destroy_leaves_nothing_of_the_stack(serving: Stack, inventory: Inventory, empty_world: Counter[str]) -> None:
    assert inventory.everything() != empty_world  # the control
    serving.pulumi("destroy", "--yes", "--skip-preview")
    assert inventory.volumes() == {}
    assert inventory.snapshots() == []
    assert inventory.everything() == empty_world
    assert serving.resources() == []
