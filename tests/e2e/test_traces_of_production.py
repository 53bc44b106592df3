"""Not even in a free block, nor after a kill: what production held is nowhere on staging's disks, byte by byte."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from bson.binary import Binary
from pymongo import ASCENDING, MongoClient
from pymongo.errors import OperationFailure

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.reader import CLIENT_OPTIONS, Reader
from sandbox.demo.shop import DATABASE
from tests.e2e.conftest import Staging
from tests.e2e.processes import kill_command
from tests.e2e.stack import PROJECT, Stack
from tests.e2e.world import MOST_OF_A_REFRESH, Inventory, took

pytestmark = pytest.mark.sandbox


_CHUNK_BYTES, _LONGEST_BYTES = 2**24, 128


def _canary() -> str:
    """Give text with no four signs in a row that other text has: there the storage engine's compression cuts it."""
    return secrets.token_urlsafe(24)


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
    wanted = {place: canary.encode() for place, canary in canaries.items()}
    files = [file for place in places for file in ([place] if place.is_file() else _files_below(place))]
    return {place for file in files for chunk in _data_of(file) for place, word in wanted.items() if word in chunk}


def _files_below(folder: Path) -> Iterator[Path]:
    for path, _, names in os.walk(folder):
        yield from (file for name in names if stat.S_ISREG((file := Path(path) / name).lstat().st_mode))


def _data_of(file: Path) -> Iterator[bytes]:
    """Read a file, in parts that overlap; its holes, which are most of a volume, hold nothing but zeros."""
    with file.open("rb", buffering=0) as opened:
        os.fsync(opened)  # what is in memory only is no hole
        end = opened.seek(0, os.SEEK_END)
        at = _next(opened.fileno(), 0, os.SEEK_DATA, end)
        while at < end:
            hole = _next(opened.fileno(), at, os.SEEK_HOLE, end)
            for start in range(at, hole, _CHUNK_BYTES):
                yield os.pread(opened.fileno(), min(_CHUNK_BYTES + _LONGEST_BYTES, hole - start), start)
            at = _next(opened.fileno(), hole, os.SEEK_DATA, end)


def _next(descriptor: int, at: int, what: int, end: int) -> int:
    try:
        return os.lseek(descriptor, at, what)
    except OSError as error:
        if error.errno == errno.ENXIO:  # there is nothing more of it
            return end
        raise


def _reports(sandbox: Sandbox, bucket: str, refresh_id: str, folder: Path) -> list[Path]:
    """Bring all that a refresh wrote down: its report as page, JSON and Markdown, the index, and the whole bucket."""
    s3 = sandbox.session().client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    for number, key in enumerate(each["Key"] for page in pages for each in page["Contents"]):
        (folder / str(number)).write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    here = PROJECT / "reports" / refresh_id
    assert {each.name for each in here.iterdir()} == {"report.html", "report.json", "test-report.md"}
    return [folder, here, PROJECT / "reports" / "index.html"]


@pytest.fixture(scope="module")
def canaries(sandbox: Sandbox, stack: Stack) -> dict[str, str]:
    """What is planted in production before the refresh of these tests."""
    return _plant(sandbox)


def test_killed_while_it_anonymizes_the_next_up_finishes_it_and_hardly_anybody_notices(
    sandbox: Sandbox, serving: Stack, inventory: Inventory, staging: Staging, canaries: dict[str, str]
) -> None:
    """The CLI alone is killed, in the step in which most is under way; `make soak` has every step and kill."""
    former = serving.outputs()["live_volume_id"]
    serving.configure("refresh_trigger", "with-canaries")
    before = inventory.calls()
    with Reader(lambda: staging.connect(**CLIENT_OPTIONS)) as reader:
        running = serving.start("up", "--yes", "--skip-preview")
        running.wait_for_line(r"\[5/\d+\] anonymize")
        kill_command(running.process, tree=False)
        quarantine = [sandbox.volume_file(each) for each in inventory.volumes()["quarantine"]]
        assert _found(canaries, quarantine) == set(canaries)  # the control of the test below
        serving.pulumi("cancel", "--yes")
        assert "staging serves data as of" in serving.up()
        service = reader.stop()
    outputs = serving.outputs()
    assert outputs["refresh_id"].startswith("with-canaries")
    made = inventory.calls() - before
    assert (made["CreateSnapshots"], made["CreateVolume"]) == (1, 2)  # once, although it was run twice
    assert inventory.volumes() == {"live": [outputs["live_volume_id"]], "previous": [former]}
    assert inventory.snapshots() == []
    assert service.longest_gap_seconds <= MOST_OF_A_REFRESH * took(sandbox, outputs)
    assert len(reader.processes) == 2  # one server, exchanged once


def test_canaries_of_production_are_on_the_quarantine_volume_and_nowhere_on_staging(
    sandbox: Sandbox, stack: Stack, canaries: dict[str, str], tmp_path: Path
) -> None:
    outputs = stack.outputs()
    assert outputs["refresh_id"].startswith("with-canaries"), "the test before this one brings it"
    live = [sandbox.volume_file(outputs["live_volume_id"])]
    host = [sandbox.host_root(outputs["staging_instance_id"])]
    worker = [sandbox.host_root(outputs["worker_instance_id"])]
    assert all(place.exists() for place in (*live, *host, *worker))
    assert _found(canaries, live + host + worker) == set()
    written = _reports(sandbox, outputs["reports_bucket"], outputs["refresh_id"], tmp_path)
    assert _found({**canaries, "the refresh itself": outputs["refresh_id"]}, written) == {"the refresh itself"}
