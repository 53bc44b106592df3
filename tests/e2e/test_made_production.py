"""`production: create`: the stack makes three hosts; made a replica set, they are a production to refresh from."""

from __future__ import annotations

import json
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import DATABASE, Shop
from sandbox.members import MONGOD_CONF, MONGOD_UNIT, PREPARE
from tests.e2e.conftest import SIZES
from tests.e2e.stack import PROJECT, Stack

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

REPLICA_SET = "made0"


@dataclass(frozen=True)
class MadeWorld:
    """The sandbox with the stack's own hosts for its production."""

    sandbox: Sandbox
    production: dict[str, Any]

    def forward(self, instance_id: str, port: int) -> tuple[str, int]:
        return self.sandbox.forward(instance_id, port)

    def session(self) -> Any:
        return self.sandbox.session()


@pytest.fixture
def made(sandbox: Sandbox) -> Iterator[Stack]:
    """A second stack beside the sandbox's own, told to make its production; nothing of it is left."""
    one = Stack(f"{sandbox.name}-made", sandbox.env, sandbox.layout.rules)
    file = PROJECT / f"Pulumi.{one.name}.yaml"
    one.pulumi("stack", "init", "--no-select")
    config = yaml.safe_load(sandbox.layout.stack_file.read_text())["config"]
    del config["understudy:production_instance_ids"]
    config["understudy:production"] = "create"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text() or "{}"), "config": config}))
    try:
        yield one
        one.pulumi("cancel", "--yes", expect=None)
        one.pulumi("state", "unprotect", "--all", "--yes", expect=None)
        one.pulumi("destroy", "--yes", "--skip-preview")
        one.pulumi("stack", "rm", "--yes", "--preserve-config")
    finally:
        file.unlink(missing_ok=True)


def test_a_made_production_can_become_a_replica_set_and_be_refreshed_from(sandbox: Sandbox, made: Stack) -> None:
    made.up()
    instance_ids = made.outputs()["production_instance_ids"]
    assert len(instance_ids) == 3
    assert set(instance_ids).isdisjoint(sandbox.production["instance_ids"])
    world = MadeWorld(sandbox, {"instance_ids": instance_ids})
    _make_replica_set(world, instance_ids)
    with connect_production(world) as production:
        fill_production(production, Shop(sizes=SIZES))
        customers = production[DATABASE]["customers"].count_documents({})
    made.configure("refresh_trigger", "first")
    made.up()
    outputs = made.outputs()
    report = sandbox.session().client("s3").get_object(
        Bucket=outputs["reports_bucket"], Key=f"reports/{outputs['refresh_id']}/report.json"
    )  # fmt: skip
    told = json.loads(report["Body"].read())
    assert {row["collection"]: row["written"] for row in told["collections"]}["customers"] == customers
    assert told["findings"] == []
    before = set(outputs["production_instance_ids"])
    made.up()
    assert set(made.outputs()["production_instance_ids"]) == before  # a refresh makes no new production


def _make_replica_set(world: MadeWorld, instance_ids: list[str]) -> None:
    """Do what is left to a made production's owner: a mongod on each data volume, the set, its users."""
    ec2, key = world.session().client("ec2"), secrets.token_hex(256)
    addresses = [world.sandbox.host(instance_id)["private_ip"] for instance_id in instance_ids]
    for instance_id, address in zip(instance_ids, addresses, strict=True):
        (volume,) = [
            each["VolumeId"]
            for each in ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance_id]}])[
                "Volumes"
            ]
            if each["Size"] == 100
        ]
        given = {
            "VOLUME": volume,
            "CONF": MONGOD_CONF.format(address=address, replica_set=REPLICA_SET),
            "KEY": key,
            "UNIT": MONGOD_UNIT,
        }
        script = "".join(f"{name}={shlex.quote(value)}\n" for name, value in given.items()) + PREPARE
        done = world.sandbox.exec(instance_id, ["sh"], input=script)
        assert done.returncode == 0, done.stderr
    parameters = world.session().client("ssm")

    def secret(name: str) -> str:
        return str(parameters.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    task = {
        "replica_set": REPLICA_SET,
        "hosts": [f"{address}:27017" for address in addresses],
        "admin_password": secret("/production/mongo/admin/password"),
        "understudy_password": secret("/production/mongo/understudy/password"),
    }
    initiating = world.sandbox.spawn_beside(
        instance_ids[0],
        [sys.executable, "-m", "sandbox.replica_set"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, error = initiating.communicate(json.dumps(task), timeout=120)
    assert initiating.returncode == 0, error
