"""What the policies allow, by reading them as IAM does: a deny wins, and what nothing allows is refused."""

import fnmatch
import json
import pathlib

import pytest

from components import host_policies
from components.host_policies import Place
from components.operator_policy import OperatorScope, ProductionSource, operator_policy
from components.source_policy import source_policy
from components.watch_documents import teller_policy

ROOT = pathlib.Path(__file__).parents[2]
PLACE = Place(partition="aws", region="eu-central-1", account_id="123456789012")
EC2 = "arn:aws:ec2:eu-central-1:123456789012"
SNAPSHOT = "arn:aws:ec2:eu-central-1::snapshot/snap-1"
DOCUMENT = "arn:aws:ssm:eu-central-1:123456789012:document/understudy-test"
SCOPE = OperatorScope(
    place=PLACE,
    space="understudy/test",
    document_arns=[f"{DOCUMENT}-{verb}" for verb in ("production-check", "anonymize", "staging-cutover")],
    production_document_arn=f"{DOCUMENT}-production-check",
    production_instance_ids=["i-production"],
    production_role_arn=None,
    reports_arn="arn:aws:s3:::reports",
    toolkit_arn="arn:aws:s3:::toolkit",
    volumes_key_arn="arn:aws:kms:eu-central-1:123456789012:key/1",
)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:understudy-test"
LOG_GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group:/understudy/test/refresh"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/2"
OWN = {"aws:ResourceTag/understudy:space": "understudy/test"}
OWN_HOST = {"aws:ResourceTag/understudy:stack": "understudy/test"}


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(patterns, value):
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in listed(patterns))


def holds(operator, key, wanted, context):
    got, wanted = context.get(key), [str(one) for one in listed(wanted)]
    if operator == "Null":
        return (got is None) == (wanted == ["true"])
    if operator == "ForAllValues:StringEquals":
        return all(one in wanted for one in listed(got or []))
    if operator == "ForAnyValue:StringEquals":
        return any(one in wanted for one in listed(got or []))
    assert operator in ("StringEquals", "ArnEquals", "Bool"), operator
    return got in wanted


def applies(statement, action, resource, context):
    conditions = statement.get("Condition", {})
    return (
        matches(statement["Action"], action)
        and matches(statement["Resource"], resource)
        and all(holds(op, key, want, context) for op, keys in conditions.items() for key, want in keys.items())
    )


def allowed(policy, action, resource, **context):
    effects = {one["Effect"] for one in policy["Statement"] if applies(one, action, resource, context)}
    return effects == {"Allow"}


def both(scope):
    """The two policies of whoever runs refreshes, as IAM reads them together."""
    return {"Statement": [*operator_policy(scope)["Statement"], *source_policy(scope)["Statement"]]}


@pytest.fixture
def operator():
    return both(SCOPE)


def test_production_documents_run_on_production_and_no_other_document_does(operator):
    production = f"{EC2}:instance/i-production"
    assert allowed(operator, "ssm:SendCommand", f"{DOCUMENT}-production-check")
    assert allowed(operator, "ssm:SendCommand", production)
    assert not allowed(operator, "ssm:SendCommand", "arn:aws:ssm:eu-central-1::document/AWS-RunShellScript")
    assert allowed(operator, "ssm:SendCommand", f"{DOCUMENT}-anonymize")
    assert not allowed(operator, "ssm:SendCommand", f"{DOCUMENT}-2-anonymize")  # of a stack named alike
    assert not allowed(operator, "ssm:SendCommand", f"{EC2}:instance/i-other")
    assert allowed(
        operator, "ssm:SendCommand", f"{EC2}:instance/i-own", **{"ssm:resourceTag/understudy:stack": SCOPE.space}
    )


def test_a_snapshot_is_taken_of_productions_instance_and_only_with_the_stacks_tag(operator):
    assert allowed(operator, "ec2:CreateSnapshots", f"{EC2}:instance/i-production")
    assert not allowed(operator, "ec2:CreateSnapshots", f"{EC2}:instance/i-other")
    assert allowed(operator, "ec2:CreateSnapshots", SNAPSHOT, **{"aws:RequestTag/understudy:space": "understudy/test"})
    assert not allowed(operator, "ec2:CreateSnapshots", SNAPSHOT)


def test_a_golden_snapshot_is_taken_of_the_stacks_own_volume_and_only_with_the_stacks_tag(operator):
    assert allowed(operator, "ec2:CreateSnapshot", f"{EC2}:volume/vol-1", **OWN)
    assert not allowed(operator, "ec2:CreateSnapshot", f"{EC2}:volume/vol-1")
    assert allowed(operator, "ec2:CreateSnapshot", SNAPSHOT, **{"aws:RequestTag/understudy:space": "understudy/test"})
    assert not allowed(operator, "ec2:CreateSnapshot", SNAPSHOT)
    born = {"ec2:CreateAction": "CreateSnapshot", "aws:TagKeys": ["understudy:space"]}
    assert allowed(operator, "ec2:CreateTags", SNAPSHOT, **born)
    named = {"aws:RequestTag/understudy:space": "understudy/test"}
    assert not allowed(operator, "ec2:CreateSnapshot", f"{EC2}:volume/vol-1", **named)
    assert not allowed(operator, "ec2:CreateVolume", SNAPSHOT, **named)
    assert allowed(operator, "ec2:CreateVolume", SNAPSHOT, **OWN)
    assert not allowed(operator, "ec2:CreateVolume", SNAPSHOT)


@pytest.mark.parametrize("action", ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume"])
def test_only_the_stacks_own_volumes_are_moved_and_deleted(operator, action):
    assert allowed(operator, action, f"{EC2}:volume/vol-1", **OWN)
    assert not allowed(operator, action, f"{EC2}:volume/vol-1")
    assert not allowed(
        operator, action, f"{EC2}:volume/vol-1", **{"aws:ResourceTag/understudy:space": "understudy/other"}
    )


@pytest.mark.parametrize("action", ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:StartInstances", "ec2:StopInstances"])
def test_only_the_stacks_own_hosts_are_touched(operator, action):
    assert allowed(operator, action, f"{EC2}:instance/i-own", **OWN_HOST)
    assert not allowed(operator, action, f"{EC2}:instance/i-production")


def test_the_stacks_tag_cannot_be_put_on_what_others_made(operator):
    made = {"ec2:CreateAction": "CreateVolume", "aws:TagKeys": ["understudy:space"]}
    assert allowed(operator, "ec2:CreateTags", f"{EC2}:volume/vol-1", **made)
    assert not allowed(operator, "ec2:CreateTags", f"{EC2}:volume/vol-1", **{"aws:TagKeys": ["understudy:space"]})
    # Not on what is the stack's already either: the mark is never rewritten.
    assert not allowed(
        operator, "ec2:CreateTags", f"{EC2}:volume/vol-1", **OWN, **{"aws:TagKeys": ["understudy:space"]}
    )
    assert not allowed(
        operator, "ec2:DeleteTags", f"{EC2}:volume/vol-1", **OWN, **{"aws:TagKeys": ["understudy:space"]}
    )


def test_the_role_of_the_stacks_own_volume_can_change(operator):
    role = {"aws:TagKeys": ["understudy:role"]}
    assert allowed(operator, "ec2:CreateTags", f"{EC2}:volume/vol-1", **OWN, **role)
    assert not allowed(operator, "ec2:CreateTags", f"{EC2}:volume/vol-1", **role)


def test_blocks_of_snapshots_cannot_be_read_directly(operator):
    assert not allowed(operator, "ebs:GetSnapshotBlock", SNAPSHOT, **OWN)


def test_the_toolkit_itself_cannot_be_exchanged(operator):
    assert allowed(operator, "s3:PutObject", "arn:aws:s3:::toolkit/rules/1.json")
    assert not allowed(operator, "s3:PutObject", "arn:aws:s3:::toolkit/toolkit/1.tar")


def test_another_accounts_production_is_reached_through_its_role_only():
    role = "arn:aws:iam::111122223333:role/understudy"
    policy = both(OperatorScope(**{**vars(SCOPE), "production_role_arn": role}))
    assert allowed(policy, "sts:AssumeRole", role)
    assert not allowed(policy, "sts:AssumeRole", "arn:aws:iam::111122223333:role/admin")
    assert not allowed(policy, "ec2:CreateSnapshots", f"{EC2}:instance/i-production")


@pytest.fixture
def teller():
    return teller_policy(PLACE, "understudy/test", TOPIC, LOG_GROUP, KEY)


def test_an_outcome_is_told_to_the_stacks_own_topic_log_group_and_metrics_and_to_no_other(teller):
    assert allowed(teller, "sns:Publish", TOPIC)
    assert not allowed(teller, "sns:Publish", f"{TOPIC}-other")
    assert not allowed(teller, "sns:Subscribe", TOPIC)
    through_sns, through_s3 = ({"kms:ViaService": f"{one}.eu-central-1.amazonaws.com"} for one in ("sns", "s3"))
    assert allowed(teller, "kms:GenerateDataKey", KEY, **through_sns)
    assert not allowed(teller, "kms:GenerateDataKey", KEY, **through_s3)
    stream = f"{LOG_GROUP}:log-stream:refresh/first-1"
    assert allowed(teller, "logs:PutLogEvents", stream)
    assert not allowed(teller, "logs:PutLogEvents", stream.replace("/test/", "/other/"))
    assert not allowed(teller, "logs:GetLogEvents", stream)
    assert allowed(teller, "cloudwatch:PutMetricData", "*", **{"cloudwatch:namespace": "Understudy"})
    assert not allowed(teller, "cloudwatch:PutMetricData", "*", **{"cloudwatch:namespace": "Payments"})


def test_only_the_alarm_on_age_is_set_anew(teller):
    """A refresh brings data of another moment, which that alarm counts from; it may not touch any other alarm."""
    alarm = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:understudy-test"
    assert allowed(teller, "cloudwatch:PutMetricAlarm", f"{alarm}-data-age")
    assert not allowed(teller, "cloudwatch:PutMetricAlarm", f"{alarm}-refresh-failed")
    assert not allowed(teller, "cloudwatch:DeleteAlarms", f"{alarm}-data-age")


@pytest.mark.parametrize("made", [operator_policy, source_policy])
@pytest.mark.parametrize("role", [None, "arn:aws:iam::111122223333:role/understudy"])
def test_no_policy_is_larger_than_iam_takes(made, role):
    """IAM takes 6,144 characters; here with every document, under long names, and a key for each of three members."""
    verbs = sorted(path.stem for path in (pathlib.Path(__file__).parents[2] / "scripts").glob("*.sh"))
    keys = [f"arn:aws:kms:eu-north-1:111122223333:key/{number:08}-0000-4000-8000-000000000000" for number in range(3)]
    place = Place(partition="aws", region="eu-north-1", account_id="111122223333") if role else PLACE
    members = [f"i-0123456789abcdef{number}" for number in range(3)]
    scope = {
        "space": "understudy/a-stack-of-twenty",
        "document_arns": [f"{DOCUMENT.rpartition('/')[0]}/understudy-a-stack-of-twenty-{verb}" for verb in verbs],
        "production_instance_ids": members,
        "production_role_arn": role,
        "production_source": ProductionSource(place=place, key_arns=keys),
        "reports_arn": "arn:aws:s3:::understudy-a-stack-of-twenty-reports-0123456",
        "toolkit_arn": "arn:aws:s3:::understudy-a-stack-of-twenty-toolkit-0123456",
    }
    written = json.dumps(made(OperatorScope(**{**vars(SCOPE), **scope})), separators=(",", ":"))
    assert len(written) <= 6144


def test_a_worker_reads_its_parameter_and_its_files_and_no_other():
    worker = host_policies.policy(host_policies.worker(PLACE, "/key", "arn:aws:s3:::toolkit", "arn:aws:s3:::reports"))
    ssm = "arn:aws:ssm:eu-central-1:123456789012:parameter"
    assert allowed(worker, "ssm:GetParameter", f"{ssm}/key")
    assert not allowed(worker, "ssm:GetParameter", f"{ssm}/mongo/admin")
    assert allowed(worker, "s3:GetObject", "arn:aws:s3:::toolkit/rules/1.json")
    assert allowed(worker, "s3:PutObject", "arn:aws:s3:::reports/jobs/first-1/verify.json")
    assert not allowed(worker, "s3:PutObject", "arn:aws:s3:::reports/ledger/first-1.json")


def test_a_host_may_be_reached_by_run_command_and_reads_nothing_by_that():
    agent = host_policies.policy(host_policies.agent())
    assert allowed(agent, "ssmmessages:OpenDataChannel", "*")
    assert not allowed(agent, "ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/mongo/admin")
