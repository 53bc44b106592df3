"""Record: the report in the reports bucket, the outcome told, the dump named as the last known good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh.aurora import dump, exchange, report
from refresh.aurora.context import AuroraContext
from refresh.aurora.request import AuroraRequest
from refresh.errors import RefreshError


@dataclass(frozen=True)
class Record:
    """Write the report, tell the outcome, tag the dump, keep the retention.

    Idempotent: the report is written over, and what was told is noted; a kill between telling and noting tells twice.
    """

    name: str = "record"
    timeout_minutes: int = 15

    def plan(self, request: AuroraRequest) -> str:
        """Say what it will do."""
        return f"record: the report into {request.reports_bucket}, the outcome to logs and topic, the dump as good"

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
        place = report.publish(context, "finished")
        tell(context, "succeeded", place)
        return {"report": place}


def tell(context: AuroraContext, outcome: str, about: str) -> None:
    """Write an outcome to the log group and the topic, once.

    Args:
        context: The refresh.
        outcome: succeeded, failed or switched back.
        about: The report's place, or the reason.
    """
    values = context.ledger.values
    event = {
        "refresh_id": context.refresh_id,
        "outcome": outcome,
        "action": values.get("action", ""),
        "dump_key": context.request.dump_key,
        "cluster_id": context.request.cluster_id,
        "schema": context.request.schema,
        "execution_id": context.request.execution_id,
        "about": about,
    }
    told = context.ledger.facts("tell").get("told", {})
    mark = f"{context.ledger.attempt} {outcome}"
    request = context.request
    if request.log_group and told.get("log") != mark:
        context.ports.outcomes.log(request.log_group, f"refresh/{context.refresh_id}", json.dumps(event))
        told = {**told, "log": mark}
        context.ledger.note("tell", told=told)
    if request.topic_arn and told.get("topic") != mark:
        subject = f"Refresh {context.refresh_id} of {request.schema}: {outcome}"
        context.ports.outcomes.publish(request.topic_arn, subject, _sentence(event))
        context.ledger.note("tell", told={**told, "topic": mark})


def tell_softly(context: AuroraContext, outcome: str, about: str) -> None:
    """Tell an outcome; trouble on the way never hides what is told."""
    try:
        tell(context, outcome, about)
    except RefreshError as error:
        context.say(f"        the outcome could not be told: {error}")


def _sentence(event: Mapping[str, str]) -> str:
    return (
        f"The refresh {event['refresh_id']} of schema {event['schema']} on {event['cluster_id']} from "
        f"{event['dump_key']} {event['outcome']}.\n\n{event['about']}\n\n"
        f"Automation execution: {event['execution_id'] or 'none'}"
    )


def _name_as_good(context: AuroraContext) -> None:
    """Tag the dump, keep the tags that it has, and let the reports bucket say which one it is."""
    request, objects = context.request, context.ports.objects
    good = {"dump_key": request.dump_key, "sha256": context.ledger.facts("check_object")["sha256"]}
    key = good_key(request)
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


def good_key(request: AuroraRequest) -> str:
    """Return where the reports bucket says which dump is the last known good one."""
    return f"state/aurora/{request.cluster_id}/{request.schema}/last-known-good.json"
