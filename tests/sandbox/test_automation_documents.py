"""Automation documents without a sandbox: what is refused, how variables and selectors are read."""

import json

import pytest

from sandbox.cloud.automation.checks import InvalidDocumentContent, check_automation, read_automation
from sandbox.cloud.automation.conditions import holds
from sandbox.cloud.automation.parameters import InvalidAutomationExecutionParameters, parameter_values
from sandbox.cloud.automation.runner import run, tell
from sandbox.cloud.automation.values import NoValue, select, substitute

SCRIPT = {"Runtime": "python3.11", "Handler": "handler", "Script": "def handler(events, context):\n    return {}\n"}


def step(name="one", **keys):
    return {"name": name, "action": "aws:executeScript", "inputs": dict(SCRIPT), **keys}


def document(*steps, **keys):
    return {"schemaVersion": "0.3", "mainSteps": list(steps) or [step()], **keys}


def refusal(content):
    with pytest.raises(InvalidDocumentContent) as caught:
        check_automation(json.dumps(content), "JSON", "Automation")
    return caught.value.message


def api(**inputs):
    return {"name": "call", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "ListBuckets", **inputs}}


def branch(*choices, **inputs):
    return {"name": "fork", "action": "aws:branch", "inputs": {"Choices": list(choices), **inputs}}


def test_a_document_of_all_actions_is_accepted():
    prop = {"PropertySelector": "$.a", "DesiredValues": ["b"]}
    content = document(
        step(outputs=[{"Name": "id", "Selector": "$.Payload.id", "Type": "String"}], onFailure="step:last"),
        api(Bucket="{{ bucket }}-{{ one.id }}-{{ global:REGION }}"),
        {**api(**prop), "name": "wait", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 5},
        {**api(**prop), "name": "assert", "action": "aws:assertAwsResourceProperty", "isCritical": False},
        branch({"NextStep": "pause", "And": [{"Variable": "{{ bucket }}", "StartsWith": "x"}]}, Default="last"),
        {"name": "pause", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}, "nextStep": "last"},
        step("last", isEnd=True),
        parameters={"bucket": {"type": "String", "allowedPattern": "^[a-z]+$"}},
        outputs=["one.id"],
    )
    check_automation(json.dumps(content), "JSON", "Automation")
    assert [one.name for one in read_automation(content).main_steps][-1] == "last"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (document({**step(), "action": "aws:runCommand"}), "does not run aws:runCommand"),
        (document(step(onFailur="Abort")), "step one.onFailur: is not known"),
        (document(variables={}), "variables: is not known"),
        (document(step(onFailure="Retry")), "not Retry"),
        (document(step(nextStep="two")), "goes to two, which is no step"),
        (document(step(onFailure="step:two")), "goes to two, which is no step"),
        (document(step(isEnd=True, nextStep="one")), "both isEnd and nextStep"),
        (document(step(), step()), "several steps one"),
        (document(step(inputs={**SCRIPT, "Runtime": "PowerShell 7.4"})), "step one.inputs.Runtime"),
        (document(step(inputs={**SCRIPT, "Attachment": "x.zip"})), "Attachment: is not known"),
        (document(step(inputs={**SCRIPT, "Script": "a = '{{ key }}'"})), "does not paste into scripts"),
        (document(step(timeoutSeconds=601)), "at most 600 s"),
        (document(api(Bucket="{{ bucket }}")), "refers to bucket"),
        (document(step(), api(Bucket="{{ one.id }}")), "refers to one.id"),
        (document(api(Bucket="{{ global:COUNTRY }}")), "refers to global:COUNTRY"),
        (document(step(outputs=[{"Name": "a", "Selector": "$[", "Type": "String"}])), "is no JSONPath"),
        (document(step(outputs=[{"Name": "a", "Selector": "$.a", "Type": "Map"}])), "no type Map"),
        (document(outputs=["one.id"]), "outputs refers to one.id"),
        (document(branch({"NextStep": "fork"})), "exactly one of"),
        (document(branch({"NextStep": "fork", "Variable": "a", "Matches": "b"})), "Matches: is not known"),
        (document({"name": "s", "action": "aws:sleep", "inputs": {"Timestamp": "x"}}), "Timestamp: is not known"),
        (document(parameters={"a": {"type": "AWS::EC2::Instance::Id"}}), "parameters.a.type"),
        (document(parameters={"a": {"type": "String", "default": "b", "allowedPattern": "^a$"}}), "its default"),
        (document(parameters={"a": {"type": "String", "default": "b", "allowedPattern": "("}}), "regular expression"),
        ({"schemaVersion": "2.2", "mainSteps": []}, "schemaVersion"),
    ],
)
def test_what_the_sandbox_would_not_run_as_aws_does_is_refused_by_name(content, said):
    assert said in refusal(content)


def test_an_automation_is_no_document_of_another_type_and_a_command_none_of_this_one():
    with pytest.raises(InvalidDocumentContent, match="not Command"):
        check_automation(json.dumps(document()), "JSON", "Command")
    check_automation(json.dumps({"schemaVersion": "2.2"}), "JSON", "Command")


PARAMETERS = {
    "key": {"type": "String", "allowedPattern": r"^\d{8}/[a-z]+\.sql\.gz$"},
    "hash": {"type": "String", "default": ""},
    "count": {"type": "Integer", "default": 3},
    "tags": {"type": "StringMap", "default": {}},
    "names": {"type": "StringList", "default": ["a"], "maxItems": 2},
    "really": {"type": "Boolean", "default": False},
    "role": {"type": "AWS::IAM::Role::Arn", "default": ""},
    "action": {"type": "String", "default": "refresh", "allowedValues": ["refresh", "previous"]},
}
KEY = "20261122/dump.sql.gz"


def values(**given):
    return parameter_values(read_automation(document(parameters=PARAMETERS)), given)


def test_parameters_take_their_declared_types_and_defaults():
    assert values(key=[KEY])["count"] == 3
    given = values(key=[KEY], count=["4"], tags=['{"a": "b"}'], names=["x", "y"], really=["true"])
    assert (given["count"], given["tags"], given["names"], given["really"]) == (4, {"a": "b"}, ["x", "y"], True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "missing: key"),
        ({"key": [KEY], "kee": ["x"]}, "not defined in the document: kee"),
        ({"key": ["x"]}, "key does not match its allowedPattern"),
        ({"key": [KEY + "\n"]}, "key does not match its allowedPattern"),
        ({"key": [KEY, KEY]}, "exactly one string"),
        ({"key": [KEY], "count": ["four"]}, "count is no Integer"),
        ({"key": [KEY], "count": ["true"]}, "count is no Integer"),
        ({"key": [KEY], "tags": ["[]"]}, "tags is no StringMap"),
        ({"key": [KEY], "names": ["a", "b", "c"]}, "more or fewer items"),
        ({"key": [KEY], "role": ["admin"]}, "no ARN of a role"),
        ({"key": [KEY], "action": ["drop"]}, "allowedValues refresh, previous"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(given, said):
    with pytest.raises(InvalidAutomationExecutionParameters, match="Parameter") as caught:
        values(**given)
    assert said in caught.value.message


def test_a_refused_parameter_is_not_shown():
    with pytest.raises(InvalidAutomationExecutionParameters) as caught:
        values(key=["s3cret"])
    assert "s3cret" not in caught.value.message


def test_a_variable_alone_keeps_its_type_and_within_a_text_becomes_text():
    known = {"n": 4, "list": ["a"], "flag": True, "step.id": "x", "global:REGION": "eu-central-1"}
    node = {"a": "{{ n }}", "b": ["{{list}}", "{{ step.id }}/{{n}}"], "c": "{{ flag }} {{ list }}", "d": 7}
    assert substitute(node, known) == {"a": 4, "b": [["a"], "x/4"], "c": 'true ["a"]', "d": 7}
    assert substitute("{{ global:REGION }}", known) == "eu-central-1"
    with pytest.raises(NoValue, match=r"other\.id has no value"):
        substitute("{{ other.id }}", known)


def test_a_value_that_looks_like_a_variable_is_not_substituted_again():
    assert substitute("{{ a }} {{ b }}", {"a": "{{ b }}", "b": "x"}) == "{{ b }} x"


ANSWER = {"tasks": [{"arn": "t1", "containers": [{"exitCode": 0}]}, {"arn": "t2"}], "flag": False, "count": 2}


@pytest.mark.parametrize(
    ("selector", "kind", "value"),
    [
        ("$.tasks[0].arn", "String", "t1"),
        ("$.tasks[0].containers[0].exitCode", "Integer", 0),
        ("$.tasks[0].containers[0].exitCode", "String", "0"),
        ("$.tasks[*].arn", "StringList", ["t1", "t2"]),
        ("$.tasks[?(@.arn == 't2')].arn", "StringList", ["t2"]),
        ("$.flag", "Boolean", False),
        ("$.flag", "String", "false"),
        ("$", "StringMap", ANSWER),
        ("$.tasks", "MapList", ANSWER["tasks"]),
    ],
)
def test_outputs_are_selected_with_their_type(selector, kind, value):
    assert select(ANSWER, selector, kind) == value


@pytest.mark.parametrize(
    ("selector", "kind", "said"),
    [("$.nothing", "String", "selects nothing"), ("$.tasks", "Integer", "no Integer"), ("$.count", "Boolean", "no Bo")],
)
def test_a_selection_of_nothing_or_of_another_type_fails(selector, kind, said):
    with pytest.raises(NoValue, match=said):
        select(ANSWER, selector, kind)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"Variable": "a", "StringEquals": "a"}, True),
        ({"Variable": "A", "StringEquals": "a"}, False),
        ({"Variable": "A", "EqualsIgnoreCase": "a"}, True),
        ({"Variable": "abc", "Contains": "b"}, True),
        ({"Variable": 3, "NumericGreater": "2.5"}, True),
        ({"Variable": "10", "NumericLesser": 9}, False),
        ({"Variable": True, "BooleanEquals": True}, True),
        ({"Not": {"Variable": "", "StringEquals": ""}}, False),
        ({"Or": [{"Variable": "a", "StringEquals": "b"}, {"Variable": "ab", "EndsWith": "b"}]}, True),
        ({"And": [{"Variable": "a", "StringEquals": "a"}, {"Variable": "ab", "StartsWith": "b"}]}, False),
    ],
)
def test_conditions_hold_as_aws_says(condition, truth):
    assert holds(condition) is truth


def test_a_script_tells_the_line_on_which_it_failed():
    with pytest.raises(KeyError) as caught:
        run("def handler(events, context):\n    return events['no']\n", "handler", {})
    assert tell(caught.value) == "KeyError: 'no' (line 2 of the script)"
    with pytest.raises(NameError, match="no function other"):
        run("x = 1", "other", {})
