"""Who holds what a swap needs: sessions by number, user, host and seconds, never by what they ask."""

from __future__ import annotations

from dataclasses import dataclass

from refresh.aurora.schemas import Schemas
from refresh.aurora.sql import Sql
from refresh.errors import DatabaseError

_MOST = 5
_LOCKS = (
    "SELECT DISTINCT p.ID, p.USER, p.HOST, p.TIME FROM performance_schema.metadata_locks l "
    "JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID "
    "JOIN information_schema.PROCESSLIST p ON p.ID = t.PROCESSLIST_ID "
    "WHERE l.OBJECT_TYPE = 'TABLE' AND l.OBJECT_SCHEMA = %s AND l.LOCK_STATUS = 'GRANTED' AND p.ID <> CONNECTION_ID()"
)
_TRANSACTIONS = (
    "SELECT p.ID, p.USER, p.HOST, TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) FROM information_schema.INNODB_TRX x "
    "JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id "
    "WHERE p.ID <> CONNECTION_ID() ORDER BY x.trx_started"
)
_SESSIONS = (
    "SELECT ID, USER, HOST, TIME FROM information_schema.PROCESSLIST "
    "WHERE DB = %s AND ID <> CONNECTION_ID() ORDER BY TIME DESC"
)


@dataclass(frozen=True)
class Session:
    """A session that may hold a table."""

    session_id: int
    user: str
    host: str
    seconds: int

    def __str__(self) -> str:
        """Name it for a person."""
        return f"session {self.session_id} of {self.user} from {self.host}, for {self.seconds} s"


def find(sql: Sql, schemas: Schemas) -> list[Session]:
    """Find the sessions that hold tables of the live schema, as precisely as the server tells.

    Args:
        sql: The session that could not get them.
        schemas: The schemas.

    Returns:
        Those with a lock on one of its tables where the performance schema is on, else those with an open transaction,
        else those that use the schema.
    """
    for query, values in ((_LOCKS, (schemas.live,)), (_TRANSACTIONS, ()), (_SESSIONS, (schemas.live,))):
        try:
            found = sql.rows(query, *values, about="who holds the tables")
        except DatabaseError:
            continue  # this server has no such view, or this user may not read it
        if found:
            return [Session(int(one), str(user), str(host), int(seconds or 0)) for one, user, host, seconds in found]
    return []


def named(sessions: list[Session]) -> str:
    """Name sessions in a sentence."""
    if not sessions:
        return "no session that this user may see; look at SHOW PROCESSLIST as an admin"
    more = f", and {len(sessions) - _MOST} more" if len(sessions) > _MOST else ""
    return "; ".join(map(str, sessions[:_MOST])) + more
