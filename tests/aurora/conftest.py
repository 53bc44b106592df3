from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from refresh.aurora import client, session
from refresh.aurora.session import World
from refresh.aurora.sql import Login, Sql
from refresh.process import ProcessIdentity
from sandbox.aurora.authority import Authority
from sandbox.aurora.server import Server
from tests.aurora import made_dump, mysql_server
from tests.aurora.fake_ports import FakeAws
from tests.aurora.made_dump import Dump
from tests.aurora.mysql_server import MySql
from tests.refresh.fake_cloud import Killed

PASSWORD = "made-up 'pass\\word\""
SCHEMA = "shop"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the process; a test begins with no schema on it."""
    kind = MySql if mysql_server.PROGRAMS else Server
    one = kind(
        folder=tmp_path_factory.mktemp("server"),
        host_name="localhost",
        port=free_port(),
        authority=Authority(tmp_path_factory.mktemp("authority")),
        options={"debug-no-sync": "ON"},  # it is never killed here, and syncing is most of what a statement costs
    )
    one.create("admin", PASSWORD)
    yield one
    one.remove()


@pytest.fixture(scope="session")
def dumps(server: Server) -> dict[str, Dump]:
    """Dumps of two generations of the shop: same schema, other rows."""
    return {name: made_dump.made(server, made_dump.shop_sql(name)) for name in ("first", "second")}


@dataclass
class Cluster:
    """A cluster, its AWS, and a way to run the verbs as the automation's tasks do."""

    server: Server
    aws: FakeAws
    dumps: dict[str, Dump]
    lines: list[str] = field(default_factory=list)
    executions: int = 0

    def upload(self, key: str, dump: Dump, /, **changes: Any) -> dict[str, Any]:
        """Put a prepared dump into the import bucket; return its manifest."""
        folder, name = key.split("/")
        stem = name.removesuffix(".sql.gz")
        made = made_dump.files(dump, name, **changes)
        for end, body in made.items():
            self.aws.objects.put(made_dump.IMPORT, f"{folder}/{stem}{end}", body)
        self.aws.objects.tags[made_dump.IMPORT, key] = {"Environment": "test", "DataClass": "scrubbed", "Team": "x"}
        return json.loads(made[".manifest.json"])

    def request(self, key: str = "20260301/shop.sql.gz", **changes: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "space": "understudy/test", "region": "eu-west-1", "execution_id": f"e-{self.executions}", "dump_key": key,
            "import_bucket": made_dump.IMPORT, "reports_bucket": "reports", "cluster_id": "test-cluster",
            "endpoint": "localhost", "port": float(self.server.port), "schema": SCHEMA, "secret_arn": "arn:secret",
            "ca_bundle_path": str(self.server.authority.certificate), "clone": False, "log_group": "/aurora",
            "topic_arn": "arn:topic", "limits": {"swap_tries": 2.0, "swap_pause_seconds": 1.0},
        }  # fmt: skip
        return {**values, **changes}

    def migrate(self, statements: str, schema: str) -> None:
        """Run statements as the administrator, through the client."""
        server = self.server
        login = Login(
            host="localhost",
            port=server.port,
            user="admin",
            password=PASSWORD,
            ca_bundle=str(server.authority.certificate),
        )
        client.load(login, schema, [statements.encode()])

    def world(self) -> World:
        gone = ProcessIdentity(host="here", boot_id=ProcessIdentity.current().boot_id, pid=2**22 + 1, pid_started="1")
        return World(
            connect=self.aws.ports, clock=self.aws.clock, say=self.lines.append, lease_beats=False, identity=gone
        )

    def run(self, verb: str, key: str = "20260301/shop.sql.gz", **changes: Any) -> dict[str, Any]:
        return session.perform(verb, self.request(key, **changes), self.world())

    def refresh(self, key: str = "20260301/shop.sql.gz", *, name: str = "first", **changes: Any) -> dict[str, Any]:
        """Upload a dump, load it and finish, as a new execution."""
        self.upload(key, self.dumps[name])
        self.executions += 1
        self.run("load", key, **changes)
        return self.run("finish", key, **changes)

    def generation(self, schema: str = SCHEMA) -> str:
        return self.server.sql("SELECT value FROM state WHERE name = 'generation';", schema).strip()

    def schemas(self) -> list[str]:
        found = self.server.sql(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN "
            "('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY 1;"
        )
        return found.split()

    def markers(self) -> list[str]:
        return self.server.sql("SHOW TABLES FROM shop__understudy;").split()

    def objects(self, schema: str = SCHEMA) -> list[str]:
        """Name every trigger, view, routine and enabled event of a schema."""
        kinds = (
            "SELECT CONCAT('trigger ', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = @s "
            "ORDER BY EVENT_OBJECT_TABLE, ACTION_ORDER;"
            "SELECT CONCAT('view ', TABLE_NAME) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = @s ORDER BY 1;"
            "SELECT CONCAT('routine ', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = @s "
            "ORDER BY 1;"
            "SELECT CONCAT('event ', EVENT_NAME, ' ', STATUS) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = @s "
            "ORDER BY 1;"
        )
        return self.server.sql(f"SET @s = '{schema}';{kinds}").splitlines()

    def assert_whole(self, generation: str, *, former: str = "", schema: str = SCHEMA) -> None:
        """The live schema is of this generation with all that belongs to it and works; nothing else is left."""
        assert self.generation(schema) == generation
        assert self.objects(schema) == ALL
        assert self.schemas() == sorted([schema, f"{schema}__understudy", *([f"{schema}__previous"] if former else [])])
        assert self.markers() == ["live", *(["previous"] if former else [])]
        if former:
            assert self.generation(f"{schema}__previous") == former
            assert self.objects(f"{schema}__previous") == [each for each in ALL if not each.startswith("event")]
        self.assert_works(schema)

    def assert_works(self, schema: str = SCHEMA) -> None:
        """Triggers fire in their order on the live tables, views read them, foreign keys hold."""
        before = int(self.server.sql("SELECT COUNT(*) FROM audit;", schema))
        self.server.sql("INSERT INTO bill VALUES (1, 99, 7.26);", schema)
        assert self.server.sql("SELECT what, at_amount FROM audit ORDER BY id DESC LIMIT 1;", schema) == (
            "100% `billed`\t7.30\n"
        )
        assert int(self.server.sql("SELECT COUNT(*) FROM audit;", schema)) == before + 1
        owed = float(self.server.sql("SELECT owes FROM z_debtor WHERE id = 1;", schema))
        self.server.sql("DELETE FROM bill WHERE number = 99;", schema)
        assert float(self.server.sql("SELECT owes FROM z_debtor WHERE id = 1;", schema)) == pytest.approx(owed - 7.3)
        with pytest.raises(Exception, match="foreign key"):
            self.server.sql("INSERT INTO bill VALUES (4711, 1, 1);", schema)
        torn = self.server.sql(
            "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS "
            "WHERE CONSTRAINT_SCHEMA <> UNIQUE_CONSTRAINT_SCHEMA;"
        )
        assert torn.strip() == "0"


ALL = [
    "trigger billed_first", "trigger billed_second", "trigger left_country", "view a_total", "view z_debtor",
    "routine forget", "routine total", "event asleep DISABLED", "event sweep ENABLED",
]  # fmt: skip


@pytest.fixture
def cluster(server: Server, dumps: dict[str, Dump], monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster with no schema, whose process may be killed around any statement and any call to AWS."""
    aws = FakeAws()
    aws.secrets.passwords = [PASSWORD]
    once = Sql.rows

    def rows(self: Sql, query: str, *values: Any, about: str = "a question") -> list[tuple[Any, ...]]:
        if query.lstrip().upper().startswith(("SELECT", "SHOW", "SET")):
            aws.fate.alive()
            return once(self, query, *values, about=about)
        with aws.fate.effect(query[:60]):
            return once(self, query, *values, about=about)

    monkeypatch.setattr(Sql, "rows", rows)
    found = Cluster(server, aws, dumps)
    for schema in found.schemas():
        server.sql(f"DROP DATABASE `{schema}`;")
    return found


@pytest.fixture(name="Killed")
def killed_fixture() -> type[BaseException]:
    return Killed


@pytest.fixture
def sakila() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared/data/sakila"
    if not folder.is_dir():
        pytest.skip("sakila is not on this machine")
    return folder
