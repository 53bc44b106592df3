"""Killed in each step, all of it or the CLI alone: the next up finishes the same refresh and does nothing twice."""

from __future__ import annotations

import os
import re
import signal

import pytest

from refresh.mongo.workflow import STEPS
from sandbox.client import Sandbox
from sandbox.demo.reader import CLIENT_OPTIONS, Reader
from tests.e2e.conftest import Staging
from tests.e2e.processes import command_of, descendants, kill_tree, wait_gone
from tests.e2e.stack import Running, Stack
from tests.e2e.world import MOST_OF_A_REFRESH, Inventory, ended_at, took

pytestmark = pytest.mark.sandbox

NUMBERS = {step.name: number for number, step in enumerate(STEPS, start=1)}
# `make soak` does every step with either kill, `make test` the one in which most is under way.
TREE, CLI = "tree", "cli"
NOT_ASKED_FOR = {"golden", "smoke"}  # by this stack's configuration: they are done before they begin
EVERY = [(step.name, what) for step in STEPS if step.name not in NOT_ASKED_FOR for what in (TREE, CLI)]
ALWAYS = {("anonymize", CLI)}
CASES = [pytest.param(*case, marks=() if case in ALWAYS else pytest.mark.soak) for case in EVERY]
A_MOMENT = 1.0  # seconds in which a busy machine may answer no read; longer gaps are the cutover's alone


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
        _kill(running, what)
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
    assert service.longest_gap_seconds < A_MOMENT or service.longest_gap_at > ended_at(sandbox, outputs, "deliver")


def _kill(running: Running, what: str) -> None:
    """Kill the CLI with or without all that it started, and see that nothing of it works on."""
    # Pulumi's language host, whose program has ended, works on nothing; it notices the CLI's end within minutes.
    below = [pid for pid in descendants(running.pid) if command_of(pid) != "pulumi-language-python"]
    assert below  # the control: there is a provider that could work on
    if what == TREE:
        below += kill_tree(running.pid)
    else:
        os.kill(running.pid, signal.SIGKILL)
    running.process.wait()
    assert wait_gone(below) == []
