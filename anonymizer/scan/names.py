"""What the name of a path says of its values: its words, put together and taken apart, looked up in the lexicon."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anonymizer.scan import lexicon, surroundings

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_TURNED = re.compile(r".{3,}(ed|able|ible)")
_LONGEST = 4
_SHORTEST_HEAD = 3
_OF_MONEY = frozenset("amount total gross net annual monthly yearly cents".split())
_LANGUAGES = frozenset("en de fr es it nl pt pl sv da fi no cs us gb".split())


@dataclass(frozen=True)
class Meaning:
    """What a name says.

    Attributes:
        kind: The kind of personal data; empty where the name says none.
        strong: Whether the name alone decides.
        sure: Whether it does so by itself, not only by what is around it.
        neutral: Whether the name says that it is about a thing, a count, a flag or a time.
    """

    kind: str = ""
    strong: bool = False
    sure: bool = False
    neutral: bool = False


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
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o"))
    return _NOT_WORD.sub("", plain.lower())


def _table(words: dict[str, str]) -> dict[str, str]:
    table = {word: kind for kind, text in words.items() for word in text.split()}
    for word in list(table):
        if numbered := _numbered_word(word):
            table.setdefault(numbered, table[word])
    return table


def _numbered_word(word: str) -> str:
    """Give the one form of `numerocuenta` and `kontonummer`: without their word for number, and marked."""
    for number in surroundings.NUMBERS[:4]:
        if len(word) > len(number) + 1 and word.endswith(number):
            return word[: -len(number)] + "#"
        if len(word) > len(number) + 1 and word.startswith(number):
            return word[len(number) :] + "#"
    return ""


def _numbered(words: list[str]) -> str:
    rest = [word for word in words if word not in surroundings.NUMBERS]
    return "".join(rest) + "#" if rest and len(rest) < len(words) else ""


_STRONG, _WEAK = _table(lexicon.STRONG), _table(lexicon.WEAK)


@lru_cache(maxsize=20_000)
def meaning(steps: tuple[str, ...]) -> Meaning:
    """Say what the last of some names means.

    Args:
        steps: The collection's name, then the names of the path's steps (no `[]`, no `*`).
    """
    own = _cut(tokens(steps[-1]))
    above = [_long(tokens(step)) for step in steps[:-1]]
    said, long = _said(own, above), _long(own)
    if said.sure or own == long:
        return said
    other = _said(_cut(long), above)
    return other if other.kind or not said.kind else said


def _long(words: list[str]) -> list[str]:
    return [surroundings.SHORT.get(word, word) for word in words]


def _said(own: list[str], above: list[list[str]]) -> Meaning:
    matches, rest = _match(own)
    if not matches and above:
        matches, rest = _with_parent(above[-1], own)
    if any(kind == "attribute" for kind, _ in matches):
        rest = [word for word in rest if word not in _OF_MONEY]
    if _turns(rest, matched=bool(matches)):
        return Meaning(neutral=True)
    if not matches:
        return Meaning(neutral=bool(rest) and all(word in surroundings.THINGS for word in rest))
    kind, strong = next(((kind, True) for kind, sure in matches if sure), (matches[-1][0], False))
    if strong:
        return Meaning(kind, strong=True, sure=True)
    return _weighed(kind, rest, above)


def _cut(words: list[str]) -> list[str]:
    """Cut compounds that the lexicon does not know as a whole."""
    found = []
    for word in words:
        head = next((head for head in surroundings.HEADS if word.endswith(head)), "")
        rest = word[: len(word) - len(head)]
        known = word in _STRONG or word in _WEAK or word in surroundings.NEUTRAL or word in surroundings.THINGS
        found += [rest, head] if head and len(rest) >= _SHORTEST_HEAD and not known else [word]
    return found


def _look_up(words: list[str]) -> tuple[str, bool] | None:
    gram = "".join(words)
    for form in (gram, gram.rstrip("0123456789"), gram.removesuffix("s"), _numbered(words)):
        if form in _STRONG:
            return _STRONG[form], True
        if form in _WEAK:
            return _WEAK[form], False
    return None


def _match(words: list[str]) -> tuple[list[tuple[str, bool]], list[str]]:
    """Find what the lexicon knows in a list of words, the longest first.

    Returns:
        Kind and strength of each, and the words left over.
    """
    free, found = [True] * len(words), []
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            if all(free[at : at + size]) and (known := _look_up(words[at : at + size])):
                found.append((at, known))
                free[at : at + size] = [False] * size
    return [known for _, known in sorted(found)], [word for word, is_free in zip(words, free, strict=True) if is_free]


def _with_parent(parent: list[str], own: list[str]) -> tuple[list[tuple[str, bool]], list[str]]:
    """Read `card.number` as `card number`."""
    words = [*parent[-1:], *own]
    for form in (words, [words[0].removesuffix("s"), *own]):
        if known := _look_up(form):
            return [known], []
    return [], own


def _turns(rest: list[str], *, matched: bool) -> bool:
    """Tell whether words beside the known ones make it a count, a flag, a time and so on."""
    neutral = surroundings.NEUTRAL
    said = any(word in neutral or word.removesuffix("s") in neutral for word in rest)
    return said or (matched and any(_TURNED.fullmatch(word) for word in rest))


def _weighed(kind: str, rest: list[str], above: list[list[str]]) -> Meaning:
    """Say what a weak word means among the words around it and above it."""
    things, persons = surroundings.THINGS, surroundings.PERSONS
    if any(_is(word, persons) for word in rest):
        return Meaning(kind, strong=True)
    if any(_is(word, things) for word in rest) or (rest and all(word in _LANGUAGES for word in rest)):
        return Meaning(neutral=True)
    for words in reversed(above):
        if any(_is(word, persons) for word in words):
            return Meaning(kind, strong=True)
        if any(_is(word, things) for word in words):
            return Meaning(neutral=True)
        if any(_STRONG.get(word) or _WEAK.get(word) for word in words):
            break
    return Meaning(kind)


def _is(word: str, words: frozenset[str]) -> bool:
    return word in words or word.removesuffix("s") in words
