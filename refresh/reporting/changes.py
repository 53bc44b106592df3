"""What is other than in the refresh before: rules in words, paths, counts."""

from __future__ import annotations

from collections.abc import Iterator

from refresh.reporting.model import Report
from refresh.reporting.parts import Changes, CountChange
from refresh.reporting.rules import differences


def since(former: Report, now: Report) -> Changes:
    """Compare a refresh with the one before.

    Args:
        former: The latest that finished before it.
        now: The refresh.

    Returns:
        What differs; counts only where both have been made.
    """
    rules = differences(former.rules, now.rules) if now.rules and former.rules else _by_hash(former, now)
    counts = _counts(former, now) if now.collections else ()
    return Changes(since=former.refresh_id, rules=tuple(rules), counts=tuple(counts))


def _by_hash(former: Report, now: Report) -> list[str]:
    """Compare by the hash alone, where the rules themselves are not at hand."""
    before, today = former.hashes.get("rules"), now.hashes.get("rules")
    if not before or not today or before == today:
        return []
    return [f"changed: rules: hash from {before} to {today}"]


def _counts(former: Report, now: Report) -> Iterator[CountChange]:
    before, today = (
        {f"{each.database}.{each.collection}": each.written for each in report.collections} for report in (former, now)
    )
    for name in sorted({*before, *today}):
        if before.get(name) != today.get(name):
            yield CountChange(collection=name, before=before.get(name), now=today.get(name))
