"""What is said of an event: subject and message for people, links, and the guard that no value passes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refresh.errors import (
    AbandonedError,
    LeaseError,
    PreflightError,
    RefreshError,
    RequestError,
    SwitchedBackError,
)

FINISHED, REFUSED, FAILED, ABANDONED, SWITCHED_BACK = "finished", "refused", "failed", "abandoned", "switched back"

_LONGEST_REASON = 900
_MINUTE_SECONDS, _HOUR_SECONDS = 60, 3600
_CONSOLES = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}
# Errors are written without values. This guard stands behind that, since a message leaves for mailboxes: an address
# with a user or a query in it, an e-mail address, and what is as long as a key.
_GUARDED = (
    (re.compile(r"\b(?!s3:)[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE), "<address>"),
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"\b([0-9a-fA-F]{8})[0-9a-fA-F]{24,}\b"), r"\1…"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9+/_]{40,}={0,2}"), "<long>"),
)
_SAID: Mapping[str, str] = {
    FINISHED: "finished.",
    REFUSED: "was refused, and nothing was changed.",
    FAILED: "stopped. Its record says how far it came; `pulumi up` goes on from there.",
    ABANDONED: "was given up: what it had copied is removed, and staging is as it was.",
    SWITCHED_BACK: "reached staging and was left again: a health check or a smoke test failed.",
}
_KINDS = {"serve": "switch"}
_RUNBOOK: Mapping[str, str] = {
    REFUSED: "when-it-stops",
    FAILED: "when-it-stops",
    ABANDONED: "when-it-stops",
    SWITCHED_BACK: "staging-switched-back",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is told of: a refresh, a switch, a reset.

    Attributes:
        kind: refresh, serve or reset.
        event_id: The refresh's id, or the switch's.
        space: `<project>/<stack>`.
        region: Where the bucket is.
        reports_bucket: Where reports and ledgers lie.
    """

    kind: str
    event_id: str
    space: str
    region: str
    reports_bucket: str


def outcome_of(error: BaseException) -> str:
    """Name how an event ended that an error ended.

    Args:
        error: What came out of it; its class alone decides.

    Returns:
        refused, failed, abandoned or switched back.
    """
    if isinstance(error, SwitchedBackError):
        return SWITCHED_BACK
    if isinstance(error, PreflightError | RequestError | LeaseError):
        return REFUSED
    return ABANDONED if isinstance(error, AbandonedError) else FAILED


def reason_of(error: BaseException) -> str:
    """Return an error's reason, short and guarded; only the class of one that is none of ours: it may hold anything."""
    if not isinstance(error, RefreshError):
        return type(error).__name__
    text = harmless(str(error))
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]} … (the rest is in what pulumi printed)"


def harmless(text: str) -> str:
    """Take out what looks like an address with credentials, a person's e-mail or a key."""
    for pattern, instead in _GUARDED:
        text = pattern.sub(instead, text)
    return text


def subject(event: Event, outcome: str) -> str:
    """Return a message's subject."""
    return f"{event.space}: {event.kind} {event.event_id} {outcome}"


def message(event: Event, outcome: str, facts: Mapping[str, Any], record: str, reason: str) -> str:
    """Write a message for people.

    Args:
        event: What is told of.
        outcome: How it ended.
        facts: Of data_as_of, documents, findings, seconds what is known.
        record: The key of its report, or of its ledger; empty where it has neither.
        reason: Why it ended so; empty when it finished.

    Returns:
        Some lines, with a link to the report and no value of a document.
    """
    lines = [f"The {_KINDS.get(event.kind, event.kind)} {event.event_id} of {event.space} {_SAID[outcome]}"]
    if facts.get("data_as_of"):
        lines.append(f"Staging serves production's data as of {facts['data_as_of']}.")
    counted = [f"{facts[name]:,} {name}" for name in ("documents", "findings") if name in facts]
    lines.append(", ".join([*counted, f"took {duration(facts['seconds'])}"]).capitalize() + ".")
    if reason:
        lines += ["", reason]
    if record:
        lines += ["", f"{'Report' if record.startswith('reports/') else 'Record'}: {link(event, record)}"]
        lines.append(f"        s3://{event.reports_bucket}/{record}")
    if outcome in _RUNBOOK:
        lines.append(f"What to do: runbook.md#{_RUNBOOK[outcome]}")
    return "\n".join(lines)


def link(event: Event, key: str) -> str:
    """Return where the console shows an object, to whoever may read it: there is no secret in it."""
    domain = next((one for start, one in _CONSOLES.items() if event.region.startswith(start)), "console.aws.amazon.com")
    return f"https://{event.region}.{domain}/s3/object/{event.reports_bucket}?region={event.region}&prefix={key}"


def duration(seconds: float) -> str:
    """Write a time for people: 42 s, 3 min 12 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < _MINUTE_SECONDS:
        return f"{whole} s"
    if whole < _HOUR_SECONDS:
        return f"{whole // _MINUTE_SECONDS} min {whole % _MINUTE_SECONDS} s"
    return f"{whole // _HOUR_SECONDS} h {whole % _HOUR_SECONDS // _MINUTE_SECONDS} min"
