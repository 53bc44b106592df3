"""The commands of the example workflows, run against the sandbox's stack."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from tests.docs.workflows import EXAMPLES, Ran, Runner
from tests.e2e.stack import Stack, check_out

pytestmark = pytest.mark.sandbox

OLD_RULE = "preferences.newsletter: keep"
NEW_RULE = "preferences.newsletter: {mask: constant, value: false}"
REPOSITORY = {
    "GITHUB_REPOSITORY": "example/understudy",
    "GITHUB_WORKFLOW": "Refresh staging",
    "GITHUB_REF_NAME": "main",
}


@pytest.fixture(scope="module")
def checkout(sandbox: Sandbox, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a workflow checks out: the project with its stack's configuration and rules."""
    folder = check_out(tmp_path_factory.mktemp("workflow") / "understudy")
    shutil.copy(stack.rules, folder / "rules/ours.yaml")
    Stack(sandbox.name, sandbox.env, folder / "rules/ours.yaml", folder).configure("rules_path", "rules/ours.yaml")
    return folder


@pytest.fixture
def runner(sandbox: Sandbox, checkout: Path, tmp_path: Path) -> Runner:
    """A runner in that checkout, signed in, whose `gh` only notes what it was told."""
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "gh $*" >> "$CALLS"\n')
    program.chmod(0o755)
    env = {**sandbox.env, "PULUMI_STACK": sandbox.name, "CALLS": str(tmp_path / "calls"), **REPOSITORY}
    env["PATH"] = f"{program.parent}:{env['PATH']}"
    given = {"github.token": "t", "github.event.pull_request.number": "7"}
    return Runner(EXAMPLES / "preview.yml", checkout, tmp_path, env, given)


def test_a_pull_request_shows_the_changed_rule_and_what_it_asks_for(serving: Stack, runner: Runner) -> None:
    latest = serving.outputs()["refresh_id"]
    rules = runner.checkout / "rules/ours.yaml"
    before = serving.rules.read_text()
    rules.write_text(before.replace(OLD_RULE, NEW_RULE) if OLD_RULE in before else before.replace(NEW_RULE, OLD_RULE))
    ran = runner.run("Preview")
    assert ran.status == 0, ran.text
    comment = (runner.checkout / "comment.md").read_text()
    assert "newsletter" in comment
    assert f"A refresh is due: {latest.rpartition('-')[0]}-" in comment  # with the trigger of the latest one
    assert comment in ran.summary
    assert runner.run("Say it on the pull request").status == 0
    (call,) = (runner.folder / "calls").read_text().splitlines()
    assert call.startswith("gh pr comment 7 --repo example/understudy --edit-last --create-if-none")


def test_a_pull_request_that_changes_no_rule_asks_for_no_refresh(serving: Stack, runner: Runner) -> None:
    shutil.copy(serving.rules, runner.checkout / "rules/ours.yaml")
    assert runner.run("Preview").status == 0
    assert "A refresh is due" not in (runner.checkout / "comment.md").read_text()


@pytest.mark.soak
def test_a_run_whose_time_is_over_is_gone_on_with_by_the_next(serving: Stack, runner: Runner) -> None:
    """Killed in the middle, its lock left behind; the next run takes it away and ends the very same refresh."""
    shutil.copy(serving.rules, runner.checkout / "rules/ours.yaml")
    runner.workflow = EXAMPLES / "refresh.yml"
    chosen = runner.run("Choose the trigger", **{"inputs.trigger": "in-ci"})
    assert chosen.outputs == {"value": "in-ci"}
    runner.env = {**runner.env, "REFRESH_SECONDS": "12"}
    first = _refresh(runner)
    assert first.outputs == {"goes_on": "true"}, first.text
    assert runner.run("Go on in a new run", **{"steps.trigger.outputs.value": "in-ci"}).status == 0
    assert "--field trigger=in-ci" in (runner.folder / "calls").read_text()
    runner.env = {**runner.env, "REFRESH_SECONDS": "500"}
    second = _refresh(runner)
    assert (second.status, second.outputs) == (0, {}), second.text
    assert re.match(r"in-ci-[0-9a-f]{8}$", serving.outputs()["refresh_id"])


def _refresh(runner: Runner) -> Ran:
    """Run the step, with seconds in place of the minute between the two signals."""
    return runner.run("Refresh", replacing=("--kill-after=60", "--kill-after=5"))
