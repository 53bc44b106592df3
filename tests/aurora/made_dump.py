"""A schema with one of everything, its dump by the real mysqldump, and the three files of a prepared dump."""

# ruff: noqa: S608 - all of it is made up here

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
from dataclasses import dataclass
from typing import Any

from dumps.reading import Insert, Reader
from dumps.schema import Collector, fingerprint
from sandbox.aurora.server import Server
from tests.aurora.mysql_server import PROGRAMS

IMPORT = "import"
DEFINER = re.compile(rb"/\*!\d+ DEFINER=\S+\*/|DEFINER=\S+@\S+ ?")
SHOP = """
CREATE TABLE country (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL);
CREATE TABLE person (
  id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(60), email VARCHAR(80) UNIQUE, country_id INT, boss_id INT,
  extra JSON, place POINT, born DATE, photo BLOB,
  FOREIGN KEY (country_id) REFERENCES country (id), FOREIGN KEY (boss_id) REFERENCES person (id));
CREATE TABLE bill (
  person_id INT, number INT, amount DECIMAL(9,2) NOT NULL, PRIMARY KEY (person_id, number),
  CONSTRAINT billed FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE);
CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(40), at_amount DECIMAL(9,2));
CREATE TABLE state (name VARCHAR(20) PRIMARY KEY, value VARCHAR(40));
DELIMITER ;;
CREATE FUNCTION total(p INT) RETURNS DECIMAL(12,2) READS SQL DATA
  RETURN (SELECT COALESCE(SUM(amount), 0) FROM bill WHERE person_id = p);;
CREATE PROCEDURE forget(p INT) BEGIN DELETE FROM bill WHERE person_id = p; DELETE FROM person WHERE id = p; END;;
CREATE TRIGGER billed_first BEFORE INSERT ON bill FOR EACH ROW SET NEW.amount = ROUND(NEW.amount, 1);;
CREATE TRIGGER billed_second BEFORE INSERT ON bill FOR EACH ROW
  INSERT INTO audit (what, at_amount) VALUES ('100% `billed`', NEW.amount);;
CREATE TRIGGER left_country AFTER DELETE ON country FOR EACH ROW INSERT INTO audit (what) VALUES ('gone');;
DELIMITER ;
CREATE VIEW a_total AS SELECT b.name, b.owes FROM z_debtor b WHERE b.owes > 1;
CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' DO DELETE FROM audit WHERE id < 0;
CREATE EVENT asleep ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' DISABLE DO DELETE FROM audit WHERE id < -1;
"""
# A view that reads another one, by a function; it is made first, though its name comes later.
DEBTOR = "CREATE VIEW z_debtor AS SELECT p.id, p.name, total(p.id) AS owes FROM person p;\n"


def shop_sql(generation: str, *, people: int = 40, more: str = "") -> str:
    """Return the statements that make the shop."""
    head, view, tail = SHOP.partition("CREATE VIEW a_total")
    countries = ", ".join(f"({number}, 'Land {number}')" for number in range(1, 6))
    rows = ", ".join(
        f"({n}, 'Name {n}', 'n{n}@example.com', {1 + n % 5}, {n - 1 if n > 1 else 'NULL'}, '{{\"n\": {n}}}', "
        f"ST_GeomFromText('POINT({n} 2)'), '2001-02-03', x'00ff27{n % 100:02d}')"
        for n in range(1, people + 1)
    )
    bills = ", ".join(f"({n}, {m}, {n}.{m}4)" for n in range(1, people + 1) for m in range(1, 4))
    return (
        f"{head}{DEBTOR}{view}{tail}{more}"
        f"INSERT INTO country VALUES {countries};\nINSERT INTO person VALUES {rows};\n"
        f"INSERT INTO bill VALUES {bills};\n"
        f"INSERT INTO state VALUES ('generation', '{generation}');\n"
    )


def dump_of(server: Server, schema: str) -> bytes:
    """Dump a schema as mysqldump does, and take the definers out as preparing does."""
    command = ["mysqldump", "--no-defaults", f"--socket={server.socket}", "--user=root", "--routines", "--events"]
    if PROGRAMS:
        command.append("--set-gtid-purged=OFF")  # preparing takes these positions out
    options = ["--triggers", "--hex-blob", "--single-transaction", "--default-character-set=utf8mb4", schema]
    done = subprocess.run([*command, *options], capture_output=True, check=True)
    return DEFINER.sub(b"", done.stdout)


@dataclass(frozen=True)
class Dump:
    """A dump, and how many rows of each table are in it."""

    sql: bytes
    rows: dict[str, int]


def made(server: Server, statements: str, schema: str = "made_for_a_dump") -> Dump:
    """Return the dump of what statements make."""
    server.sql(f"DROP DATABASE IF EXISTS {schema}; CREATE DATABASE {schema};")
    server.sql(statements, schema)
    names = server.sql("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE';", schema).splitlines()
    tables = [line.partition("\t")[0] for line in names]
    rows = {name: int(server.sql(f"SELECT COUNT(*) FROM `{name}`;", schema)) for name in tables}
    dumped = Dump(dump_of(server, schema), rows)
    server.sql(f"DROP DATABASE {schema};")
    return dumped


def files(dump: Dump, name: str, /, **changes: Any) -> dict[str, bytes]:
    """Return the three files of a prepared dump by the ends of their keys; `changes` go into the manifest."""
    sql, rows = dump.sql, dump.rows
    packed = gzip.compress(sql, 1)
    reader, collector = Reader(io.BytesIO(sql), whole=False), Collector()
    for statement in reader.statements():
        if not isinstance(statement, Insert):
            collector.add(statement.text, backslash=reader.settings.backslash)
    schema = collector.as_json()
    manifest = {
        "version": 1,
        "dump": name,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "bytes": len(packed),
        "sql_sha256": hashlib.sha256(sql).hexdigest(),
        "sql_bytes": len(sql),
        "schema": "shop",
        "schema_sha256": fingerprint(schema),
        "source": {"file": "made", "server_version": "10.11"},
        "rules_sha256": "0" * 64,
        "prepared_at": "2026-03-01T00:00:00+00:00",
        "tables": [
            {"table": each, "mode": "mask", "read": rows.get(each, 0), "written": rows.get(each, 0), "masked": 0}
            for each in schema["tables"]
        ],
        "objects": {kind: sorted(schema[kind]) for kind in ("views", "triggers", "routines", "events")},
        "opt_ins": [],
        "checks": [],
        "findings": [],
    }
    return {
        ".sql.gz": packed,
        ".manifest.json": json.dumps({**manifest, **changes}).encode(),
        ".schema.json": json.dumps(schema).encode(),
    }
