"""Clients of the two clusters: how they come in, one that reads all the time, one that holds a transaction open."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pymysql

from sandbox.client import Sandbox
from sandbox.demo.reader import Watch

_EVERY_SECONDS = 0.05
_LOOK_EVERY_SECONDS = 0.1
_HELD_ON_SECONDS = 0.5
# The swap's statements name the live schema; those that load a dump, which wait for each other now and then, name none.
_SWAP_WAITS = """SELECT 1 FROM information_schema.PROCESSLIST
    WHERE STATE = 'Waiting for table metadata lock' AND INFO LIKE %s"""


@dataclass(frozen=True)
class Login:
    """Where a cluster answers on this machine, and who may come in."""

    host: str
    port: int
    user: str
    password: str
    ca: str

    def connect(self) -> pymysql.Connection[Any]:
        """Log in over TLS, trusting the sandbox's authority."""
        return pymysql.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, ssl={"ca": self.ca}, autocommit=True
        )

    def rows(self, query: str, *values: str) -> list[Sequence[Any]]:
        """Ask, and give all rows."""
        with closing(self.connect()) as opened, opened.cursor() as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall())

    def rows_in(self, schema: str, statement: str) -> list[Sequence[Any]]:
        """Ask within a schema, and give all rows."""
        with closing(self.connect()) as opened, opened.cursor() as cursor:
            opened.select_db(schema)
            cursor.execute(statement)
            return list(cursor.fetchall())


def login(world: Sandbox, cluster_id: str, secret_id: str) -> Login:
    """Find a cluster of the sandbox, with the password that its secret has now."""
    secret = world.session().client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    known = json.loads(secret)
    host, port = world.forward_database(cluster_id)
    return Login(host, port, known["username"], known["password"], world.env["RDS_CA_BUNDLE"])


class Watcher(Watch):
    """A thread that reads twenty times a second and notes when it was answered."""

    def __init__(self, at: Login, query: str) -> None:
        """Prepare to read."""
        super().__init__()
        self._at, self._query = at, query

    def _read(self) -> None:
        with closing(self._at.connect()) as opened, opened.cursor() as cursor:
            while not self._stopping.wait(_EVERY_SECONDS):
                try:
                    cursor.execute(self._query)
                    cursor.fetchall()
                    self._answered.append(time.time())
                except pymysql.MySQLError:
                    self._missed += 1


class Holder:
    """A thread that holds a transaction open until the swap has run into it, as a forgotten session would."""

    def __init__(self, at: Login, query: str, schema: str) -> None:
        """Prepare to hold what a query reads of a schema."""
        self._at, self._query, self._swaps = at, query, f"%`{schema}`.%"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._hold, daemon=True)

    def __enter__(self) -> Holder:  # noqa: PYI034 - typing.Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(timeout=30)

    def _hold(self) -> None:
        with closing(self._at.connect()) as opened, opened.cursor() as cursor:
            opened.begin()
            cursor.execute(self._query)
            while not self._stopping.wait(_LOOK_EVERY_SECONDS):
                if self._at.rows(_SWAP_WAITS, self._swaps):
                    time.sleep(_HELD_ON_SECONDS)
                    break
            opened.rollback()
