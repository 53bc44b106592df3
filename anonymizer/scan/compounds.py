"""Takes names apart into plain words: by their writing, then by the words that are known within a word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anonymizer.scan import lexicon, surroundings

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_PLAIN_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "đ": "d", "\u0131": "i", "œ": "oe"}
)
_SHORTEST = 3
_SHORTEST_HEAD = 4  # `lineage` is no age
_SHORTEST_COMPOUND = 6
_TAILS = frozenset(("id", "ids", "no", "nr", "ip", "ids"))
_LINKS = ("", "s", "n", "en", "es")
# What words end in by number and case in these languages; taken off where the rest is a known word of some length.
_ENDINGS = tuple("s es n en e er r et t a an ar or i in u y em ul ei si ini lar ler ne".split())
_SHORTEST_STEM = 5

KNOWN = frozenset(
    {*lexicon.STRONG, *lexicon.WEAK, *surroundings.NUMBERS, *surroundings.SHORT}
    | surroundings.NEUTRAL
    | surroundings.THINGS
    | surroundings.PERSONS
)


def tokens(step: str) -> list[str]:
    """Split a name into plain lower-case words: `eMailAdresse`, `e_mail-adresse` and `e mail adresse` are the same."""
    words = [fold(word) for part in re.split(r"[\W_]+", step) for word in _CAMEL.split(part)]
    whole = [word for word in words if word and word not in surroundings.SMALL_WORDS] or [
        word for word in words if word
    ]
    if whole[:2] in (["e", "mail"], ["e", "post"]):
        whole[:2] = ["".join(whole[:2])]
    return whole


def fold(word: str) -> str:
    """Write a word without accents, in lower case."""
    plain = unicodedata.normalize("NFKD", word.translate(_PLAIN_LETTERS))
    return _NOT_WORD.sub("", plain.lower())


def cut(words: list[str]) -> list[str]:
    """Cut compounds that the lexicon does not know as a whole."""
    return [part for word in words for part in _parts(word)]


@lru_cache(maxsize=20_000)
def _parts(word: str) -> tuple[str, ...]:
    if is_known(word) or len(word) < _SHORTEST_COMPOUND:
        return (word,)
    inflected = stem(word)
    return (inflected,) if inflected else _of_known(word) or _telling_start(word) or _with_head(word)


def is_known(word: str) -> bool:
    """Tell whether a word is in any list, perhaps in the plural or with a number behind it."""
    return any(form in KNOWN for form in (word, word.removesuffix("s"), word.rstrip("0123456789")))


def stem(word: str) -> str:
    """Give the strong word that a longer one is a form of, or the empty text."""
    if is_known(word):
        return ""
    if word.endswith("ies") and word[:-3] + "y" in lexicon.STRONG:
        return word[:-3] + "y"
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return next((found for found in stems if len(found) >= _SHORTEST_STEM and found in lexicon.STRONG), "")


def _of_known(word: str) -> tuple[str, ...]:
    """Cut into two or three known words; the last one as long as can be."""
    for at in range(_SHORTEST, len(word) - 1):
        head = word[at:]
        if head not in _TAILS and (len(head) < _SHORTEST_HEAD or not is_known(head)):
            continue
        for link in _LINKS:
            first = word[:at].removesuffix(link) if link else word[:at]
            if not word[:at].endswith(link) or len(first) < _SHORTEST:
                continue
            if is_known(first):
                return first, head
            if len(first) >= _SHORTEST_COMPOUND and (more := _of_known(first)):
                return *more, head
    return ()


def _telling_start(word: str) -> tuple[str, ...]:
    """Cut off a start that says something of a person whatever it is put together with: `religionsbekenntnis`."""
    sizes = range(len(word) - 1, _SHORTEST_COMPOUND - 1, -1)
    start = next((word[:size] for size in sizes if lexicon.STRONG.get(word[:size]) == "attribute"), "")
    return (start, word[len(start) :]) if start else ()


def _with_head(word: str) -> tuple[str, ...]:
    """Cut a known head off a word that is not known."""
    head = next((head for head in surroundings.HEADS if word.endswith(head)), "")
    rest = word[: len(word) - len(head)]
    return (rest, head) if head and len(rest) >= _SHORTEST else (word,)
