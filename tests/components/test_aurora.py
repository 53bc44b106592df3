"""What the second refresh declares, with Pulumi's mocks in place of an engine."""

import functools
import json
import pathlib
import sys
import tarfile
from dataclasses import replace

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aurora_case import MADE, settings
from declared import declared_by
from test_components import PLACE, SETTINGS

from components import aurora_cluster, toolkit
from components.aurora import aurora_of
from components.aurora_adoption import AdoptedCluster
from components.toolkit import Toolkit, ToolkitArgs
from components.toolkit_archive import pack
from components.watch import Watch, WatchArgs

pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor:DeprecationWarning")
ADOPTED = AdoptedCluster(
    endpoint="nwac-test-db.cluster-x.eu-central-1.rds.amazonaws.com",
    port=3306,
    subnet_group="theirs",
    parameter_group="theirs",
    security_group_ids=["sg-theirs"],
    secret_arn="arn:aws:secretsmanager:eu-central-1:123456789012:secret:nwac-test/db/admin-AbCdEf",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("toolkit")
    (made / "anonymizer").mkdir()
    return made


@pytest.fixture(scope="module")
def declare(folder):
    """Declare the stack's second refresh, with changed settings; an adopted cluster is there."""

    def run(aurora):
        def program():
            files = ToolkitArgs(anonymizer=folder / "anonymizer", wheels=folder, packed=folder / "packed", tags={})
            watch = Watch("watch", WatchArgs.of(SETTINGS, PLACE))
            aurora_of(replace(SETTINGS, aurora=aurora), PLACE, Toolkit("toolkit", files), watch)

        return declared_by(program)

    # The same packages are packed each time; once is enough.
    packed = functools.cache(pack)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toolkit, "pack", lambda packages, wheels, into: packed(tuple(packages), wheels, into))
        patch.setattr(aurora_cluster, "find_cluster", lambda *arguments: ADOPTED)
        yield run


@pytest.fixture(scope="module")
def adopted(declare):
    return declare(settings())


@pytest.fixture(scope="module")
def made(declare):
    return declare(settings(cluster=MADE))


def one_of(declared, kind):
    (found,) = declared.of_type(kind).values()
    return found


def test_without_the_key_nothing_of_it_is_declared(declare):
    names = set(declare(None).resources)
    assert names
    assert not [name for name in names if "aurora" in name]


def test_the_names_are_those_that_were_asked_for(adopted):
    buckets = {one["bucket"] for one in adopted.of_type("aws:s3/bucket:Bucket").values() if "bucket" in one}
    assert buckets == {"nwac-test-db-import", "nwac-test-db-import-reports"}
    assert one_of(adopted, "aws:ssm/document:Document")["name"] == "NWACTest-DBRefresh"
    assert "nwac-test-db-loader" in {one["name"] for one in adopted.of_type("aws:iam/role:Role").values()}


def test_dumps_lie_encrypted_and_go_to_glacier_after_thirty_days(adopted):
    rules = adopted.of_type("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")[
        "aurora-import-lifecycle"
    ]
    moves = [rule["transitions"] for rule in rules["rules"] if "transitions" in rule]
    assert moves == [[{"days": 30, "storageClass": "GLACIER"}]]
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    for name in ("aurora-import-encryption", "aurora-reports-encryption"):
        (rule,) = adopted.of_type(kind)[name]["rules"]
        assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
        assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]


def test_both_buckets_block_public_access_keep_versions_and_have_a_policy(adopted):
    for name in ("aurora-import", "aurora-reports"):
        block = adopted.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")[f"{name}-public-access"]
        assert all(value for key, value in block.items() if key != "bucket")
        versions = adopted.of_type("aws:s3/bucketVersioning:BucketVersioning")[f"{name}-versioning"]
        assert versions["versioningConfiguration"] == {"status": "Enabled"}
        assert f"{name}-policy" in adopted.of_type("aws:s3/bucketPolicy:BucketPolicy")


def test_an_adopted_cluster_is_used_as_it_is(adopted):
    kinds = {kind for kind, _ in adopted.resources.values()}
    assert not [kind for kind in kinds if kind.startswith(("aws:rds/", "aws:secretsmanager/"))]
    content = json.loads(one_of(adopted, "aws:ssm/document:Document")["content"])
    restore = next(step for step in content["mainSteps"] if step["name"] == "RestoreCluster")
    assert restore["inputs"]["VpcSecurityGroupIds"] == ["sg-theirs"]


def test_a_made_cluster_is_encrypted_keeps_seven_days_and_takes_tls_only(made):
    cluster = one_of(made, "aws:rds/cluster:Cluster")
    assert (cluster["engine"], cluster["storageEncrypted"], cluster["backupRetentionPeriod"]) == (
        "aurora-mysql",
        True,
        7,
    )
    group = one_of(made, "aws:rds/clusterParameterGroup:ClusterParameterGroup")
    assert group["family"] == "aurora-mysql8.0"
    assert {"name": "require_secure_transport", "value": "ON"} in group["parameters"]
    instances = made.of_type("aws:rds/clusterInstance:ClusterInstance").values()
    assert [one["publiclyAccessible"] for one in instances] == [False, False]


def test_the_administrators_secret_is_rotated_at_once_and_from_then_on(made):
    rotation = one_of(made, "aws:secretsmanager/secretRotation:SecretRotation")
    assert rotation["rotateImmediately"] is True
    assert rotation["rotationRules"] == {"automaticallyAfterDays": 30}
    assert one_of(made, "aws:secretsmanager/secret:Secret")["name"] == "nwac-test/db/admin"


def test_the_database_is_open_to_tasks_and_the_named_networks_and_to_nobody_else(declare):
    declared = declare(
        settings(cluster=MADE, network={**settings().network.model_dump(), "access_cidrs": ["10.20.0.0/16"]})
    )
    group = declared.of_type("aws:ec2/securityGroup:SecurityGroup")["aurora-cluster-database"]
    assert [(rule["fromPort"], rule.get("self"), rule.get("cidrBlocks")) for rule in group["ingress"]] == [
        (3306, True, None),
        (3306, None, ["10.20.0.0/16"]),
    ]


def test_nobody_reaches_a_task_and_tasks_reach_services_and_what_smoke_tests_ask(adopted):
    group = adopted.of_type("aws:ec2/securityGroup:SecurityGroup")["aurora-tasks-tasks"]
    assert group["ingress"] == []
    assert [rule["fromPort"] for rule in group["egress"]] == [443, 8080]


def test_the_load_runs_its_image_by_digest_and_migrations_theirs_over_the_candidate(adopted):
    tasks = adopted.of_type("aws:ecs/taskDefinition:TaskDefinition")
    (load,) = json.loads(tasks["aurora-tasks-load-task"]["containerDefinitions"])
    (users,) = json.loads(tasks["aurora-tasks-migrations-task"]["containerDefinitions"])
    assert load["image"].startswith("example/mysql@sha256:")
    assert users["image"].startswith("example/intake@sha256:")
    told = {one["name"]: one["value"] for one in users["environment"]}
    assert told["DB_NAME"] == "iset_intake__next"
    assert told["DB_SECRET_ARN"] == ADOPTED.secret_arn
    assert "entryPoint" not in users
    for task in tasks.values():
        assert (task["requiresCompatibilities"], task["networkMode"]) == (["FARGATE"], "awsvpc")


def test_no_task_is_given_a_password_by_name_or_value(made):
    cluster = one_of(made, "aws:rds/cluster:Cluster")
    password = (
        cluster["masterPassword"]["value"] if isinstance(cluster["masterPassword"], dict) else cluster["masterPassword"]
    )
    assert len(password) > 30, "the control: there is one"
    for kind in ("aws:ecs/taskDefinition:TaskDefinition", "aws:ssm/document:Document"):
        for one in made.of_type(kind).values():
            assert password not in json.dumps(one)


def test_the_users_image_acts_with_a_role_that_reads_the_credentials_and_nothing_else(adopted):
    policy = json.loads(adopted.of_type("aws:iam/rolePolicy:RolePolicy")["aurora-tasks-migrations-policy"]["policy"])
    assert {one["Sid"] for one in policy["Statement"]} == {"Credentials", "CredentialsKey"}


def test_without_a_dump_everything_is_there_but_the_refresh(declare):
    declared = declare(settings(dump_key=None))
    assert one_of(declared, "aws:ssm/document:Document")
    assert "aurora-refresh" not in declared.resources


def test_a_refresh_is_told_dump_document_and_buckets(adopted):
    _, inputs = adopted.resources["aurora-refresh"]
    assert inputs["dump_key"] == "20261122/iset_intake_test_dump.sql.gz"
    assert inputs["document"] == "NWACTest-DBRefresh"
    assert (inputs["serve"], inputs["schema"], inputs["cluster_id"]) == ("live", "iset_intake", "nwac-test-db")


def test_the_tasks_toolkit_holds_what_they_run(adopted, folder):
    key = adopted.of_type("aws:s3/bucketObjectv2:BucketObjectv2")["toolkit-aurora-archive"]["key"]
    assert key.startswith("aurora/")
    with tarfile.open(folder / "packed" / key.removeprefix("aurora/")) as archive:
        assert {name.split("/")[0] for name in archive.getnames()} >= {"anonymizer", "dumps", "refresh"}


def test_its_outcomes_are_told_to_the_stacks_one_topic(adopted):
    """Whoever is subscribed is told of both refreshes, and the loader may use the topic's key for that alone."""
    declared = adopted
    assert set(declared.of_type("aws:sns/topic:Topic")) == {"watch-topic"}
    policies = declared.of_type("aws:iam/rolePolicy:RolePolicy")
    told = {one["Sid"]: one for one in json.loads(policies["aurora-tasks-loader-policy"]["policy"])["Statement"]}
    assert told["Outcome"]["Resource"].endswith(":watch-topic")
    assert told["OutcomeKey"]["Resource"].endswith(":watch-key")
    assert told["OutcomeKey"]["Condition"] == {"StringEquals": {"kms:ViaService": "sns.eu-central-1.amazonaws.com"}}
