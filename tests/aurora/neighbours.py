"""Neighbours of a swap: one that reads all the time, and one that holds a transaction open."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from typing import TypeVar

import pymysql

from sandbox.aurora.server import Server
from tests.aurora.conftest import PASSWORD

B = TypeVar("B", bound="Busy")


def connect(server: Server) -> pymysql.Connection:
    return pymysql.connect(
        unix_socket=None, host="localhost", port=server.port, user="admin", password=PASSWORD, database="shop",
        ssl={"ca": str(server.authority.certificate)}, autocommit=True,
    )  # fmt: skip


class Busy(ABC):
    """Works in a thread of its own and over a connection of its own, until told to stop."""

    def __init__(self, connection: pymysql.Connection) -> None:
        self._stop = threading.Event()
        self._connection = connection
        self._thread = threading.Thread(target=self._run)

    def __enter__(self: B) -> B:  # noqa: PYI019 - typing.Self came with Python 3.11
        self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        self._thread.join()
        self._connection.close()

    @abstractmethod
    def _run(self) -> None:
        """Work until `_stop` is set."""


class Reader(Busy):
    """Reads a table and a view over and over, until told to stop; remembers the longest read and every failure."""

    def __init__(self, server: Server) -> None:
        super().__init__(connect(server))
        self.generations: list[str] = []
        self.failures: list[str] = []
        self.longest_seconds = 0.0
        self.reads = 0

    def _run(self) -> None:
        began = time.monotonic()  # of the first try that has not come to a good end yet
        while not self._stop.is_set():
            try:
                with self._connection.cursor() as cursor:
                    cursor.execute("SELECT value FROM state WHERE name = 'generation'")
                    generation = cursor.fetchone()[0]
                    cursor.execute("SELECT COUNT(*), SUM(owes) FROM z_debtor WHERE id < 5")
                    assert cursor.fetchone()[0] == 4
            except pymysql.MySQLError as error:
                self.failures.append(str(error.args[0]))
                continue
            now = time.monotonic()
            self.longest_seconds = max(self.longest_seconds, now - began)
            began = now
            self.reads += 1
            if self.generations[-1:] != [generation]:
                self.generations.append(generation)


class Holder:
    """Holds a transaction open that has read a table; ends it by `release`."""

    def __init__(self, server: Server, table: str = "country") -> None:
        self.connection = connect(server)
        self.connection.begin()
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
            self.session_id = self.connection.thread_id()

    def release(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit (what) VALUES ('held')")
        self.connection.commit()
        self.connection.close()
