"""Name and values of a path together: personal, plain, or for a person to decide. No text here ever holds a value."""

from __future__ import annotations

from dataclasses import dataclass

from anonymizer.scan.kinds import (
    CONFIRMED_BY,
    NUMBERS,
    OPEN,
    TEXT,
    TRACES,
    TYPES,
    WORDS,
)
from anonymizer.scan.names import Meaning, meaning
from anonymizer.scan.shape import Place
from anonymizer.scan.summary import Summary
from anonymizer.scan.values import Told, by_value, is_enum, read_like

PERSONAL, PLAIN, DECIDE = "personal", "plain", "decide"
# Kinds for which a vague name is enough, if nothing speaks against it, and what they are then.
_ENOUGH = {
    **{kind: kind for kind in ("street", "city", "username", "plate")},
    "actor": "username",
    "coordinates": "street",
}
_FEWEST_LONG_ID = 1_000_000


@dataclass(frozen=True)
class Verdict:
    """What is thought of a path.

    Attributes:
        decision: `personal`, `plain` or `decide`.
        kind: Of personal data; for `decide`, what it may be, or nothing.
        evidence: Why, in words, with shares.
        vague: Whether a name speaks for the kind, but too softly to go by alone.
    """

    decision: str
    kind: str = ""
    evidence: str = ""
    vague: bool = False


def judge(place: Place, names: tuple[str, ...]) -> Verdict:
    """Judge the values of a path.

    Args:
        place: What was seen there.
        names: The collection's name and the names on the path, without `[]` and `*`.
    """
    said, summary = meaning(names), place.summary
    if names[-1] == "_id" and said.kind == "account":
        said = Meaning()  # `accounts._id` is called so for being an id, not for being an account's number
    types = set(summary.types) - {"null"}
    if not types:
        return _without_values(said)
    if types == {"bool"} and not (said.kind == "attribute" and said.strong):
        return Verdict(PLAIN, "", "true or false")
    found = _told(by_value(summary, said))
    if found:
        return found
    if said.kind and types & TYPES.get(said.kind, TEXT):
        return _by_name(said, summary, types)
    return _traces(summary) or _plain(said, summary, types)


def judge_keys(keys: Summary) -> Verdict:
    """Judge the keys of a map."""
    found = _told(by_value(keys, Meaning()))
    if found:
        return found
    if sum(map(keys.share, ("uuid", "hex", "date", "digits", "code"))) >= 0.9 or keys.distinct <= 2:
        return Verdict(PLAIN, "", read_like(keys, ("uuid", "hex", "date")) or "keys are codes or numbers")
    return Verdict(DECIDE, "", f"about {keys.distinct:,} different keys")


def _without_values(said: Meaning) -> Verdict:
    if said.kind and said.strong:
        return Verdict(PERSONAL, said.kind, "by its name; only null or empty so far")
    if said.neutral:
        return Verdict(PLAIN, "", "by its name; only null or empty so far")
    return Verdict(DECIDE, said.kind, "only null or empty so far")


def _told(told: Told | None) -> Verdict | None:
    return Verdict(PERSONAL, *told) if told else None


def _by_name(said: Meaning, summary: Summary, types: set[str]) -> Verdict:
    kind, why = said.kind, "by its name"
    texts = summary.types["string"] >= sum(summary.types.values()) / 2
    if _contradicted(kind, summary, types, texts=texts) or (kind == "account" and _is_surrogate(summary, types)):
        return _told(by_value(summary, Meaning())) or _traces(summary) or _plain(Meaning(), summary, types)
    if said.strong and not said.sure and _says_less(kind, summary, types, texts=texts):
        return _plain(Meaning(), summary, types)
    if said.strong and not (kind in OPEN - {"name", "street", "city"} and texts and is_enum(summary)):
        return Verdict(PERSONAL, kind, ", ".join(filter(None, (why, read_like(summary, tuple(WORDS))))))
    return _weak(kind, summary, types)


def _says_less(kind: str, summary: Summary, types: set[str], *, texts: bool) -> bool:
    """Tell whether values are of a list, or ids of a system's own making, where only the surroundings spoke."""
    if kind in ("name", "actor", "account", "username") and (_is_surrogate(summary, types) or types <= NUMBERS):
        return True
    return kind != "attribute" and texts and is_enum(summary) and summary.share("name") < 0.1


def _contradicted(kind: str, summary: Summary, types: set[str], *, texts: bool) -> bool:
    """Tell whether the values cannot be what the name says."""
    low, high = summary.low, summary.high
    if types <= NUMBERS and kind == "coordinates":
        return not -180 <= low <= high <= 180
    if types <= NUMBERS and kind == "birth_date":
        return not (1880 <= low <= high <= 2100 or max(abs(low), abs(high)) > 100_000)
    if types <= NUMBERS and kind == "username":
        return high < _FEWEST_LONG_ID
    if not texts or summary.examined < 5:
        return False
    confirming = CONFIRMED_BY.get(kind)
    if confirming and summary.share(*confirming) < 0.05:
        return True
    return kind not in ("url", "secret", "text", "username") and summary.share("url") >= 0.9


def _is_surrogate(summary: Summary, types: set[str]) -> bool:
    """Tell whether values are random ids of a system's own making."""
    return types <= {"objectId"} or summary.share("uuid", "oid") >= 0.9


def _weak(kind: str, summary: Summary, types: set[str]) -> Verdict:
    """Judge what only a vague name speaks for."""
    if kind == "coordinates" and types & {"double", "decimal"}:
        return Verdict(PERSONAL, kind, "by its name, numbers of that size")
    if kind == "secret" and summary.share("hex") >= 0.9:
        return Verdict(PERSONAL, kind, "by its name, hexadecimal")
    if types <= {"objectId", "int", "long"} or summary.share("uuid", "hex") >= 0.9 or is_enum(summary):
        return _plain(Meaning(), summary, types)
    traces = _traces(summary)
    if traces:
        return traces
    if kind in _ENOUGH or (kind == "text" and summary.share("in:name") >= 0.1):
        return Verdict(PERSONAL, _ENOUGH.get(kind, kind), "by its name")
    return Verdict(DECIDE, kind, "its name is vague", vague=True)


def _traces(summary: Summary) -> Verdict | None:
    """Judge a path where now and then a value gives someone away."""
    hits = {kind: summary.signals[kind] for kind in TRACES if summary.signals[kind]}
    names = summary.share("in:name") if summary.share("prose") >= 0.2 else 0.0
    if not hits and names < 0.3:
        return None
    evidence = read_like(summary, (*hits, "in:name", "prose"))
    if summary.share(*hits) >= 0.05 or names >= 0.3:
        return Verdict(PERSONAL, "text", evidence)
    return Verdict(DECIDE, "text", evidence)


def _plain(said: Meaning, summary: Summary, types: set[str]) -> Verdict:
    """Judge what nothing speaks for: plain where that is sure, else for a person to decide."""
    if types <= {"bool", "objectId", "date", "timestamp", "double", "decimal", "minKey", "maxKey"}:
        return Verdict(PLAIN, "", "")
    if types <= NUMBERS | {"bool"}:
        long = max(abs(summary.low), abs(summary.high)) >= 10_000_000 and not is_enum(summary) and not said.neutral
        if long and said.kind == "name":
            return Verdict(PERSONAL, "phone", "long numbers, named after a person or a contact")
        return Verdict(DECIDE, "account", "long numbers, nearly all different") if long else Verdict(PLAIN)
    if types & {"binData", "javascript", "regex"} and summary.share("uuid") < 0.9:
        return Verdict(DECIDE, "binary", "binary or code, not looked into")
    return _plain_text(said, summary)


def _plain_text(said: Meaning, summary: Summary) -> Verdict:
    evidence = read_like(summary, tuple(WORDS))
    if is_enum(summary):
        return Verdict(PLAIN, "", f"{summary.distinct} different values")
    if said.neutral:
        return Verdict(PLAIN, "", evidence or "by its name")
    if summary.share("uuid", "date", "ean", "version", "oid") >= 0.9:
        return Verdict(PLAIN, "", evidence or "ids or versions")
    return Verdict(DECIDE, _guess(summary), evidence or f"about {summary.distinct:,} different values")


def _guess(summary: Summary) -> str:
    if summary.share("hex") >= 0.9:
        return "secret"
    if summary.share("url") >= 0.5:
        return "url"
    return "text" if summary.share("prose") >= 0.2 else ""
