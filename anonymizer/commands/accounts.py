"""`accounts`: users and roles of a candidate, never production's."""

from __future__ import annotations

from typing import Any


def add_parser(verbs: Any) -> None:
    """Add the verb, whose arguments stand with what it does."""
    from anonymizer import accounts  # noqa: PLC0415 (it loads the driver)

    accounts.add_parser(verbs)
