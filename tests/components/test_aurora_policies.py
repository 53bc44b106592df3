"""What the second refresh's roles and bucket allow, by reading the policies as IAM does."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_policies import PLACE, allowed, listed, matches

from components import aurora_policies as policies
from components.aurora_policies import AuroraScope
from components.host_policies import policy

AT = "arn:aws:{}:eu-central-1:123456789012:{}"
DUMPS, REPORTS = "arn:aws:s3:::nwac-test-db-import", "arn:aws:s3:::nwac-test-db-import-reports"
CLUSTER = AT.format("ecs", "cluster/nwac-test-db-loader")
SECRET = AT.format("secretsmanager", "secret:nwac-test/db/admin-AbCdEf")
KEY = AT.format("kms", "key/1")
SCOPE = AuroraScope(
    place=PLACE,
    space="understudy/test",
    cluster_id="nwac-test-db",
    subnet_group="subnets",
    parameter_group="parameters",
    import_arn=DUMPS,
    reports_arn=REPORTS,
    toolkit_arn="arn:aws:s3:::toolkit",
    key_arn=KEY,
    secret_arn=SECRET,
    log_group_arn=AT.format("logs", "log-group:/understudy/NWACTest-DBRefresh"),
    topic_arn=AT.format("sns", "understudy-test"),
    topic_key_arn=AT.format("kms", "key/topic"),
    ecs_cluster_arn=CLUSTER,
    families=["nwac-test-db-loader-load", "nwac-test-db-loader-migrations"],
    role_arns=["arn:aws:iam::123456789012:role/nwac-test-db-loader"],
    document_arn=AT.format("ssm", "automation-definition/NWACTest-DBRefresh"),
)
BORN = {"aws:RequestTag/understudy:space": "understudy/test"}
OWN = {"aws:ResourceTag/understudy:space": "understudy/test"}


@pytest.fixture
def loader():
    return policy(policies.loader(SCOPE))


def refused(bucket_policy, action, **context):
    """Whether a bucket's policy, which holds denials alone, denies a request."""
    return any(
        matches(one["Action"], action) and all(holds(op, key, want, context) for op, key, want in conditions(one))
        for one in bucket_policy["Statement"]
    )


def conditions(statement):
    return [(op, key, want) for op, keys in statement["Condition"].items() for key, want in keys.items()]


def holds(operator, key, wanted, context):
    """Negated operators hold for a key that is missing, all others do not."""
    got = context.get(key)
    return got not in listed(wanted) if operator == "StringNotEquals" else got in listed(wanted)


TLS = {"aws:SecureTransport": "true"}
TAGS = {"s3:RequestObjectTag/DataClass": "scrubbed", "s3:RequestObjectTag/Environment": "test"}


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:PutObjectTagging"])
def test_only_an_object_that_says_it_is_scrubbed_gets_into_the_bucket_or_keeps_its_tags(action):
    bucket = policies.only_scrubbed(DUMPS)
    assert not refused(bucket, action, **TLS, **TAGS)
    assert refused(bucket, action, **TLS), "no tags at all"
    for tag in TAGS:
        assert refused(bucket, action, **TLS, **{**TAGS, tag: "production"})
        assert refused(bucket, action, **TLS, **{name: value for name, value in TAGS.items() if name != tag})


@pytest.mark.parametrize("make", [policies.only_scrubbed, policies.tls_only])
def test_a_bucket_is_read_and_written_over_tls_only(make):
    plain = {"aws:SecureTransport": "false"}
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
        assert refused(make(DUMPS), action, **plain, **TAGS)
    assert not refused(make(DUMPS), "s3:GetObject", **TLS)


def test_the_loader_reads_dumps_writes_reports_and_writes_no_dump(loader):
    assert allowed(loader, "s3:GetObject", f"{DUMPS}/20261122/a.sql.gz")
    assert allowed(loader, "s3:PutObject", f"{REPORTS}/aurora/outcomes/1.json")
    assert not allowed(loader, "s3:PutObject", f"{DUMPS}/20261122/a.sql.gz")
    assert not allowed(loader, "s3:DeleteObject", f"{DUMPS}/20261122/a.sql.gz")
    assert not allowed(loader, "s3:GetObject", "arn:aws:s3:::toolkit/rules/1.json")


def test_the_loader_marks_a_scrubbed_dump_as_good_and_makes_none_scrubbed(loader):
    keys = {"s3:RequestObjectTagKeys": ["DataClass", "Environment", "LastKnownGood"]}
    scrubbed = {"s3:ExistingObjectTag/DataClass": "scrubbed"}
    assert allowed(loader, "s3:PutObjectTagging", f"{DUMPS}/a", **keys, **scrubbed)
    assert not allowed(loader, "s3:PutObjectTagging", f"{DUMPS}/a", **keys)
    assert not allowed(
        loader, "s3:PutObjectTagging", f"{DUMPS}/a", **scrubbed, **{"s3:RequestObjectTagKeys": ["Owner"]}
    )


def test_the_loader_runs_its_own_tasks_on_its_own_cluster(loader):
    on = {"ecs:cluster": CLUSTER}
    load = AT.format("ecs", "task-definition/nwac-test-db-loader-load:7")
    assert allowed(loader, "ecs:RunTask", load, **on)
    assert not allowed(loader, "ecs:RunTask", load, **{"ecs:cluster": AT.format("ecs", "cluster/other")})
    assert not allowed(loader, "ecs:RunTask", AT.format("ecs", "task-definition/other:1"), **on)
    assert allowed(loader, "ecs:StopTask", AT.format("ecs", "task/nwac-test-db-loader/1"), **on)
    assert not allowed(loader, "ecs:StopTask", AT.format("ecs", "task/other/1"), **on)


def test_the_loader_gives_its_roles_to_tasks_and_to_nothing_else(loader):
    (role,) = SCOPE.role_arns
    assert allowed(loader, "iam:PassRole", role, **{"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    assert not allowed(loader, "iam:PassRole", role, **{"iam:PassedToService": "lambda.amazonaws.com"})
    assert not allowed(
        loader,
        "iam:PassRole",
        "arn:aws:iam::123456789012:role/admin",
        **{"iam:PassedToService": "ecs-tasks.amazonaws.com"},
    )


def test_a_cluster_is_restored_beside_the_live_one_which_is_neither_changed_nor_deleted(loader):
    live, copy = AT.format("rds", "cluster:nwac-test-db"), AT.format("rds", "cluster:nwac-test-db-1234abcd")
    restore = "rds:RestoreDBClusterToPointInTime"
    assert allowed(loader, restore, live)
    assert allowed(loader, restore, copy, **BORN)
    assert not allowed(loader, restore, copy), "without the stack's tag nobody could tell whose it is"
    assert not allowed(loader, restore, AT.format("rds", "cluster:production"), **BORN)
    assert allowed(loader, "rds:DeleteDBCluster", copy, **OWN)
    assert not allowed(loader, "rds:DeleteDBCluster", copy)
    for action in ("rds:DeleteDBCluster", "rds:ModifyDBCluster", "rds:DeleteDBInstance"):
        assert not allowed(loader, action, live, **OWN)


def test_the_administrators_secret_is_read_and_no_other(loader):
    assert allowed(loader, "secretsmanager:GetSecretValue", SECRET)
    assert not allowed(loader, "secretsmanager:GetSecretValue", AT.format("secretsmanager", "secret:production-XyZxYz"))
    assert not allowed(loader, "secretsmanager:PutSecretValue", SECRET)


def test_the_users_image_reads_the_credentials_and_nothing_else():
    users = policy(policies.migrations(SCOPE))
    assert allowed(users, "secretsmanager:GetSecretValue", SECRET)
    of_it = {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com", "kms:EncryptionContext:SecretARN": SECRET}
    assert allowed(users, "kms:Decrypt", KEY, **of_it)
    assert not allowed(users, "kms:Decrypt", KEY, **{**of_it, "kms:ViaService": "s3.eu-central-1.amazonaws.com"})
    assert not allowed(users, "kms:Decrypt", KEY, **{**of_it, "kms:EncryptionContext:SecretARN": "another"})
    assert not allowed(users, "s3:GetObject", f"{DUMPS}/a")
    assert not allowed(users, "ecs:RunTask", AT.format("ecs", "task-definition/nwac-test-db-loader-load:7"))


def test_what_starts_a_task_pulls_images_and_writes_logs_and_reads_no_secret():
    puller = policy(policies.puller(SCOPE))
    assert allowed(puller, "ecr:BatchGetImage", AT.format("ecr", "repository/mysql-client"))
    assert allowed(puller, "logs:PutLogEvents", f"{SCOPE.log_group_arn}:log-stream:load/1")
    assert not allowed(puller, "secretsmanager:GetSecretValue", SECRET)


def test_roles_are_taken_by_the_services_of_this_account():
    (statement,) = policies.may_assume(PLACE, "ecs-tasks", "ssm")["Statement"]
    assert statement["Principal"]["Service"] == ["ecs-tasks.amazonaws.com", "ssm.amazonaws.com"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_whoever_runs_a_refresh_starts_that_automation_follows_it_and_uploads():
    operator = policy(policies.operator(SCOPE))
    assert allowed(operator, "ssm:StartAutomationExecution", f"{SCOPE.document_arn}:$DEFAULT")
    assert not allowed(operator, "ssm:StartAutomationExecution", AT.format("ssm", "automation-definition/AWS-RunX:1"))
    (role,) = SCOPE.role_arns
    assert allowed(operator, "iam:PassRole", role, **{"iam:PassedToService": "ssm.amazonaws.com"})
    assert allowed(operator, "s3:PutObject", f"{DUMPS}/20261122/a.sql.gz")
    assert not allowed(operator, "s3:PutObject", f"{REPORTS}/aurora/outcomes/1.json")
    assert not allowed(operator, "secretsmanager:GetSecretValue", SECRET)


@pytest.mark.parametrize("make", [policies.loader, policies.operator])
def test_no_policy_is_larger_than_iam_takes(make):
    assert len(json.dumps(policy(make(SCOPE)), separators=(",", ":"))) < 6144


@pytest.mark.parametrize("make", [policies.loader, policies.migrations, policies.puller, policies.operator])
def test_everything_that_changes_something_names_what(make):
    looking = ("Describe", "List", "GetAuthorizationToken", "GetAutomationExecution")
    for one in make(SCOPE):
        changing = [each for each in listed(one["Action"]) if not each.split(":")[1].startswith(looking)]
        if changing == ["cloudwatch:PutMetricData"]:  # it knows no resource; the namespace is what it is bound by
            assert one["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Understudy"}}
        elif listed(one["Resource"]) == ["*"]:
            assert changing == [], one["Sid"]


def test_the_loader_puts_metrics_of_this_project_alone_and_sets_no_alarm(loader):
    assert allowed(loader, "cloudwatch:PutMetricData", "*", **{"cloudwatch:namespace": "Understudy"})
    assert not allowed(loader, "cloudwatch:PutMetricData", "*", **{"cloudwatch:namespace": "AWS/RDS"})
    alarm = AT.format("cloudwatch", "alarm:understudy-test-aurora-data-age")
    assert not allowed(loader, "cloudwatch:PutMetricAlarm", alarm)
    assert allowed(policy(policies.operator(SCOPE)), "cloudwatch:PutMetricAlarm", alarm), "`pulumi up` sets it anew"
    assert not allowed(policy(policies.operator(SCOPE)), "cloudwatch:PutMetricAlarm", alarm.replace("test", "prod"))
