"""What values say by themselves, whatever the name of their path."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from anonymizer.scan.kinds import BY_VALUE, FEW, WORDS
from anonymizer.scan.names import Meaning
from anonymizer.scan.patterns import TELLING
from anonymizer.scan.summary import Summary

_FEWEST_TELLING = 2
Told = tuple[str, str]  # a kind, and why one may think so


def by_value(summary: Summary, said: Meaning) -> Told | None:
    """Say what kind of personal data values are by themselves, whatever their name says, and why.

    Args:
        summary: The values.
        said: What their name says; it may ask for surer values.
    """
    for kind, words, least in BY_VALUE:
        share = summary.share(*words)
        if share < (0.9 if said.neutral else least) or (kind == "name" and few(summary, 3)):
            continue
        if kind in ("name", "street", "phone") and said.strong and said.kind not in ("", "text"):
            continue
        if kind == "ip" and said.neutral and summary.share("version") >= 0.5:
            continue
        if summary.examined * 2 >= summary.types.total() or summary.examined >= 200:
            return (kind, read_like(summary, words))
    return _national(summary, said) or _birth(summary, said) or _telling(summary)


def _national(summary: Summary, said: Meaning) -> Told | None:
    fitting = [kind for kind in summary.signals if kind.startswith("id:") and summary.share(kind) >= 0.9]
    if fitting and summary.examined >= 10 and not said.neutral and summary.share("ean", "date") < 0.9:
        return ("national_id", f"{fitting[0][3:5].upper()} numbers with a right check digit")
    return None


def _telling(summary: Summary) -> Told | None:
    """Judge a few values that say something about a person: a gender, a blood group, a marital status."""
    if not 2 <= summary.distinct <= FEW or set(summary.types) - {"null"} != {"string"}:
        return None
    values = {_plain_word(text) for text in summary.sample() if text}
    if len(values) >= _FEWEST_TELLING and any(
        values <= words and (not needed or values & needed) for words, needed in TELLING
    ):
        return ("attribute", "values that tell of a person")
    return None


def _plain_word(text: str) -> str:
    """Write a short text in lower case, without accents and a full stop; signs stay, as in a blood group."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().rstrip(".")


def _birth(summary: Summary, said: Meaning) -> Told | None:
    dates = summary.types["date"] or summary.share("date") >= 0.9
    if dates and not said.neutral and summary.low < 1975 and summary.high < 2016 and summary.high - summary.low > 20:
        return ("birth_date", "dates over decades, all long ago")
    return None


def is_enum(summary: Summary) -> bool:
    """Tell whether values are of a list: few, and each of them often."""
    return summary.count >= 20 and few(summary, FEW)


def few(summary: Summary, most: int) -> bool:
    """Tell whether there are no more than so many different values, and each of them often."""
    return summary.distinct <= most and summary.distinct * 5 <= summary.count


def read_like(summary: Summary, kinds: Iterable[str]) -> str:
    """Say what share of the examined texts reads like what: the two most frequent."""
    shares = sorted(
        ((summary.share(kind), kind) for kind in kinds if kind in WORDS and summary.signals[kind]), reverse=True
    )
    return ", ".join(f"{_percent(share)} {WORDS[kind]}" for share, kind in shares[:2])


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")
