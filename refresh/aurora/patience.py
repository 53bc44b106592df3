"""Patience: a statement that waits for a lock for half a second is ended, from a second session.

Whoever asks for a table after a waiting RENAME TABLE waits behind it, readers too. `lock_wait_timeout` counts whole
seconds, so that it alone keeps a reader waiting for a second and what the rename itself takes. It stays as the second
guard: for a second session that is gone, and for the server's side of a process that died.

KILL QUERY takes a number, and by the time it arrives the statement may be granted, or over. So it is sent only while
the process list shows that very statement waiting, and the first session begins nothing until the second one's last
answer is there. A rename that was killed is whole either way, before or after it: the caller looks which.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.constants import ER

from refresh.aurora.context import AuroraContext
from refresh.aurora.schemas import quoted
from refresh.aurora.sql import Sql
from refresh.errors import RefreshError

PATIENCE_SECONDS = 0.5
LOCK_WAIT_SECONDS = 1  # the least that the server takes
_LOOK_AGAIN_SECONDS = 0.05
_ANSWER_SECONDS = 5.0  # the first session waits for the second one's last answer; not for one that never comes
_STRANGE = re.compile(r"[^\x20-\x7e]")  # what a process list may show otherwise, by its character set
_TOLD_CHARACTERS = 200  # what of a statement tells it from others
# Without PROCESS a user sees its own sessions, which is enough: both are the same user's.
_WAITS = (
    "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
    "WHERE ID = %s AND STATE LIKE 'Waiting for %% lock' AND LEFT(INFO, %s) = %s"
)
_OTHERS_WAIT = (
    "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() "
    "AND USER = SUBSTRING_INDEX(USER(), '@', 1) AND STATE LIKE 'Waiting for %% lock' AND LOCATE(%s, INFO) > 0"
)


def await_what_a_dead_run_left(context: AuroraContext, sql: Sql) -> None:
    """Wait until no other session of this user waits for the live schema's tables: what waits may still be granted.

    A server goes on with a statement whose client is gone; by its `lock_wait_timeout` it ends within a second.

    Args:
        context: The refresh, under whose deadline it waits.
        sql: The session.

    Raises:
        DeadlineError: One goes on waiting.
    """

    def nobody_waits() -> bool | None:
        return None if sql.value(_OTHERS_WAIT, quoted(context.schemas.live), about="who waits") else True

    context.poller.wait_for(f"sessions that wait for tables of {context.schemas.live}", nobody_waits)


@contextmanager
def short_waits(context: AuroraContext, sql: Sql) -> Iterator[None]:
    """Let no statement of a session wait for locks for longer than PATIENCE_SECONDS; what does is a LockWaitError.

    Args:
        context: The refresh, which opens the second session.
        sql: The session.

    Yields:
        Nothing.
    """
    sql.run(f"SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}", about="the limit of waiting for locks")
    with context.sql(answer_seconds=_ANSWER_SECONDS) as second, sql.limited(Patience(second, sql.session_id).over):
        yield


class Patience:
    """Watches one session's statements from another."""

    def __init__(self, second: Sql, session_id: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Take the sessions.

        Args:
            second: The session that looks and kills.
            session_id: The number of the watched one.
            seconds: How long a statement may wait.
        """
        self._second, self._session_id, self._seconds = second, session_id, seconds

    @contextmanager
    def over(self, statement: str, watched: pymysql.Connection) -> Iterator[None]:
        """Watch while a statement runs.

        Args:
            statement: Its text, as the process list shows it.
            watched: The connection that runs it.

        Yields:
            Nothing.

        Raises:
            pymysql.OperationalError: It was ended, with the number of a lock wait that was too long.
        """
        ended, killed = threading.Event(), threading.Event()
        watching = threading.Thread(target=self._watch, args=(statement, ended, killed), daemon=True)
        watching.start()
        try:
            yield
        except pymysql.MySQLError as error:
            _let_go(ended, watching)
            if killed.is_set() and error.args[:1] == (ER.QUERY_INTERRUPTED,):
                raise pymysql.OperationalError(ER.LOCK_WAIT_TIMEOUT, "ended while it waited") from None
            raise
        finally:
            _let_go(ended, watching)
            if killed.is_set() and watched.open:
                _take_what_came_late(watched)

    def _watch(self, statement: str, ended: threading.Event, killed: threading.Event) -> None:
        """Look from time to time whether the statement waits, and end it then; any trouble leaves it to the server."""
        pause, told = self._seconds, _STRANGE.split(statement.strip(), maxsplit=1)[0][:_TOLD_CHARACTERS]
        while not ended.wait(pause):
            pause = _LOOK_AGAIN_SECONDS
            try:
                waits = self._second.value(_WAITS, self._session_id, len(told), told, about="whether it waits")
                if waits:
                    killed.set()
                    self._second.run(f"KILL QUERY {self._session_id}", about="ending what waits")
                    return
            except RefreshError:
                return


def _let_go(ended: threading.Event, watching: threading.Thread) -> None:
    """End the watch; what it has begun comes to its end first, so that no kill meets a later statement."""
    ended.set()
    watching.join()


def _take_what_came_late(watched: pymysql.Connection) -> None:
    """Run a statement that may be killed: a server that keeps a late kill for the next statement keeps it for this."""
    try:
        with watched.cursor() as cursor:
            cursor.execute("DO 0")
    except pymysql.MySQLError as error:
        if error.args[:1] != (ER.QUERY_INTERRUPTED,):
            raise
