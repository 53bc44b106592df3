"""Servers that stand for Aurora: TLS, clones while a client writes, and the way back to a point in time."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pymysql
import pytest

from sandbox.aurora.authority import Authority
from sandbox.aurora.server import Server
from sandbox.layout import SandboxError
from tests.aurora.neighbours import Busy

pytestmark = pytest.mark.sandbox

PASSWORD = "made-up at 'first' \\ sight"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def new(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    made = []

    def make(**changes: object) -> Server:
        folder = tmp_path_factory.mktemp("server")
        values = {"folder": folder, "host_name": "localhost", "port": free_port(), "authority": authority, **changes}
        made.append(Server(**values))
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture(scope="module")
def server(new: Callable[..., Server]) -> Server:
    one = new()
    one.create("admin", PASSWORD)
    return one


def connect(server: Server, password: str = PASSWORD) -> pymysql.Connection:
    tls = ssl.create_default_context(cafile=str(server.authority.certificate))
    return pymysql.connect(host="localhost", port=server.port, user="admin", password=password, ssl=tls)


def test_a_client_that_verifies_the_certificate_gets_in_and_one_without_tls_does_not(server: Server) -> None:
    with connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
        assert cursor.fetchone()[1]
    with pytest.raises(pymysql.OperationalError, match="1045"):
        pymysql.connect(host="127.0.0.1", port=server.port, user="admin", password=PASSWORD, ssl_disabled=True)


def test_an_expired_certificate_is_refused(new: Callable[..., Server], server: Server) -> None:
    expired = new()
    expired.renew_certificate(until=datetime.now(timezone.utc) - timedelta(hours=1))
    server.clone(expired)
    with pytest.raises(pymysql.OperationalError, match="expired"):
        connect(expired)
    expired.stop()
    expired.renew_certificate()
    expired.start()
    connect(expired).close()


def test_a_changed_password_counts_at_once(new: Callable[..., Server], server: Server) -> None:
    changed = new()
    server.clone(changed)
    changed.change_password("admin", "another")
    connect(changed, "another").close()
    with pytest.raises(pymysql.OperationalError):
        connect(changed)


class Writer(Busy):
    """Inserts numbers one by one, each its own transaction over two tables, until told to stop."""

    def __init__(self, server: Server) -> None:
        super().__init__(connect(server))
        self.acknowledged = 0

    def reach(self, number: int) -> None:
        deadline = time.monotonic() + 60
        while self.acknowledged < number:
            assert time.monotonic() < deadline, "the writer stands still"
            time.sleep(0.01)

    def _run(self) -> None:
        number = self.acknowledged
        while not self._stop.is_set():
            number += 1
            with self._connection.cursor() as cursor:
                cursor.execute("INSERT INTO book.one VALUES (%s)", (number,))
                cursor.execute("INSERT INTO book.two VALUES (%s)", (number,))
            self._connection.commit()
            self.acknowledged = number


def numbers(server: Server, table: str) -> list[int]:
    return [int(line) for line in server.sql(f"SELECT n FROM book.{table};").split()]  # noqa: S608


@pytest.fixture
def book(new: Callable[..., Server], server: Server) -> Server:
    """A server of its own with two empty tables."""
    one = new()
    server.clone(one)
    one.sql("CREATE DATABASE book; CREATE TABLE book.one (n INT PRIMARY KEY); CREATE TABLE book.two LIKE book.one;")
    return one


def test_a_clone_under_writes_has_whatever_was_acknowledged_and_whole_transactions(
    new: Callable[..., Server], book: Server
) -> None:
    to = new()
    with Writer(book) as writer:
        writer.reach(200)
        before = writer.acknowledged
        book.clone(to)
        writer.reach(writer.acknowledged + 50)  # the source goes on
    cloned = numbers(to, "one")
    assert cloned == numbers(to, "two")
    assert cloned == list(range(1, len(cloned) + 1))
    assert len(cloned) >= before
    assert book.is_up()


def test_a_killed_server_starts_with_whatever_was_acknowledged(book: Server) -> None:
    with Writer(book) as writer:
        writer.reach(50)
    book.kill()
    assert not book.is_up()
    book.start()
    assert numbers(book, "one") == list(range(1, writer.acknowledged + 1))


def test_a_point_in_time_holds_what_was_there_and_nothing_later(new: Callable[..., Server], book: Server) -> None:
    book.sql("INSERT INTO book.one VALUES (1);")
    book.back_up()
    book.sql("INSERT INTO book.one VALUES (2); FLUSH BINARY LOGS; INSERT INTO book.one VALUES (3);")
    time.sleep(1.1)  # the log's times are whole seconds
    between = datetime.now(timezone.utc)
    time.sleep(1.1)
    book.sql("INSERT INTO book.one VALUES (4); DROP TABLE book.two;")
    to = new()
    book.restore_to_time(to, between)
    assert numbers(to, "one") == [1, 2, 3]
    assert numbers(to, "two") == []
    assert numbers(book, "one") == [1, 2, 3, 4]


def test_a_time_before_every_backup_is_refused(new: Callable[..., Server], book: Server) -> None:
    with pytest.raises(SandboxError, match="no backup from before"):
        book.restore_to_time(new(), datetime.now(timezone.utc) - timedelta(days=1))


def test_the_client_verifies_the_host_name(server: Server, authority: Authority, tmp_path: Path) -> None:
    """By an address that is in the certificate it gets in, by one that is not it does not."""
    options = tmp_path / "options.cnf"
    secret = PASSWORD.replace("\\", "\\\\")
    options.write_text(f'[client]\nuser=admin\npassword="{secret}"\nssl-ca={authority.certificate}\n')

    def ask(host: str) -> subprocess.CompletedProcess[str]:
        command = ["mysql", f"--defaults-file={options}", "--ssl-verify-server-cert", f"--host={host}"]
        command += [f"--port={server.port}", "--protocol=tcp", "--execute=SELECT 1"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert ask("localhost").returncode == 0, ask("localhost").stderr
    assert ask("127.0.0.1").returncode == 0, ask("127.0.0.1").stderr
    assert "SSL" in ask(socket.gethostname()).stderr or "connect" in ask(socket.gethostname()).stderr
