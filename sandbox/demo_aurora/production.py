"""A production of the sandbox's own: another cluster, filled with the source's SQL by the `mysql` client."""

from __future__ import annotations

import json
import secrets
import subprocess
import tempfile
import time

from sandbox.client import Sandbox
from sandbox.demo.terminal import DemoError
from sandbox.demo_aurora.clients import Login, login
from sandbox.demo_aurora.settings import network
from sandbox.demo_aurora.source import Source

CLUSTER, SECRET, USER = "production", "production/db/reader", "reader"
_READY_SECONDS = 120


def make(world: Sandbox, source: Source) -> Login:
    """Make and fill it.

    Args:
        world: The sandbox.
        source: What it holds.

    Returns:
        The way in.

    Raises:
        DemoError: The SQL does not load.
    """
    password = secrets.token_urlsafe(24)
    session = world.session()
    rds = session.client("rds")
    known = {"username": USER, "password": password}
    session.client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(known))
    rds.create_db_subnet_group(
        DBSubnetGroupName=CLUSTER, DBSubnetGroupDescription="Production's", SubnetIds=network(world)["subnet_ids"]
    )
    rds.create_db_cluster(
        DBClusterIdentifier=CLUSTER,
        Engine="aurora-mysql",
        MasterUsername=USER,
        MasterUserPassword=password,
        DBSubnetGroupName=CLUSTER,
    )
    rds.create_db_instance(
        DBInstanceIdentifier=f"{CLUSTER}-1",
        DBClusterIdentifier=CLUSTER,
        DBInstanceClass="db.t4g.medium",
        Engine="aurora-mysql",
    )
    _await_instance(rds)
    found = login(world, CLUSTER, SECRET)
    _client(found, f"CREATE DATABASE `{source.schema}`".encode(), "")
    for file in source.files:
        _client(found, file.read_bytes(), "" if source.schema == "sakila" else source.schema)
    return found


def _await_instance(rds: object) -> None:
    ends_at = time.monotonic() + _READY_SECONDS
    while time.monotonic() < ends_at:
        (one,) = rds.describe_db_instances(DBInstanceIdentifier=f"{CLUSTER}-1")["DBInstances"]  # type: ignore[attr-defined]
        if one["DBInstanceStatus"] == "available":
            return
        time.sleep(0.2)
    raise DemoError("the cluster that stands for production did not become available")


def _client(at: Login, text: bytes, schema: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as options:  # mode 0600: the password is in no command line
        options.write(f'[client]\nhost={at.host}\nport={at.port}\nuser={at.user}\npassword="{at.password}"\n')
        options.write(f"ssl-ca={at.ca}\nssl-verify-server-cert\ndefault-character-set=utf8mb4\n")
        options.flush()
        command = ["mysql", f"--defaults-file={options.name}", *([schema] if schema else [])]
        done = subprocess.run(command, input=text, capture_output=True, check=False)
    if done.returncode:
        raise DemoError(f"the SQL of production does not load: {done.stderr.decode(errors='replace').strip()[-500:]}")
