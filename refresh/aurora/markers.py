"""Markers: in a schema of their own, a table for each generation that says which refresh made it.

They are renamed in the same statement as the tables that they speak of, so that they cannot say anything else than what
is: also after a kill, and in a cluster that was restored to a point in time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from refresh.aurora import definitions
from refresh.aurora.definitions import Definition
from refresh.aurora.schemas import Schemas, inside, quoted
from refresh.aurora.sql import Sql
from refresh.errors import DatabaseError

LIVE, NEXT, PREVIOUS = "live", "next", "previous"
ORIGINAL = "original"
_UNDER_WAY = "swapping"
_NO_SUCH_TABLE = frozenset({1146, 1049})


@dataclass(frozen=True, kw_only=True)
class Marker:
    """What a generation of the schema is.

    Attributes:
        generation: Its name, never given twice.
        refresh_id: The refresh that made it; empty for one that was there before all refreshes.
        dump_key: The dump it was loaded from.
        sha256: The dump's hash.
        schema_sha256: The fingerprint of the dump's schema.
        loaded_at: When it was loaded.
        complete: Whether it was loaded to its end.
        events: Its events; they exist only where they may run, in the live schema.
    """

    generation: str
    refresh_id: str = ""
    dump_key: str = ""
    sha256: str = ""
    schema_sha256: str = ""
    loaded_at: str = ""
    complete: bool = False
    events: tuple[Definition, ...] = ()


def read(sql: Sql, schemas: Schemas, which: str) -> Marker | None:
    """Read a marker.

    Args:
        sql: The session.
        schemas: The schemas.
        which: live, next or previous.

    Returns:
        The marker; None when there is none.
    """
    values = _get(sql, schemas, which)
    if values is None:
        return None
    return Marker(**{**values, "events": tuple(definitions.from_values(values["events"]))})


def is_live(sql: Sql, schemas: Schemas, generation: str) -> bool:
    """Say whether the live schema is that generation: it moves in one statement with its marker."""
    marker = read(sql, schemas, LIVE)
    return marker is not None and marker.generation == generation


def write(sql: Sql, schemas: Schemas, which: str, marker: Marker) -> None:
    """Write a marker in place of the one that is there."""
    _put(sql, schemas, which, {**asdict(marker), "events": definitions.as_values(marker.events)})


def begin_swap(sql: Sql, schemas: Schemas, refresh_id: str, step: str) -> None:
    """Mark that a swap is under way, so that whoever comes next brings it to an end; its texts are in the ledger."""
    _put(sql, schemas, _UNDER_WAY, {"refresh_id": refresh_id, "step": step})


def swap_under_way(sql: Sql, schemas: Schemas) -> tuple[str, str] | None:
    """Return the refresh and the step of a swap that did not come to its end; None when there is none."""
    values = _get(sql, schemas, _UNDER_WAY)
    return None if values is None else (str(values["refresh_id"]), str(values["step"]))


def end_swap(sql: Sql, schemas: Schemas) -> None:
    """Remove the mark of a swap under way."""
    remove(sql, schemas, _UNDER_WAY)


def ensure(sql: Sql, schemas: Schemas) -> None:
    """Make the schema of the markers."""
    sql.run(f"CREATE DATABASE IF NOT EXISTS {quoted(schemas.own)} CHARACTER SET utf8mb4", about="the markers' schema")


def with_events(marker: Marker | None, events: Sequence[Definition]) -> Marker:
    """Return a marker with these events; one for what nobody marked when there is none."""
    return replace(marker or Marker(generation=ORIGINAL), events=tuple(events))


def remove(sql: Sql, schemas: Schemas, which: str) -> None:
    """Remove a marker; what is gone is gone."""
    sql.run(f"DROP TABLE IF EXISTS {inside(schemas.own, which)}", about=f"the marker of {which}")


def moves(schemas: Schemas, ways: Sequence[tuple[str, str]], there: frozenset[str]) -> list[tuple[str, str]]:
    """Return the renames of markers that go with the renames of tables.

    Args:
        schemas: The schemas.
        ways: Pairs of schemas, from and to, in the order of the renames.
        there: The markers that exist.

    Returns:
        Pairs of names, from and to.
    """
    names = {schemas.live: LIVE, schemas.candidate: NEXT, schemas.former: PREVIOUS}
    found, renames = set(there), []
    for origin, goal in ways:
        if names[origin] in found:
            renames.append((inside(schemas.own, names[origin]), inside(schemas.own, names[goal])))
            found.discard(names[origin])
            found.add(names[goal])
    return renames


def _get(sql: Sql, schemas: Schemas, name: str) -> dict[str, Any] | None:
    query = f"SELECT body FROM {inside(schemas.own, name)}"  # noqa: S608 - names are quoted
    try:
        body = sql.value(query, about=f"the marker {name}")
    except DatabaseError as error:
        if error.code in _NO_SUCH_TABLE:
            return None
        raise
    return None if body is None else dict(json.loads(body))


def _put(sql: Sql, schemas: Schemas, name: str, values: Mapping[str, Any]) -> None:
    ensure(sql, schemas)
    place, about = inside(schemas.own, name), f"the marker {name}"
    sql.run(f"CREATE TABLE IF NOT EXISTS {place} (id INT PRIMARY KEY, body LONGTEXT NOT NULL)", about=about)
    query = f"REPLACE INTO {place} VALUES (1, %s)"  # noqa: S608 - the same
    sql.run(query, json.dumps(values), about=about)
