"""CheckSchema: the dump fits what it replaces, or somebody accepted that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dumps.schema import difference, fingerprint
from refresh.aurora import definitions, dump, live_schema, markers
from refresh.aurora.context import AuroraContext
from refresh.aurora.markers import LIVE
from refresh.aurora.request import AuroraRequest
from refresh.aurora.sql import Sql
from refresh.errors import RefusedError

_MOST = 40


@dataclass(frozen=True)
class CheckSchema:
    """Compare the dump's schema with that of the dump that is live, and else with the live schema itself.

    The former because migrations after a load change the live schema: the same dump's schema is no drift. Idempotent:
    it only reads.
    """

    name: str = "check_schema"
    timeout_minutes: int = 10

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return (
            f"check schema: the dump's tables, views, triggers and routines against {request.schema}; a drift refuses"
        )

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Compare; refuse with the whole difference."""
        request = context.request
        manifest = dump.Manifest(values=context.ledger.facts("check_object")["manifest"])
        schema = dump.read_json(context.ports.objects, request.import_bucket, request.schema_key)
        if fingerprint(schema) != manifest.schema_sha256:
            raise RefusedError(
                f"s3://{request.import_bucket}/{request.schema_key} is not the schema that the manifest of this dump "
                f"names ({manifest.schema_sha256}): upload the three files together"
            )
        with context.sql() as sql:
            _refuse_references(context, sql)
            found = _drift(context, sql, schema, manifest.schema_sha256)
        if found and request.accepted_schema != manifest.schema_sha256:
            raise RefusedError(_told(context, found, manifest.schema_sha256))
        return {"schema_sha256": manifest.schema_sha256, "difference": found, "accepted": bool(found)}


def _drift(context: AuroraContext, sql: Sql, schema: Mapping[str, Any], sha256: str) -> list[str]:
    live = markers.read(sql, context.schemas, LIVE)
    if live is not None and live.schema_sha256 == sha256:
        return []
    if not definitions.exists(sql, context.schemas.live) or not definitions.tables(sql, context.schemas.live):
        return []
    return difference(live_schema.read(sql, context.schemas.live), dict(schema))


def _refuse_references(context: AuroraContext, sql: Sql) -> None:
    """Refuse foreign keys of other schemas: they would follow the former tables to where those go."""
    ours = (context.schemas.live, context.schemas.former, context.schemas.candidate)
    rows = sql.rows(
        "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS "
        "WHERE UNIQUE_CONSTRAINT_SCHEMA = %s AND CONSTRAINT_SCHEMA NOT IN (%s, %s, %s)",
        ours[0],
        *ours,
    )
    if rows:
        named = ", ".join(f"{schema}.{table} ({key})" for schema, table, key in rows)
        raise RefusedError(
            f"{ours[0]} cannot be swapped: tables of other schemas refer to it by foreign keys, and would go on to "
            f"refer to the former tables: {named}. Drop these keys"
        )


def _told(context: AuroraContext, found: list[str], sha256: str) -> str:
    rows = [f"  - {each}" for each in found[:_MOST]]
    more = [f"  - and {len(found) - _MOST} more"] if len(found) > _MOST else []
    head = (
        f"the schema of {context.request.dump_key} differs from the live {context.schemas.live} in {len(found)} "
        f"points; the live schema is as it was. If that is right, give acceptedSchema={sha256}:"
    )
    return "\n".join([head, *rows, *more])
