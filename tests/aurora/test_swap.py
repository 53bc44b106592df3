"""The swap as its neighbours see it: one that reads all the time, and one that holds a transaction open."""

from __future__ import annotations

from typing import Any

import pymysql
import pytest

from refresh.aurora import exchange, patience, sql
from refresh.aurora.sql import LockWaitError
from refresh.errors import CutOverError, LockedError
from tests.aurora.conftest import ALL
from tests.aurora.neighbours import Holder, Reader, connect

pytestmark = pytest.mark.sandbox

SERVERS_LIMIT_SECONDS = 60  # instead of its least, one second: who waits for less was helped by the second session


def _loaded(cluster: Any) -> str:
    cluster.refresh()
    key = "20260302/shop.sql.gz"
    cluster.upload(key, cluster.dumps["second"])
    cluster.executions += 1
    cluster.run("load", key)
    return key


@pytest.fixture
def no_other_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second session alone keeps the swap from waiting, and everybody behind it."""
    monkeypatch.setattr(patience, "LOCK_WAIT_SECONDS", SERVERS_LIMIT_SECONDS)


@pytest.mark.usefixtures("no_other_guard")
def test_a_client_that_reads_all_the_time_sees_one_or_the_other_and_does_not_wait(cluster: Any) -> None:
    key = _loaded(cluster)
    with Reader(cluster.server) as reader:
        cluster.run("finish", key)
    print(f"{reader.reads} reads, the longest {1000 * reader.longest_seconds:.0f} ms")  # noqa: T201 - for `pytest -s`
    assert reader.generations == ["first", "second"]
    assert reader.longest_seconds < SERVERS_LIMIT_SECONDS / 2
    cluster.assert_whole("second", former="first")


@pytest.mark.usefixtures("no_other_guard")
@pytest.mark.parametrize("table", ["country", "state"])
def test_a_transaction_held_open_is_waited_for_named_and_not_harmed(cluster: Any, table: str) -> None:
    """`country` has a trigger, `state` has none: either way the live schema keeps its triggers."""
    key = _loaded(cluster)
    holder = Holder(cluster.server, table)
    with Reader(cluster.server) as reader, pytest.raises(LockedError) as caught:
        cluster.run("finish", key)
    print(f"{reader.reads} reads, the longest {1000 * reader.longest_seconds:.0f} ms")  # noqa: T201 - the same
    assert f"session {holder.session_id} of admin from 127.0.0.1:" in str(caught.value)
    assert "SELECT" not in str(caught.value)
    assert "in each of 2 tries" in str(caught.value)
    assert reader.generations == ["first"]
    assert reader.failures == []
    assert reader.longest_seconds < SERVERS_LIMIT_SECONDS / 2
    assert cluster.objects() == ALL
    holder.release()
    cluster.assert_works()
    cluster.run("finish", key)
    cluster.assert_whole("second", former="first")
    assert cluster.server.sql("SELECT COUNT(*) FROM shop__previous.audit WHERE what = 'held';").strip() == "1"


def test_a_transaction_that_ends_meanwhile_lets_the_next_try_through(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _loaded(cluster)
    holder = Holder(cluster.server)
    pause = cluster.aws.clock.sleep

    def sleep(seconds: float) -> None:
        if holder.connection.open and seconds == 1:
            holder.release()
        pause(seconds)

    monkeypatch.setattr(cluster.aws.clock, "sleep", sleep)
    cluster.run("finish", key)
    cluster.assert_whole("second", former="first")
    assert any(f"session {holder.session_id}" in line for line in cluster.lines)


def test_a_transaction_that_begins_right_after_the_rename_delays_the_triggers_and_loses_none(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, move, pause, holders = _loaded(cluster), exchange.move, cluster.aws.clock.sleep, []

    def move_and_hold(*arguments: Any) -> None:
        move(*arguments)
        holders.append(Holder(cluster.server, "bill"))

    def sleep(seconds: float) -> None:
        if holders and holders[0].connection.open:
            holders[0].release()
        pause(seconds)

    monkeypatch.setattr(exchange, "move", move_and_hold)
    monkeypatch.setattr(cluster.aws.clock, "sleep", sleep)
    cluster.run("finish", key)
    assert len(holders) == 1
    cluster.assert_whole("second", former="first")


def test_without_the_short_wait_everybody_would_wait(cluster: Any) -> None:
    """The control: a RENAME TABLE with a longer limit keeps a reader waiting for as long as that."""
    _loaded(cluster)
    holder = Holder(cluster.server, "state")
    patient = connect(cluster.server)
    with Reader(cluster.server) as reader, patient.cursor() as cursor:
        cursor.execute("SET SESSION lock_wait_timeout = 3")
        with pytest.raises(pymysql.OperationalError, match="1205"):
            cursor.execute("RENAME TABLE state TO another")
    patient.close()
    holder.release()
    assert reader.longest_seconds > 2


def test_a_transaction_held_in_the_former_schema_ends_a_refresh_and_does_not_hold_it_up(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at what staging was keeps it from being dropped, for a year by MySQL's own limit."""
    monkeypatch.setattr(sql, "LONGEST_LOCK_WAIT_SECONDS", 1)
    key = _loaded(cluster)
    cluster.run("finish", key)
    holder = Holder(cluster.server, "shop__previous.country")
    cluster.upload("20260303/shop.sql.gz", cluster.dumps["first"])
    cluster.executions += 1
    cluster.run("load", "20260303/shop.sql.gz")
    try:
        with pytest.raises(LockWaitError, match=r"shop__previous .*another session holds what it needs"):
            cluster.run("finish", "20260303/shop.sql.gz")
        assert [cluster.generation(each) for each in ("shop", "shop__previous")] == ["second", "first"]
    finally:
        holder.release()
    cluster.run("finish", "20260303/shop.sql.gz")
    cluster.assert_whole("first", former="second")


def test_a_failing_smoke_test_brings_the_former_schema_back_by_itself(cluster: Any) -> None:
    key = _loaded(cluster)
    smoke = {"urls": [], "command": ["sh", "-c", "exit 3"]}
    with pytest.raises(CutOverError, match="sh ended with status 3"):
        cluster.run("finish", key, smoke=smoke)
    cluster.assert_whole("first")
    assert "switched back" in cluster.aws.outcomes.published[-1][0]
    cluster.executions += 1
    cluster.run("load", key)
    cluster.run("finish", key, smoke={"urls": [], "command": ["true"]})
    cluster.assert_whole("second", former="first")


def test_new_and_vanished_tables_views_and_routines_go_where_they_belong(cluster: Any) -> None:
    """Migrations make of a view a table and of a table a view, drop a trigger and add a routine."""
    key = _loaded(cluster)
    cluster.migrate(
        "DROP VIEW a_total; CREATE TABLE a_total (name VARCHAR(60), owes DECIMAL(12,2)); DROP TRIGGER left_country;"
        "CREATE TABLE fresh (id INT PRIMARY KEY, person_id INT, FOREIGN KEY (person_id) REFERENCES person (id));"
        "DROP TABLE audit; DROP TRIGGER IF EXISTS billed_second; CREATE VIEW audit AS SELECT 1 AS id;"
        "CREATE FUNCTION two() RETURNS INT DETERMINISTIC RETURN 2;",
        "shop__next",
    )
    cluster.run("finish", key)
    assert "trigger left_country" not in cluster.objects()
    assert {"view audit", "routine two", "routine total", "view z_debtor"} <= set(cluster.objects())
    assert cluster.server.sql("SELECT COUNT(*) FROM a_total; SELECT id FROM audit;", "shop") == "0\n1\n"
    assert "trigger left_country" in cluster.objects("shop__previous")
    cluster.executions += 1
    cluster.run("previous")
    assert cluster.objects() == ALL
    cluster.assert_works()
