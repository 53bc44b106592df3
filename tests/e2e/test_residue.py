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
from tests.e2e.stack import PROJECT, Stack
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
        assert sandbox.exec(instance_id, ["sync"]).returncode == 0  # a log's newest lines may be in memory only
    return canaries


def _found(canaries: dict[str, str], places: list[Path]) -> set[str]:
    """Say which canaries are anywhere in raw devices, or in files below folders."""
    patterns = [option for canary in canaries.values() for option in ("--regexp", canary)]
    command = ["grep", "--recursive", "--text", "--only-matching", "--no-filename", "--fixed-strings", *patterns]
    done = subprocess.run([*command, *map(str, places)], capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    hits = set(done.stdout.split())
    return {place for place, canary in canaries.items() if canary in hits}


def _reports(sandbox: Sandbox, bucket: str, refresh_id: str, folder: Path) -> list[Path]:
    """Bring all that a refresh wrote down: its report as page, JSON and Markdown, the index, and the whole bucket."""
    s3 = sandbox.session().client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    for number, key in enumerate(each["Key"] for page in pages for each in page["Contents"]):
        (folder / str(number)).write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    here = PROJECT / "reports" / refresh_id
    assert {each.name for each in here.iterdir()} == {"report.html", "report.json", "test-report.md"}
    return [folder, here, PROJECT / "reports" / "index.html"]


def test_canaries_of_production_are_on_the_quarantine_volume_and_nowhere_on_staging(
    sandbox: Sandbox, serving: Stack, inventory: Inventory, tmp_path: Path
) -> None:
    canaries = _plant(sandbox)
    serving.configure("refresh_trigger", "with-canaries")
    running = serving.start("up", "--yes", "--skip-preview")
    running.wait_for_line(r"\[6/\d+\]")
    kill_tree(running.pid)
    running.finish()
    quarantine = [sandbox.volume_file(each) for each in inventory.volumes()["quarantine"]]
    assert _found(canaries, quarantine) == set(canaries)  # the control
    serving.pulumi("cancel", "--yes")
    serving.up()
    outputs = serving.outputs()
    live = [sandbox.volume_file(outputs["live_volume_id"])]
    host = [sandbox.host_root(outputs["staging_instance_id"])]
    worker = [sandbox.host_root(outputs["worker_instance_id"])]
    assert all(place.exists() for place in (*live, *host, *worker))
    assert _found(canaries, live + host + worker) == set()
    written = _reports(sandbox, outputs["reports_bucket"], outputs["refresh_id"], tmp_path)
    assert _found({**canaries, "the refresh itself": outputs["refresh_id"]}, written) == {"the refresh itself"}
