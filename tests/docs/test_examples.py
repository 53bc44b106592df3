"""The examples of pipelines: linted as workflows, and free of stored keys."""

import re
import subprocess

import pytest
import yaml

from components.aurora_settings import AuroraSettings
from components.config_keys import KEYS
from tests.docs.workflows import EXAMPLES, WORKFLOWS, Runner, job_of, steps_of

REFRESH, MIGRATIONS = EXAMPLES / "refresh.yml", EXAMPLES / "refresh-after-migrations.yml"
NAMES = [path.name for path in WORKFLOWS]
MOST_MINUTES = 360  # of a job on GitHub's machines

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=NAMES)


def findings_of(*paths):
    """What zizmor, a linter of workflows, has to say of any weight; it also refuses what is no workflow."""
    done = subprocess.run(
        ["zizmor", "--offline", "--quiet", "--min-severity=low", "--format=plain", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_workflows_have_no_findings():
    assert len(WORKFLOWS) >= 3
    assert findings_of(*WORKFLOWS) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"@[0-9a-f]{40} # v5.0.0", "@v5"),
        (r"runs-on: ubuntu-24.04", "runs-over: ubuntu-24.04"),
        (r'config set --path understudy:aurora.dump_key "\$DUMP_KEY"', 'config set key "${{ github.head_ref }}"'),
    ],
    ids=["unpinned", "no workflow", "injection"],
)
def test_the_linter_would_notice(tmp_path, old, new):
    broken = tmp_path / "workflow.yml"
    text = MIGRATIONS.read_text(encoding="utf-8")
    changed = re.sub(old, new, text)
    assert changed != text
    broken.write_text(changed)
    assert findings_of(broken) != ""


@pytest.mark.slow
def test_their_commands_are_what_shellcheck_lets_pass(tmp_path):
    files = []
    for workflow in WORKFLOWS:
        for number, step in enumerate(steps_of(workflow).values()):
            if "run" in step:
                files.append(tmp_path / f"{workflow.stem}-{number}.sh")
                files[-1].write_text(step["run"])
    assert len(files) > len(WORKFLOWS)
    done = subprocess.run(["shellcheck", "--shell=bash", *files], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


@each_workflow
def test_it_signs_in_by_openid_connect_and_stores_no_key(workflow):
    text, job = workflow.read_text(encoding="utf-8"), job_of(workflow)
    assert job["permissions"]["id-token"] == "write"
    assert [step for step in job["steps"] if "role-to-assume" in step.get("with", {})]
    assert "secrets." not in text
    assert not re.search(r"access.key", text, re.IGNORECASE)


@each_workflow
def test_no_command_has_an_expression_in_it(workflow):
    """What a branch or an input is called would be run otherwise; variables carry it."""
    assert [step["name"] for step in steps_of(workflow).values() if "${{" in step.get("run", "")] == []


@each_workflow
def test_the_settings_that_it_sets_are_there(workflow):
    text = workflow.read_text(encoding="utf-8")
    for name in re.findall(r"config set (?:understudy:)?(\w+) ", text):
        assert name in {key.name for key in KEYS}
    for path in re.findall(r"understudy:aurora\.([\w.]+)", text):
        model = AuroraSettings
        for name in path.split("."):
            assert name in model.model_fields, path
            model = model.model_fields[name].annotation


def test_a_refresh_ends_itself_before_its_job_is_ended():
    job = job_of(REFRESH)
    seconds = int(job["env"]["REFRESH_SECONDS"])
    assert seconds < job["timeout-minutes"] * 60 <= MOST_MINUTES * 60
    signed_in = steps_of(REFRESH)["Sign in to AWS"]["with"]["role-duration-seconds"]
    assert seconds < signed_in <= 12 * 3600  # the longest session that AWS gives


def test_two_refreshes_wait_for_each_other():
    assert yaml.safe_load(REFRESH.read_text(encoding="utf-8"))["concurrency"] == {
        "group": "understudy-refresh",
        "cancel-in-progress": False,
    }


@pytest.fixture
def runner(tmp_path):
    """A runner with stand-ins for pulumi and gh, which note what they were told and say what the test has them say."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pulumi", "gh"):
        program = programs / name
        program.write_text(f'#!/bin/bash\necho "{name} $*" >> "$CALLS"\n[ "$1" != up ] || . "$UP"\n')
        program.chmod(0o755)
    (tmp_path / "up").write_text("echo done\n")
    path = f"{programs}:/usr/bin:/bin"
    env = {"PATH": path, "CALLS": str(tmp_path / "calls"), "UP": str(tmp_path / "up"), "REFRESH_SECONDS": "60"}
    return Runner(REFRESH, tmp_path, tmp_path, env)


def calls_of(runner):
    return (runner.checkout / "calls").read_text().splitlines()


LOCKED = """if [ ! -e locked ]; then
  touch locked
  echo "error: the stack is currently locked by 1 lock(s). Either wait"
  echo "  s3://b/.pulumi/locks/x.json: created by {who}@host (pid 7) at 2026-11-22T10:00:00Z"
  exit 255
fi
echo refreshed
"""


def test_a_dead_runs_lock_is_taken_away(runner):
    (runner.checkout / "up").write_text(LOCKED.replace("{who}", "$(id -un)"))
    ran = runner.run("Refresh")
    assert (ran.status, ran.outputs) == (0, {})
    assert [call.split()[1] for call in calls_of(runner)] == ["up", "cancel", "up"]
    assert "refreshed" in ran.summary


def test_somebody_elses_lock_is_left_alone_and_named(runner):
    (runner.checkout / "up").write_text(LOCKED.replace("{who}", "anna"))
    ran = runner.run("Refresh")
    assert ran.status == 1
    assert "created by anna@host" in ran.text
    assert [call.split()[1] for call in calls_of(runner)] == ["up"]


def test_a_refresh_that_fails_fails_the_run(runner):
    (runner.checkout / "up").write_text("echo PreflightError: because; exit 255\n")
    ran = runner.run("Refresh")
    assert (ran.status, ran.outputs) == (255, {})
    assert "PreflightError" in ran.summary


def test_a_refresh_that_is_killed_early_does_not_start_another_run(runner):
    (runner.checkout / "up").write_text("kill -KILL $$\n")
    ran = runner.run("Refresh")
    assert (ran.status, ran.outputs) == (137, {})


def test_a_run_whose_time_is_over_starts_the_next_with_its_trigger(runner):
    (runner.checkout / "up").write_text("trap 'exit 1' INT\nwhile :; do sleep 0.05; done\n")
    runner.env = {**runner.env, "REFRESH_SECONDS": "1", "GITHUB_WORKFLOW": "w", "GITHUB_REF_NAME": "main"}
    runner.env["GITHUB_REPOSITORY"] = "o/r"
    ran = runner.run("Refresh")
    assert (ran.status, ran.outputs) == (0, {"goes_on": "true"})
    given = {"github.token": "t", "steps.trigger.outputs.value": "2026-12-01"}
    assert runner.run("Go on in a new run", **given).status == 0
    assert calls_of(runner)[-1] == "gh workflow run w --repo o/r --ref main --field trigger=2026-12-01"


@pytest.mark.parametrize("asked", ["", "by-hand"])
def test_the_trigger_is_the_one_asked_for_or_the_date(runner, asked):
    ran = runner.run("Choose the trigger", **{"inputs.trigger": asked})
    assert ran.status == 0
    assert re.fullmatch(asked or r"\d{4}-\d\d-\d\d", ran.outputs["value"])
    assert calls_of(runner) == [f"pulumi config set refresh_trigger {ran.outputs['value']}"]
