"""What of a schema is not tables: triggers, views, routines and events, as text that makes them again in any schema.

The texts name no schema of their own and no DEFINER: whoever makes them again owns them. Each carries the settings of
the session that it was made in, since they are part of what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from refresh.aurora.schemas import inside, quoted
from refresh.aurora.sql import Sql
from refresh.errors import DatabaseError

TRIGGER, VIEW, PROCEDURE, FUNCTION, EVENT = "TRIGGER", "VIEW", "PROCEDURE", "FUNCTION", "EVENT"
_DEFINER = re.compile(r"(?<=\s)DEFINER\s*=\s*(?:`(?:[^`]|``)*`|[^\s@]+)(?:@(?:`(?:[^`]|``)*`|\S+))?\s+", re.IGNORECASE)
_NAME = r"(?:`(?:[^`]|``)*`|[\w$]+)"
_UNQUALIFIED = re.compile(
    rf"CREATE\s+TRIGGER\s+{_NAME}\s+(?:BEFORE|AFTER)\s+(?:INSERT|UPDATE|DELETE)\s+ON\s+{_NAME}\s+FOR\s", re.IGNORECASE
)
_TEXTS = r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\""
_SETTINGS = "SET SESSION sql_mode = %s, character_set_client = %s, collation_connection = %s, time_zone = %s"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """Something that a statement makes.

    Attributes:
        kind: TRIGGER, VIEW, PROCEDURE, FUNCTION or EVENT.
        name: Its name.
        text: The statement.
        table: A trigger's table.
        sql_mode: The session's modes; empty for a view, which has none.
        charset: The session's character set.
        collation: The session's collation.
        zone: The session's time zone, for an event.
    """

    kind: str
    name: str
    text: str
    table: str = ""
    sql_mode: str = ""
    charset: str = "utf8mb4"
    collation: str = "utf8mb4_general_ci"
    zone: str = "SYSTEM"

    @property
    def key(self) -> tuple[str, str]:
        """What it is told apart by within a schema."""
        return self.kind, self.name


def as_values(definitions: Sequence[Definition]) -> list[dict[str, Any]]:
    """Return plain values, for the ledger."""
    return [asdict(each) for each in definitions]


def from_values(values: Sequence[Mapping[str, Any]]) -> list[Definition]:
    """Read what `as_values` returned."""
    return [Definition(**each) for each in values]


def read(sql: Sql, schema: str) -> list[Definition]:
    """Read every trigger, view, routine and event of a schema; triggers in the order in which they fire.

    Args:
        sql: The session; its own schema is changed.
        schema: The schema; one that is not there has none.

    Returns:
        The definitions.
    """
    if not exists(sql, schema):
        return []
    sql.use(schema)
    return [*_triggers(sql, schema), *_views(sql, schema), *_routines(sql, schema), *_events(sql, schema)]


def exists(sql: Sql, schema: str) -> bool:
    """Say whether there is a schema of that name."""
    return bool(sql.rows("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", schema))


def tables(sql: Sql, schema: str) -> list[str]:
    """Return the names of a schema's tables, views not among them."""
    found = sql.rows(
        "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_TYPE NOT LIKE '%%VIEW' "
        "ORDER BY TABLE_NAME",
        schema,
    )
    return [str(name) for (name,) in found]


def make(sql: Sql, schema: str, definition: Definition) -> None:
    """Make it, in place of what has its name.

    Args:
        sql: The session; its own schema and settings are changed.
        schema: Where.
        definition: What.
    """
    sql.use(schema)
    drop(sql, schema, definition)
    values = (definition.sql_mode, definition.charset, definition.collation, definition.zone)
    sql.run(_SETTINGS, *values, about=f"the settings of {definition.kind} {definition.name}")
    sql.run(definition.text, about=f"CREATE {definition.kind} {definition.name} in {schema}")


def drop(sql: Sql, schema: str, definition: Definition) -> None:
    """Drop what has its kind and name; what is gone is gone."""
    place = inside(schema, definition.name)
    sql.run(f"DROP {definition.kind} IF EXISTS {place}", about=f"DROP {definition.kind} {definition.name} of {schema}")


def make_views(sql: Sql, schema: str, views: Sequence[Definition]) -> None:
    """Make views that may read each other: those that cannot be made yet are tried again after the others.

    Args:
        sql: The session.
        schema: Where.
        views: What.

    Raises:
        DatabaseError: What is left cannot be made.
    """
    left = list(views)
    while left:
        failed: list[tuple[Definition, DatabaseError]] = []
        for view in left:
            try:
                make(sql, schema, view)
            except DatabaseError as error:
                failed.append((view, error))
        if len(failed) == len(left):
            raise failed[0][1]
        left = [view for view, _ in failed]


def portable(text: str, schema: str) -> str:
    """Take a definer and a schema's own name from a statement that the server wrote.

    Args:
        text: As SHOW CREATE gives it.
        schema: The schema it is in.

    Returns:
        The same for any schema.
    """
    own = re.compile(rf"({_TEXTS})|{re.escape(quoted(schema))}\s*\.\s*(?=`)", re.DOTALL)
    head, body = text[:400], text[400:]
    return own.sub(lambda found: found[1] or "", _DEFINER.sub("", head, count=1) + body)


def _triggers(sql: Sql, schema: str) -> Iterator[Definition]:
    found = sql.rows(
        "SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_STATEMENT "
        "FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s "
        "ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER",
        schema,
    )
    for name, timing, event, table, body in found:
        answer = sql.rows(f"SHOW CREATE TRIGGER {quoted(name)}", about=f"trigger {name}")[0]
        _, mode, text, charset, collation = answer[:5]
        text = _DEFINER.sub("", text, count=1)
        if not _UNQUALIFIED.match(text):  # whoever wrote it named the schema, or something that is not understood
            text = f"CREATE TRIGGER {quoted(name)} {timing} {event} ON {quoted(table)} FOR EACH ROW {body}"
        yield Definition(
            kind=TRIGGER, name=name, table=table, text=text, sql_mode=mode, charset=charset, collation=collation
        )


def _views(sql: Sql, schema: str) -> Iterator[Definition]:
    names = sql.rows("SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = %s ORDER BY 1", schema)
    for (name,) in names:
        _, text, charset, collation = sql.rows(f"SHOW CREATE VIEW {quoted(name)}", about=f"view {name}")[0][:4]
        yield Definition(kind=VIEW, name=name, text=portable(text, schema), charset=charset, collation=collation)


def _routines(sql: Sql, schema: str) -> Iterator[Definition]:
    found = sql.rows(
        "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %s "
        "AND ROUTINE_TYPE IN ('PROCEDURE', 'FUNCTION') ORDER BY 1, 2",
        schema,
    )
    for kind, name in found:
        answer = sql.rows(f"SHOW CREATE {kind} {quoted(name)}", about=f"{kind} {name}")[0]
        _, mode, text, charset, collation = answer[:5]
        if text is None:
            raise DatabaseError(
                f"the text of {kind} {schema}.{name} is hidden from this user: give it the right SHOW_ROUTINE"
            )
        yield Definition(
            kind=kind, name=name, text=portable(text, schema), sql_mode=mode, charset=charset, collation=collation
        )


def _events(sql: Sql, schema: str) -> Iterator[Definition]:
    names = sql.rows("SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s ORDER BY 1", schema)
    for (name,) in names:
        answer = sql.rows(f"SHOW CREATE EVENT {quoted(name)}", about=f"event {name}")[0]
        _, mode, zone, text, charset, collation = answer[:6]
        text = portable(text, schema)
        settings = {"sql_mode": mode, "charset": charset, "collation": collation, "zone": zone}
        yield Definition(kind=EVENT, name=name, text=text, **settings)
