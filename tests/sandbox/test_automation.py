import json
import time
import uuid

import pytest
from botocore.exceptions import ClientError

from sandbox.cleanup import processes

pytestmark = pytest.mark.sandbox

OVER = {"Success", "Failed", "TimedOut", "Cancelled"}


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def script(name, text, payload=None, **keys):
    inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": f"def handler(events, context):\n{text}"}
    return {
        "name": name,
        "action": "aws:executeScript",
        "inputs": {**inputs, **({"InputPayload": payload} if payload else {})},
        **keys,
    }


def api(name, service, operation, inputs=None, action="aws:executeAwsApi", **keys):
    return {"name": name, "action": action, "inputs": {"Service": service, "Api": operation, **(inputs or {})}, **keys}


def output(name, selector, kind="String"):
    return {"Name": name, "Selector": selector, "Type": kind}


class Automations:
    """Automation, as a client uses it."""

    def __init__(self, ssm, wait_until):
        self.ssm, self._wait_until = ssm, wait_until

    def document(self, *steps, **keys):
        name = f"tests-{uuid.uuid4()}"
        content = {"schemaVersion": "0.3", "mainSteps": list(steps), **keys}
        self.ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation")
        return name

    def start(self, name, **options):
        return self.ssm.start_automation_execution(DocumentName=name, **options)["AutomationExecutionId"]

    def get(self, execution_id):
        return self.ssm.get_automation_execution(AutomationExecutionId=execution_id)["AutomationExecution"]

    def end(self, execution_id):
        def over():
            found = self.get(execution_id)
            return found if found["AutomationExecutionStatus"] in OVER else None

        return self._wait_until(over, f"automation {execution_id}", 60)

    def run(self, *steps, given=None, **keys):
        return self.end(self.start(self.document(*steps, **keys), Parameters=given or {}))

    def await_step(self, execution_id, name):
        self._wait_until(lambda: self.get(execution_id).get("CurrentStepName") == name, f"step {name}")


@pytest.fixture(scope="module")
def automations(sandbox, wait_until):
    return Automations(sandbox.session().client("ssm"), wait_until)


@pytest.fixture
def bucket(sandbox):
    name = f"tests-{uuid.uuid4().hex[:12]}"
    place = {"LocationConstraint": sandbox.record["region"]}
    sandbox.session().client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return name


def statuses(execution):
    return {one["StepName"]: one["StepStatus"] for one in execution["StepExecutions"]}


def test_steps_really_run_and_hand_on_what_they_answer(automations, sandbox, bucket):
    put = script(
        "put",
        "    import boto3\n"
        "    boto3.client('s3').put_object(Bucket=events['bucket'], Key='a', Body=events['text'].encode())\n"
        "    print('put it')\n"
        "    return {'length': len(events['text']), 'id': events['id']}\n",
        {"bucket": "{{ bucket }}", "text": "{{ text }}", "id": "{{ automation:EXECUTION_ID }}"},
        outputs=[output("length", "$.Payload.length", "Integer"), output("id", "$.Payload.id")],
    )
    listed = api(
        "list",
        "s3",
        "ListObjectsV2",
        {"Bucket": "{{ bucket }}"},
        outputs=[output("size", "$.Contents[0].Size", "Integer")],
    )
    sizes = {"size": "{{ list.size }}", "length": "{{ put.length }}"}
    check = script("check", "    assert events['size'] == events['length']\n    return {}\n", sizes)
    execution = automations.run(
        put, listed, check,
        parameters={"bucket": {"type": "String"}, "text": {"type": "String", "default": "hello"}},
        outputs=["put.id", "list.size"],
        given={"bucket": [bucket]},
    )  # fmt: skip
    assert execution["AutomationExecutionStatus"] == "Success", execution
    assert set(statuses(execution).values()) == {"Success"}
    assert execution["Outputs"] == {"put.id": [execution["AutomationExecutionId"]], "list.size": ["5"]}
    log = json.loads(execution["StepExecutions"][0]["Outputs"]["OutputPayload"][0])["ExecutionLog"]
    assert log == "put it\n"
    assert execution["Parameters"] == {"bucket": [bucket], "text": ["hello"]}


def test_an_execution_takes_a_moment_and_ends_with_times(automations):
    execution_id = automations.start(automations.document(script("one", "    return {}\n")))
    assert automations.get(execution_id)["AutomationExecutionStatus"] in {"Pending", "InProgress"}
    execution = automations.end(execution_id)
    step = execution["StepExecutions"][0]
    assert execution["ExecutionStartTime"] <= step["ExecutionStartTime"] <= step["ExecutionEndTime"]
    assert step["ExecutionEndTime"] <= execution["ExecutionEndTime"]


def test_a_failing_step_aborts_and_says_why_and_what_follows_is_not_run(automations):
    execution = automations.run(
        script("one", "    raise ValueError('no such dump')\n"), script("two", "    return {}\n")
    )
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "no such dump (line 2 of the script)" in execution["FailureMessage"]
    assert statuses(execution) == {"one": "Failed", "two": "Pending"}


def test_a_failure_goes_to_the_step_for_it_and_the_execution_still_fails(automations):
    execution = automations.run(
        script("one", "    raise ValueError('x')\n", onFailure="step:mend"),
        script("two", "    return {}\n", isEnd=True),
        script("mend", "    return {}\n"),
    )
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert statuses(execution) == {"one": "Failed", "mend": "Success", "two": "Pending"}


def test_a_step_that_is_not_critical_may_fail(automations):
    failing = script("one", "    raise ValueError('x')\n", onFailure="Continue", isCritical=False)
    execution = automations.run(failing, script("two", "    return {}\n"))
    assert execution["AutomationExecutionStatus"] == "Success"
    critical = automations.run({**failing, "isCritical": True}, script("two", "    return {}\n"))
    assert critical["AutomationExecutionStatus"] == "Failed"
    assert statuses(critical) == {"one": "Failed", "two": "Success"}


def test_a_step_is_tried_as_often_as_it_says(automations, bucket):
    flaky = script(
        "flaky",
        "    import boto3\n"
        "    s3 = boto3.client('s3')\n"
        "    s3.put_object(Bucket=events['bucket'], Key=context.get('x', '') + str(__import__('time').time()))\n"
        "    assert s3.list_objects_v2(Bucket=events['bucket'])['KeyCount'] == 3\n"
        "    return {}\n",
        {"bucket": bucket},
    )
    assert automations.run({**flaky, "maxAttempts": 3})["AutomationExecutionStatus"] == "Success"
    assert automations.run({**flaky, "maxAttempts": 2})["AutomationExecutionStatus"] == "Failed"


def test_a_script_over_its_time_is_killed(automations, sandbox):
    before = set(processes(sandbox.layout))
    execution = automations.run(script("slow", "    __import__('time').sleep(4247)\n", timeoutSeconds=1))
    assert execution["AutomationExecutionStatus"] == "TimedOut"
    assert statuses(execution) == {"slow": "TimedOut"}
    assert not set(processes(sandbox.layout)) - before


def test_a_stopped_automation_goes_to_its_step_for_that_and_is_cancelled(automations, sandbox):
    name = automations.document(
        script("slow", "    __import__('time').sleep(4248)\n", onCancel="step:tidy"),
        script("next", "    return {}\n", isEnd=True),
        script("tidy", "    return {}\n"),
    )
    execution_id = automations.start(name)
    automations.await_step(execution_id, "slow")
    automations.ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    execution = automations.end(execution_id)
    assert execution["AutomationExecutionStatus"] == "Cancelled"
    assert statuses(execution) == {"slow": "Cancelled", "tidy": "Success", "next": "Pending"}
    again = lambda: automations.ssm.stop_automation_execution(AutomationExecutionId=execution_id)  # noqa: E731
    assert refusal(again) == "InvalidAutomationStatusUpdateException"


def test_waiting_asserting_and_branching_look_at_what_the_api_answers(automations, sandbox):
    name = f"/tests/{uuid.uuid4()}"
    ssm = sandbox.session().client("ssm")
    ssm.put_parameter(Name=name, Value="no", Type="String")
    look = {"Name": name, "PropertySelector": "$.Parameter.Value", "DesiredValues": ["yes"]}
    wait = api("wait", "ssm", "GetParameter", look, "aws:waitForAwsResourceProperty", timeoutSeconds=20)
    confirm = api("confirm", "ssm", "GetParameter", look, "aws:assertAwsResourceProperty")
    choice = {"NextStep": "right", "Variable": "{{ way }}", "StringEquals": "right"}
    fork = {"name": "fork", "action": "aws:branch", "inputs": {"Choices": [choice], "Default": "left"}}
    ends = [script(side, "    return {}\n", isEnd=True) for side in ("left", "right")]
    document = automations.document(wait, confirm, fork, *ends, parameters={"way": {"type": "String"}})
    execution_id = automations.start(document, Parameters={"way": ["right"]})
    automations.await_step(execution_id, "wait")
    ssm.put_parameter(Name=name, Value="yes", Type="String", Overwrite=True)
    assert statuses(automations.end(execution_id)) == {
        "wait": "Success", "confirm": "Success", "fork": "Success", "right": "Success", "left": "Pending",
    }  # fmt: skip
    ssm.put_parameter(Name=name, Value="no", Type="String", Overwrite=True)
    failed = automations.run({**wait, "timeoutSeconds": 1})
    assert failed["AutomationExecutionStatus"] == "TimedOut"
    failed = automations.run(confirm)
    assert "$.Parameter.Value is no, desired: yes" in failed["FailureMessage"]


def test_a_pause_lasts_and_an_unknown_operation_or_argument_fails(automations):
    began = time.monotonic()
    pause = {"name": "pause", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
    assert automations.run(pause)["AutomationExecutionStatus"] == "Success"
    assert time.monotonic() - began >= 1
    assert "no operation ListBucket" in automations.run(api("a", "s3", "ListBucket"))["FailureMessage"]
    unknown = automations.run(api("a", "ssm", "GetParameter", {"Nam": "x"}))["FailureMessage"]
    assert 'Unknown parameter in input: "Nam"' in unknown
    assert "ParameterNotFound" in automations.run(api("a", "ssm", "GetParameter", {"Name": "no"}))["FailureMessage"]


def test_an_assumed_role_must_be_there_and_trust_automation(automations, sandbox):
    iam = sandbox.session().client("iam")
    arns = {}
    for service in ("ssm", "ec2"):
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        name = f"tests-{service}-{uuid.uuid4().hex[:8]}"
        arns[service] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    who = script("who", "    import boto3\n    return boto3.client('sts').get_caller_identity()['Arn']\n",
                 outputs=[output("arn", "$.Payload")])  # fmt: skip
    document = automations.document(
        who, assumeRole="{{ role }}", parameters={"role": {"type": "String"}}, outputs=["who.arn"]
    )
    execution = automations.end(automations.start(document, Parameters={"role": [arns["ssm"]]}))
    name = arns["ssm"].rpartition("/")[2]
    assert f":assumed-role/{name}/{execution['AutomationExecutionId']}" in execution["Outputs"]["who.arn"][0]
    for wrong in (arns["ec2"], arns["ssm"] + "x"):
        with pytest.raises(ClientError, match="unable to be assumed"):
            automations.start(document, Parameters={"role": [wrong]})


def test_what_is_not_there_or_does_not_fit_is_refused(automations):
    name = automations.document(
        script("one", "    return {}\n"), parameters={"key": {"type": "String", "allowedPattern": "^[a-z]+$"}}
    )
    assert refusal(lambda: automations.start("no-such-document")) == "AutomationDefinitionNotFoundException"
    assert (
        refusal(lambda: automations.start(name, DocumentVersion="7")) == "AutomationDefinitionVersionNotFoundException"
    )
    for given in ({}, {"key": ["A"]}, {"key": ["a"], "other": ["b"]}):
        code = refusal(lambda given=given: automations.start(name, Parameters=given))
        assert code == "InvalidAutomationExecutionParametersException"
    assert refusal(lambda: automations.get(str(uuid.uuid4()))) == "AutomationExecutionNotFoundException"
    with pytest.raises(ClientError, match="does not know MaxErrors"):
        automations.start(name, Parameters={"key": ["a"]}, MaxErrors="1")
    with pytest.raises(ClientError, match="does not run aws:runCommand") as caught:
        automations.document({"name": "one", "action": "aws:runCommand", "inputs": {}})
    assert caught.value.response["Error"]["Code"] == "InvalidDocumentContent"


def test_a_repeated_start_with_the_same_token_is_the_same_execution(automations):
    name = automations.document(script("one", "    return {}\n"), parameters={"a": {"type": "String", "default": ""}})
    token = str(uuid.uuid4())
    first = automations.start(name, ClientToken=token)
    assert automations.start(name, ClientToken=token) == first
    assert automations.start(name) != first
    assert refusal(lambda: automations.start(name, ClientToken=token, Parameters={"a": ["b"]})) == (
        "IdempotentParameterMismatch"
    )


def test_executions_and_steps_are_listed(automations):
    name = automations.document(script("one", "    return {}\n"), script("two", "    raise ValueError\n"))
    ids = [automations.start(name) for _ in range(3)]
    for execution_id in ids:
        automations.end(execution_id)
    by_name = [{"Key": "DocumentNamePrefix", "Values": [name]}]
    first = automations.ssm.describe_automation_executions(Filters=by_name, MaxResults=2)
    rest = automations.ssm.describe_automation_executions(Filters=by_name, NextToken=first["NextToken"])
    pages = [first["AutomationExecutionMetadataList"], rest["AutomationExecutionMetadataList"]]
    assert [one["AutomationExecutionId"] for page in pages for one in page] == ids[::-1]
    failed = automations.ssm.describe_automation_step_executions(
        AutomationExecutionId=ids[0], Filters=[{"Key": "StepExecutionStatus", "Values": ["Failed"]}]
    )
    assert [one["StepName"] for one in failed["StepExecutions"]] == ["two"]
    unknown = [{"Key": "TagKey", "Values": ["x"]}]
    assert refusal(lambda: automations.ssm.describe_automation_executions(Filters=unknown)) == "InvalidFilterKey"


def test_a_script_has_the_modules_of_awss_runtime_only(automations):
    present = automations.run(script("one", "    import boto3, sqlite3, dateutil\n    return {}\n"))
    assert present["AutomationExecutionStatus"] == "Success"
    failed = automations.run(script("one", "    import yaml\n    return {}\n"))
    assert "ModuleNotFoundError: No module named 'yaml'" in failed["FailureMessage"]


def test_a_script_reaches_the_api_and_nothing_else(automations, sandbox):
    address = sandbox.production["private_ips"][0]
    text = (
        "    import socket\n"
        "    try:\n"
        f"        socket.create_connection(('{address}', 27017), timeout=2)\n"
        "    except OSError as error:\n"
        "        return str(error)\n"
        "    return 'reached'\n"
    )
    execution = automations.run(script("try", text, outputs=[output("answer", "$.Payload")]), outputs=["try.answer"])
    assert execution["Outputs"]["try.answer"] == ["[Errno 101] Network is unreachable"]
