"""What the name of a path says of its values: its words, put together and taken apart, looked up in the lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from anonymizer.scan import lexicon, surroundings
from anonymizer.scan.compounds import cut, stem, tokens

_TURNED = re.compile(r".{3,}(ed|able|ible)")
_LONGEST = 4
_OF_MONEY = frozenset(
    "amount total gross net annual monthly yearly cents montant monto importo betrag bedrag kwota castka belob".split()
)
_ID_WORDS = frozenset("id ids uuid guid oid pk ref refs reference identifier key code".split())
_NOT_BY_ID = frozenset("name actor street city text company attribute".split())
_CODES = frozenset("code codes".split())
_CODED = frozenset("secret account national_id card plate".split())  # of these a code is one
_NAMES_OF_THINGS = frozenset("name text company".split())  # what a collection of things has of itself
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


def _table(words: dict[str, str]) -> dict[str, str]:
    table = dict(words)
    for word, kind in words.items():
        if numbered := _numbered_word(word):
            table.setdefault(numbered, kind)
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


_THINGS = surroundings.THINGS
_OTHER_THINGS = dict.fromkeys("street city postcode coordinates".split(), _THINGS - surroundings.ORDERS)
_OTHER_THINGS |= dict.fromkeys(("plate", "coordinates"), frozenset())
_STRONG, _WEAK = _table(lexicon.STRONG), _table(lexicon.WEAK)


@lru_cache(maxsize=20_000)
def meaning(steps: tuple[str, ...]) -> Meaning:
    """Say what the last of some names means.

    Args:
        steps: The collection's name, then the names of the path's steps (no `[]`, no `*`).
    """
    own = cut(tokens(steps[-1]))
    above = [_long(cut(tokens(step))) for step in steps[:-1]]
    said, long = _said(own, above), _long(own)
    if said.sure or own == long:
        return said
    other = _said(cut(long), above)
    return other if other.kind or not said.kind else said


def _long(words: list[str]) -> list[str]:
    return [surroundings.SHORT.get(word, word) for word in words]


@dataclass(frozen=True)
class _Match:
    """A known part of a name: its first word, how many words it has, and what it says."""

    at: int
    size: int
    kind: str
    strong: bool


def _said(own: list[str], above: list[list[str]]) -> Meaning:
    if any("".join(own[at : at + size]) in surroundings.PHRASES for size in (1, 2, 3) for at in range(len(own))):
        return Meaning(neutral=True)
    matches = _match(own)
    known = _with_parent(above[-1], own) if above and not any(match.strong for match in matches) else None
    known = known or (_under(above[-1], own) if above else None)
    if known and (not matches or known[1]):
        matches = [_Match(0, len(own), *known)]
    rest = _left_over(own, matches)
    if _turns(rest, matches):
        return Meaning(neutral=True)
    words = [word for _, word in rest]
    if not matches:
        return _of_a_person(words) or Meaning(neutral=bool(words) and all(_is(word, _THINGS) for word in words))
    return _meant(matches, words, own, above)


def _left_over(own: list[str], matches: list[_Match]) -> list[tuple[int, str]]:
    """Give the words that are in no match, with their places."""
    taken = {place for match in matches for place in range(match.at, match.at + match.size)}
    of_money = _OF_MONEY if any(match.kind == "attribute" for match in matches) else frozenset()
    return [(place, word) for place, word in enumerate(own) if place not in taken and word not in of_money]


def _meant(matches: list[_Match], words: list[str], own: list[str], above: list[list[str]]) -> Meaning:
    """Say what matches mean with the words that are left over."""
    sure, last = next((match for match in matches if match.strong), None), matches[-1]
    if sure:
        of_anything = "".join(own[sure.at : sure.at + sure.size]) in surroundings.OF_ANYTHING
        return _weighed("name", words, above) if of_anything and words else Meaning(sure.kind, strong=True, sure=True)
    if last.kind in _NOT_BY_ID and any(word in _ID_WORDS for word in words):
        return _of_a_person([*words, *own]) or Meaning()
    if last.kind == "name" and _is_person(own[-1]) and last.at + last.size == len(own):
        return Meaning("name", strong=True)
    return _weighed(last.kind, words, above)


def _of_a_person(words: list[str]) -> Meaning | None:
    """Take `guest_id` or `driver_ref` for the number of a person."""
    if any(word in _ID_WORDS for word in words) and any(_is(word, surroundings.PERSONS) for word in words):
        return Meaning("account", strong=True)
    return None


def _look_up(words: list[str]) -> tuple[str, bool] | None:
    gram = "".join(words)
    for form in (gram, gram.rstrip("0123456789"), gram.removesuffix("s"), _numbered(words), stem(gram)):
        if form in _STRONG:
            return _STRONG[form], True
        if form in _WEAK:
            return _WEAK[form], False
    return None


def _match(words: list[str]) -> list[_Match]:
    """Find what the lexicon knows in a list of words, the longest first; give it in the order of the words."""
    free, found = [True] * len(words), []
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            if all(free[at : at + size]) and (known := _look_up(words[at : at + size])):
                found.append(_Match(at, size, *known))
                free[at : at + size] = [False] * size
    return sorted(found, key=lambda match: match.at)


def _with_parent(parent: list[str], own: list[str]) -> tuple[str, bool] | None:
    """Read `card.number` as `card number`."""
    words = [*parent[-1:], *own]
    return next((known for form in (words, [words[0].removesuffix("s"), *own]) if (known := _look_up(form))), None)


def _under(parent: list[str], own: list[str]) -> tuple[str, bool] | None:
    """Read `tax_ids[].value`, `birth.year` and `income[].amount` by what stands above them."""
    kind = next((match.kind for match in _match(parent) if match.strong), "")
    generic = surroundings.GENERIC
    if kind == "attribute":
        generic = generic | surroundings.NAMES | _OF_MONEY
    elif kind == "birth_date":
        generic = generic | surroundings.YEARS
    return (kind, True) if kind and own and set(own) <= generic else None


def _turns(rest: list[tuple[int, str]], matches: list[_Match]) -> bool:
    """Tell whether words beside the known ones make it a count, a flag, a time and so on.

    `email_verified` is a flag; `verified_email` is an address, as what stands before it only says which one.
    """
    first = matches[0].at if matches else 0
    for place, word in rest:
        if place < first and (word in surroundings.WHICH or (matches[0].strong and word not in surroundings.FIRST)):
            continue
        if word in _CODES and any(match.kind in _CODED for match in matches):
            continue
        if _is(word, surroundings.NEUTRAL) or (matches and place > first and _TURNED.fullmatch(word)):
            return True
    return False


def _weighed(kind: str, rest: list[str], above: list[list[str]]) -> Meaning:
    """Say what a weak word means among the words around it and above it."""
    persons, things = surroundings.PERSONS, _OTHER_THINGS.get(kind, _THINGS)
    if any(_is(word, persons) for word in rest):
        return Meaning(kind, strong=True)
    if any(_is(word, things) for word in rest) or (rest and all(word in _LANGUAGES for word in rest)):
        return Meaning(neutral=True)
    for depth, words in zip(range(len(above), 0, -1), reversed(above), strict=True):
        if any(_is(word, persons) for word in words):
            return Meaning(kind, strong=True)
        if any(_is(word, things) for word in words) and (depth > 1 or (kind in _NAMES_OF_THINGS and not rest)):
            return Meaning(neutral=True)
        if any(_STRONG.get(word) or _WEAK.get(word) for word in words):
            break
    return Meaning(kind)


def _is_person(word: str) -> bool:
    """Tell whether a word alone stands for a person, and not as often for a part of a program."""
    return _is(word, surroundings.PERSONS) and not _is(word, surroundings.ROLES_OF_THINGS)


def _is(word: str, words: frozenset[str]) -> bool:
    return word in words or word.removesuffix("s") in words
