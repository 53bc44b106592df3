# ruff: noqa: E501, S608 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""Dumps made and loaded by a real server: what comes back is what was, but for what the rules mask."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymizer.rules.model import KEEP
from dumps import definitions, literals, values
from dumps.verify_values import decoder
from tests.dumps.conftest import KEY, ROOT, nasty_rows, run

pytestmark = pytest.mark.sandbox
SAKILA = ROOT.parent / "shared" / "data" / "sakila"
HERE = Path(__file__).parent
OPTIONS = [
    ["--hex-blob"],
    [],
    ["--complete-insert", "--skip-extended-insert"],
    ["--insert-ignore", "--default-character-set=utf8mb3"],
    ["--replace", "--skip-opt", "--create-options", "--quick"],
    ["--databases"],
]


@pytest.fixture(scope="module")
def nasty(server):
    server.fresh("nasty")
    server.sql((HERE / "nasty.sql").read_bytes(), "nasty")
    server.sql(nasty_rows(200), "nasty")
    return server


def prepare(source: Path, rules: Path, folder: Path, *more: str):
    arguments = [
        "--source",
        str(source),
        "--rules",
        str(rules),
        "--folder",
        str(folder),
        "--day",
        "20260101",
        "--key-stdin",
        *more,
    ]
    return run("prepare", *arguments)


def load(server, packed: Path, schema: str) -> None:
    server.fresh(schema)
    server.sql(gzip.decompress(packed.read_bytes()), schema)


def broken_keys(server, schema: str) -> list[str]:
    """Give the foreign keys of a schema that some row breaks."""
    asked = f"""SELECT CONCAT_WS('|', constraint_name, table_name, referenced_table_name, GROUP_CONCAT(CONCAT('c.`', column_name, '`') ORDER BY ordinal_position),
      GROUP_CONCAT(CONCAT('p.`', referenced_column_name, '`') ORDER BY ordinal_position)) FROM information_schema.key_column_usage
      WHERE table_schema = '{schema}' AND referenced_table_name IS NOT NULL GROUP BY constraint_name, table_name, referenced_table_name"""
    broken = []
    for line in server.sql(asked).splitlines():
        name, table, parent, own, theirs = line.split("|")
        pairs = list(zip(own.split(","), theirs.split(","), strict=True))
        joined = " AND ".join(f"{a} = {b}" for a, b in pairs)
        there = " AND ".join(f"{a} IS NOT NULL" for a, _ in pairs)
        table, parent = (one.replace("`", "``") for one in (table, parent))
        count = server.sql(
            f"SELECT COUNT(*) FROM `{table}` c LEFT JOIN `{parent}` p ON {joined} WHERE {there} AND {pairs[0][1]} IS NULL",
            schema,
        )
        broken += [name] if int(count) else []
    return broken


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_a_nasty_schema_comes_back_whole_whatever_the_options_of_mysqldump(nasty, tmp_path, options):
    source = nasty.dump("nasty", tmp_path / "nasty.sql", *options)
    done = prepare(source, HERE / "nasty.yaml", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "20260101/nasty.manifest.json").read_text())["findings"] == []
    load(nasty, tmp_path / "20260101/nasty.sql.gz", "copy")
    table = "`we``ird name`"
    kept = "id, region, ub, CAST(bt AS UNSIGNED), js IS NULL, length_of IS NULL, CHAR_LENGTH(hidden), YEAR(da) DIV 5"
    assert nasty.sql(f"SELECT {kept} FROM {table} ORDER BY id", "copy") == nasty.sql(
        f"SELECT {kept} FROM {table} ORDER BY id", "nasty"
    )
    assert (
        nasty.sql("SELECT count(*), max(k), sum(t IS NULL) FROM latin; SELECT count(*) FROM cognito_users", "copy")
        == "4\t4\t1\n0\n"
    )
    assert nasty.sql("SHOW TABLES LIKE 'gone'", "copy") == ""
    assert nasty.sql(f"SELECT count(*) FROM {table} WHERE lower_name <> lower(`full (name)`)", "copy") == "0\n"
    assert (
        nasty.sql(f"SELECT count(*) FROM {table} WHERE tm <> '12:00:00' OR st <> 'x,y' OR ge IS NOT NULL", "copy")
        == "0\n"
    )
    assert broken_keys(nasty, "copy") == []
    assert int(nasty.sql("SELECT count(*) FROM people_too", "copy")) == 200
    assert nasty.sql("CALL how_many(@a); SELECT @a, twice(4)", "copy") == "201\t8\n"
    nasty.sql(
        f"INSERT INTO {table} (parent_id, region, `e mail`, pt) SELECT id, region, 'new@example.com', POINT(1,2) FROM parent LIMIT 1",
        "copy",
    )
    assert int(nasty.sql("SELECT n FROM counted", "copy")) == int(nasty.sql("SELECT n FROM counted", "nasty")) + 1


def test_no_original_is_left_in_what_was_loaded_and_the_control_finds_them(nasty, tmp_path):
    originals = re.findall(
        r"[\w.]+@real-company\.de",
        nasty.sql("SELECT `e mail` FROM `we``ird name`; SELECT mail FROM cognito_users", "nasty"),
    )
    assert len(set(originals)) == 202
    source = nasty.dump("nasty", tmp_path / "nasty.sql", "--hex-blob")
    assert prepare(source, HERE / "nasty.yaml", tmp_path).returncode == 0
    load(nasty, tmp_path / "20260101/nasty.sql.gz", "clean")
    result = nasty.dump("clean", tmp_path / "clean.sql").read_bytes()
    plain = nasty.dump("nasty", tmp_path / "plain.sql").read_bytes()
    assert all(one.encode() in plain for one in originals)
    assert not [one for one in originals if one.encode() in result]
    assert b"real-company" not in result


def test_a_dump_of_another_character_set_says_the_same(server, tmp_path):
    server.fresh("letters")
    server.sql(
        "CREATE TABLE t (k int, t varchar(60)) CHARSET latin1; INSERT INTO t VALUES (1,'Zoë Brontë €'),(2,'it''s \\\\ \\n x')",
        "letters",
    )
    rules, found = tmp_path / "rules.json", set()
    rules.write_text('{"version":1,"databases":{"letters":{"t":{"mode":"mask","fields":{"k":"keep","t":"name"}}}}}')
    for charset in ("utf8mb4", "latin1"):
        source = server.dump("letters", tmp_path / "letters.sql", f"--default-character-set={charset}")
        assert (b"Zo\xeb" in source.read_bytes()) == (charset == "latin1")
        done = prepare(source, rules, tmp_path / charset)
        assert done.returncode == 0, done.stderr
        load(server, tmp_path / charset / "20260101/letters.sql.gz", "letters_too")
        found.add(server.sql("SELECT k, t FROM t ORDER BY k", "letters_too"))
    assert len(found) == 1


_COLUMN = definitions.table("CREATE TABLE `t` (`c` longtext) DEFAULT CHARSET=utf8mb4").columns["c"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=30), min_size=1, max_size=40))
def test_the_server_reads_literals_as_they_were_meant(server, texts):
    """Value to literal by the scrubber, read by MariaDB, dumped by it, and read again by scrubber and verifier."""
    own = values.of(_COLUMN, "utf8mb4", backslash=True)
    written = [own.write(text) for text in texts]
    server.fresh("codec")
    rows = b",".join(b"(%d,%b)" % (number, literal) for number, literal in enumerate(written))
    server.sql(b"CREATE TABLE t (n int, c longtext) CHARSET utf8mb4; INSERT INTO t VALUES " + rows, "codec")
    asked = server.sql("SELECT HEX(c) FROM t ORDER BY n", "codec").split("\n")[:-1]
    assert [bytes.fromhex(one).decode() for one in asked] == texts
    from dumps.reading import Insert, statements  # noqa: PLC0415

    dumped = server.dump("codec", server.folder / "codec.sql")
    found = []
    with dumped.open("rb") as file:
        for statement in statements(file):
            if isinstance(statement, Insert):
                found += [row[3] for batch in statement.rows.batches(2, (0, 1)) for row in batch]
    assert [own.read(one) for one in found] == texts
    assert [decoder(_COLUMN, KEEP, "utf8mb4", backslash=True)(one) for one in found] == texts
    assert [literals.written(text.encode(), backslash=True) for text in texts] == written


@pytest.mark.skipif(not SAKILA.exists(), reason="the sample data is not on this machine")
def test_sakila_is_prepared_loaded_and_works(server, tmp_path):
    for part in ("schema", "data"):
        server.sql((SAKILA / f"sakila-mv-{part}.sql").read_bytes())
    source = server.dump("sakila", tmp_path / "sakila.sql", "--hex-blob")
    done = prepare(source, ROOT / "rules/sakila.yaml", tmp_path)
    assert done.returncode == 0, done.stderr
    load(server, tmp_path / "20260101/sakila.sql.gz", "scrubbed")
    counts = " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {name}"
        for name in ("customer", "payment", "rental", "film", "customer_list", "actor_info")
    )
    assert server.sql(counts, "scrubbed") == server.sql(counts, "sakila")
    assert broken_keys(server, "scrubbed") == []
    assert server.sql("SELECT count(*) FROM customer WHERE email LIKE '%sakilacustomer%'", "sakila") != "0\n"
    assert server.sql("SELECT count(*) FROM customer WHERE email NOT LIKE '%@example.com'", "scrubbed") == "0\n"
    for asked in (
        "SELECT get_customer_balance(1, NOW()) IS NULL",
        "SELECT count(*) FROM film_list",
        "SELECT inventory_in_stock(1)",
    ):
        assert server.sql(asked, "scrubbed") == server.sql(asked, "sakila")
    made = run("generate", "--dump", str(tmp_path / "20260101/sakila.sql.gz"), "--rules", str(ROOT / "rules/sakila.yaml"),
               "--rows", "payment=20000", "--rows", "film_actor=30000", "--to", str(tmp_path / "g.sql.gz"))  # fmt: skip
    assert made.returncode == 0, made.stderr
    load(server, tmp_path / "g.sql.gz", "madeup")
    assert server.sql("SELECT count(*) FROM payment; SELECT count(*) FROM film_actor", "madeup") == "20000\n30000\n"
    assert broken_keys(server, "madeup") == []


def test_a_dump_straight_from_a_replica_is_prepared_and_a_wrong_password_is_told(nasty, tmp_path):
    secret = 'p"a\\ss #;word'
    nasty.sql(
        f"CREATE OR REPLACE USER dumper@localhost IDENTIFIED BY '{secret.replace(chr(92), chr(92) * 2)}'; GRANT ALL ON *.* TO dumper@localhost"
    )
    arguments = ["prepare", "--from-replica", str(nasty.socket), "--user", "dumper", "--password-env", "PASSWORD", "--rules",
                 str(HERE / "nasty.yaml"), "--key-env", "PSEUDONYM_KEY", "--folder", str(tmp_path), "--day", "20260101"]  # fmt: skip

    def from_replica(password: str):
        environment = {**os.environ, "PASSWORD": password, "PSEUDONYM_KEY": KEY}
        command = [sys.executable, "-m", "dumps", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    done = from_replica(secret)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "20260101/nasty.manifest.json").read_text())["source"]["file"] == "replica"
    wrong = from_replica("wrong")
    assert wrong.returncode == 5
    assert "Access denied" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_run_that_was_killed_leaves_nothing_that_looks_whole_and_can_be_run_again(nasty, tmp_path):
    source = nasty.dump("nasty", tmp_path / "nasty.sql")
    command = [sys.executable, "-m", "dumps", "prepare", "--source", str(source), "--rules", str(HERE / "nasty.yaml"), "--key-stdin",
               "--folder", str(tmp_path), "--day", "20260101"]  # fmt: skip
    for phase in ("reading the schema", "masking", "verifying"):
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            process.stdin.write(KEY)
            process.stdin.close()
            while phase not in process.stderr.readline():
                pass
            process.kill()
        assert not (tmp_path / "20260101/nasty.manifest.json").exists()
    assert prepare(source, HERE / "nasty.yaml", tmp_path).returncode == 0
    assert {path.name for path in (tmp_path / "20260101").iterdir()} == {
        "nasty.manifest.json",
        "nasty.schema.json",
        "nasty.sql.gz",
    }


@pytest.mark.parametrize("verified", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_memory_does_not_grow_with_the_dump(tmp_path, verified):
    def peak_kib(rows: int) -> int:
        source = tmp_path / f"{rows}.sql"
        with source.open("wb") as file:
            file.write(
                b"CREATE TABLE `people` (`id` int, `name` varchar(60), `mail` varchar(80));\nINSERT INTO `people` VALUES "
            )
            for number in range(rows):
                file.write(
                    b"%b(%d,'Ada Nr%d Ek','ada%d@real-company.de')" % (b"," if number else b"", number, number, number)
                )
            file.write(b";\n-- Dump completed\n")
        rules = tmp_path / "rules.json"
        rules.write_text(
            '{"version":1,"ephemeral":true,"databases":{"shop":{"people":{"mode":"mask","fields":{"id":"keep","name":"name","mail":"email"}}}}}'
        )
        program = "import resource as r,sys;from dumps.__main__ import main;code=main(sys.argv[1:]);print(max(r.getrusage(who).ru_maxrss for who in (r.RUSAGE_SELF,r.RUSAGE_CHILDREN)));sys.exit(code)"
        arguments = [
            "prepare",
            "--source",
            str(source),
            "--rules",
            str(rules),
            "--folder",
            str(tmp_path / "out"),
            "--day",
            "20260101",
            *([] if verified else ["--no-verify"]),
        ]
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    small, large = peak_kib(60_000), peak_kib(600_000)
    assert large < small * 1.1, (small, large)


def test_rows_made_up_for_a_nasty_schema_load_and_are_whole(nasty, tmp_path):
    source = nasty.dump("nasty", tmp_path / "nasty.sql")
    rows = ["--rows", "we`ird name=800", "--rows", "latin=50", "--others", "300"]
    made = run(
        "generate",
        "--dump",
        str(source),
        "--rules",
        str(HERE / "nasty.yaml"),
        *rows,
        "--to",
        str(tmp_path / "g.sql.gz"),
    )
    assert made.returncode == 0, made.stderr
    load(nasty, tmp_path / "g.sql.gz", "madeup")
    assert (
        nasty.sql(
            "SELECT count(*) FROM `we``ird name`; SELECT count(*) FROM latin; SELECT count(*) FROM parent", "madeup"
        )
        == "800\n50\n300\n"
    )
    assert broken_keys(nasty, "madeup") == []
    assert b"real-company" not in gzip.decompress((tmp_path / "g.sql.gz").read_bytes())
