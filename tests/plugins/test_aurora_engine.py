"""The Aurora part of the program and its rows of the table under Pulumi's real engine; AWS is moto, nothing is run."""

import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "components"))
from aurora_case import FULL, MADE
from engine import Engine
from moto.awslambda.models import LambdaBackend

pytestmark = pytest.mark.sandbox

# The second refresh alone: the first one's resources are other tests' business.
PROGRAM = """
from pathlib import Path
import pulumi
from components.aurora import aurora_of
from components.settings import load_settings
from components.surroundings import place_of
from components.toolkit import Toolkit, ToolkitArgs
from components.watch import Watch, WatchArgs
settings = load_settings()
toolkit = Toolkit("toolkit", ToolkitArgs.of(settings, Path(__file__).parent))
place = place_of(settings.region)
pulumi.export("aurora", aurora_of(settings, place, toolkit, Watch("watch", WatchArgs.of(settings, place))))
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    # moto would run a function's code in a container; what rotates a password for real is the sandbox's own.
    monkeypatch.setattr(LambdaBackend, "get_function", lambda *arguments, **options: None)
    monkeypatch.setattr(LambdaBackend, "invoke", lambda *arguments, **options: None)
    running = Engine(tmp_path)
    yield running
    running.stop()


def use(engine, **changes):
    """Use the program with the second refresh in the account's own network, and no dump yet."""
    ec2 = engine.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    network = {"vpc_id": vpc["VpcId"], "subnet_ids": [one["SubnetId"] for one in subnets[:2]]}
    aurora = {**FULL, "network": network, "dump_key": None, **changes}
    (engine.folder / "__main__.py").write_text(PROGRAM)
    engine.configure(aurora=json.dumps({name: value for name, value in aurora.items() if value is not None}))


def left_of_aurora(engine):
    """Return what of the second refresh is in the account."""
    rds, secrets = engine.client("rds"), engine.client("secretsmanager")
    return {
        **engine.left(),
        "clusters": [one["DBClusterIdentifier"] for one in rds.describe_db_clusters()["DBClusters"]],
        "databases": [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]],
        "subnet groups": [one["DBSubnetGroupName"] for one in rds.describe_db_subnet_groups()["DBSubnetGroups"]],
        "parameters": [
            one["DBClusterParameterGroupName"]
            for one in rds.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
            if not one["DBClusterParameterGroupName"].startswith("default.")
        ],
        "tasks": active_clusters(engine.client("ecs")),
        "definitions": engine.client("ecs").list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        "secrets": [one["Name"] for one in secrets.list_secrets()["SecretList"]],
        "topics": engine.client("sns").list_topics()["Topics"],
        "logs": [one["logGroupName"] for one in engine.client("logs").describe_log_groups()["logGroups"]],
        "automations": [
            one["Name"]
            for one in engine.client("ssm").list_documents()["DocumentIdentifiers"]
            if one["Name"].startswith("NWAC")
        ],
    }


def active_clusters(ecs):
    """A deleted cluster stays in moto's list, as inactive; AWS's shows it for a while too."""
    described = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return [one["clusterName"] for one in described if one["status"] == "ACTIVE"]


@pytest.mark.soak
def test_a_made_cluster_with_all_around_it_is_made_once_changed_and_taken_away(engine):
    """One test for a whole life: each part costs the same start of the engine."""
    engine.use_program()
    use(engine, cluster=MADE)
    before = left_of_aurora(engine)
    assert "to create" in engine.pulumi("preview")
    assert left_of_aurora(engine) == before, "a preview makes nothing"

    engine.up()
    told = engine.outputs()["aurora"]
    cluster = engine.client("rds").describe_db_clusters(DBClusterIdentifier="nwac-test-db")["DBClusters"][0]
    assert told["endpoint"] == cluster["Endpoint"]
    assert (cluster["StorageEncrypted"], cluster["BackupRetentionPeriod"]) == (True, 7)
    secret = engine.client("secretsmanager").describe_secret(SecretId="nwac-test/db/admin")
    assert secret["RotationEnabled"] is True
    s3 = engine.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket="nwac-test-db-import")["Rules"]
    assert [rule["Transitions"] for rule in rules if "Transitions" in rule] == [
        [{"Days": 30, "StorageClass": "GLACIER"}]
    ]
    assert "TaggedDataClass" in s3.get_bucket_policy(Bucket="nwac-test-db-import")["Policy"]
    document = engine.client("ssm").get_document(Name="NWACTest-DBRefresh")
    assert document["DocumentType"] == "Automation"
    assert cluster["Endpoint"] in document["Content"]

    # The first password differs in every run of the program, and is no change.
    again = engine.pulumi("preview", "--expect-no-changes")
    assert "unknown" not in again, "an output is left out"
    engine.pulumi("refresh", "--yes", "--skip-preview")
    engine.pulumi("preview", "--expect-no-changes")

    # The password is nowhere in clear in the state.
    state = engine.pulumi("stack", "export")
    assert '"masterPassword": {' in state, "the control: it is there, as a secret"
    assert "ciphertext" in state

    use(engine, cluster={**MADE, "backup_days": 9}, derived=[["node", "derive.js"], ["node", "second.js"]])
    diff = engine.pulumi("preview", "--diff")
    assert "backupRetentionPeriod: 7 => 9" in diff
    assert "~ aws:ssm/document:Document" in diff
    engine.up()
    assert "Derive2" in engine.client("ssm").get_document(Name="NWACTest-DBRefresh")["Content"]

    engine.pulumi("destroy", "--yes", "--skip-preview")
    assert left_of_aurora(engine) == before


def test_an_adopted_cluster_stays_as_it_is(engine):
    rds, secrets = engine.client("rds"), engine.client("secretsmanager")
    engine.use_program()
    use(engine)
    refused = engine.pulumi("preview", succeeds=False)
    assert "aurora.cluster.adopt: nwac-test-db cannot be looked up" in refused
    assert "Traceback" not in refused

    rds.create_db_cluster(
        DBClusterIdentifier="nwac-test-db",
        Engine="aurora-mysql",
        MasterUsername="admin",
        MasterUserPassword="only-for-this-test",
        StorageEncrypted=True,
        BackupRetentionPeriod=7,
    )
    secrets.create_secret(Name="nwac-test/db/admin", SecretString='{"username": "admin"}')
    before = left_of_aurora(engine)
    engine.up()
    engine.pulumi("preview", "--expect-no-changes")
    engine.pulumi("destroy", "--yes", "--skip-preview")
    assert left_of_aurora(engine) == before
    assert before["clusters"] == ["nwac-test-db"], "the control"


def test_without_the_key_the_program_has_no_second_refresh(engine):
    engine.use_program()
    (engine.folder / "__main__.py").write_text(PROGRAM)
    engine.up()
    found = json.loads(engine.pulumi("stack", "export"))["deployment"]["resources"]
    assert [one["urn"] for one in found if "toolkit" in one["urn"]], "the control"
    assert [one["urn"] for one in found if "aurora" in one["urn"].lower()] == []
