"""Two real mongods on unix sockets for the tests that are about servers, and a way to run the command against them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
import yaml
from bson import json_util
from pymongo import TEXT, MongoClient

from sandbox.demo.shop import Shop, Sizes

ROOT = Path(__file__).resolve().parents[2]
KEY = "5f" * 32

_START_SECONDS = 30
_HOST_UNREACHABLE = 6


def find_mongod() -> str | None:
    cached = ROOT / ".cache" / "bin" / "mongod"
    return os.environ.get("UNDERSTUDY_TEST_MONGOD") or (str(cached) if cached.exists() else shutil.which("mongod"))


class Mongod:
    """A mongod with one unix socket and no port, in a folder of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.socket = str(folder / "m.sock")
        parameters = ["ttlMonitorEnabled=false", "enableTestCommands=1"]  # the latter for failpoints, see `failing`
        options = ["--wiredTigerCacheSizeGB", "0.25", *(f"--setParameter={each}" for each in parameters)]
        self.process = subprocess.Popen(
            [program, "--dbpath", str(folder), "--bind_ip", self.socket, "--nounixsocket", *options],
            stdout=(folder / "log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.client: Any = MongoClient(
            f"mongodb://{quote_plus(self.socket)}/?directConnection=true",
            serverSelectionTimeoutMS=1000 * _START_SECONDS,
            datetime_conversion="DATETIME_AUTO",
        )
        self.client.admin.command("ping")

    def empty(self) -> None:
        for name in self.client.list_database_names():
            if name not in ("admin", "config", "local"):
                self.client.drop_database(name)
        self.client.local.understudy.drop()

    @contextmanager
    def failing(self, command: str, namespace: str, after: int) -> Iterator[None]:
        """Let a command on a collection fail, once it has been done so many times."""
        data = {"failCommands": [command], "namespace": namespace, "errorCode": _HOST_UNREACHABLE}
        self.client.admin.command({"configureFailPoint": "failCommand", "mode": {"skip": after}, "data": data})
        try:
            yield
        finally:
            self.client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Ran:
    """What a command came to."""

    code: int
    result: dict[str, Any] | None
    stderr: str

    def findings(self) -> set[tuple[str, str, str]]:
        return {(row["kind"], row["collection"], row["path"]) for row in (self.result or {})["findings"]}

    def unlisted(self) -> dict[tuple[str, str, str], int]:
        return {(row["collection"], row["path"], row["type"]): row["count"] for row in (self.result or {})["unlisted"]}


class Pair:
    """Source and target, and the command between them.

    Attributes:
        workers: How many processes a run has that is told nothing else: one where a test is about what documents hold,
            two where it is about a whole shop, or about a run that is killed.
    """

    def __init__(self, source: Mongod, target: Mongod, folder: Path) -> None:
        self.source, self.target, self.folder = source, target, folder
        self.workers = 1

    def start(
        self, verb: str, rules: Any, key: str = KEY, workers: int = 2, more: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        for name in ("progress.json", "result.json"):
            (self.folder / name).unlink(missing_ok=True)
        file = self.folder / "rules.json"
        file.write_text(json.dumps(rules))
        names = {"--source-socket": self.source.socket, "--target-socket": self.target.socket, "--rules": str(file)}
        names |= {"--progress": str(self.folder / "progress.json"), "--result": str(self.folder / "result.json")}
        names["--workers"] = str(workers)
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "anonymizer",
                verb,
                "--key-stdin",
                *[word for pair in names.items() for word in pair],
                *more,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdin
        process.stdin.write(key)
        process.stdin.close()
        process.stdin = None
        return process

    def do(self, verb: str, rules: Any, key: str = KEY, workers: int | None = None, more: Sequence[str] = ()) -> Ran:
        # A verification brings together what each of its processes saw, whatever it looks for.
        process = self.start(verb, rules, key, workers or (2 if verb == "verify" else self.workers), more)
        _, stderr = process.communicate(timeout=300)
        file = self.folder / "result.json"
        return Ran(process.returncode, json.loads(file.read_text()) if file.exists() else None, stderr)

    def progress(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / "progress.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def wait_until_copying(self, process: subprocess.Popen[str], database: str, collection: str) -> None:
        """Wait until the target has the first documents of a collection."""
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if self.target.client[database][collection].find_one({}, {"_id": 1}):
                return
            time.sleep(0.005)
        raise AssertionError("the command ended, or a minute passed, before it had copied anything")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mongod, Mongod]]:
    program = find_mongod()
    if program is None:
        pytest.skip("no mongod: run `make setup`")
    folder = tmp_path_factory.mktemp("mongods")
    source, target = Mongod(program, folder / "source"), Mongod(program, folder / "target")
    yield source, target
    source.stop()
    target.stop()


@pytest.fixture
def pair(servers: tuple[Mongod, Mongod], tmp_path: Path) -> Pair:
    for server in servers:
        server.empty()
    return Pair(*servers, tmp_path)


@pytest.fixture
def shop_rules() -> Any:
    return yaml.safe_load((ROOT / "rules" / "shop.yaml").read_text())


@pytest.fixture
def shop(pair: Pair) -> Pair:
    """A pair whose source holds a shop of some 5,000 documents."""
    sizes = Sizes(customers=600, orders=3000, tickets=800, sessions=200, products=200, audit_log=200)
    fill(pair.source, Shop(sizes=sizes))
    pair.workers = 2
    return pair


@pytest.fixture
def small_shop(pair: Pair) -> Pair:
    """The same with some 150 documents."""
    fill(pair.source, Shop(sizes=Sizes(40, 60, 40, 5, 10, 5)))
    return pair


@pytest.fixture
def people(pair: Pair) -> tuple[Pair, Any]:
    """A pair whose source holds enough that a run can be caught in its middle, and rules for it."""
    pair.workers = 2
    rows = [
        {"_id": n, "name": f"Given{n} Family{n}", "email": f"p{n}@mail.de", "note": "hello " * 20}
        for n in range(40_000)
    ]
    pair.source.client.d.people.insert_many(rows)
    pair.source.client.d.goods.insert_many([{"_id": n} for n in range(100)])
    fields = {"_id": "keep", "name": "name", "email": "email", "note": "text"}
    people, goods = {"mode": "mask", "fields": fields}, {"mode": "copy", "fields": ["_id"]}
    return pair, {"version": 1, "databases": {"d": {"goods": goods, "people": people}}}


def fill(server: Mongod, made: Any) -> None:
    shop = server.client.shop
    for name, documents in made.collections().items():
        shop[name].insert_many(list(documents))
    shop.customers.create_index("email", unique=True)
    shop.orders.create_index("customer_email")
    shop.orders.create_index("number", unique=True)
    shop.orders.create_index([("status", 1), ("placed_at", -1)], partialFilterExpression={"status": "open"})
    shop.tickets.create_index([("subject", TEXT)])
    shop.sessions.create_index("started_at", expireAfterSeconds=86400)


@pytest.fixture
def analytics(pair: Pair) -> Pair:
    """A pair whose source holds MongoDB's own example of customers and their accounts."""
    folder = ROOT.parent / "shared" / "data" / "sample_analytics"
    if not folder.exists():
        pytest.skip("no ../shared/data here; the project may not keep a copy of it")
    data = pair.source.client.sample_analytics
    for name in ("customers", "accounts"):
        with (folder / f"{name}.json").open() as lines:
            data[name].insert_many([json_util.loads(line) for line in lines])
    return pair
