"""The real questions: what AWS answers, and which answer means what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from refresh.errors import PermanentError
from refresh.mongo.examination.boto import BotoQuestions, _trouble_at
from refresh.mongo.examination.questions import Side, Simulated
from refresh.places import Key

KEY = "arn:aws:kms:eu-west-1:111111111111:key/k"
Asked = Callable[[BotoQuestions], Any]


@pytest.fixture(scope="module")
def questions() -> Iterator[BotoQuestions]:
    """One for all tests: boto3 takes its time to make a client."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "x")
        yield BotoQuestions("eu-west-1")


def volume(questions: BotoQuestions) -> bool:
    return questions.dry_run(Side.OWN, "create_volume", {"AvailabilityZone": "eu-west-1a", "Size": 1})


@pytest.mark.parametrize(
    ("service", "operation", "code", "ask", "answer"),
    [
        ("ec2", "create_volume", "DryRunOperation", volume, True),
        ("ec2", "create_volume", "UnauthorizedOperation", volume, False),
        ("kms", "generate_data_key_without_plaintext", "DryRunOperationException", lambda q: q.may_use_key(KEY), True),
        ("kms", "generate_data_key_without_plaintext", "AccessDeniedException", lambda q: q.may_use_key(KEY), False),
        ("kms", "describe_key", "NotFoundException", lambda q: q.key(Side.OWN, KEY), None),
        ("s3", "head_bucket", "404", lambda q: q.bucket_exists("reports"), False),
        ("ssm", "describe_document", "InvalidDocument", lambda q: q.document_hash(Side.OWN, "verify"), None),
    ],
)
def test_an_error_that_is_an_answer_is_read_as_one(
    questions: BotoQuestions, service: str, operation: str, code: str, ask: Asked, answer: Any
) -> None:
    with Stubber(questions._client(Side.OWN, service)) as stub:
        stub.add_client_error(operation, code, http_status_code=412)
        assert ask(questions) is answer


def test_any_other_error_is_no_answer(questions: BotoQuestions) -> None:
    with Stubber(questions._client(Side.OWN, "ec2")) as stub:
        stub.add_client_error("create_volume", "InvalidParameterValue", http_status_code=400)
        with pytest.raises(PermanentError, match="create_volume as a DryRun: AWS answered InvalidParameterValue"):
            volume(questions)


def test_a_dry_run_is_sent_as_one(questions: BotoQuestions) -> None:
    with Stubber(questions._client(Side.OWN, "ec2")) as stub:
        asked = {"AvailabilityZone": "eu-west-1a", "Size": 1, "DryRun": True}
        stub.add_client_error("create_volume", "DryRunOperation", http_status_code=412, expected_params=asked)
        assert volume(questions)
        stub.assert_no_pending_responses()


def test_the_simulator_is_told_the_context_with_its_types(questions: BotoQuestions) -> None:
    wish = Simulated(action="kms:CreateGrant", resource=KEY, context={"kms:GrantIsForAWSResource": "true"})
    entry = {
        "ContextKeyName": "kms:GrantIsForAWSResource",
        "ContextKeyType": "boolean",
        "ContextKeyValues": ["true"],
    }
    asked = {"PolicySourceArn": "arn:aws:iam::111111111111:role/r", "ActionNames": ["kms:CreateGrant"],
             "ResourceArns": [KEY], "ContextEntries": [entry]}  # fmt: skip
    for decision, allowed in (("allowed", True), ("implicitDeny", False)):
        with Stubber(questions._client(Side.OWN, "iam")) as stub:
            judged = {"EvaluationResults": [{"EvalActionName": "kms:CreateGrant", "EvalDecision": decision}]}
            stub.add_response("simulate_principal_policy", judged, asked)
            assert questions.simulate("arn:aws:iam::111111111111:role/r", wish) is allowed


def test_a_key_and_an_agent_are_described(questions: BotoQuestions) -> None:
    with Stubber(questions._client(Side.OWN, "kms")) as stub:
        found = {"KeyId": "k", "Arn": KEY, "KeyState": "Disabled", "KeyManager": "CUSTOMER"}
        stub.add_response("describe_key", {"KeyMetadata": found}, {"KeyId": KEY})
        assert questions.key(Side.OWN, KEY) == Key(arn=KEY, state="Disabled", manager="CUSTOMER")
    with Stubber(questions._client(Side.OWN, "ssm")) as stub:
        listed = [{"InstanceId": "i-1", "PingStatus": "ConnectionLost"}]
        stub.add_response("describe_instance_information", {"InstanceInformationList": listed}, {"Filters": ANY})
        assert questions.agents(Side.OWN, ["i-1", "i-2"]) == {"i-1": "ConnectionLost"}


def test_an_endpoint_that_nobody_listens_at_is_named_by_its_trouble() -> None:
    assert _trouble_at("http://127.0.0.1:1") == "EndpointConnectionError"
