"""The exchange of the live schema for another generation of it, in one RENAME TABLE, and what goes before and after.

A RENAME TABLE over all tables is atomic, and foreign keys follow their tables; a table with a trigger refuses to move
to another schema (error 1435, measured). So triggers are dropped just before and made again just after; their texts are
in the ledger before the first is dropped. Views, routines and events belong to a schema and are made anew where they
differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refresh.aurora import definitions, markers
from refresh.aurora.definitions import EVENT, TRIGGER, VIEW, Definition
from refresh.aurora.markers import LIVE, NEXT, PREVIOUS
from refresh.aurora.schemas import Schemas, inside, quoted
from refresh.aurora.sql import Sql


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What changes places.

    Attributes:
        schemas: The schemas.
        source: The schema that becomes live.
        goal: Where the live one goes; the same as `source` when they change places.
        incoming: Triggers, views, routines and events of what becomes live.
        outgoing: The same of what is live.
        token: The generation that is live after it.
    """

    schemas: Schemas
    source: str
    goal: str
    incoming: tuple[Definition, ...]
    outgoing: tuple[Definition, ...]
    token: str

    def ways(self) -> list[tuple[str, str]]:
        """Return the moves, from schema to schema, in order."""
        live = self.schemas.live
        if self.source != self.goal:
            return [(live, self.goal), (self.source, live)]
        passing = self.schemas.candidate
        return [(live, passing), (self.source, live), (passing, self.goal)]

    def as_values(self) -> dict[str, Any]:
        """Return plain values, for the ledger."""
        return {
            "source": self.source,
            "goal": self.goal,
            "token": self.token,
            "incoming": definitions.as_values(self.incoming),
            "outgoing": definitions.as_values(self.outgoing),
        }

    @classmethod
    def from_values(cls, schemas: Schemas, values: Mapping[str, Any]) -> Exchange:
        """Read what `as_values` returned."""
        return cls(
            schemas=schemas,
            source=values["source"],
            goal=values["goal"],
            token=values["token"],
            incoming=tuple(definitions.from_values(values["incoming"])),
            outgoing=tuple(definitions.from_values(values["outgoing"])),
        )


def planned(sql: Sql, schemas: Schemas, source: str, goal: str, before: Mapping[str, Any] | None = None) -> Exchange:
    """Read what changes places.

    Args:
        sql: The session.
        schemas: The schemas.
        source: The schema that becomes live.
        goal: Where the live one goes.
        before: What an earlier run noted of the same exchange: it may have dropped triggers.

    Returns:
        The exchange; nothing is changed yet.
    """
    which = NEXT if source == schemas.candidate else PREVIOUS
    marker = markers.read(sql, schemas, which)
    incoming = [*_but_events(definitions.read(sql, source)), *(marker.events if marker else ())]
    outgoing = definitions.read(sql, schemas.live)
    token = marker.generation if marker else ""
    if before and before["token"] == token and before["source"] == source:
        incoming = with_dropped(incoming, definitions.from_values(before["incoming"]))
        outgoing = with_dropped(outgoing, definitions.from_values(before["outgoing"]))
    return Exchange(
        schemas=schemas, source=source, goal=goal, token=token, incoming=tuple(incoming), outgoing=tuple(outgoing)
    )


def with_dropped(found: Sequence[Definition], noted: Sequence[Definition]) -> list[Definition]:
    """Add what was noted and is not there any more, since an earlier run dropped it for a move that did not happen.

    Args:
        found: What is there.
        noted: What an earlier run found.

    Returns:
        All of it, in the noted order: triggers of a table fire in the order in which they are made.
    """
    there = {each.key for each in found}
    order = {each.key: number for number, each in enumerate(noted)}
    everything = [*found, *(each for each in noted if each.key not in there)]
    return sorted(everything, key=lambda each: order.get(each.key, len(order)))


def prepare(sql: Sql, exchange: Exchange) -> None:
    """Make room: the schemas that tables pass through are there and empty; the live marker knows the events."""
    schemas = exchange.schemas
    for schema in {goal for _, goal in exchange.ways()} - {exchange.source}:
        if schema != schemas.live:
            empty(sql, schemas, schema)
    markers.ensure(sql, schemas)
    _create_like_live(sql, schemas, schemas.live)
    events = [each for each in exchange.outgoing if each.kind == EVENT]
    markers.write(sql, schemas, LIVE, markers.with_events(markers.read(sql, schemas, LIVE), events))


def empty(sql: Sql, schemas: Schemas, schema: str) -> None:
    """Make a schema anew with nothing in it, by the live one's defaults."""
    discard(sql, schemas, schema)
    _create_like_live(sql, schemas, schema)


def discard(sql: Sql, schemas: Schemas, schema: str) -> None:
    """Drop a schema beside the live one, and its marker first: what has none is nobody's generation."""
    assert schema in {schemas.candidate, schemas.former}  # noqa: S101 - never the live one
    if definitions.exists(sql, schemas.own):
        markers.remove(sql, schemas, NEXT if schema == schemas.candidate else PREVIOUS)
    sql.run(f"DROP DATABASE IF EXISTS {quoted(schema)}", about=f"DROP DATABASE {schema}")


def renames(sql: Sql, exchange: Exchange) -> list[tuple[str, str]]:
    """Return every rename of the one statement, in order."""
    schemas = exchange.schemas
    content = {name: definitions.tables(sql, name) for name in (schemas.live, exchange.source)}
    found: list[tuple[str, str]] = []
    for origin, goal in exchange.ways():
        names = content.get(origin, [])
        found += [(inside(origin, name), inside(goal, name)) for name in names]
        content[goal], content[origin] = names, []
    there = frozenset(name for name in (LIVE, NEXT, PREVIOUS) if markers.read(sql, schemas, name) is not None)
    return found + markers.moves(schemas, exchange.ways(), there)


def move(sql: Sql, exchange: Exchange) -> None:
    """Drop what is in the way and rename everything, within `short_waits`.

    Raises:
        LockWaitError: Another session holds a table; what was dropped is to be made again, see `restore`.
    """
    schemas = exchange.schemas
    statement = ", ".join(f"{origin} TO {goal}" for origin, goal in renames(sql, exchange))
    for each in _in_the_way(sql, exchange.incoming, schemas.live):
        definitions.drop(sql, exchange.source, each)
    dropped = _in_the_way(sql, exchange.outgoing, exchange.source)
    if dropped:
        _see_that_live_is_free(sql, schemas)
    for each in dropped:
        definitions.drop(sql, schemas.live, each)
    sql.run(f"RENAME TABLE {statement}", about=f"the swap of {schemas.live}")


def restore(sql: Sql, exchange: Exchange) -> None:
    """Make again in the live schema what was dropped for a move that did not happen."""
    there = {each.key for each in definitions.read(sql, exchange.schemas.live)}
    missing = [each for each in exchange.outgoing if each.key not in there]
    for each in missing:
        if each.kind != VIEW:
            definitions.make(sql, exchange.schemas.live, each)
    definitions.make_views(sql, exchange.schemas.live, [each for each in missing if each.kind == VIEW])


def settle(sql: Sql, exchange: Exchange) -> None:
    """Make everything of both generations as it was, where it is now; may be done any number of times.

    Args:
        sql: The session.
        exchange: The exchange, whose tables have moved.
    """
    schemas = exchange.schemas
    bring(sql, schemas.live, exchange.incoming)
    if definitions.tables(sql, exchange.goal):
        bring(sql, exchange.goal, _but_events(exchange.outgoing))
    for schema in {exchange.source, schemas.candidate, exchange.goal}:
        if not definitions.tables(sql, schema):
            discard(sql, schemas, schema)


def bring(sql: Sql, schema: str, wanted: Sequence[Definition]) -> None:
    """Make a schema's triggers, views, routines and events what they shall be; what is so already is left alone.

    Args:
        sql: The session.
        schema: The schema.
        wanted: All of it.
    """
    there = {each.key: each for each in definitions.read(sql, schema)}
    keep = {each.key for each in wanted}
    for each in there.values():
        if each.key not in keep:
            definitions.drop(sql, schema, each)
    due = [each for each in wanted if there.get(each.key) != each]
    for each in (one for one in due if one.kind == TRIGGER):
        definitions.make(sql, schema, each)
    for each in (one for one in due if one.kind not in {TRIGGER, VIEW, EVENT}):
        definitions.make(sql, schema, each)
    definitions.make_views(sql, schema, [one for one in due if one.kind == VIEW])
    for each in (one for one in due if one.kind == EVENT):
        definitions.make(sql, schema, each)


def _but_events(found: Sequence[Definition]) -> list[Definition]:
    return [each for each in found if each.kind != EVENT]


def _in_the_way(sql: Sql, found: Sequence[Definition], other: str) -> list[Definition]:
    """Return triggers, and views whose names are those of tables on the other side."""
    names = set(definitions.tables(sql, other))
    return [each for each in found if each.kind == TRIGGER or (each.kind == VIEW and each.name in names)]


def _see_that_live_is_free(sql: Sql, schemas: Schemas) -> None:
    """Wait for all live tables at once, before the first trigger goes; the lock is given back at once.

    Without it, triggers would be gone while the rename waits in vain.
    """
    names = definitions.tables(sql, schemas.live)
    if names:
        locks = ", ".join(f"{inside(schemas.live, name)} WRITE" for name in names)
        sql.run(f"LOCK TABLES {locks}", about=f"the swap of {schemas.live}")
        sql.run("UNLOCK TABLES", about=f"the swap of {schemas.live}")


def _create_like_live(sql: Sql, schemas: Schemas, schema: str) -> None:
    """Create a schema unless it is there: of the live one MySQL would wait for its writers even to do nothing."""
    kinds = {
        str(name): f" CHARACTER SET {charset} COLLATE {collation}"
        for name, charset, collation in sql.rows(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA "
            "WHERE SCHEMA_NAME IN (%s, %s)",
            schemas.live,
            schema,
        )
    }
    if schema not in kinds:
        kind = kinds.get(schemas.live, "")
        sql.run(f"CREATE DATABASE IF NOT EXISTS {quoted(schema)}{kind}", about=f"CREATE DATABASE {schema}")
