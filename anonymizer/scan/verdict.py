"""Name and values of a path together: personal, plain, or for a person to decide. No text here ever holds a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from anonymizer.scan.kinds import (
    BY_VALUE,
    CONFIRMED_BY,
    FEW,
    NUMBERS,
    OPEN,
    TEXT,
    TRACES,
    TYPES,
    WORDS,
)
from anonymizer.scan.names import Meaning, meaning
from anonymizer.scan.patterns import TELLING
from anonymizer.scan.shape import Place
from anonymizer.scan.summary import Summary

PERSONAL, PLAIN, DECIDE = "personal", "plain", "decide"
_FEWEST_TELLING = 2
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
    found = _by_value(summary, said)
    if found:
        return found
    if said.kind and types & TYPES.get(said.kind, TEXT):
        return _by_name(said, summary, types)
    return _traces(summary) or _plain(said, summary, types)


def judge_keys(keys: Summary) -> Verdict:
    """Judge the keys of a map."""
    found = _by_value(keys, Meaning())
    if found:
        return found
    if sum(map(keys.share, ("uuid", "hex", "date", "digits", "code"))) >= 0.9 or keys.distinct <= 2:
        return Verdict(PLAIN, "", _read_like(keys, ("uuid", "hex", "date")) or "keys are codes or numbers")
    return Verdict(DECIDE, "", f"about {keys.distinct:,} different keys")


def _without_values(said: Meaning) -> Verdict:
    if said.kind and said.strong:
        return Verdict(PERSONAL, said.kind, "by its name; only null or empty so far")
    if said.neutral:
        return Verdict(PLAIN, "", "by its name; only null or empty so far")
    return Verdict(DECIDE, said.kind, "only null or empty so far")


def _by_value(summary: Summary, said: Meaning) -> Verdict | None:
    for kind, words, least in BY_VALUE:
        share = summary.share(*words)
        if share < (0.9 if said.neutral else least) or (kind == "name" and _few(summary, 3)):
            continue
        if kind in ("name", "street", "phone") and said.strong and said.kind not in ("", "text"):
            continue
        if kind == "ip" and said.neutral:
            continue
        if summary.examined * 2 >= summary.types.total() or summary.examined >= 200:
            return Verdict(PERSONAL, kind, _read_like(summary, words))
    return _national(summary, said) or _birth(summary, said) or _telling(summary)


def _national(summary: Summary, said: Meaning) -> Verdict | None:
    fitting = [kind for kind in summary.signals if kind.startswith("id:") and summary.share(kind) >= 0.9]
    if fitting and summary.examined >= 10 and not said.neutral and summary.share("ean", "date") < 0.9:
        return Verdict(PERSONAL, "national_id", f"{fitting[0][3:5].upper()} numbers with a right check digit")
    return None


def _telling(summary: Summary) -> Verdict | None:
    """Judge a few values that say something about a person: a gender, a blood group, a marital status."""
    if not 2 <= summary.distinct <= FEW or set(summary.types) - {"null"} != {"string"}:
        return None
    values = {_plain_word(text) for text in summary.sample() if text}
    if len(values) >= _FEWEST_TELLING and any(
        values <= words and (not needed or values & needed) for words, needed in TELLING
    ):
        return Verdict(PERSONAL, "attribute", "values that tell of a person")
    return None


def _plain_word(text: str) -> str:
    """Write a short text in lower case, without accents and a full stop; signs stay, as in a blood group."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().rstrip(".")


def _birth(summary: Summary, said: Meaning) -> Verdict | None:
    dates = summary.types["date"] or summary.share("date") >= 0.9
    if dates and not said.neutral and summary.low < 1975 and summary.high < 2016 and summary.high - summary.low > 20:
        return Verdict(PERSONAL, "birth_date", "dates over decades, all long ago")
    return None


def _by_name(said: Meaning, summary: Summary, types: set[str]) -> Verdict:
    kind, why = said.kind, "by its name"
    texts = summary.types["string"] >= sum(summary.types.values()) / 2
    if _contradicted(kind, summary, types, texts=texts) or (kind == "account" and _is_surrogate(summary, types)):
        return _by_value(summary, Meaning()) or _traces(summary) or _plain(Meaning(), summary, types)
    if said.strong and not said.sure and _says_less(kind, summary, types, texts=texts):
        return _plain(Meaning(), summary, types)
    if said.strong and not (kind in OPEN - {"name", "street", "city"} and texts and _is_enum(summary)):
        return Verdict(PERSONAL, kind, ", ".join(filter(None, (why, _read_like(summary, tuple(WORDS))))))
    return _weak(kind, summary, types)


def _says_less(kind: str, summary: Summary, types: set[str], *, texts: bool) -> bool:
    """Tell whether values are of a list, or ids of a system's own making, where only the surroundings spoke."""
    if kind in ("name", "actor", "account", "username") and (_is_surrogate(summary, types) or types <= NUMBERS):
        return True
    return kind != "attribute" and texts and _is_enum(summary) and summary.share("name") < 0.1


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
    if types <= {"objectId", "int", "long"} or summary.share("uuid", "hex") >= 0.9 or _is_enum(summary):
        return _plain(Meaning(), summary, types)
    traces = _traces(summary)
    if traces:
        return traces
    if kind in ("street", "city", "username", "plate", "actor") or (kind == "text" and summary.share("in:name") >= 0.1):
        return Verdict(PERSONAL, "username" if kind == "actor" else kind, "by its name")
    return Verdict(DECIDE, kind, "its name is vague", vague=True)


def _traces(summary: Summary) -> Verdict | None:
    """Judge a path where now and then a value gives someone away."""
    hits = {kind: summary.signals[kind] for kind in TRACES if summary.signals[kind]}
    names = summary.share("in:name") if summary.share("prose") >= 0.2 else 0.0
    if not hits and names < 0.3:
        return None
    evidence = _read_like(summary, (*hits, "in:name", "prose"))
    if summary.share(*hits) >= 0.05 or names >= 0.3:
        return Verdict(PERSONAL, "text", evidence)
    return Verdict(DECIDE, "text", evidence)


def _plain(said: Meaning, summary: Summary, types: set[str]) -> Verdict:
    """Judge what nothing speaks for: plain where that is sure, else for a person to decide."""
    if types <= {"bool", "objectId", "date", "timestamp", "double", "decimal", "minKey", "maxKey"}:
        return Verdict(PLAIN, "", "")
    if types <= NUMBERS | {"bool"}:
        long = max(abs(summary.low), abs(summary.high)) >= 10_000_000 and not _is_enum(summary) and not said.neutral
        return Verdict(DECIDE, "account", "long numbers, nearly all different") if long else Verdict(PLAIN)
    if types & {"binData", "javascript", "regex"} and summary.share("uuid") < 0.9:
        return Verdict(DECIDE, "binary", "binary or code, not looked into")
    return _plain_text(said, summary)


def _plain_text(said: Meaning, summary: Summary) -> Verdict:
    evidence = _read_like(summary, tuple(WORDS))
    if _is_enum(summary):
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


def _is_enum(summary: Summary) -> bool:
    return summary.count >= 20 and _few(summary, FEW)


def _few(summary: Summary, most: int) -> bool:
    return summary.distinct <= most and summary.distinct * 5 <= summary.count


def _read_like(summary: Summary, kinds: Iterable[str]) -> str:
    """Say what share of the examined texts reads like what: the two most frequent."""
    shares = sorted(
        ((summary.share(kind), kind) for kind in kinds if kind in WORDS and summary.signals[kind]), reverse=True
    )
    return ", ".join(f"{_percent(share)} {WORDS[kind]}" for share, kind in shares[:2])


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")
