"""Bad input: a clear error, the live schema untouched, nothing left over."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from refresh.aurora import load
from refresh.aurora.__main__ import exit_code
from refresh.aurora.context import LEASE
from refresh.errors import LeaseError, PermanentError, RefreshError, RefusedError, RequestError
from refresh.process import ProcessIdentity
from refresh.records.lease import LeaseRecord
from sandbox.aurora.server import Server
from tests.aurora import made_dump
from tests.aurora.conftest import PASSWORD, Cluster, free_port
from tests.aurora.made_dump import IMPORT
from tests.aurora.mysql_server import PROGRAMS

pytestmark = pytest.mark.sandbox

KEY = "20260302/shop.sql.gz"
STEM = KEY.removesuffix(".sql.gz")
ROOM_BYTES = 8 * 2**20


@pytest.fixture
def live(cluster: Any) -> Any:
    """A cluster that serves the first generation, with the second one uploaded."""
    cluster.refresh()
    cluster.upload(KEY, cluster.dumps["second"])
    cluster.executions += 1
    return cluster


def refused(cluster: Any, match: str, code: int, verb: str = "load", **changes: Any) -> str:
    """Run a verb that fails; the live schema is whole and nothing else is there. Return the message."""
    with pytest.raises(RefreshError, match=match) as caught:
        cluster.run(verb, KEY, **changes)
    assert exit_code(caught.value) == code
    cluster.assert_whole("first")
    return str(caught.value)


def put(cluster: Any, end: str, body: bytes) -> None:
    cluster.aws.objects.put(IMPORT, STEM + end, body)


def test_a_wrong_hash(live: Any) -> None:
    refused(live, "is expected", 3, expected_sha256="0" * 64)


def test_a_dump_that_was_changed_after_its_manifest(live: Any) -> None:
    body = live.aws.objects.objects[IMPORT, KEY][0]
    put(live, ".sql.gz", body[:-9] + b"\0" + body[-8:])
    refused(live, "cut short or changed", 3)


def test_an_object_without_its_tags(live: Any) -> None:
    live.aws.objects.tags[IMPORT, KEY].pop("DataClass")
    refused(live, "lacks the tags DataClass=scrubbed", 3)


def test_an_object_that_is_not_there(live: Any) -> None:
    del live.aws.objects.objects[IMPORT, KEY]
    refused(live, "does not exist", 3)


def test_no_manifest(live: Any) -> None:
    del live.aws.objects.objects[IMPORT, f"{STEM}.manifest.json"]
    refused(live, "manifest.json is missing", 3)


def test_another_dumps_manifest(live: Any) -> None:
    live.upload(KEY, live.dumps["second"], dump="other.sql.gz")
    refused(live, "another dump", 3)


def test_a_dump_cut_short_though_its_hashes_are_right(live: Any) -> None:
    sql = live.dumps["second"].sql
    cut = sql[: sql.index(b"-- Dump completed") - 400]
    packed = gzip.compress(cut, 1)
    manifest = json.loads(live.aws.objects.objects[IMPORT, f"{STEM}.manifest.json"][0])
    manifest |= {"sha256": hashlib.sha256(packed).hexdigest(), "bytes": len(packed)}
    manifest["sql_sha256"] = hashlib.sha256(cut).hexdigest()
    put(live, ".sql.gz", packed)
    put(live, ".manifest.json", json.dumps(manifest).encode())
    refused(live, "cut short", 3)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (b"GRANT ALL ON *.* TO 'x'@'%';\n", "GRANT"),
        (b"DROP DATABASE shop;\n", "DROP DATABASE"),
        (b"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE state;\n", "LOAD DATA"),
        (b"USE shop;\n", "USE"),
        (b"INSERT INTO `shop`.`state` VALUES ('generation', 'evil');\n", "another schema"),
    ],
)
def test_a_statement_that_must_not_be_in_a_dump(live: Any, statement: bytes, name: str) -> None:
    whole = live.dumps["second"]
    at = whole.sql.index(b"-- Dump completed")
    live.upload(KEY, replace(whole, sql=whole.sql[:at] + statement + whole.sql[at:]))
    message = refused(live, name, 3)
    assert re.search(r"line \d+", message)
    assert "passwd" not in message


def test_a_dump_of_another_schema_is_refused_with_the_difference_unless_it_is_accepted(live: Any) -> None:
    other = made_dump.made(
        live.server, made_dump.shop_sql("second", more="ALTER TABLE country ADD iso CHAR(2) FIRST, MODIFY name TEXT;\n")
        .replace("INSERT INTO country VALUES", "INSERT INTO country (id, name) VALUES")
    )  # fmt: skip
    manifest = live.upload(KEY, other)
    message = refused(live, "differs from the live shop", 3)
    assert "iso" in message
    assert manifest["schema_sha256"] in message
    live.run("load", KEY, accepted_schema=manifest["schema_sha256"])
    live.run("finish", KEY)
    assert live.generation() == "second"


def test_migrations_after_a_load_are_no_drift_of_the_next_dump(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("ALTER TABLE country ADD iso CHAR(2);", "shop__next")
    live.run("finish", KEY)
    live.refresh("20260303/shop.sql.gz", name="first")
    live.assert_whole("first", former="second")


def test_foreign_keys_of_other_schemas_are_named(live: Any) -> None:
    live.server.sql(
        "CREATE DATABASE other; CREATE TABLE other.note (id INT, FOREIGN KEY (id) REFERENCES shop.person (id));"
    )
    with pytest.raises(RefusedError, match=r"other\.note"):
        live.run("load", KEY)
    live.server.sql("DROP DATABASE other;")
    live.assert_whole("first")


def test_rows_that_the_manifest_does_not_have(live: Any) -> None:
    whole = live.dumps["second"]
    live.upload(KEY, replace(whole, rows={**whole.rows, "bill": 4}))
    refused(live, "bill: 120 instead of 4", 4)


def test_a_wrong_password(live: Any) -> None:
    live.aws.secrets.passwords = ["wrong-one"]
    message = refused(live, "1045", 5)
    assert "wrong-one" not in message


def test_a_password_that_is_rotated_just_now(live: Any) -> None:
    live.aws.secrets.passwords = ["the one before", PASSWORD]
    live.run("load", KEY)


def test_an_expired_certificate(live: Any) -> None:
    live.server.renew_certificate(until=datetime.now(timezone.utc) - timedelta(hours=1))
    live.server.take_certificate()
    try:
        refused(live, "certificate was refused: certificate has expired", 5)
    finally:
        live.server.renew_certificate()
        live.server.take_certificate()


def test_a_certificate_for_another_host(live: Any) -> None:
    """The same server by a name that its certificate is not for."""
    refused(live, "certificate was refused", 5, endpoint="127.1")


@pytest.fixture
def small(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A server whose data lies on a disk of 160 MiB; the binary log lies elsewhere, or it would wait for room."""
    folder = tmp_path / "small"
    (folder / "data").mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder / "data")], check=True)
    one = type(server)(
        folder=folder, host_name="localhost", port=free_port(), authority=server.authority,
        options={"log-bin": str(tmp_path / "binlog")},
    )  # fmt: skip
    try:
        one.create("admin", PASSWORD)
        yield one
    finally:
        one.kill()
        subprocess.run(["umount", str(folder / "data")], check=True)


@pytest.mark.skipif(bool(PROGRAMS), reason="the disk is small for MySQL, and filled with MariaDB's sequences")
def test_a_full_disk(cluster: Any, small: Server) -> None:
    """The same cluster on a small disk: what does not fit is refused, and its room is free again."""
    on_small = Cluster(small, cluster.aws, cluster.dumps)
    on_small.refresh()
    # A ballast fills most of the disk: a dump large enough to do so would take a minute to read.
    (small.data / "ballast").write_bytes(bytes(shutil.disk_usage(small.data).free - ROOM_BYTES))
    filler = "CREATE TABLE filler (id INT PRIMARY KEY, t VARCHAR(2000)) CHARACTER SET latin1;"
    filler += "INSERT INTO filler SELECT seq, REPEAT('x', 2000) FROM seq_1_to_8000;"  # twice the room
    big = made_dump.made(cluster.server, made_dump.shop_sql("second", more=filler))
    manifest = on_small.upload(KEY, big)
    refused(on_small, "its disk is full", 5, accepted_schema=manifest["schema_sha256"])
    on_small.upload("20260303/shop.sql.gz", on_small.dumps["second"])
    on_small.executions += 1
    on_small.run("load", "20260303/shop.sql.gz")
    on_small.run("finish", "20260303/shop.sql.gz")
    on_small.assert_whole("second", former="first")


def test_a_secret_that_is_none(live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def credentials(_arn: str) -> tuple[str, str]:
        raise PermanentError("the secret arn:secret must be a JSON object")

    monkeypatch.setattr(live.aws.secrets, "credentials", credentials)
    refused(live, "must be a JSON object", 5)


def test_a_migration_that_failed_halfway_leaves_no_candidate(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("ALTER TABLE country ADD iso CHAR(2);", "shop__next")
    live.run("fail", KEY)
    live.assert_whole("first")
    assert "failed" in live.aws.outcomes.published[-1][0]
    live.executions += 1
    live.run("load", KEY)
    live.run("finish", KEY)
    live.assert_whole("second", former="first")


def test_a_migration_that_broke_a_reference_is_found(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("SET foreign_key_checks = 0; DELETE FROM country WHERE id = 2;", "shop__next")
    refused(live, "foreign key person.person_ibfk_1: 8 rows refer to nothing", 4, verb="finish")


def test_a_migration_that_broke_a_view_is_found(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("ALTER TABLE person DROP name;", "shop__next")
    refused(live, "view a_total cannot be read", 4, verb="finish")


def test_an_address_that_may_be_somebodys_is_found_and_not_shown(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("UPDATE person SET name = 'write to jane.roe@gmail.com' WHERE id = 3;", "shop__next")
    message = refused(live, r"email in person\.name, in 1 rows", 4, verb="finish")
    assert "jane" not in message


def test_what_the_rules_allow_is_no_finding(live: Any) -> None:
    whole = live.dumps["second"]
    sql = whole.sql.replace(b"'Name 3'", b"'jane.roe@gmail.com'")
    live.upload(
        KEY,
        replace(whole, sql=sql),
        opt_ins=[{"namespace": "shop.person", "path": "name", "what": "email: keeps the domain"}],
    )
    live.run("load", KEY)
    live.run("finish", KEY)


def _hold_lease(cluster: Any, refresh_id: str) -> None:
    """Leave a lease behind as a task does that was killed on another machine a moment ago."""
    elsewhere = ProcessIdentity(host="elsewhere", boot_id="another", pid=7, pid_started="1")
    held = LeaseRecord(fencing=99, refresh_id=refresh_id, heartbeat_at="", holder=elsewhere)
    cluster.aws.objects.put("reports", LEASE, held.body())


def test_a_task_that_was_killed_elsewhere_is_waited_for_by_its_own_refresh_alone(live: Any) -> None:
    refresh_id = live.run("load", KEY)["refresh_id"]
    _hold_lease(live, "20260303-another")
    with pytest.raises(LeaseError, match="20260303-another"):
        live.run("fail", KEY)
    _hold_lease(live, refresh_id)
    live.run("fail", KEY)
    live.assert_whole("first")


def test_two_refreshes_at_once(live: Any) -> None:
    live.run("load", KEY)  # its execution goes on: migrations run now
    live.aws.automations.running.add(f"e-{live.executions}")
    other = "20260303/shop.sql.gz"
    live.upload(other, live.dumps["first"])
    for execution in ("e-other", ""):
        with pytest.raises(LeaseError, match=f"by automation execution e-{live.executions}"):
            live.run("load", other, execution_id=execution)
    with pytest.raises(RequestError, match="no refresh was begun by execution e-other"):
        live.run("finish", other, execution_id="e-other")
    live.run("finish", KEY)
    live.assert_whole("second", former="first")


def test_a_refresh_that_was_given_up_is_ended_by_the_next_one(live: Any) -> None:
    live.run("load", KEY)
    other = "20260303/shop.sql.gz"
    live.refresh(other, name="second")
    live.assert_whole("second", former="first")
    ended = json.loads(next(body for (_, key), (body, _, _) in live.aws.objects.objects.items() if "20260302-" in key))
    assert ended["state"] == "abandoned"


def test_a_dump_that_is_live_is_nothing_to_do_for_its_execution_and_loaded_anew_by_another(live: Any) -> None:
    live.refresh(KEY, name="second")
    effects = len(live.aws.fate.effects)
    assert live.run("load", KEY)["nothing_to_do"]
    assert live.run("finish", KEY)["nothing_to_do"]
    done = live.aws.fate.effects[effects:]
    assert not [each for each in done if not each.startswith(("put", "DROP DATABASE IF EXISTS `shop__next`"))]
    live.assert_whole("second", former="first")
    live.server.sql("UPDATE state SET value = 'spoilt';", "shop")
    live.executions += 1
    live.run("load", KEY)
    live.run("finish", KEY)
    live.assert_whole("second", former="spoilt")


def test_another_execution_does_not_go_on_with_a_candidate_that_migrations_were_over(live: Any) -> None:
    live.run("load", KEY)
    live.server.sql("ALTER TABLE country ADD half INT;", "shop__next")
    live.executions += 1
    live.run("load", KEY)
    live.run("finish", KEY)
    live.assert_whole("second", former="first")
    assert "half" not in live.server.sql("SHOW CREATE TABLE country;", "shop")


def test_no_error_and_no_record_holds_the_password_or_a_row(live: Any) -> None:
    """With a control: the same search finds the dump's rows in the uploaded object's text."""
    live.refresh(KEY, name="second")
    words = [PASSWORD, "n7@example.com", "Name 7"]
    texts = [body for (bucket, _), (body, _, _) in live.aws.objects.objects.items() if bucket == "reports"]
    texts += [line.encode() for line in live.lines] + [each.encode() for each in live.aws.outcomes.logged]
    texts += [f"{subject}{text}".encode() for subject, text in live.aws.outcomes.published]
    assert not [word for word in words for text in texts if word.encode() in text]
    assert all(word.encode() in live.dumps["second"].sql for word in words[1:])


def test_previous_without_a_former_schema(live: Any) -> None:
    live.executions += 1
    refused(live, "is no generation of shop", 5, verb="previous")


def test_the_last_known_good_dump_is_loaded_again(live: Any) -> None:
    live.server.sql("DELETE FROM bill; UPDATE state SET value = 'spoilt';", "shop")
    del live.aws.objects.objects[IMPORT, KEY]
    live.run("last-known-good", KEY)
    live.run("finish", KEY)
    live.assert_whole("first", former="spoilt")
    tags = live.aws.objects.tags[IMPORT, "20260301/shop.sql.gz"]
    assert tags == {"Environment": "test", "DataClass": "scrubbed", "Team": "x", "LastKnownGood": "shop"}
    live.refresh(KEY, name="second")
    assert "LastKnownGood" not in live.aws.objects.tags[IMPORT, "20260301/shop.sql.gz"]
    assert live.aws.objects.tags[IMPORT, KEY]["LastKnownGood"] == "shop"


def test_a_load_that_takes_too_long_ends_and_leaves_no_candidate(live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pass_on = load._in_time

    def slowly(context: Any, parts: Any) -> Any:
        for number, part in enumerate(pass_on(context, parts)):
            live.aws.clock.sleep(30 if number < 5 else 0)
            yield part

    monkeypatch.setattr(load, "_in_time", slowly)
    limits = {"step_timeout_minutes": {"load": 1.0}}
    refused(live, "takes too long. load may take 1 min", 5, limits=limits)


def test_a_clone_is_asked_for_once(live: Any) -> None:
    live.run("load", KEY, clone=True)
    live.run("load", KEY, clone=True)
    assert live.aws.clusters.asked == 1
    assert next(iter(live.aws.clusters.clones)).startswith("test-cluster-20260302-")
