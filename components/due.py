"""What is due, from old and new values alone: a refresh, a switch, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.dynamic import differs
from refresh.keeping import LIVE, PREVIOUS

LOST = "live_volume_lost"  # `read` puts it among the inputs, so that a preview shows the drift
_HELD = (
    "previous, and a refresh is due: staging is held at what it served before, and a refresh would end that. "
    "Run: pulumi config set understudy:serve live, then pulumi up; or take back what makes the refresh due"
)


def is_due(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Decide whether a refresh is due, from old and new values alone.

    Args:
        olds: Stored inputs or outputs; empty before the first.
        news: Today's inputs, perhaps with parts that are not known yet.

    Returns:
        True when trigger, rules, source or end differ.
    """
    if (olds.get("until") or "end") != (news.get("until") or "end"):  # states from before there was `until` have none
        return True
    return differs(olds, news, "trigger") or differs(olds, news, "rules") or _source(olds) != _source(news)


def _source(values: Mapping[str, Any]) -> Any:
    production = values.get("production")
    if not isinstance(production, Mapping):
        return production
    ids = production.get("instance_ids")
    return sorted(ids) if isinstance(ids, list) else ids, production.get("role_arn") or ""


def is_switch_due(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Decide whether staging is to serve the other volume; a state of before knows live alone.

    Args:
        olds: Stored inputs or outputs; empty before the first.
        news: Today's inputs.

    Returns:
        True when `serve` differs.
    """
    return bool(olds) and _serve(olds) != _serve(news)


def held(olds: Mapping[str, Any], news: Mapping[str, Any]) -> str:
    """Say why a refresh that is due may not run.

    Args:
        olds: Stored inputs; empty before the first.
        news: Today's inputs.

    Returns:
        The reason; empty when it may.
    """
    due = is_due(olds, news) or (LOST in olds and not is_switch_due(olds, news))
    return _HELD if due and _serve(news) == PREVIOUS else ""


def _serve(values: Mapping[str, Any]) -> Any:
    return values.get("serve") or LIVE
