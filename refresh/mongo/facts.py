"""What a ledger's records say of the data itself, whichever way it came: from production or from a golden snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def facts_of(ledger: Mapping[str, Any], step: str) -> dict[str, Any]:
    """Return what a step noted; empty when nothing."""
    return dict(ledger["steps"].get(step, {}).get("facts", {}))


def data_as_of(ledger: Mapping[str, Any]) -> str:
    """Return the moment that the data of a refresh or reset is from; empty before it is known."""
    return str(
        facts_of(ledger, "snapshot").get("data_as_of") or facts_of(ledger, "restore_golden").get("data_as_of") or ""
    )


def cut_over_at(ledger: Mapping[str, Any]) -> str:
    """Return when staging began to serve it; empty while it does not, or where it was taken back."""
    return str(ledger["steps"].get("cut_over", {}).get("done_at") or "")
