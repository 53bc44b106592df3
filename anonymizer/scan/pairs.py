"""Pairs of a key and a value (`{kind: "email", value: …}`), where the one says what the other is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anonymizer.scan.compounds import is_known, tokens
from anonymizer.scan.names import meaning
from anonymizer.scan.shape import Place
from anonymizer.scan.summary import Summary
from anonymizer.shown import shown_key

SELECTORS = (
    "kind type key system name label field channel attribute property param code use method category medium art tipo "
    "soort typ rodzaj tyyppi tur jenis title question"
).split()
VALUES = frozenset(
    "value val values content data text number contact answer wert valeur valor valore waarde wartosc arvo deger nilai "
    "varde verdi vaerdi hodnota ertek info detail details handle identifier id url address".split()
)
_MOST_WORDS = 40
_LEAST_KNOWN = 0.2


@dataclass(frozen=True)
class Pair:
    """A value and the key beside it that says what it is.

    Attributes:
        value: The path of the value.
        selector: The key beside it.
        kinds: What the selector's words mean: kinds of personal data by word; words that name none are left out.
    """

    value: str
    selector: str
    kinds: dict[str, str]

    @property
    def kind(self) -> str:
        """The kind that all words name, or `text` where they name several."""
        return next(iter(self.kinds.values())) if len(set(self.kinds.values())) == 1 else "text"

    @property
    def shown(self) -> dict[str, str]:
        """What of `kinds` may be shown: words of the lexicon alone, as a key may hold a value after all."""
        return {word: kind for word, kind in self.kinds.items() if shown_key(word) == word and _all_known(word)}


def _all_known(word: str) -> bool:
    return all(is_known(token) for token in tokens(word))


def pairs(root: Place) -> Iterator[Pair]:
    """Find the pairs of a collection, each value once.

    Args:
        root: The settled shape.
    """
    for place in root.walk():
        values = [key for key in place.children if key.lower() in VALUES and place.children[key].summary.types]
        for key in values:
            selectors = (name for name in place.children if name.lower() in SELECTORS and name != key)
            for name in sorted(selectors, key=lambda name: SELECTORS.index(name.lower())):
                if kinds := _kinds(place.children[name].summary):
                    yield Pair(place.children[key].path, name, kinds)
                    break


def _kinds(summary: Summary) -> dict[str, str]:
    """Say what the words of a selector mean, if they are few and enough of them are known."""
    if set(summary.types) - {"null"} != {"string"} or not 1 <= summary.distinct <= _MOST_WORDS:
        return {}
    words = [word for word in summary.sample() if word]
    said = {word: meaning(("", word)) for word in words}
    kinds = {word: one.kind for word, one in sorted(said.items()) if one.kind and one.strong}
    return kinds if len(kinds) >= max(1, len(words) * _LEAST_KNOWN) and summary.distinct * 2 <= summary.count else {}
