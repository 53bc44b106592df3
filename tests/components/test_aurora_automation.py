"""The automation document, judged by the sandbox's own reader of documents and by walking its steps."""

import json
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aurora_case import AUTOMATION

from components.aurora_automation import ACTIONS, FAILURE, document
from components.aurora_scripts import OUTCOME
from components.config_values import text
from sandbox.cloud.automation.checks import InvalidDocumentContent, read_automation

DOCUMENT = document(AUTOMATION)
STEPS = {step["name"]: step for step in DOCUMENT["mainSteps"]}


def next_of(step):
    """The step after one that went well."""
    if step.get("isEnd"):
        return None
    names = list(STEPS)
    place = names.index(step["name"]) + 1
    return step.get("nextStep") or (names[place] if place < len(names) else None)


def path(first):
    """The names of the steps from one on, as long as all goes well."""
    found, name = [], first
    while name:
        found.append(name)
        name = next_of(STEPS[name])
    return found


def starts_of(names):
    return [name for name in names if STEPS[name]["inputs"].get("Api") == "RunTask"]


def verbs_of(names):
    return [STEPS[one]["inputs"]["overrides"]["containerOverrides"][0]["command"] for one in starts_of(names)]


def goal_of(action):
    choices = {one["StringEquals"]: one["NextStep"] for one in STEPS["Choose"]["inputs"]["Choices"]}
    return choices.get(action, STEPS["Choose"]["inputs"]["Default"])


def test_the_sandbox_reads_it_and_would_refuse_another():
    read_automation(json.loads(json.dumps(DOCUMENT)))
    with pytest.raises(InvalidDocumentContent):
        read_automation({**DOCUMENT, "outputs": ["Nowhere.report"]})


def test_a_refresh_loads_migrates_derives_and_finishes_in_this_order():
    assert verbs_of(path(goal_of("refresh"))) == [
        ["load"], ["node", "migrationRunner.js", "--strict"], ["node", "derive.js"], ["finish"],
    ]  # fmt: skip
    assert path(goal_of("refresh"))[-1] == "Outcome"


def test_the_last_known_good_dump_goes_the_same_way_and_the_previous_schema_a_short_one():
    assert verbs_of(path(goal_of("last-known-good")))[0] == ["last-known-good"]
    assert verbs_of(path(goal_of("last-known-good")))[1:] == verbs_of(path(goal_of("refresh")))[1:]
    assert verbs_of(path(goal_of("previous"))) == [["previous"]]


def test_a_point_in_time_makes_a_cluster_with_all_its_instances_and_touches_no_live_one():
    names = path(goal_of("point-in-time"))
    assert [one for one in names if one.startswith("CreateInstance")] == ["CreateInstance1", "CreateInstance2"]
    restore = STEPS["RestoreCluster"]["inputs"]
    assert restore["DBClusterParameterGroupName"] == "parameters"
    assert restore["VpcSecurityGroupIds"] == ["sg-cluster"]
    assert restore["DBClusterIdentifier"] == "{{ NameRestored.clusterId }}"
    assert names[-2:] == ["RecordRestored", "Outcome"]


def test_every_action_of_the_parameter_has_a_way():
    assert DOCUMENT["parameters"]["action"]["allowedValues"] == list(ACTIONS)
    assert len({goal_of(action) for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("name", [name for action in ACTIONS for name in path(goal_of(action))])
def test_whatever_fails_ends_the_execution_as_failed(name):
    goal = STEPS[name].get("onFailure", "").removeprefix("step:")
    assert goal, f"{name} aborts without a record"
    ways = path(goal)
    assert ways[-1] == "EndAsFailed"
    assert {FAILURE, "Fail"} <= set(ways)


def test_a_restore_that_fails_leaves_no_cluster():
    for name in path("RestoreCluster")[:-1]:
        assert STEPS[name]["onFailure"] == "step:RemoveRestored"
    assert path("RemoveRestored")[1] == FAILURE


def test_a_repeated_call_starts_no_second_task_and_a_task_is_known_by_its_execution():
    starts = starts_of(STEPS)
    tokens = {STEPS[name]["inputs"]["clientToken"] for name in starts}
    assert len(tokens) == len(starts)
    assert all("{{ automation:EXECUTION_ID }}" in token for token in tokens)
    # AWS takes at most 64 characters; an execution's id has 36.
    assert all(len(token.replace("{{ automation:EXECUTION_ID }}", "x" * 36)) <= 64 for token in tokens)
    assert {STEPS[name]["inputs"]["startedBy"] for name in starts} == {"{{ automation:EXECUTION_ID }}"}


def test_the_request_is_json_whatever_the_patterns_let_through():
    environment = STEPS["Load"]["inputs"]["overrides"]["containerOverrides"][0]["environment"]
    pasted = re.sub(r"\{\{ [\w:]+ \}\}", "20261122/a.sql.gz", environment[0]["value"])
    assert json.loads(pasted)["dump_key"] == "20261122/a.sql.gz"
    assert json.loads(pasted)["schema"] == "iset_intake"


@pytest.mark.parametrize("value", ['20261122/a.sql.gz"', "20261122/../a.sql.gz", "20261122/a\\.sql.gz", "a.sql.gz", ""])
def test_a_dump_key_that_could_break_out_of_the_request_is_no_dump_key(value):
    check = text(DOCUMENT["parameters"]["dumpKey"]["allowedPattern"], "no")
    assert check("20261122/iset_intake_test_dump.sql.gz")
    with pytest.raises(ValueError, match="no"):
        check(value)


def test_every_parameter_but_the_dump_has_a_default_that_its_own_pattern_takes():
    for name, one in DOCUMENT["parameters"].items():
        assert ("default" in one) == (name != "dumpKey")
        if "allowedPattern" in one and "default" in one:
            assert re.fullmatch(one["allowedPattern"], one["default"])


def test_the_outputs_are_those_of_the_outcome():
    assert DOCUMENT["outputs"] == [f"Outcome.{name}" for name in OUTCOME]
    assert {"refreshId", "report", "schemaSha256"} <= set(OUTCOME)


def test_without_commands_of_the_user_nothing_runs_in_their_image():
    bare = document(
        AUTOMATION.__class__(**{**vars(AUTOMATION), "migrations": (), "derived": (), "migrations_task": ""})
    )
    assert not [step for step in bare["mainSteps"] if step["inputs"].get("taskDefinition") == ""]
    read_automation(json.loads(json.dumps(bare)))


def test_it_is_not_larger_than_ssm_takes():
    assert len(json.dumps(DOCUMENT)) < 64 * 1024
