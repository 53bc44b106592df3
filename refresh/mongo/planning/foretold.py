"""What a refresh expects of itself when it begins: kept in its ledger, to be put beside what it took."""

from __future__ import annotations

from typing import Any

from refresh.errors import RefreshError
from refresh.mongo.context import Context
from refresh.mongo.planning import duration, runs, sizes
from refresh.records import ledgers


def foretold(context: Context) -> dict[str, Any]:
    """Reckon as the preview does; what was foretold in an earlier run of this refresh stays.

    Args:
        context: The refresh, at its preflight.

    Returns:
        Seconds a step, documents, and what both are based on; empty before the first refresh, and where nothing can be
        looked up: no refresh stops for it.
    """
    earlier = context.ledger.facts("preflight").get("foretold")
    if earlier is not None:
        return dict(earlier)
    try:
        past = runs.finished(ledgers.read_all(context.aws.objects, context.request.reports_bucket))
        backup = sizes.newest_backup(context.request, context.aws, past[0]) if past else None
        expected = sizes.expected(runs.typical(past), backup)
    except (RefreshError, KeyError, TypeError, ValueError):
        return {}
    if expected is None:
        return {}
    estimate = duration.estimate(runs.typical(past), expected.documents)
    return {
        "seconds": {step: round(seconds, 1) for step, seconds in estimate.seconds.items()},
        "documents": expected.documents,
        "based_on": f"{estimate.based_on}; {expected.based_on}",
    }
