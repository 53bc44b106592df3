"""Killed in each step, with everything or the CLI alone: the next up finishes the same refresh, and nothing is done twice."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

import pytest

from refresh.mongo.workflow import STEPS
from sandbox.demo.reader import CLIENT_OPTIONS, Reader
from tests.e2e.conftest import Staging
from tests.e2e.processes import descendants, kill_tree, wait_gone
from tests.e2e.stack import Running, Stack
from tests.e2e.world import Inventory

pytestmark = pytest.mark.sandbox

NUMBERS = {step.name: number for number, step in enumerate(STEPS, start=1)}
# Every step with either kill takes a quarter of an hour: `make soak` does that, `make test` the two nearest to the point of no return.
EVERY = [(step.name, whole) for step in STEPS for whole in (True, False)]
ALWAYS = {("anonymize", False), ("cut_over", True)}
CASES = [pytest.param(*case, marks=() if case in ALWAYS else pytest.mark.soak) for case in EVERY]
SERVED_GAP_SECONDS = 5.0


@pytest.fixture(scope="module")
def serving(stack: Stack) -> Iterator[Stack]:
    """A stack whose staging serves."""
    stack.configure("refresh_trigger", "before-kills")
    stack.up()
    yield stack


@pytest.mark.parametrize(("step", "whole_tree"), CASES)
def test_a_killed_up_is_finished_by_the_next(
    serving: Stack, inventory: Inventory, staging: Staging, step: str, whole_tree: bool
) -> None:
    former = serving.outputs()["live_volume_id"]
    trigger = f"killed-in-{step.replace('_', '-')}-{'tree' if whole_tree else 'cli'}"
    serving.configure("refresh_trigger", trigger)
    before = inventory.calls()
    with Reader(lambda: staging.connect(**CLIENT_OPTIONS)) as reader:
        running = serving.start("up", "--yes", "--skip-preview")
        running.wait_for_line(rf"\[{NUMBERS[step]}/{len(STEPS)}\]")
        _kill(running, whole_tree)
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
    assert service.longest_gap_seconds <= SERVED_GAP_SECONDS


def _kill(running: Running, whole_tree: bool) -> None:
    """Kill the CLI with or without all that it started, and see that nothing of it works on."""
    below = descendants(running.pid)
    assert below  # the control: there is a provider that could work on
    if whole_tree:
        below += kill_tree(running.pid)
    else:
        os.kill(running.pid, signal.SIGKILL)
    running.process.wait()
    assert wait_gone(below) == []
