"""Statements to the cluster: over TLS that is verified; errors by number, since their texts may hold a value."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from refresh.errors import DatabaseError, PermanentError, RefreshError, TransientError

CONNECT_SECONDS = 20
# For another session's tables, by whatever statement; the server's own limit is a day (MariaDB) or a year (MySQL).
LONGEST_LOCK_WAIT_SECONDS = 60
_TRANSIENT = frozenset(
    {
        CR.CR_CONNECTION_ERROR, CR.CR_CONN_HOST_ERROR, CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST,
        ER.CON_COUNT_ERROR, ER.LOCK_DEADLOCK, ER.SERVER_SHUTDOWN, ER.TOO_MANY_USER_CONNECTIONS,
    }
)  # fmt: skip
_DISK_FULL = frozenset({3, ER.DISK_FULL, ER.ERROR_ON_WRITE, ER.RECORD_FILE_FULL})
_DENIED = frozenset({ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.TABLEACCESS_DENIED_ERROR, 1227, 1370})
Limit = Callable[[str, pymysql.Connection], AbstractContextManager[None]]
_NAMES = {
    value: name
    for numbers in (CR, ER)
    for name, value in vars(numbers).items()
    if isinstance(value, int) and not name.startswith("ERROR_")
}


class LockWaitError(TransientError):
    """Another session holds what a statement needs; it waited as long as it may."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who to be at which server. The password is held in memory alone, and no text shows it."""

    host: str
    port: int
    user: str
    password: str
    ca_bundle: str

    def __repr__(self) -> str:
        """Name the server and the user."""
        return f"{self.user} at {self.host}:{self.port}"


class Sql:
    """A session with the server; every statement commits by itself."""

    def __init__(self, connection: pymysql.Connection, login: Login) -> None:
        """Use `opened`."""
        self._connection = connection
        self._login = login
        self._limit: Limit = lambda _statement, _connection: nullcontext()

    @property
    def session_id(self) -> int:
        """The session's number in the process list."""
        return int(self._connection.thread_id())

    def rows(self, query: str, *values: Any, about: str = "a question") -> list[tuple[Any, ...]]:
        """Ask.

        Args:
            query: SQL, with %s for each value.
            values: What goes there.
            about: What it is, for the message.

        Returns:
            Every row.

        Raises:
            RefreshError: The server refused or failed.
        """
        with translated(about, self._login), self._connection.cursor() as cursor:
            statement = cursor.mogrify(query, values or None)
            with self._limit(statement, self._connection):
                cursor.execute(statement)
                return list(cursor.fetchall())

    def value(self, query: str, *values: Any, about: str = "a question") -> Any:
        """Ask for the first value of the first row; None when there is no row."""
        found = self.rows(query, *values, about=about)
        return found[0][0] if found else None

    def run(self, statement: str, *values: Any, about: str) -> None:
        """Run a statement.

        Args:
            statement: SQL, with %s for each value.
            values: What goes there.
            about: What it is, for the message.

        Raises:
            RefreshError: The server refused or failed.
        """
        self.rows(statement, *values, about=about)

    @contextmanager
    def limited(self, limit: Limit) -> Iterator[None]:
        """Put a limit around every statement.

        Args:
            limit: Given a statement's text and the connection, what is around it while it runs.

        Yields:
            Nothing.
        """
        former, self._limit = self._limit, limit
        try:
            yield
        finally:
            self._limit = former

    def use(self, schema: str) -> None:
        """Make a schema the session's own."""
        with translated(f"USE {schema}", self._login):
            self._connection.select_db(schema)


@contextmanager
def opened(login: Login, answer_seconds: float | None = None) -> Iterator[Sql]:
    """Open a session.

    Args:
        login: Server and user.
        answer_seconds: How long an answer may take before the session is given up; as long as it takes when left out.

    Yields:
        The session.

    Raises:
        PermanentError: The certificate or the password is wrong.
        TransientError: The server cannot be reached.
    """
    with translated("connecting", login):
        context = _tls(login)
        connection = pymysql.connect(
            host=login.host, port=login.port, user=login.user, password=login.password, ssl=context, autocommit=True,
            charset="utf8mb4", connect_timeout=CONNECT_SECONDS, program_name="understudy",
            read_timeout=answer_seconds, init_command=f"SET SESSION lock_wait_timeout = {LONGEST_LOCK_WAIT_SECONDS}",
        )  # fmt: skip
    try:
        yield Sql(connection, login)
    finally:
        if connection.open:
            connection.close()


@contextmanager
def translated(about: str, login: Login) -> Iterator[None]:
    """Let no error of the driver through as it is.

    Args:
        about: What was done, for the message.
        login: Where.

    Yields:
        Nothing.

    Raises:
        RefreshError: Whatever the driver raised, in our words.
    """
    try:
        yield
    except pymysql.MySQLError as error:
        code = int(error.args[0]) if error.args and isinstance(error.args[0], int) else 0
        cause = getattr(error, "original_exception", None)
        raise explained(code, about, login, cause if isinstance(cause, Exception) else None) from None


def explained(code: int, about: str, login: Login, cause: Exception | None = None) -> RefreshError:
    """Put an error of the server into words, by its number alone.

    Args:
        code: The server's or the driver's error number.
        about: What was done.
        login: Where.
        cause: What the driver met on its way to the server, if anything.

    Returns:
        A transient error when asking again may help, else a permanent one.
    """
    where = f"{about} as {login!r}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = getattr(cause, "verify_message", "") or "it is not valid"
        return PermanentError(
            f"{where}: the server's certificate was refused: {reason}. Check the cluster's certificate and its "
            f"validity, the endpoint's name, and the CA bundle {login.ca_bundle}"
        )
    told = f"{where}: the server answered error {code} ({_NAMES.get(code, 'no name known')})"
    if code == ER.LOCK_WAIT_TIMEOUT:
        return LockWaitError(
            f"{where}: another session holds what it needs. End its transaction (SHOW FULL PROCESSLIST tells whose it "
            "is), then run the refresh again"
        )
    if code in _TRANSIENT:
        return TransientError(told)
    if code in _DISK_FULL:
        return DatabaseError(f"{told}: its disk is full. Make room, then run the refresh again", code)
    if code in _DENIED:
        return DatabaseError(f"{told}. Check the secret's user and password, and the user's rights", code)
    return DatabaseError(told, code)


def _tls(login: Login) -> ssl.SSLContext:
    """Trust the given authority alone, and verify the server's name."""
    try:
        return ssl.create_default_context(cafile=login.ca_bundle)
    except (OSError, ssl.SSLError):
        raise PermanentError(
            f"the CA bundle {login.ca_bundle} cannot be read: put Amazon's bundle for RDS there, or correct its path"
        ) from None
