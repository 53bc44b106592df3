"""What a report says, as models: the same for people (`page.py`, `text.py`) and, by its published schema, for programs.

No value of a document or row is in it: names of collections and paths, kinds, counts, times, ids and hashes.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION = 1
SCHEMA_ID = "urn:understudy:report:1"

Kind = Literal["refresh", "serve", "reset"]
Outcome = Literal["finished", "switched back", "abandoned", "failed"]
Database = Literal["mongodb", "aurora"]
Time = str  # ISO 8601 with its zone; empty where it is not known
Count = int


class Part(BaseModel):
    """What all parts share: nothing but what is named, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Part):
    """A point of MongoDB's oplog."""

    seconds: int
    increment: int


class Source(Part):
    """Which member of production the snapshot was taken of, and how far its data goes."""

    member: str
    instance_id: str
    volume_id: str
    volume_gib: int | None = None
    snapshot_id: str
    mongodb_version: str
    data_as_of: Time
    commit_point: Point | None = None


class Rule(Part):
    """What happens to the values at a path, in words."""

    path: str
    treatment: str


class CollectionRules(Part):
    """What happens to a collection."""

    collection: str
    mode: str
    settings: dict[str, str] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


class Collection(Part):
    """How many documents, or rows, were read and what became of them.

    `copied` are those written as they were, `dropped` those read and not written; a collection of mode `drop` was not
    read at all.
    """

    database: str
    collection: str
    mode: str
    read: Count = 0
    written: Count = 0
    masked: Count = 0
    copied: Count = 0
    dropped: Count = 0
    unchecked: bool = False


class Allowed(Part):
    """Something that the rules let through on purpose."""

    namespace: str
    path: str = ""
    what: str


class Note(Part):
    """Something that stayed behind."""

    kind: str
    collection: str
    about: str


class Finding(Part):
    """What a check found: where and how often, never what."""

    kind: str
    collection: str = ""
    path: str = ""
    count: Count = 1


class Unlisted(Part):
    """A path that no rule names."""

    collection: str
    path: str
    type: str
    count: Count


class Control(Part):
    """Faults planted in a check's own input; a check that works finds all of them."""

    planted: Count
    found: Count


class Check(Part):
    """What a check looked at and what it found; for rows `values` counts what was looked at."""

    check: str
    documents: Count | None = None
    values: Count = 0
    findings: Count = 0
    control: Control | None = None


class Run(Part):
    """One run of a step; one that was interrupted ended after `ended_at`, when it was last heard of."""

    step: str
    attempt: int = 1
    begun_at: Time
    ended_at: Time = ""
    end: Literal["done", "failed", "interrupted", ""]
    reason: str = ""


class Runner(Part):
    """Who and what worked on it: an AWS identity, a machine, code and versions."""

    at: Time = ""
    arn: str = ""
    host: str = ""
    commit: str = ""
    changed: bool = False
    code_sha256: str = ""
    versions: dict[str, str] = Field(default_factory=dict)


class Volumes(Part):
    """Staging's volumes after it."""

    live: str
    previous: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


class SwitchedBack(Part):
    """One time that staging was given its former data back by itself."""

    at: Time
    failure: str
    unavailable_ms: float | None = None


class Foretold(Part):
    """What the preview's reckoning said of it when it began: seconds by step, documents, and what both rest on."""

    seconds: dict[str, float] = Field(default_factory=dict)
    documents: Count | None = None
    based_on: str = ""


class CountChange(Part):
    """How many documents of a collection were written before and now; None where there was none."""

    collection: str
    before: Count | None
    now: Count | None


class Changes(Part):
    """What is other than in the refresh before; rules and paths as sentences."""

    since: str
    rules: tuple[str, ...] = ()
    counts: tuple[CountChange, ...] = ()


class Service(Part):
    """A change of what staging serves: to a former volume, forward again, or back to a golden snapshot."""

    serves: str = ""
    served: str = ""
    volume_id: str = ""
    former_volume_id: str = ""
    golden_snapshot_id: str = ""
    reason: str = ""


class Dump(Part):
    """The prepared dump that was loaded."""

    key: str
    sha256: str = ""
    bytes: Count | None = None
    prepared_at: Time = ""
    source: dict[str, Any] = Field(default_factory=dict)
    rules_sha256: str = ""


class Aurora(Part):
    """What only a refresh of Aurora has."""

    action: str
    cluster_id: str
    db_schema: str = Field(alias="schema")
    execution_id: str = ""
    dump: Dump
    schema_sha256: str = ""
    difference: tuple[str, ...] = ()
    clone_id: str = ""
    objects: dict[str, Count] = Field(default_factory=dict)
    swap: dict[str, Any] = Field(default_factory=dict)
    smoke: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Report(Part):
    """One event: a refresh, a switch of what staging serves, or a reset. Parts that it does not have are empty."""

    version: Literal[1] = 1
    kind: Kind = "refresh"
    database: Database = "mongodb"
    outcome: Outcome
    reason: str = ""
    reason_step: str = ""
    refresh_id: str
    trigger: str = ""
    space: str = ""
    attempt: int = 1
    started_at: Time
    finished_at: Time
    data_as_of: Time = ""
    treatment: str = ""
    masked_by: str = ""
    unavailable_ms: float | None = None
    hashes: dict[str, str | int | None] = Field(default_factory=dict)
    source: Source | None = None
    aurora: Aurora | None = None
    service: Service | None = None
    volumes: Volumes | None = None
    golden_snapshot: str | None = None
    switched_back: tuple[SwitchedBack, ...] = ()
    foretold: Foretold | None = None
    users: Count | None = None
    roles: Count | None = None
    collections: tuple[Collection, ...] = ()
    rules: tuple[CollectionRules, ...] = ()
    opt_ins: tuple[Allowed, ...] = ()
    notes: tuple[Note, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    runs: tuple[Run, ...] = ()
    phases: dict[str, float] = Field(default_factory=dict)
    runners: tuple[Runner, ...] = ()
    mongod_versions: dict[str, str] = Field(default_factory=dict)
    changes: Changes | None = None

    def as_json(self) -> str:
        """Return the report as it is stored."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a report."""
    made = Report.model_json_schema(mode="validation", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made}
