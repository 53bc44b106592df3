"""Load: the dump becomes the candidate schema, beside the live one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from refresh.aurora import client, definitions, dump, exchange, markers
from refresh.aurora.context import AuroraContext
from refresh.aurora.definitions import EVENT, Definition
from refresh.aurora.markers import LIVE, NEXT, Marker
from refresh.aurora.request import AuroraRequest
from refresh.aurora.schemas import inside
from refresh.aurora.sql import Sql
from refresh.errors import DeadlineError, FindingsError, LeaseError, LedgerError, RefreshError, RefusedError

_KINDS = {"TRIGGER": "triggers", "VIEW": "views", "PROCEDURE": "routines", "FUNCTION": "routines", "EVENT": "events"}


@dataclass(frozen=True)
class Load:
    """Send the dump through the `mysql` client into an empty schema, and count.

    Idempotent: it begins with an empty candidate each time. A candidate that a kill left half-loaded is known by its
    marker, which says that it is not complete.
    """

    name: str = "load"
    timeout_minutes: int = 720

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return (
            f"load: {request.dump_key} into {request.schema}__next on {request.endpoint}; {request.schema} is untouched"
        )

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether the candidate holds this whole dump, or the live schema does by now."""
        if not context.ledger.is_done(self.name):
            return False
        with context.sql() as sql:
            found = [markers.read(sql, context.schemas, which) for which in (NEXT, LIVE)]
        return any(each and each.complete and each.generation == context.generation for each in found)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Load; what cannot be loaded leaves no candidate."""
        with context.sql() as sql:
            try:
                return _load(context, sql)
            except (LeaseError, LedgerError):
                raise
            except RefreshError as error:
                _discard(context, error)
                raise


def _discard(context: AuroraContext, error: RefreshError) -> None:
    """Drop the candidate in a session of its own; what went wrong is told in any case."""
    try:
        with context.sql() as sql:
            exchange.discard(sql, context.schemas, context.schemas.candidate)
    except RefreshError:
        context.say(f"        the candidate could not be dropped after: {error}; the next refresh drops it")


def _load(context: AuroraContext, sql: Sql) -> dict[str, Any]:
    checked = context.ledger.facts("check_object")
    manifest = dump.Manifest(values=checked["manifest"])
    schemas = context.schemas
    exchange.empty(sql, schemas, schemas.candidate)
    marker = Marker(
        generation=context.generation,
        refresh_id=context.refresh_id,
        dump_key=context.request.dump_key,
        sha256=manifest.sha256,
        schema_sha256=manifest.schema_sha256,
        loaded_at=context.clock.now().isoformat(timespec="seconds"),
    )
    markers.write(sql, schemas, NEXT, marker)
    enabled = _send(context, checked["etag"], manifest)
    found = definitions.read(sql, schemas.candidate)
    _refuse_missing(context, manifest, found)
    counts = _counts(context, sql, manifest)
    events = [_awake(each, enabled) for each in found if each.kind == EVENT]
    for each in events:
        definitions.drop(sql, schemas.candidate, each)  # it comes with the swap: it may run only in the live schema
    markers.write(sql, schemas, NEXT, replace(marker, complete=True, events=tuple(events)))
    return {"generation": context.generation, "rows": counts, "objects": _numbers(found)}


def _send(context: AuroraContext, etag: str, manifest: dump.Manifest) -> list[str]:
    """Send the dump; return the names of its enabled events.

    Raises:
        RefusedError: It is not, byte by byte, what was checked.
    """
    stream = context.ports.objects.open(context.request.import_bucket, context.request.dump_key, etag)
    text = dump.Unpacked(stream)
    loadable = dump.Loadable(text)
    try:
        client.load(context.login(), context.schemas.candidate, _in_time(context, loadable.parts()))
    finally:
        stream.close()
    if (text.sha256, text.sql_sha256) != (manifest.sha256, manifest.values["sql_sha256"]):
        raise RefusedError(
            f"s3://{context.request.import_bucket}/{context.request.dump_key} is not what its manifest says: the hash "
            "of its bytes or of its text differs. Prepare and upload it again"
        )
    return loadable.enabled


def _in_time(context: AuroraContext, parts: Iterator[bytes]) -> Iterator[bytes]:
    """Pass parts on as long as the lease is held and the step's time is not up."""
    for part in parts:
        context.poller.still_ours()
        if context.poller.seconds_left() <= 0:
            raise DeadlineError(f"loading {context.request.dump_key} takes too long. {context.poller.limit_hint}")
        yield part


def _awake(event: Definition, enabled: list[str]) -> Definition:
    """Return an event as the dump has it: it was disabled on its way into the candidate."""
    if event.name not in enabled:
        return event
    head, found, body = event.text.partition(" DISABLE")
    return replace(event, text=f"{head} ENABLE{body}") if found else event


def _counts(context: AuroraContext, sql: Sql, manifest: dump.Manifest) -> dict[str, int]:
    """Count the rows of every table, and refuse where the manifest has another number."""
    candidate = context.schemas.candidate
    counts = {}
    for table in definitions.tables(sql, candidate):
        context.poller.still_ours()
        query = f"SELECT COUNT(*) FROM {inside(candidate, table)}"  # noqa: S608 - names are quoted
        counts[table] = int(sql.value(query, about=f"the rows of {table}"))
    wrong = [
        f"{table}: {counts.get(table, 'no table')} instead of {rows}"
        for table, rows in manifest.rows.items()
        if counts.get(table) != rows and not (rows == 0 and table not in counts)
    ]
    wrong += [f"{table}: not in the manifest" for table in counts if table not in manifest.rows]
    if wrong:
        raise FindingsError(
            f"load of refresh {context.refresh_id} into {candidate}: rows are not as the manifest has them: "
            f"{'; '.join(wrong)}. The live schema is as it was. Prepare and upload the dump again"
        )
    return counts


def _refuse_missing(context: AuroraContext, manifest: dump.Manifest, found: list[Definition]) -> None:
    there = {(_KINDS[each.kind], each.name) for each in found}
    missing = [
        f"{kind} {name}"
        for kind in ("views", "triggers", "routines", "events")
        for name in manifest.named(kind)
        if (kind, name.removeprefix("function ").removeprefix("procedure ")) not in there
    ]
    if missing:
        raise FindingsError(
            f"load of refresh {context.refresh_id} into {context.schemas.candidate}: the manifest names what is not "
            f"there: {', '.join(missing)}. The live schema is as it was. Prepare and upload the dump again"
        )


def _numbers(found: list[Definition]) -> dict[str, int]:
    kinds = [_KINDS[each.kind] for each in found]
    return {kind: kinds.count(kind) for kind in ("views", "triggers", "routines", "events")}
