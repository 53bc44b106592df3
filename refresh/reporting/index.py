"""The index over all events of a reports bucket: `reports/index.html` for people, `reports/index.json` beside it.

`index.json` keeps a line for each event with the etags of what it was made of, so that only what is new is read. It is
written as the ledger is, on the condition that nobody wrote it meanwhile; whoever loses reads again. The page comes
after it, and then `index.json` is looked at again, so that the last writer's page has every event.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from refresh.aws import ObjectPort
from refresh.errors import TransientError
from refresh.records.ledgers import PREFIX as MONGODB_LEDGERS
from refresh.reporting import entry, here, index_page
from refresh.reporting.entry import Entry
from refresh.reporting.model import Database

PREFIX = "reports/"
JSON_KEY, PAGE_KEY = f"{PREFIX}index.json", f"{PREFIX}index.html"
AURORA_LEDGERS, SWITCH_LEDGERS = "ledgers/aurora/", "serving/"
_REPORT, _PAGE = "/report.json", "/report.html"
_LEDGERS: tuple[tuple[str, Database], ...] = (
    (MONGODB_LEDGERS, "mongodb"),
    (SWITCH_LEDGERS, "mongodb"),
    (AURORA_LEDGERS, "aurora"),
)
_TRIES = 10


@dataclass(frozen=True)
class _Found:
    """Where an event's report, its page and its ledger lie, with their etags; empty where there is none."""

    report_etag: str = ""
    has_page: bool = False
    ledger_key: str = ""
    ledger_etag: str = ""
    database: Database = "mongodb"


def write(objects: ObjectPort, bucket: str, folder: Path) -> str:
    """Bring the index up to date.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.
        folder: Gets the same two files.

    Returns:
        Where the page lies.

    Raises:
        TransientError: Others wrote it again and again.
        ResourceError: It is in the bucket, but could not be kept here.
    """
    for _ in range(_TRIES):
        stored = objects.get(bucket, JSON_KEY)
        entries = _up_to_date(objects, bucket, _known(stored.body if stored else b""))
        body = _as_json(entries)
        etag = objects.put(bucket, JSON_KEY, body, etag=stored.etag if stored else None, absent=stored is None)
        if etag is None:
            continue
        page = index_page.as_html(entries).encode()
        objects.put(bucket, PAGE_KEY, page)
        latest = objects.get(bucket, JSON_KEY)
        if latest is not None and latest.etag == etag:
            here.keep(folder, {"index.json": body, "index.html": page})
            return f"s3://{bucket}/{PAGE_KEY}"
    raise TransientError(
        f"the index s3://{bucket}/{JSON_KEY} was written by others {_TRIES} times meanwhile; the next event mends it"
    )


def read(objects: ObjectPort, bucket: str) -> tuple[Entry, ...]:
    """Read the index as it was written last, the newest event first; none where there is no index."""
    stored = objects.get(bucket, JSON_KEY)
    return _sorted(_known(stored.body if stored else b""))


def _up_to_date(objects: ObjectPort, bucket: str, known: dict[str, Entry]) -> tuple[Entry, ...]:
    found = _found(objects, bucket)
    return _sorted({name: _entry(objects, bucket, name, each, known.get(name)) for name, each in found.items()})


def _entry(objects: ObjectPort, bucket: str, refresh_id: str, found: _Found, known: Entry | None) -> Entry:
    """Return the entry that is known, or make it anew where report or ledger have changed."""
    same = known and (known.report_etag, known.ledger_etag) == (found.report_etag, found.ledger_etag)
    if known and same and known.has_page == found.has_page:
        return known
    report = objects.get(bucket, f"{PREFIX}{refresh_id}{_REPORT}") if found.report_etag else None
    ledger = objects.get(bucket, found.ledger_key) if found.ledger_key else None
    bodies = (report.body if report else None, ledger.body if ledger else None)
    fields = entry.made(*bodies, refresh_id, found.database)
    # The etags of what was listed: what was written since then is read again by the next event.
    etags = {"report_etag": found.report_etag, "ledger_etag": found.ledger_etag}
    return Entry.model_validate({**fields, **etags, "has_page": found.has_page})


def _found(objects: ObjectPort, bucket: str) -> dict[str, _Found]:
    """List what lies in the bucket, a thousand objects a call."""
    found: dict[str, _Found] = {}
    reports = objects.etags(bucket, PREFIX)
    for key, etag in reports.items():
        if key.endswith(_REPORT):
            name = key[len(PREFIX) : -len(_REPORT)]
            found[name] = _Found(report_etag=etag, has_page=f"{PREFIX}{name}{_PAGE}" in reports)
    for prefix, database in _LEDGERS:
        for key, etag in objects.etags(bucket, prefix).items():
            if key.endswith(".json"):
                name = key[len(prefix) : -len(".json")]
                there = found.get(name, _Found())
                found[name] = replace(there, ledger_key=key, ledger_etag=etag, database=database)
    return found


def _known(body: bytes) -> dict[str, Entry]:
    """Read the lines that are there; one that another version wrote is made anew."""
    try:
        rows = json.loads(body)["entries"] if body else []
    except (ValueError, KeyError, TypeError):
        return {}
    known = {}
    for row in rows:
        try:
            one = Entry.model_validate(row)
        except ValidationError:
            continue
        known[one.refresh_id] = one
    return known


def _sorted(entries: dict[str, Entry]) -> tuple[Entry, ...]:
    newest = sorted(entries.values(), key=lambda each: (each.finished_at, each.refresh_id), reverse=True)
    return tuple(newest)


def _as_json(entries: tuple[Entry, ...]) -> bytes:
    return (json.dumps({"version": 1, "entries": [each.model_dump() for each in entries]}, indent=1) + "\n").encode()
