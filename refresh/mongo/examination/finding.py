"""What an examination found: in order, wrong, or not to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """How it stands with what was asked."""

    IN_ORDER = "ok"
    WRONG = "WRONG"
    UNASKED = "?"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the page.

    Attributes:
        mark: How it stands.
        topic: What was asked about.
        text: What was found, on which resource, why.
        remedy: What to do; empty where the text says it, or where there is nothing to do.
    """

    mark: Mark
    topic: str
    text: str
    remedy: str = ""


def in_order(topic: str, text: str) -> Finding:
    """Say that something is in order."""
    return Finding(mark=Mark.IN_ORDER, topic=topic, text=text)


def wrong(topic: str, text: str, remedy: str = "") -> Finding:
    """Say that something is wrong, and what to do."""
    return Finding(mark=Mark.WRONG, topic=topic, text=text, remedy=remedy)


def unasked(topic: str, text: str, remedy: str = "") -> Finding:
    """Say that something could not be asked, and why."""
    return Finding(mark=Mark.UNASKED, topic=topic, text=text, remedy=remedy)
