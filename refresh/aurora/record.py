"""Record: the report in the reports bucket, the outcome told, the dump named as the last known good."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from refresh.aurora import dump, exchange, report, state, telling
from refresh.aurora.context import AuroraContext
from refresh.aurora.request import AuroraRequest


@dataclass(frozen=True)
class Record:
    """Write the report, tell the outcome, tag the dump, keep the retention.

    Idempotent: the report is written over, and what was told is noted; a kill between telling and noting tells twice.
    """

    name: str = "record"
    timeout_minutes: int = 15

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        told = "the outcome to logs, metrics and topic"
        return f"record: the report into {request.reports_bucket}, {told}, the dump as good"

    def is_done(self, context: AuroraContext) -> bool:
        """Say whether it was recorded."""
        return context.ledger.is_done(self.name)

    def run(self, context: AuroraContext) -> dict[str, Any]:
        """Record."""
        if context.ledger.is_done("load"):
            _name_as_good(context)
        if context.request.previous_schemas == 0:
            with context.sql() as sql:
                exchange.discard(sql, context.schemas, context.schemas.former)
        _name_as_served(context)
        place = report.publish(context, "finished")
        telling.tell(context, telling.SUCCEEDED, place)
        return {"report": place}


def _name_as_good(context: AuroraContext) -> None:
    """Tag the dump, keep the tags that it has, and let the reports bucket say which one it is."""
    request, objects = context.request, context.ports.objects
    good = {"dump_key": request.dump_key, "sha256": context.ledger.facts("check_object")["sha256"]}
    key = state.good_key(request.cluster_id, request.schema)
    stored = objects.get(request.reports_bucket, key)
    former = str(json.loads(stored.body)["dump_key"]) if stored else ""
    head = objects.head(request.import_bucket, request.dump_key)
    if head is not None:
        objects.tag(request.import_bucket, request.dump_key, {**head.tags, dump.GOOD_TAG: request.schema})
    objects.put(request.reports_bucket, key, json.dumps(good).encode())
    if former and former != request.dump_key:
        old = objects.head(request.import_bucket, former)
        if old is not None and dump.GOOD_TAG in old.tags:
            rest = {name: value for name, value in old.tags.items() if name != dump.GOOD_TAG}
            objects.tag(request.import_bucket, former, rest)


def _name_as_served(context: AuroraContext) -> None:
    """Let the reports bucket say what the live schema serves: `pulumi refresh` asks, and the age counts from there."""
    request = context.request
    served = context.ledger.facts("swap_back").get("serves") or {
        "dump_key": request.dump_key,
        "refresh_id": context.refresh_id,
        "data_as_of": report.data_as_of(context.ledger.values),
    }
    key = state.serving_key(request.cluster_id, request.schema)
    context.ports.objects.put(request.reports_bucket, key, json.dumps(served).encode())
