"""Automation behind its Protocol, against AWS's own model of requests and answers."""

from datetime import datetime, timezone

import boto3
import pytest
from botocore.stub import Stubber

from refresh.boto.automation import Automations
from refresh.errors import PermanentError, TransientError

ID = "00000000-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
LATER = datetime(2026, 11, 22, 10, 0, 30, tzinfo=timezone.utc)


@pytest.fixture
def stubbed():
    client = boto3.client("ssm", "eu-central-1", aws_access_key_id="test", aws_secret_access_key="test")
    with Stubber(client) as stub:
        yield Automations(client), stub
        stub.assert_no_pending_responses()


def test_a_start_gives_what_is_asked_for_and_leaves_out_what_is_not(stubbed):
    port, stub = stubbed
    asked = {"DocumentName": "D-1", "Parameters": {"dumpKey": ["20261122/a.sql.gz"]}, "ClientToken": ID}
    stub.add_response("start_automation_execution", {"AutomationExecutionId": ID}, asked)
    assert port.start("D-1", {"dumpKey": "20261122/a.sql.gz", "restoreTo": ""}, ID) == ID


def test_an_execution_is_read_with_its_steps_and_outputs(stubbed):
    port, stub = stubbed
    ended = {"StepName": "Load", "StepStatus": "Success", "ExecutionStartTime": NOW, "ExecutionEndTime": LATER}
    told = {
        "AutomationExecutionStatus": "Success",
        "Parameters": {"dumpKey": ["20261122/a.sql.gz"]},
        "Outputs": {"Outcome.refreshId": ["20261122-1"], "Outcome.report": []},
        "StepExecutions": [ended, {"StepName": "Finish", "StepStatus": "Pending"}],
        "ExecutionStartTime": NOW,
        "ExecutionEndTime": LATER,
    }
    stub.add_response("get_automation_execution", {"AutomationExecution": told}, {"AutomationExecutionId": ID})
    execution = port.execution(ID)
    assert (execution.outputs, execution.action) == ({"refreshId": "20261122-1", "report": ""}, "refresh")
    assert [(step.name, step.seconds) for step in execution.steps] == [("Load", 30.0)]
    assert not execution.is_running


def test_one_that_the_service_does_not_know_yet_is_none(stubbed):
    port, stub = stubbed
    stub.add_client_error("get_automation_execution", "AutomationExecutionNotFoundException")
    assert port.execution(ID) is None


def test_executions_of_the_document_are_listed_the_latest_first_over_pages(stubbed):
    port, stub = stubbed

    def page(number, name, at, **more):
        one = {"AutomationExecutionId": f"{ID[:-1]}{number}", "DocumentName": name, "ExecutionStartTime": at}
        return {"AutomationExecutionMetadataList": [one], **more}

    asked = {"Filters": [{"Key": "DocumentNamePrefix", "Values": ["D-1"]}], "MaxResults": 50}
    stub.add_response("describe_automation_executions", page(1, "D-1", NOW, NextToken="next"), asked)
    stub.add_response(
        "describe_automation_executions", page(2, "D-1", LATER, NextToken="last"), {**asked, "NextToken": "next"}
    )
    stub.add_response("describe_automation_executions", page(3, "D-10", LATER), {**asked, "NextToken": "last"})
    assert port.executions("D-1", 50) == [f"{ID[:-1]}2", f"{ID[:-1]}1"]


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("ThrottlingException", 400, TransientError), ("AutomationDefinitionNotFoundException", 400, PermanentError)],
)
def test_errors_are_told_in_our_words(stubbed, code, status, kind):
    port, stub = stubbed
    stub.add_client_error("start_automation_execution", code, http_status_code=status)
    with pytest.raises(kind, match="StartAutomationExecution D-1"):
        port.start("D-1", {}, ID)
