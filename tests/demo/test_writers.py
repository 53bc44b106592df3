import socket
import subprocess
import time
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from sandbox.demo.record import missing_writes, read_record
from sandbox.demo.seeding import INDEXES, fill_production
from sandbox.demo.shop import DATABASE, Shop, Sizes
from sandbox.demo.writers import Writers

MONGOD = Path(__file__).resolve().parents[2] / ".cache/bin/mongod"
SMALL = Sizes(customers=700, orders=300, tickets=100, sessions=50, products=60, audit_log=20)
END_OF_TIME = (2**32 - 1, 0)
DEADLINE_SECONDS = 60

pytestmark = pytest.mark.sandbox


def until(condition):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    """A replica set of one member; each call makes a client."""
    folder, port = tmp_path_factory.mktemp("mongod"), free_port()
    argv = [MONGOD, "--dbpath", folder, "--port", str(port), "--bind_ip", "127.0.0.1", "--replSet", "test"]
    argv += ["--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--logpath", folder / "log", "--quiet"]
    server = subprocess.Popen(argv)

    def client():
        return MongoClient("127.0.0.1", port, directConnection=True)

    def is_primary():
        with client() as asked:
            return asked.admin.command("hello")["isWritablePrimary"]

    try:
        with client() as first:
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            first.admin.command("replSetInitiate", {"_id": "test", "members": members})
        until(is_primary)
        yield client
    finally:
        server.terminate()
        server.wait(DEADLINE_SECONDS)


@pytest.fixture(scope="module")
def filled(connect):
    with connect() as client:
        return fill_production(client, Shop(sizes=SMALL))


@pytest.fixture
def record(connect, filled, tmp_path):
    path = tmp_path / "record.jsonl"
    writers = Writers(connect, path, threads=3, pause_seconds=0.001)
    with writers:
        until(lambda: path.exists() and path.read_text().count("\n") > 300)
    assert writers.failed == 0
    return read_record(path)


def test_every_collection_is_filled_and_indexed(connect, filled):
    with connect() as client:
        database = client[DATABASE]
        assert {name: database[name].count_documents({}) for name in INDEXES} == filled
        for name, models in INDEXES.items():
            assert {model.document["name"] for model in models} <= set(database[name].index_information())


def test_everything_that_was_acknowledged_is_there(connect, record):
    assert {write.kind for write in record} >= {"insert", "raise"}
    with connect() as client:
        assert missing_writes(record, END_OF_TIME, client[DATABASE]) == []


def test_a_lost_write_is_missed(connect, record):
    lost = next(write for write in reversed(record) if write.collection == "orders")
    with connect() as client:
        client[DATABASE]["orders"].delete_one({"_id": lost.id})
        assert missing_writes(record, END_OF_TIME, client[DATABASE]) == [lost]


def test_writers_that_start_again_use_new_orders(connect, record, tmp_path):
    path = tmp_path / "again.jsonl"
    writers = Writers(connect, path, threads=2, pause_seconds=0.001)
    with writers:
        until(lambda: path.exists() and path.read_text().count("\n") > 50)
    assert writers.failed == 0
    again = {write.id for write in read_record(path) if write.collection == "orders"}
    assert again.isdisjoint(write.id for write in record if write.collection == "orders")


def test_a_writer_that_lost_its_connection_goes_on_with_another(connect, filled, tmp_path):
    asked = []

    def connect_badly_once():
        asked.append(True)
        if len(asked) == 2:  # the first is not a thread's
            raise ConnectionFailure("as in an election")
        return connect()

    path = tmp_path / "record.jsonl"
    writers = Writers(connect_badly_once, path, threads=1, pause_seconds=0.001)
    with writers:
        until(lambda: path.exists() and path.read_text().count("\n") > 10)
    assert writers.failed == 1
