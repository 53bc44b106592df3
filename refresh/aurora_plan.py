"""The plan of an Aurora refresh for the preview: from the dump's own files and the past executions, nothing is run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dumps import schema as schemas
from refresh import automation
from refresh.aurora_session import AuroraWish, World
from refresh.automation import AutomationPort, Execution
from refresh.aws import ObjectPort
from refresh.errors import RefreshError
from refresh.values import UNKNOWN

_MOST_DIFFERENCES = 40
_MB = 1_000_000
_GONE_BACK_TO = {
    "previous": "the schema that was live before",
    "last-known-good": "the dump that is tagged as last known good",
}
Part = Callable[[AuroraWish, AutomationPort, ObjectPort], Iterator[str]]


def lines(wish: AuroraWish, world: World) -> list[str]:
    """Say what will happen; what cannot be found out is said to be so, and never an error.

    Args:
        wish: What is asked for, perhaps with parts that are not known yet.
        world: What to ask.

    Returns:
        Lines to print.
    """
    told = [f"A {wish.action} is due: {wish.dump_key}, schema {wish.schema} of {wish.cluster_id}"]
    if wish.import_bucket == UNKNOWN:
        return [*told, "  (the import bucket is not there yet: nothing could be looked up)"]
    try:
        port, objects = world.automations(wish.region), world.objects(wish.region)
    except RefreshError as error:
        return [*told, f"  (nothing could be looked up: {error})"]
    parts: tuple[Part, ...] = (_dump, _schema, _replaced, _past, _obstacles)
    for part in parts if wish.action == "refresh" else (_way_back, _past, _obstacles):
        told += _softly(part, wish, port, objects)
    return told


def _softly(part: Part, wish: AuroraWish, port: AutomationPort, objects: ObjectPort) -> list[str]:
    try:
        return list(part(wish, port, objects))
    except RefreshError as error:
        return [f"  (part of the plan could not be looked up: {error})"]


def _read(objects: ObjectPort, wish: AuroraWish, key: str) -> Mapping[str, Any] | None:
    """Read a file beside a dump; None where there is none, or none that is JSON."""
    stored = objects.get(wish.import_bucket, key)
    try:
        found = json.loads(stored.body) if stored else None
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


def _dump(wish: AuroraWish, _port: AutomationPort, objects: ObjectPort) -> Iterator[str]:
    manifest = _read(objects, wish, wish.beside("manifest.json"))
    if manifest is None:
        place = f"s3://{wish.import_bucket}/{wish.beside('manifest.json')}"
        yield f"  ! {place} is not there: prepare and upload the dump first (docs/aurora.md)"
        return
    tables = manifest.get("tables") or []
    rows = sum(int(table.get("written") or 0) for table in tables)
    source = manifest.get("source") or {}
    packed, text = (int(manifest.get(name) or 0) / _MB for name in ("bytes", "sql_bytes"))
    yield f"  dump: {packed:.1f} MB packed, {text:.1f} MB of SQL, {len(tables)} tables, {rows:,} rows"
    yield (
        f"  prepared at {manifest.get('prepared_at', 'an unknown time')} from {source.get('file', 'an unknown file')}, "
        f"MySQL {source.get('server_version', 'of an unknown version')}"
    )
    yield from _modes(tables)
    if wish.expected_sha256 and wish.expected_sha256 != manifest.get("sha256"):
        yield f"  ! its manifest says SHA-256 {manifest.get('sha256')}, expected is another: it will be refused"


def _modes(tables: list[Mapping[str, Any]]) -> Iterator[str]:
    by_mode: dict[str, list[str]] = {}
    for table in tables:
        by_mode.setdefault(str(table.get("mode")), []).append(str(table.get("table")))
    for mode in sorted(by_mode):
        yield f"  {mode}: {', '.join(sorted(by_mode[mode]))}"


def _schema(wish: AuroraWish, port: AutomationPort, objects: ObjectPort) -> Iterator[str]:
    new = _read(objects, wish, wish.beside("schema.json"))
    last = automation.last_success(port, wish.document, "refresh")
    if new is None or last is None:
        yield "  schema: nothing to compare with yet" if new else "  schema: the dump's schema.json is not there"
        return
    former = last.parameters["dumpKey"]
    old = _read(objects, wish, wish.beside("schema.json", former))
    if old is None:
        yield f"  schema: that of {former} is not there any more, to compare with"
        return
    found = schemas.difference(dict(old), dict(new))
    yield f"  schema: {'differs from' if found else 'the same as'} that of {former}"
    yield from (f"    {line}" for line in found[:_MOST_DIFFERENCES])
    if len(found) > _MOST_DIFFERENCES:
        yield f"    and {len(found) - _MOST_DIFFERENCES} differences more"
    if found and wish.accepted_schema != schemas.fingerprint(dict(new)):
        taken = schemas.fingerprint(dict(new))
        yield f"  ! what differs from the target is refused; to take it, set aurora.accepted_schema: {taken}"


def _replaced(wish: AuroraWish, port: AutomationPort, _objects: ObjectPort) -> Iterator[str]:
    last = automation.last_success(port, wish.document, "refresh")
    served = f"what {last.parameters['dumpKey']} brought" if last else "whatever is in it"
    yield f"  replaces: schema {wish.schema}, which serves {served}, by one atomic rename"
    yield f"  keeps as the way back: {wish.schema}__previous, which is what serves now; drops what is in it today"


def _way_back(wish: AuroraWish, _port: AutomationPort, _objects: ObjectPort) -> Iterator[str]:
    if wish.action == "point-in-time":
        yield f"  makes: a cluster beside {wish.cluster_id}, as that was at {wish.serve}; the live one is not touched"
        return
    yield f"  goes back to {_GONE_BACK_TO[wish.action]}"


def _past(wish: AuroraWish, port: AutomationPort, _objects: ObjectPort) -> Iterator[str]:
    last = automation.last_success(port, wish.document, wish.action)
    if last is None or last.started_at is None or last.ended_at is None:
        return
    longest = max(last.steps, key=lambda step: step.seconds, default=None)
    of_it = f", {longest.seconds:.0f} s of them {longest.name}" if longest else ""
    yield f"  the last {wish.action} took {(last.ended_at - last.started_at).total_seconds():.0f} s{of_it}"


def _obstacles(wish: AuroraWish, port: AutomationPort, _objects: ObjectPort) -> Iterator[str]:
    found: Execution | None = automation.running(port, wish.document)
    if found:
        yield f"  ! execution {found.execution_id} is running, with {found.parameters.get('dumpKey', 'no dump')}"
