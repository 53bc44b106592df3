"""CutOver: the candidate becomes live in one statement, and what was live is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from refresh.aurora import markers, report, swap
from refresh.aurora.context import LEDGERS, AuroraContext
from refresh.aurora.markers import LIVE, PREVIOUS, Marker
from refresh.aurora.request import AuroraRequest
from refresh.aurora.verify import keys_of
from refresh.errors import DatabaseError
from refresh.records import ledgers


@dataclass(frozen=True)
class CutOver:
    """Swap the candidate in.

    Idempotent: the live marker moves in the same statement as the tables, so that it tells whether they have. Resumes
    from the ledger, which has the text of whatever has to be made again.
    """

    name: str = "cut_over"
    timeout_minutes: int = 30

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"cut over: one RENAME TABLE; the former schema is kept as {request.schema}__previous"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether this generation is live, and was recorded to be."""
        if not context.ledger.is_done(self.name):
            return False
        with context.sql() as sql:
            return markers.is_live(sql, context.schemas, context.generation)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Swap."""
        schemas = context.schemas
        with context.sql() as sql:
            facts = swap.swap(context, sql, self.name, schemas.candidate, schemas.former)
            _refuse_torn_keys(context)
        return facts


@dataclass(frozen=True)
class SwapBack:
    """Let the live schema and the former one change places.

    Idempotent and resumable as CutOver is.
    """

    name: str = "swap_back"
    timeout_minutes: int = 30

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"swap back: {request.schema} and {request.schema}__previous change places"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Swap."""
        schemas = context.schemas
        with context.sql() as sql:
            facts = swap.swap(context, sql, self.name, schemas.former, schemas.former)
            _refuse_torn_keys(context)
            marker = markers.read(sql, schemas, LIVE)
            former = markers.read(sql, schemas, PREVIOUS)
        named = _named(context, marker) if marker else {}
        return {**facts, "serves": named, "was": former.refresh_id if former else ""}


def _named(context: AuroraContext, marker: Marker) -> dict[str, str]:
    """Say what a generation is, with the moment of its data by the ledger of the refresh that loaded it."""
    bucket = context.request.reports_bucket
    loaded = ledgers.read(context.ports.objects, bucket, marker.refresh_id, LEDGERS) if marker.refresh_id else None
    as_of = report.data_as_of(loaded) if loaded else ""
    return {"dump_key": marker.dump_key, "refresh_id": marker.refresh_id, "data_as_of": as_of}


def _refuse_torn_keys(context: AuroraContext) -> None:
    """See that every foreign key of the live schema refers to the live schema."""
    live = context.schemas.live
    with context.sql() as sql:
        torn = [f"{table}.{key}" for (table, key), (target, _) in keys_of(sql, live).items() if target[0] != live]
    if torn:
        raise DatabaseError(
            f"refresh {context.refresh_id}: after the swap foreign keys of {live} refer to other schemas: "
            f"{', '.join(torn)}. Go back by the action previous, and tell us"
        )
