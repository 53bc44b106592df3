"""Killed in each step, all of it or the CLI alone: the next up finishes the same refresh and does nothing twice."""

from __future__ import annotations

import re

import pytest

from refresh.mongo.workflow import STEPS
from sandbox.client import Sandbox
from sandbox.demo.reader import CLIENT_OPTIONS, Reader
from tests.e2e.conftest import Staging
from tests.e2e.processes import kill_command
from tests.e2e.stack import Stack
from tests.e2e.world import MOST_OF_A_REFRESH, Inventory, took

# `make test` kills the CLI in the step in which most is under way, in test_traces_of_production.py, and all of it in
# test_life_of_a_stack.py; and every step without Pulumi, in tests/refresh/test_on_sandbox.py.
pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

NUMBERS = {step.name: number for number, step in enumerate(STEPS, start=1)}
TREE, CLI = "tree", "cli"
NOT_ASKED_FOR = {"golden", "smoke"}  # by this stack's configuration: they are done before they begin
CASES = [(step.name, what) for step in STEPS if step.name not in NOT_ASKED_FOR for what in (TREE, CLI)]


@pytest.mark.parametrize(("step", "what"), CASES)
def test_a_killed_up_is_finished_by_the_next(
    sandbox: Sandbox, serving: Stack, inventory: Inventory, staging: Staging, step: str, what: str
) -> None:
    former = serving.outputs()["live_volume_id"]
    trigger = f"killed-in-{step.replace('_', '-')}-{what}"
    serving.configure("refresh_trigger", trigger)
    before = inventory.calls()
    with Reader(lambda: staging.connect(**CLIENT_OPTIONS)) as reader:
        running = serving.start("up", "--yes", "--skip-preview")
        running.wait_for_line(rf"\[{NUMBERS[step]}/{len(STEPS)}\]")
        kill_command(running.process, tree=what == TREE)
        serving.pulumi("cancel", "--yes")
        text = serving.up()
        service = reader.stop()
    outputs = serving.outputs()
    assert outputs["refresh_id"].startswith(trigger)
    assert re.search(r"staging serves data as of", text)
    made = inventory.calls() - before
    assert (made["CreateSnapshots"], made["CreateVolume"]) == (1, 2)  # once, although it was run twice
    assert inventory.volumes() == {"live": [outputs["live_volume_id"]], "previous": [former]}
    assert inventory.snapshots() == []
    assert service.longest_gap_seconds <= MOST_OF_A_REFRESH * took(sandbox, outputs)
    assert len(reader.processes) == 2  # one server, exchanged once
