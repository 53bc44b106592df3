"""Not even in a free block: what production held is nowhere on staging's disks, byte by byte."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

import pytest
from bson.binary import Binary
from pymongo import ASCENDING, MongoClient
from pymongo.errors import OperationFailure

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.shop import DATABASE
from tests.e2e.processes import kill_tree
from tests.e2e.stack import Stack
from tests.e2e.world import Inventory

pytestmark = pytest.mark.sandbox


def _canary() -> str:
    return "canary" + secrets.token_hex(16)


def _plant(sandbox: Sandbox) -> dict[str, str]:
    """Put canaries where production keeps people and secrets.

    Returns:
        The canaries by the place they are in.
    """
    places = ("document", "index", "oplog", "user", "log", "dropped collection")
    canaries = {place: _canary() for place in places}
    with connect_production(sandbox) as client:
        customers = client[DATABASE]["customers"]
        one = customers.find_one({"payment.cards": {"$ne": {}}})
        customers.update_one({"_id": one["_id"]}, {"$set": {"name": canaries["document"]}})
        other = customers.find_one({"_id": {"$ne": one["_id"]}})
        customers.update_one({"_id": other["_id"]}, {"$set": {"email": f"{canaries['index']}@canary-mail.net"}})
        audit = client[DATABASE]["audit_log"]
        audit.insert_one({"_id": canaries["oplog"], "at": None})
        audit.delete_one({"_id": canaries["oplog"]})
        gone = client[DATABASE]["dropped_soon"]
        gone.insert_one({"name": canaries["dropped collection"], "padding": Binary(secrets.token_bytes(4096))})
        gone.create_index([("name", ASCENDING)])
        client.admin.command("fsync")
        gone.drop()
        client.admin.command("createUser", canaries["user"], pwd=secrets.token_hex(8), roles=[])
        client.admin.command("fsync")
    for instance_id in sandbox.production["instance_ids"]:
        host, port = sandbox.forward(instance_id)
        with pytest.raises(OperationFailure):  # mongod notes a failed login with the name
            MongoClient(host, port, username=canaries["log"], password="x", directConnection=True).admin.command("ping")
    return canaries


def _unplant(sandbox: Sandbox, canaries: dict[str, str]) -> None:
    with connect_production(sandbox) as client:
        client.admin.command("dropUser", canaries["user"])


def _found(canary: str, places: list[Path]) -> list[str]:
    """List the files below these places, or devices, that hold a text."""
    command = ["grep", "--recursive", "--text", "--files-with-matches", "--fixed-strings", canary, *map(str, places)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def test_canaries_of_production_are_on_the_quarantine_volume_and_nowhere_on_staging(
    sandbox: Sandbox, stack: Stack, inventory: Inventory
) -> None:
    stack.configure("refresh_trigger", "before-canaries")
    stack.up()
    canaries = _plant(sandbox)
    stack.configure("refresh_trigger", "with-canaries")
    running = stack.start("up", "--yes", "--skip-preview")
    running.wait_for_line(r"\[6/9\]")
    kill_tree(running.pid)
    running.finish()
    quarantine = [sandbox.volume_file(each) for each in inventory.volumes()["quarantine"]]
    control = {place: bool(_found(canary, quarantine)) for place, canary in canaries.items()}
    assert control == dict.fromkeys(canaries, True)
    stack.pulumi("cancel", "--yes")
    stack.up()
    outputs = stack.outputs()
    live = [sandbox.volume_file(outputs["live_volume_id"])]
    host = [sandbox.host_root(outputs["staging_instance_id"])]
    found = {place: _found(canary, live + host) for place, canary in canaries.items()}
    _unplant(sandbox, canaries)
    assert found == {place: [] for place in canaries}
    worker = [sandbox.host_root(outputs["worker_instance_id"])]
    assert {place: _found(canary, worker) for place, canary in canaries.items()} == {place: [] for place in canaries}
