"""The parts of a report: frozen, and with nothing in them but what is named."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
    account_id: str = ""
    region: str = ""
    volume_id: str
    volume_ids: tuple[str, ...] = ()
    volume_gib: int | None = None
    snapshot_id: str
    snapshot_ids: tuple[str, ...] = ()
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
    job: str = ""
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
