"""What a report says, as a model: the same for people (`page.py`, `text.py`) and, by its schema, for programs.

No value of a document or row is in it: names of collections and paths, kinds, counts, times, ids and hashes.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field

from refresh.reporting.parts import (
    Allowed,
    Aurora,
    Changes,
    Check,
    Collection,
    CollectionRules,
    Count,
    Finding,
    Foretold,
    Note,
    Part,
    Run,
    Runner,
    Service,
    Source,
    SwitchedBack,
    Time,
    Unlisted,
    Volumes,
)

SCHEMA_ID = "urn:understudy:report:1"

Kind = Literal["refresh", "serve", "reset"]
Outcome = Literal["finished", "switched back", "abandoned", "failed"]
Database = Literal["mongodb", "aurora"]


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
