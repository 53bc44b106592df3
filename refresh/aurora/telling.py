"""Telling how an Aurora refresh ended: to log group, metrics and topic, each once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from refresh.aurora import report
from refresh.aurora.context import AuroraContext
from refresh.errors import RefreshError
from refresh.watch.metrics import (
    AURORA_EVENTS,
    AURORA_REFRESH,
    AURORA_SERVE,
    EVENT,
    NAMESPACE,
    SPACE,
    facts_of,
    metrics_of,
)
from refresh.watch.words import FAILED, FINISHED, REFUSED, SWITCHED_BACK

SUCCEEDED = "succeeded"
# Everything else that a message says is said of failures alone.
_MEASURED_AS = {SUCCEEDED: FINISHED, REFUSED: REFUSED, SWITCHED_BACK: SWITCHED_BACK}


def tell(context: AuroraContext, outcome: str, about: str) -> None:
    """Write an outcome to the log group, the metrics and the topic, once.

    Metrics are put softly: a refresh that is live has not failed because nobody could count it.

    Args:
        context: The refresh.
        outcome: succeeded, refused, failed or switched back.
        about: The report's place, or the reason.
    """
    request, outcomes = context.request, context.ports.outcomes
    event = _event(context, outcome, about)

    def log() -> None:
        outcomes.log(request.log_group, f"refresh/{context.refresh_id}", json.dumps(event))

    def measure() -> None:
        try:
            outcomes.measure(NAMESPACE, *_measured(context, outcome))
        except RefreshError as error:
            context.say(f"        the metrics could not be told: {error}")

    def publish() -> None:
        subject = f"Refresh {context.refresh_id} of {request.schema}: {outcome}"
        outcomes.publish(request.topic_arn, subject, _sentence(event))

    for way, place, told in (
        ("log", request.log_group, log),
        ("metrics", request.topic_arn, measure),
        ("topic", request.topic_arn, publish),
    ):
        mark, marks = f"{context.ledger.attempt} {outcome}", context.ledger.facts("tell").get("told", {})
        if place and marks.get(way) != mark:
            told()
            context.ledger.note("tell", told={**marks, way: mark})


def tell_softly(context: AuroraContext, outcome: str, about: str) -> None:
    """Tell an outcome; trouble on the way never hides what is told."""
    try:
        tell(context, outcome, about)
    except RefreshError as error:
        context.say(f"        the outcome could not be told: {error}")


def _event(context: AuroraContext, outcome: str, about: str) -> dict[str, str]:
    action = str(context.ledger.values.get("action", ""))
    return {
        "refresh_id": context.refresh_id,
        "outcome": outcome,
        "action": action,
        "dump_key": context.request.dump_key,
        "cluster_id": context.request.cluster_id,
        "schema": context.request.schema,
        "execution_id": context.request.execution_id,
        "about": about,
    }


def _measured(context: AuroraContext, outcome: str) -> tuple[dict[str, str], list[Any]]:
    """Return dimensions and metrics; age, rows and findings only of what became live."""
    now = context.clock.now()
    kind = AURORA_EVENTS.get(str(context.ledger.values.get("action", "")), AURORA_REFRESH)
    told = report.build(context.ledger.values, finished_at=now.isoformat()).model_dump()
    names = ["phases"]
    if outcome == SUCCEEDED:
        names += ["data_as_of"] if kind == AURORA_SERVE else ["data_as_of", "collections", "findings"]
    facts = facts_of({name: told[name] for name in names}, "rows")
    dimensions = {SPACE: context.request.space, EVENT: kind}
    return dimensions, metrics_of(_MEASURED_AS.get(outcome, FAILED), facts, now)


def _sentence(event: Mapping[str, str]) -> str:
    return (
        f"The refresh {event['refresh_id']} of schema {event['schema']} on {event['cluster_id']} from "
        f"{event['dump_key']} {event['outcome']}.\n\n{event['about']}\n\n"
        f"Automation execution: {event['execution_id'] or 'none'}"
    )
