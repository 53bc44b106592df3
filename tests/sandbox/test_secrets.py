import contextlib
import json
import uuid

import pymysql
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
PASSWORD = "first pass-word"


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def cluster(site, wait_until):
    rds = site.sandbox.session().client("rds")
    cluster_id, group = f"tests-{uuid.uuid4().hex[:8]}", f"tests-{uuid.uuid4().hex[:8]}"
    rds.create_db_subnet_group(DBSubnetGroupName=group, DBSubnetGroupDescription="x", SubnetIds=[site.subnet_id])
    rds.create_db_cluster(
        DBClusterIdentifier=cluster_id, Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword=PASSWORD,
        DBSubnetGroupName=group,
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster_id}-1", DBClusterIdentifier=cluster_id, DBInstanceClass="db.t4g.medium",
        Engine="aurora-mysql",
    )  # fmt: skip

    def available():
        found = rds.describe_db_instances(DBInstanceIdentifier=f"{cluster_id}-1")["DBInstances"][0]
        return found["DBInstanceStatus"] == "available"

    wait_until(available, "the instance", 60)
    return rds.describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]


@pytest.fixture(scope="module")
def secrets(sandbox):
    return sandbox.session().client("secretsmanager")


def make(secrets, **value):
    text = json.dumps({"engine": "mysql", "username": "admin", **value})
    return secrets.create_secret(Name=f"tests/{uuid.uuid4()}", SecretString=text)["ARN"]


def value(secrets, arn, stage="AWSCURRENT"):
    return json.loads(secrets.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])


def stages(secrets, arn):
    found = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    return {stage: version for version, names in found.items() for stage in names}


def rotate(secrets, arn, wait_until, **options):
    before = stages(secrets, arn)["AWSCURRENT"]
    version = secrets.rotate_secret(SecretId=arn, **options)["VersionId"]
    wait_until(lambda: stages(secrets, arn)["AWSCURRENT"] == version, "the rotation")
    return before, version


def log_in(site, cluster, password):
    host, port = site.sandbox.forward_database(cluster["DBClusterIdentifier"])
    options = {"host": host, "port": port, "user": "admin", "password": password}
    with contextlib.closing(pymysql.connect(ssl_ca=site.sandbox.env["RDS_CA_BUNDLE"], **options)):
        return True


def test_a_rotation_changes_the_password_on_the_server_and_keeps_the_former_version(secrets, cluster, site, wait_until):
    arn = make(secrets, host=cluster["Endpoint"], password=PASSWORD, port=3306)
    assert log_in(site, cluster, PASSWORD)
    before, version = rotate(secrets, arn, wait_until, RotationLambdaARN=FUNCTION)
    assert stages(secrets, arn) == {"AWSCURRENT": version, "AWSPREVIOUS": before}
    current = value(secrets, arn)
    assert {**current, "password": ""} == {**value(secrets, arn, "AWSPREVIOUS"), "password": ""}
    assert value(secrets, arn, "AWSPREVIOUS")["password"] == PASSWORD
    assert log_in(site, cluster, current["password"])
    with pytest.raises(pymysql.err.OperationalError, match="Access denied"):
        log_in(site, cluster, PASSWORD)
    described = secrets.describe_secret(SecretId=arn)
    assert (described["RotationEnabled"], described["RotationLambdaARN"]) == (True, FUNCTION)
    # A second one needs no function's ARN again, and the oldest version loses its label.
    second, third = rotate(secrets, arn, wait_until)
    assert second == version
    assert stages(secrets, arn) == {"AWSCURRENT": third, "AWSPREVIOUS": version}
    assert log_in(site, cluster, value(secrets, arn)["password"])


def test_while_it_lasts_the_next_version_is_pending_and_the_current_one_stays(secrets, cluster, wait_until):
    arn = make(secrets, dbClusterIdentifier=cluster["DBClusterIdentifier"], password="not the servers")
    before = stages(secrets, arn)["AWSCURRENT"]
    version = secrets.rotate_secret(SecretId=arn, RotationLambdaARN=FUNCTION)["VersionId"]
    assert stages(secrets, arn) == {"AWSCURRENT": before, "AWSPENDING": version}
    wait_until(lambda: stages(secrets, arn)["AWSCURRENT"] == version, "the rotation")


def test_a_rotation_that_cannot_be_done_leaves_the_secret_as_it_is_and_is_taken_up_again(secrets, cluster, wait_until):
    arn = make(secrets, host="elsewhere.example.com", password="x")
    version = secrets.rotate_secret(SecretId=arn, RotationLambdaARN=FUNCTION)["VersionId"]
    assert secrets.rotate_secret(SecretId=arn)["VersionId"] == version
    assert stages(secrets, arn)["AWSPENDING"] == version
    assert value(secrets, arn)["password"] == "x"


def test_rotation_without_a_function_or_with_odd_rules_is_refused_and_a_later_day_rotates_nothing(secrets, cluster):
    arn = make(secrets, host=cluster["Endpoint"], password="x")
    assert refusal(lambda: secrets.rotate_secret(SecretId=arn)) == "InvalidRequestException"
    odd = {"ScheduleExpression": "rate(1 day)"}
    rotate_oddly = lambda: secrets.rotate_secret(SecretId=arn, RotationLambdaARN=FUNCTION, RotationRules=odd)  # noqa: E731
    assert refusal(rotate_oddly) == "InvalidParameterException"
    secrets.rotate_secret(
        SecretId=arn, RotationLambdaARN=FUNCTION, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False
    )
    assert set(stages(secrets, arn)) == {"AWSCURRENT"}
    assert secrets.describe_secret(SecretId=arn)["RotationRules"]["AutomaticallyAfterDays"] == 30
    assert refusal(lambda: secrets.rotate_secret(SecretId="no-such-secret")) == "ResourceNotFoundException"


def test_a_secret_that_rds_keeps_itself_is_the_servers_and_rotates_without_a_function(
    secrets, cluster, site, wait_until
):
    rds = site.sandbox.session().client("rds")
    cluster_id = f"tests-{uuid.uuid4().hex[:8]}"
    made = rds.create_db_cluster(
        DBClusterIdentifier=cluster_id, Engine="aurora-mysql", MasterUsername="admin", ManageMasterUserPassword=True,
        DBSubnetGroupName=cluster["DBSubnetGroup"],
    )["DBCluster"]  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster_id}-1", DBClusterIdentifier=cluster_id, DBInstanceClass="x",
        Engine="aurora-mysql",
    )  # fmt: skip
    find = lambda: rds.describe_db_instances(DBInstanceIdentifier=f"{cluster_id}-1")["DBInstances"][0]  # noqa: E731
    wait_until(lambda: find()["DBInstanceStatus"] == "available", "the instance", 60)
    arn = made["MasterUserSecret"]["SecretArn"]
    first = value(secrets, arn)
    assert log_in(site, made, first["password"])
    rotate(secrets, arn, wait_until)
    assert value(secrets, arn)["password"] != first["password"]
    assert log_in(site, made, value(secrets, arn)["password"])
