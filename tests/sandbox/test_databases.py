import contextlib
import json
import os
import signal
import ssl
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path

import pymysql
import pytest
from botocore.exceptions import ClientError

from sandbox.cleanup import processes
from sandbox.client import Sandbox
from sandbox.layout import Layout
from sandbox.lifecycle import stop

pytestmark = pytest.mark.sandbox

PASSWORD = "first pass-word"


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def gone(call):
    try:
        call()
    except ClientError as error:
        return "NotFound" in error.response["Error"]["Code"]
    return False


class Databases:
    """RDS, as a client on this machine uses it."""

    def __init__(self, site, wait_until, group):
        self.rds = site.sandbox.session().client("rds")
        self.site, self._wait_until, self.group = site, wait_until, group

    def cluster(self, cluster_id):
        return self.rds.describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]

    def instance(self, instance_id):
        return self.rds.describe_db_instances(DBInstanceIdentifier=instance_id)["DBInstances"][0]

    def await_cluster(self, cluster_id, status="available"):
        self._wait_until(lambda: self.cluster(cluster_id)["Status"] == status, f"{cluster_id} to be {status}", 60)

    def create(self, **options):
        cluster_id = f"tests-{uuid.uuid4().hex[:8]}"
        request = {
            "DBClusterIdentifier": cluster_id,
            "Engine": "aurora-mysql",
            "EngineVersion": "8.0.mysql_aurora.3.08.0",
            "MasterUsername": "admin",
            "DBSubnetGroupName": self.group,
            "BackupRetentionPeriod": 7,
        }
        password = {} if options.get("ManageMasterUserPassword") else {"MasterUserPassword": PASSWORD}
        made = self.rds.create_db_cluster(**{**request, **password, **options})["DBCluster"]
        assert made["Status"] == "creating"
        self.await_cluster(cluster_id)
        return cluster_id

    def add_instance(self, cluster_id, number=1):
        instance_id = f"{cluster_id}-{number}"
        made = self.rds.create_db_instance(
            DBInstanceIdentifier=instance_id,
            DBClusterIdentifier=cluster_id,
            DBInstanceClass="db.t4g.medium",
            Engine="aurora-mysql",
        )["DBInstance"]
        assert made["DBInstanceStatus"] == "creating"
        self._wait_until(lambda: self.instance(instance_id)["DBInstanceStatus"] == "available", instance_id, 60)
        return instance_id

    def delete(self, cluster_id, *, members=True):
        for member in self.cluster(cluster_id)["DBClusterMembers"] if members else []:
            self.remove_instance(member["DBInstanceIdentifier"])
        self.rds.delete_db_cluster(DBClusterIdentifier=cluster_id, SkipFinalSnapshot=True)
        self._wait_until(lambda: gone(lambda: self.cluster(cluster_id)), f"{cluster_id} to be gone", 60)

    def remove_instance(self, instance_id):
        self.rds.delete_db_instance(DBInstanceIdentifier=instance_id, SkipFinalSnapshot=True)
        self._wait_until(lambda: gone(lambda: self.instance(instance_id)), f"{instance_id} to be gone", 60)

    @contextlib.contextmanager
    def connected(self, cluster_id, password=PASSWORD, schema=None):
        host, port = self.site.sandbox.forward_database(cluster_id)
        trusted = ssl.create_default_context(cafile=self.site.sandbox.env["RDS_CA_BUNDLE"])
        connection = pymysql.connect(
            host=host, port=port, user="admin", password=password, database=schema, ssl=trusted, autocommit=True
        )
        with connection, connection.cursor() as cursor:
            yield cursor

    def rows(self, cluster_id, statement="SELECT id FROM shop.t ORDER BY id", password=PASSWORD):
        with self.connected(cluster_id, password) as cursor:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def databases(site, wait_until):
    rds = site.sandbox.session().client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="tests", DBSubnetGroupDescription="tests", SubnetIds=[site.subnet_id])
    return Databases(site, wait_until, "tests")


@pytest.fixture(scope="module")
def filled(databases):
    """A cluster with an instance and a schema that tests read and add to."""
    cluster_id = databases.create(DatabaseName="shop")
    databases.add_instance(cluster_id)
    with databases.connected(cluster_id, schema="shop") as cursor:
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB")
        cursor.execute("INSERT INTO t VALUES (1), (2)")
    yield cluster_id
    databases.delete(cluster_id)


def test_a_cluster_is_a_server_reached_with_verified_tls_and_told_as_aws_tells_it(databases, filled, site):
    assert databases.rows(filled)[:2] == [1, 2]
    described = databases.cluster(filled)
    assert described["BackupRetentionPeriod"] == 7
    assert described["EngineVersion"] == "8.0.mysql_aurora.3.08.0"
    assert described["Endpoint"].startswith(f"{filled}.cluster-")
    assert described["DBClusterMembers"][0]["IsClusterWriter"] is True
    host, port = site.sandbox.forward_database(filled)
    untrusted = ssl.create_default_context()
    with pytest.raises(pymysql.err.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        pymysql.connect(host=host, port=port, user="admin", password=PASSWORD, ssl=untrusted)
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        pymysql.connect(host=host, port=port, user="admin", password=PASSWORD, ssl_disabled=True)
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        databases.rows(filled, password="wrong")


def test_the_administrator_has_the_rights_of_auroras(databases, filled):
    with databases.connected(filled, schema="shop") as cursor:
        cursor.execute("CREATE TABLE u (a INT)")
        cursor.execute("CREATE TRIGGER tr BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 7")
        cursor.execute("CREATE VIEW v AS SELECT * FROM u")
        for statement in ("SELECT 1 INTO OUTFILE '/tmp/x'", "SET GLOBAL max_connections = 9", "SHUTDOWN"):
            with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
                cursor.execute(statement)


def test_a_cluster_without_an_instance_answers_nobody(databases, site):
    cluster_id = databases.create()
    with pytest.raises(pymysql.err.OperationalError):
        databases.rows(cluster_id, "SELECT 1")
    first = databases.add_instance(cluster_id)
    databases.add_instance(cluster_id, 2)
    assert databases.rows(cluster_id, "SELECT 1") == [1]
    assert [one["IsClusterWriter"] for one in databases.cluster(cluster_id)["DBClusterMembers"]] == [True, False]
    assert refusal(lambda: databases.rds.delete_db_cluster(DBClusterIdentifier=cluster_id, SkipFinalSnapshot=True)) == (
        "InvalidDBClusterStateFault"
    )
    databases.remove_instance(first)
    assert databases.rows(cluster_id, "SELECT 1") == [1]
    databases.delete(cluster_id)
    resource = site.sandbox.layout.databases
    assert not [folder for folder in resource.iterdir() if folder.name.startswith(cluster_id)]


def test_a_task_reaches_a_cluster_by_its_endpoints_name_and_verifies_it(databases, filled, site, wait_until):
    session = site.sandbox.session()
    ecs, logs = session.client("ecs"), session.client("logs")
    with contextlib.suppress(ClientError):
        logs.create_log_group(logGroupName="/tests/databases")
    ecs.create_cluster(clusterName="databases")
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    trust += '"Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}'
    role = session.client("iam").create_role(RoleName="databases", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    described = databases.cluster(filled)
    names = [described["Endpoint"], described["ReaderEndpoint"]]
    command = """
        for name in $NAMES; do
          mysql -N -h "$name" -uadmin --ssl-ca="$RDS_CA_BUNDLE" --ssl-verify-server-cert shop -e 'SELECT MIN(id) FROM t'
        done
    """
    options = {
        "awslogs-group": "/tests/databases", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "t",
    }  # fmt: skip
    definition = ecs.register_task_definition(
        family="databases", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        executionRoleArn=role,
        containerDefinitions=[{
            "name": "main", "image": "mysql@sha256:" + "0" * 64, "command": ["sh", "-c", command],
            "environment": [{"name": "MYSQL_PWD", "value": PASSWORD}, {"name": "NAMES", "value": " ".join(names)}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }],
    )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
    arn = ecs.run_task(
        cluster="databases", taskDefinition=definition, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [site.subnet_id]}},
    )["tasks"][0]["taskArn"]  # fmt: skip

    def stopped():
        task = ecs.describe_tasks(cluster="databases", tasks=[arn])["tasks"][0]
        return task if task["lastStatus"] == "STOPPED" else None

    task = wait_until(stopped, "the task to stop", 60)
    stream = f"t/main/{arn.rpartition('/')[2]}"
    events = logs.get_log_events(logGroupName="/tests/databases", logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["1", "1"]
    assert task["containers"][0]["exitCode"] == 0


def test_a_cluster_may_go_while_its_instances_go(databases):
    cluster_id = databases.create()
    instance_id = databases.add_instance(cluster_id)
    databases.rds.delete_db_instance(DBInstanceIdentifier=instance_id, SkipFinalSnapshot=True)
    assert databases.instance(instance_id)["DBInstanceStatus"] == "deleting"
    databases.delete(cluster_id, members=False)


def test_a_modified_password_is_the_servers(databases):
    cluster_id = databases.create()
    databases.add_instance(cluster_id)
    databases.rds.modify_db_cluster(
        DBClusterIdentifier=cluster_id, MasterUserPassword="another pass", ApplyImmediately=True
    )
    databases.await_cluster(cluster_id)
    assert databases.rows(cluster_id, "SELECT 1", "another pass") == [1]
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        databases.rows(cluster_id, "SELECT 1")
    databases.delete(cluster_id)


def test_deletion_protection_holds_and_the_data_must_be_spoken_for(databases):
    cluster_id = databases.create(DeletionProtection=True)
    delete = lambda **options: databases.rds.delete_db_cluster(DBClusterIdentifier=cluster_id, **options)  # noqa: E731
    assert refusal(lambda: delete(SkipFinalSnapshot=True)) == "InvalidParameterCombination"
    databases.rds.modify_db_cluster(DBClusterIdentifier=cluster_id, DeletionProtection=False)
    assert refusal(delete) == "InvalidParameterCombination"
    databases.delete(cluster_id)


def restore(databases, source, **options):
    cluster_id = f"tests-{uuid.uuid4().hex[:8]}"
    databases.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=cluster_id, SourceDBClusterIdentifier=source, DBSubnetGroupName="tests", **options
    )
    databases.await_cluster(cluster_id)
    return cluster_id


def test_a_clone_has_the_data_and_goes_its_own_way(databases, filled):
    clone = restore(databases, filled, RestoreType="copy-on-write", UseLatestRestorableTime=True)
    assert databases.cluster(clone)["DBClusterMembers"] == []
    databases.add_instance(clone)
    with databases.connected(clone, schema="shop") as cursor:
        cursor.execute("INSERT INTO t VALUES (100)")
    assert 100 in databases.rows(clone)
    assert 100 not in databases.rows(filled)
    databases.delete(clone)


def test_a_cluster_is_restored_to_a_point_in_time_with_defaults_as_on_aws(databases, filled, site):
    with databases.connected(filled, schema="shop") as cursor:
        cursor.execute("INSERT INTO t VALUES (10)")
        time.sleep(2)  # a point in time has whole seconds, and what happens in one of them lies on neither side of it
        moment = datetime.now(timezone.utc)
        time.sleep(2)
        cursor.execute("INSERT INTO t VALUES (11)")
    restored = restore(databases, filled, RestoreToTime=moment)
    databases.add_instance(restored)
    rows = databases.rows(restored)
    assert 10 in rows
    assert 11 not in rows
    described = databases.cluster(restored)
    groups = site.ec2.describe_security_groups(
        GroupIds=[one["VpcSecurityGroupId"] for one in described["VpcSecurityGroups"]]
    )["SecurityGroups"]
    assert [group["GroupName"] for group in groups] == ["default"]
    databases.delete(restored)


def test_times_and_kinds_of_restore_that_aws_refuses_are_refused(databases, filled):
    ask = lambda **options: refusal(lambda: restore(databases, filled, **options))  # noqa: E731
    now = datetime.now(timezone.utc)
    assert ask(RestoreType="copy-on-write", RestoreToTime=now) == "InvalidParameterCombination"
    assert ask() == "InvalidParameterCombination"
    assert ask(RestoreToTime=now, UseLatestRestorableTime=True) == "InvalidParameterCombination"
    assert ask(RestoreToTime=datetime(2020, 1, 1, tzinfo=timezone.utc)) == "InvalidRestoreFault"
    assert ask(RestoreToTime=datetime(2099, 1, 1, tzinfo=timezone.utc)) == "InvalidRestoreFault"


def test_a_snapshot_is_of_its_moment_and_outlives_its_cluster(databases, wait_until):
    cluster_id = databases.create(DatabaseName="shop")
    databases.add_instance(cluster_id)
    with databases.connected(cluster_id, schema="shop") as cursor:
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY)")
        cursor.execute("INSERT INTO t VALUES (1)")
    name = f"{cluster_id}-snapshot"
    rds = databases.rds
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster_id, DBClusterSnapshotIdentifier=name)
    find = lambda: rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=name)["DBClusterSnapshots"]  # noqa: E731
    wait_until(lambda: find()[0]["Status"] == "available", "the snapshot")
    with databases.connected(cluster_id, schema="shop") as cursor:
        cursor.execute("INSERT INTO t VALUES (2)")
    databases.delete(cluster_id)
    restored = f"{cluster_id}-restored"
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=restored, SnapshotIdentifier=name, Engine="aurora-mysql", DBSubnetGroupName="tests"
    )
    databases.await_cluster(restored)
    databases.add_instance(restored)
    assert databases.rows(restored) == [1]
    databases.delete(restored)
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
    assert refusal(find) == "DBClusterSnapshotNotFoundFault"


def test_what_has_no_server_behind_it_is_refused_by_name(databases, filled):
    rds = databases.rds
    with pytest.raises(ClientError, match="does not do this: a DB instance without a cluster"):
        rds.create_db_instance(DBInstanceIdentifier="x", DBInstanceClass="db.t4g.medium", Engine="mysql")
    with pytest.raises(ClientError, match="does not do this: FailoverDbCluster"):
        rds.failover_db_cluster(DBClusterIdentifier=filled)
    with pytest.raises(ClientError, match="renaming a cluster"):
        rds.modify_db_cluster(DBClusterIdentifier=filled, NewDBClusterIdentifier="other")
    with pytest.raises(ClientError, match="aurora-postgresql"):
        databases.create(Engine="aurora-postgresql", EngineVersion="16.4")
    assert refusal(lambda: databases.create(DBSubnetGroupName="no-such-group")) == "DBSubnetGroupNotFoundFault"
    for password in ("short", "with/slash", "p" * 42, "umlautäöü"):
        assert (
            refusal(lambda password=password: databases.create(MasterUserPassword=password)) == "InvalidParameterValue"
        )
    for name in ("1st", "a--b", "a-", "a" * 64):
        assert refusal(lambda name=name: databases.create(DBClusterIdentifier=name)) == "InvalidParameterValue"
    assert refusal(lambda: databases.cluster("no-such-cluster")) == "DBClusterNotFoundFault"


def start_a_cluster(session, wait_until):
    """Start a cluster with an instance in a new network, and return its subnet."""
    ec2, rds = session.client("ec2"), session.client("rds")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="g", SubnetIds=[subnet])
    rds.create_db_cluster(
        DBClusterIdentifier="c", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword=PASSWORD,
        DBSubnetGroupName="g",
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier="i", DBClusterIdentifier="c", DBInstanceClass="x", Engine="aurora-mysql"
    )
    find = lambda: rds.describe_db_instances(DBInstanceIdentifier="i")["DBInstances"][0]  # noqa: E731
    wait_until(lambda: find()["DBInstanceStatus"] == "available", "the instance", 60)
    return subnet


def start_a_task(session, subnet):
    ecs = session.client("ecs")
    ecs.create_cluster(clusterName="tasks")
    container = {"name": "main", "image": "mysql@sha256:" + "0" * 64, "command": ["sleep", "4260"]}
    ecs.register_task_definition(
        family="task", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[container],
    )  # fmt: skip
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    ecs.run_task(cluster="tasks", taskDefinition="task", launchType="FARGATE", networkConfiguration=network)


def start_a_script(session):
    ssm = session.client("ssm")
    script = "import subprocess\ndef handler(events, context):\n    subprocess.run(['sleep', '4261'])\n"
    inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": script}
    step = {"name": "one", "action": "aws:executeScript", "inputs": inputs}
    content = json.dumps({"schemaVersion": "0.3", "mainSteps": [step]})
    ssm.create_document(Name="sleeping", Content=content, DocumentType="Automation")
    ssm.start_automation_execution(DocumentName="sleeping")


def command_lines(pids):
    """What processes were started as; one that has ended has nothing, also when nobody has collected it yet."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            found.add(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
    return found - {""}


def test_a_sandbox_that_was_killed_leaves_no_server_task_or_script_behind(sandbox, wait_until):
    layout = Layout(f"sbx-{uuid.uuid4().hex[:8]}")
    sockets = layout.database_sockets
    try:
        made = Sandbox.start(layout.name)
        session = made.session()
        start_a_task(session, start_a_cluster(session, wait_until))
        start_a_script(session)

        def pids():
            found = processes(layout)
            return found if {"sleep 4260", "sleep 4261"} <= command_lines(found) else None

        before = wait_until(pids, "task and script to run")
        assert any(line.startswith("mariadbd ") for line in command_lines(before))
        assert list(sockets.parent.glob(f"{sockets.name}*"))
        os.kill(made.record["pid"], signal.SIGKILL)
        assert {"sleep 4260", "sleep 4261"} <= command_lines(before)
    finally:
        stop(layout)
    assert not command_lines(before)
    assert not list(sockets.parent.glob(f"{sockets.name}*"))
