"""What waits for a lock for too long is ended; what is granted, or over, is not harmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest

from refresh.aurora import swap
from refresh.aurora.patience import LOCK_WAIT_SECONDS, PATIENCE_SECONDS, Patience
from refresh.aurora.sql import LockWaitError, Login, Sql, opened
from refresh.errors import DatabaseError
from tests.aurora.neighbours import Holder, Reader, connect
from tests.refresh.fake_cloud import Killed

pytestmark = pytest.mark.sandbox

RENAME = "RENAME TABLE shop.state TO shop.another"
Open = Callable[[], AbstractContextManager[Sql]]


@pytest.fixture
def opens(cluster: Any) -> Iterator[Open]:
    """Sessions of a user that has rights to the schema, and no other: it may neither see nor kill others' sessions."""
    cluster.refresh()
    server = cluster.server
    server.sql(f"CREATE USER plain IDENTIFIED BY '{'x' * 20}'; GRANT ALL ON shop.* TO plain;")

    def one() -> AbstractContextManager[Sql]:
        authority = str(server.authority.certificate)
        return opened(Login(host="localhost", port=server.port, user="plain", password="x" * 20, ca_bundle=authority))

    yield one
    server.sql("DROP USER plain;")


@contextmanager
def patient(opens: Open, second_of: Callable[[Sql], Any] = lambda second: second) -> Iterator[Sql]:
    with opens() as sql, opens() as second, sql.limited(Patience(second_of(second), sql.session_id).over):
        sql.run(f"SET SESSION lock_wait_timeout = {60 * LOCK_WAIT_SECONDS}", about="no other guard than this one")
        yield sql


def test_what_waits_is_ended_by_a_user_without_special_rights_and_the_session_goes_on(
    cluster: Any, opens: Open
) -> None:
    holder = Holder(cluster.server, "state")
    with Reader(cluster.server) as reader, patient(opens) as sql:
        for _ in range(2):
            with pytest.raises(LockWaitError, match="another session holds"):
                sql.run(RENAME, about="the test")
            assert sql.value("SELECT 7") == 7
        holder.release()
        sql.run(f"{RENAME}, shop.another TO shop.state", about="the test")
    assert reader.failures == []
    assert reader.longest_seconds < 30 * LOCK_WAIT_SECONDS  # the control: without it, twice as long as that


def test_what_works_and_does_not_wait_is_left_alone(opens: Open) -> None:
    with patient(opens) as sql:
        assert sql.value(f"SELECT SLEEP({3 * PATIENCE_SECONDS})") == 0


class Late:
    """A second session whose kill arrives only once the statement that waited is over."""

    def __init__(self, second: Sql, holder: Holder, schema_has: Callable[[str], bool]) -> None:
        self.second, self.holder, self.has = second, holder, schema_has
        self.killed = 0

    def value(self, *arguments: Any, **options: Any) -> Any:
        return self.second.value(*arguments, **options)

    def run(self, statement: str, **options: Any) -> None:
        self.holder.release()
        while not self.has("another"):
            time.sleep(0.01)
        self.killed += 1
        self.second.run(statement, **options)


def test_a_kill_that_comes_too_late_harms_neither_the_rename_nor_what_comes_next(cluster: Any, opens: Open) -> None:
    def has(table: str) -> bool:
        return table in cluster.server.sql("SHOW TABLES FROM shop;").split()

    holder = Holder(cluster.server, "state")
    late: list[Late] = []

    def second_of(second: Sql) -> Late:
        late.append(Late(second, holder, has))
        return late[0]

    with patient(opens, second_of) as sql:
        try:
            sql.run(RENAME, about="the test")
        except LockWaitError:
            assert has("another")  # done, though its answer was an error: that is why the swap looks at the marker
        assert late[0].killed == 1
        for _ in range(3):
            assert sql.value("SELECT 7") == 7
        sql.run("RENAME TABLE shop.another TO shop.state", about="the test")


def test_without_the_second_session_the_server_s_own_limit_ends_the_wait(cluster: Any, opens: Open) -> None:
    holder = Holder(cluster.server, "state")
    with patient(opens) as sql:
        sql.run(f"SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}", about="the second guard")
        found = cluster.server.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'plain';").split()
        (second_id,) = set(found) - {str(sql.session_id)}
        cluster.server.sql(f"KILL {second_id};")
        with pytest.raises(LockWaitError):
            sql.run(RENAME, about="the test")
        assert sql.value("SELECT 7") == 7
    holder.release()


def test_a_rename_that_is_killed_at_any_moment_is_whole(cluster: Any, opens: Open) -> None:
    """What the swap builds on. MariaDB ends none that is granted; what is printed says what the server at hand does."""
    server, names = cluster.server, [f"t{number}" for number in range(40)]
    server.sql("".join(f"CREATE TABLE {name} (id INT);" for name in names), "shop")
    statements = {
        here: "RENAME TABLE " + ", ".join(f"shop.{here}{n} TO shop.{there}{n}" for n in range(len(names)))
        for here, there in (("t", "u"), ("u", "t"))
    }
    with opens() as sql, opens() as second:
        began = time.monotonic()
        for here in ("t", "u"):
            sql.run(statements[here], about="how long it takes")
        usual, at, ended = (time.monotonic() - began) / 2, "t", 0
        for number in range(12):
            killing = threading.Timer(
                usual * number / 10, second.run, (f"KILL QUERY {sql.session_id}",), {"about": "the test"}
            )
            killing.start()
            is_moved, former = True, at
            try:
                sql.run(statements[at], about="the test")
            except DatabaseError:
                ended, is_moved = ended + 1, False
            killing.join()
            with suppress(DatabaseError):
                sql.rows("DO 0")
            there = set(server.sql("SHOW TABLES FROM shop;").split())
            held = {one for one in ("t", "u") if {f"{one}{n}" for n in range(len(names))} <= there}
            assert len(held) == 1, f"after {number} tenths of its time: torn"
            at = held.pop()
            assert (at != former) or not is_moved
    print(f"{ended} of 12 renames of {1000 * usual:.0f} ms were ended")  # noqa: T201 - for `pytest -s`


def test_a_rename_whose_answer_was_an_error_and_that_is_done_counts_as_done(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.refresh()
    key, move = "20260302/shop.sql.gz", swap.exchange.move
    cluster.upload(key, cluster.dumps["second"])
    cluster.executions += 1
    cluster.run("load", key)

    def moved_and_killed(*arguments: Any) -> None:
        move(*arguments)
        raise LockWaitError("ended while it waited")

    monkeypatch.setattr(swap.exchange, "move", moved_and_killed)
    cluster.run("finish", key)
    cluster.assert_whole("second", former="first")


def test_a_rename_that_a_dead_run_left_waiting_is_awaited_before_anything_is_mended(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server goes on with it; here it is granted after the next run has begun to look."""
    cluster.refresh()
    key, run, pause, left = "20260302/shop.sql.gz", Sql.run, cluster.aws.clock.sleep, []
    cluster.upload(key, cluster.dumps["second"])
    cluster.executions += 1
    cluster.run("load", key)

    def run_or_die(self: Sql, statement: str, *values: Any, about: str) -> None:
        if statement.startswith("RENAME TABLE"):
            left.append(statement)
            cluster.aws.fate.die()
        run(self, statement, *values, about=about)

    with monkeypatch.context() as patch:
        patch.setattr(Sql, "run", run_or_die)
        with pytest.raises(Killed):
            cluster.run("finish", key)
    cluster.aws.fate.revive()

    holder, orphan = Holder(cluster.server, "state"), connect(cluster.server)
    renaming = threading.Thread(target=orphan.query, args=left)
    renaming.start()
    while "Waiting for" not in cluster.server.sql("SELECT STATE FROM information_schema.PROCESSLIST;"):
        time.sleep(0.01)

    def sleep(seconds: float) -> None:
        if holder.connection.open:
            holder.connection.close()
            renaming.join()
        pause(seconds)

    monkeypatch.setattr(cluster.aws.clock, "sleep", sleep)
    cluster.run("finish", key)
    orphan.close()
    cluster.assert_whole("second", former="first")
