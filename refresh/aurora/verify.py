"""Verify: the candidate, migrations included, is whole, and nothing in it reads like somebody's address or number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anonymizer.verification.detectors import in_use, see
from refresh.aurora import definitions, markers
from refresh.aurora.context import AuroraContext
from refresh.aurora.definitions import VIEW
from refresh.aurora.markers import NEXT
from refresh.aurora.request import AuroraRequest
from refresh.aurora.schemas import inside, quoted
from refresh.aurora.sql import Sql
from refresh.errors import DatabaseError, FindingsError, PermanentError

_TEXT_TYPES = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json", "enum", "set")
_PLANTED = ("jane.doe@gmail.com", "call +44 20 7946 1234 now", "4539 1488 0343 6467")


@dataclass(frozen=True)
class Verify:
    """Look for broken references, views that cannot be read, and what looks like a person's.

    Idempotent: it only reads. It is done again in every run until the candidate is live: migrations may have run since.
    """

    name: str = "verify"
    timeout_minutes: int = 240

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"verify: foreign keys, views and a sample of the texts of {request.schema}__next; a finding stops it"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether this generation was verified and is live."""
        if not context.ledger.is_done(self.name):
            return False
        with context.sql() as sql:
            return markers.is_live(sql, context.schemas, context.generation)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Verify; refuse with everything that was found."""
        with context.sql() as sql:
            _require_candidate(context, sql)
            checks = [
                _foreign_keys(context, sql),
                _views(context, sql),
                _texts(context, sql, _allowed(context.ledger.facts("check_object")["manifest"])),
            ]
            objects = [each.kind for each in definitions.read(sql, context.schemas.candidate)]
        findings = [finding for check in checks for finding in check.pop("found")]
        if findings:
            context.ledger.note(self.name, checks=checks, findings=findings)  # for the report: kinds, places and counts
            rows = "\n".join(f"  - {finding}" for finding in findings)
            raise FindingsError(
                f"verify of refresh {context.refresh_id} found {len(findings)} faults in {context.schemas.candidate}; "
                f"the live schema is as it was. Mend rules, dump or migrations:\n{rows}"
            )
        return {"checks": checks, "findings": findings, "objects": {kind: objects.count(kind) for kind in set(objects)}}


def _require_candidate(context: AuroraContext, sql: Sql) -> None:
    marker = markers.read(sql, context.schemas, NEXT)
    if marker is None or not marker.complete or marker.generation != context.generation:
        raise PermanentError(
            f"verify of refresh {context.refresh_id}: {context.schemas.candidate} on {context.request.endpoint} is not "
            "what this refresh loaded: load it first"
        )


def _foreign_keys(context: AuroraContext, sql: Sql) -> dict[str, Any]:
    """Count the rows of each foreign key that refer to nothing: loading checks none."""
    keys = keys_of(sql, context.schemas.candidate)
    found = []
    for (table, key), (target, pairs) in keys.items():
        context.poller.still_ours()
        if target[0] != context.schemas.candidate:
            found.append(f"foreign key {table}.{key} refers to schema {target[0]}")
            continue
        joined = " AND ".join(f"c.{quoted(own)} = p.{quoted(other)}" for own, other in pairs)
        given = " AND ".join(f"c.{quoted(own)} IS NOT NULL" for own, _ in pairs)
        query = (
            f"SELECT COUNT(*) FROM {inside(context.schemas.candidate, table)} c "  # noqa: S608 - names are quoted
            f"LEFT JOIN {inside(*target)} p ON {joined} WHERE {given} AND p.{quoted(pairs[0][1])} IS NULL"
        )
        orphans = int(sql.value(query, about=f"foreign key {table}.{key}"))
        if orphans:
            found.append(f"foreign key {table}.{key}: {orphans} rows refer to nothing")
    return {"check": "foreign_keys", "checked": len(keys), "findings": len(found), "found": found}


Keys = dict[tuple[str, str], tuple[tuple[str, str], list[tuple[str, str]]]]


def keys_of(sql: Sql, schema: str) -> Keys:
    """Read the foreign keys of a schema: by table and name, the target and the pairs of columns."""
    rows = sql.rows(
        "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, COLUMN_NAME, "
        "REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
        "WHERE TABLE_SCHEMA = %s AND REFERENCED_TABLE_NAME IS NOT NULL "
        "ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
        schema,
    )
    keys: Keys = {}
    for table, key, other_schema, other_table, own, other in rows:
        keys.setdefault((table, key), ((other_schema, other_table), []))[1].append((own, other))
    return keys


def _views(context: AuroraContext, sql: Sql) -> dict[str, Any]:
    """Read each view as far as finding its tables, columns and functions."""
    candidate = context.schemas.candidate
    views = [each for each in definitions.read(sql, candidate) if each.kind == VIEW]
    found = []
    for view in views:
        try:
            sql.rows(f"SELECT * FROM {inside(candidate, view.name)} LIMIT 0", about=f"view {view.name}")  # noqa: S608 - the same
        except DatabaseError as error:
            found.append(f"view {view.name} cannot be read: error {error.code}")
    return {"check": "views", "checked": len(views), "findings": len(found), "found": found}


def _texts(context: AuroraContext, sql: Sql, allowed: frozenset[tuple[str, str]]) -> dict[str, Any]:
    """Look at a sample of every text column with the detectors of the anonymizer's verifier."""
    candidate, most = context.schemas.candidate, context.request.limits.sample_rows
    looked_at, found = 0, []
    for table, columns in _text_columns(sql, candidate):
        context.poller.still_ours()
        due = [column for column in columns if not {(table, column), (table, "")} & allowed]
        if not due:
            continue
        names = ", ".join(map(quoted, due))
        query = f"SELECT {names} FROM {inside(candidate, table)} LIMIT {most}"  # noqa: S608 - the same
        seen: dict[tuple[str, str], int] = {}
        for row in sql.rows(query, about=f"a sample of {table}"):
            for column, value in zip(due, row, strict=True):
                looked_at += 1
                for kind in in_use(see(value)) if isinstance(value, str) else ():
                    seen[column, kind] = seen.get((column, kind), 0) + 1
        found += [f"{kind} in {table}.{column}, in {count} rows" for (column, kind), count in sorted(seen.items())]
    control = {"planted": len(_PLANTED), "found": sum(bool(in_use(see(text))) for text in _PLANTED)}
    return {"check": "texts", "checked": looked_at, "findings": len(found), "found": found, "control": control}


def _text_columns(sql: Sql, schema: str) -> Iterator[tuple[str, list[str]]]:
    rows = sql.rows(
        "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM information_schema.COLUMNS c "
        "JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME) "
        "WHERE c.TABLE_SCHEMA = %s AND t.TABLE_TYPE NOT LIKE '%%VIEW' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION",
        schema,
    )
    columns: dict[str, list[str]] = {}
    for table, column, kind in rows:
        if str(kind).lower() in _TEXT_TYPES:
            columns.setdefault(str(table), []).append(str(column))
    yield from columns.items()


def _allowed(manifest: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return the columns that the rules let through on purpose, as the manifest lists them; no name: a whole table.

    Of a path into a JSON column the column counts: what lies beside it is then not looked at either.
    """
    return frozenset(
        (str(each["namespace"]).partition(".")[2], str(each["path"]).partition(".")[0])
        for each in manifest.get("opt_ins", ())
    )
