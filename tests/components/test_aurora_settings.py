"""The settings of the second refresh: what they take, what they say of what they do not take, and their reference."""

import json
import pathlib
import re
import sys

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from aurora_case import FULL, MADE, settings

from components.adoption import AdoptionError
from components.aurora_adoption import find_cluster
from components.aurora_settings import EXAMPLE, AuroraSettings, parse

REFERENCE = (pathlib.Path(__file__).parents[2] / "docs/reference.md").read_text(encoding="utf-8")


def refusal(**changes):
    with pytest.raises(ValueError, match=r".") as refused:
        settings(**changes)
    return str(refused.value)


def test_the_example_has_the_names_of_the_source():
    names = parse(EXAMPLE).names
    assert (names.import_bucket, names.reports_bucket) == ("nwac-test-db-import", "nwac-test-db-import-reports")
    assert (names.loader_role, names.document) == ("nwac-test-db-loader", "NWACTest-DBRefresh")
    assert names.secret == "nwac-test/db/admin"


def test_defaults_are_those_of_the_source():
    taken = parse(EXAMPLE)
    assert (taken.archive_after_days, taken.archive_class, taken.cluster.backup_days) == (30, "GLACIER", 7)
    assert (taken.serve, taken.action, taken.clone) == ("live", "refresh", False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dump_key": "dump.sql.gz"}, "dump_key: must be the key of a prepared dump, YYYYMMDD/<name>.sql.gz"),
        ({"dump_key": "20261122/../x.sql.gz"}, "dump_key: must be"),
        ({"expected_sha256": "abc"}, "expected_sha256: must be a SHA-256"),
        ({"serve": "prev"}, "serve: must be live, previous, last-known-good, or a map with a time"),
        ({"serve": {"point_in_time": "2026-11-22T10:15:00"}}, "a time and its zone"),
        ({"serve": "previous", "previous_schemas_kept": 0}, "needs previous_schemas_kept: 1"),
        ({"serve": "previous", "dump_key": None}, "dump_key must be set with `serve`"),
        ({"schema": "in-take"}, "schema: must be a name of 1 to 52"),
        ({"images": {"load": "mysql:8.4"}}, "images.load: an image is named by its digest"),
        ({"images": {"load": FULL["images"]["load"]}}, "images.migrations must be set"),
        ({"cluster": {}}, "set `adopt`, to take a cluster that is there, or `name`"),
        ({"cluster": {"name": "a", "adopt": "b"}}, "one of the two"),
        ({"cluster": {"name": "nwac-test-db"}}, "rotation_lambda_arn must be set with `name`: deploy AWS's rotation"),
        (
            {"network": {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1"]}},
            "network.subnet_ids: tuple should have at least 2",
        ),
        ({"network": {**FULL["network"], "access_cidrs": ["0.0.0.0/0"]}}, "and not the internet"),
        ({"names": {}}, "names.import_bucket must be set"),
        ({"clonee": True}, "clonee is no setting; check its spelling"),
        ({"task": {"cpu": 3}}, "task.cpu: input should be 256, 512"),
        ({"smoke": {"urls": ["intake.example.org"]}}, "smoke.urls.0: must be a URL"),
        ({"ca_bundle_path": "bundle.pem"}, "ca_bundle_path: must be an absolute path"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place_and_what_to_do(changes, said):
    assert said in refusal(**changes)


def test_every_problem_is_told_at_once():
    told = refusal(dump_key="x", schema="a-b", clonee=True)
    assert all(name in told for name in ("dump_key", "schema", "clonee"))


@pytest.mark.parametrize("raw", ["[]", "yes", '"text"'])
def test_what_is_no_map_is_refused(raw):
    with pytest.raises(ValueError, match="must be a map of settings"):
        parse(raw)


def test_a_moment_is_told_in_utc():
    taken = settings(serve={"point_in_time": "2026-11-22T11:15:00+01:00"})
    assert (taken.action, taken.restore_to) == ("point-in-time", "2026-11-22T10:15:00Z")


def test_another_image_or_command_is_another_refresh_and_nothing_else_of_them_is():
    usual = settings().migrations_sha256
    assert usual
    other = {**FULL["images"], "migrations": f"example/intake@sha256:{'1' * 64}"}
    assert settings(images=other).migrations_sha256 != usual
    assert settings(migrations=["node", "other.js"]).migrations_sha256 != usual
    assert settings(dump_key="20270101/x.sql.gz").migrations_sha256 == usual
    assert settings(migrations=None, derived=[]).migrations_sha256 == ""


def test_a_made_cluster_is_called_as_asked():
    assert settings(cluster=MADE).cluster.identifier == "nwac-test-db"


def every_setting(model, before=""):
    for name, field in model.model_fields.items():
        kind, called = field.annotation, f"{before}{field.alias or name}"
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from every_setting(kind, f"{called}.")
        else:
            yield called, field.default


def test_every_setting_is_in_the_reference_with_its_default():
    section = re.search(r"^### Aurora\n(.*?)(?=^#)", REFERENCE, re.MULTILINE | re.DOTALL)[1]
    rows = {line.split("`")[1]: line.split(" | ")[1] for line in section.splitlines() if line.startswith("| `")}
    found = dict(every_setting(AuroraSettings))
    assert set(rows) == set(found)
    for name, default in found.items():
        if default is PydanticUndefined:
            assert rows[name] == "required", name
        elif default not in (None, ()):
            assert rows[name] == f"`{json.dumps(default) if isinstance(default, bool) else default}`", name


class FakeRds:
    def __init__(self, **changes):
        self.cluster = {
            "Engine": "aurora-mysql",
            "StorageEncrypted": True,
            "BackupRetentionPeriod": 7,
            "Endpoint": "db.example",
            "Port": 3306,
            "DBSubnetGroup": "subnets",
            "DBClusterParameterGroup": "parameters",
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
            **changes,
        }

    def describe_db_clusters(self, **arguments):
        if not self.cluster.get("Endpoint"):
            raise ClientError({"Error": {"Code": "DBClusterNotFoundFault", "Message": "no"}}, "DescribeDBClusters")
        return {"DBClusters": [self.cluster]}


class FakeSecrets:
    def __init__(self, arn="arn:secret"):
        self.arn = arn

    def describe_secret(self, **arguments):
        if not self.arn:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no"}}, "DescribeSecret")
        return {"ARN": self.arn}


def test_a_cluster_is_adopted_with_its_groups_and_its_secret():
    found = find_cluster(FakeRds(), FakeSecrets(), "nwac-test-db", "nwac-test/db/admin", 7)
    assert (found.endpoint, found.port, found.secret_arn) == ("db.example", 3306, "arn:secret")
    assert list(found.security_group_ids) == ["sg-1"]


@pytest.mark.parametrize(
    ("rds", "secrets", "said"),
    [
        (FakeRds(Endpoint=""), FakeSecrets(), "nwac-test-db cannot be looked up (DBClusterNotFoundFault)"),
        (FakeRds(Engine="mysql"), FakeSecrets(), "is of engine mysql; it has to be aurora-mysql"),
        (FakeRds(StorageEncrypted=False), FakeSecrets(), "is not encrypted"),
        (FakeRds(BackupRetentionPeriod=1), FakeSecrets(), "--backup-retention-period 7"),
        (FakeRds(), FakeSecrets(""), "nwac-test/db/admin cannot be looked up (ResourceNotFoundException)"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_refused_with_what_to_do(rds, secrets, said):
    with pytest.raises(AdoptionError) as refused:
        find_cluster(rds, secrets, "nwac-test-db", "nwac-test/db/admin", 7)
    assert said in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
