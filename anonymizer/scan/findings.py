"""All paths of a collection with what is thought of each, in the order in which rules name them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anonymizer.scan import verdict
from anonymizer.scan.compounds import cut, is_known, tokens
from anonymizer.scan.kinds import NUMBERS, TEXT
from anonymizer.scan.lexicon import WEAK
from anonymizer.scan.pairs import Pair, pairs
from anonymizer.scan.shape import Place
from anonymizer.scan.surroundings import NUMBERS as WORDS_FOR_NUMBER
from anonymizer.scan.surroundings import THINGS
from anonymizer.scan.verdict import Verdict

_OF_PERSONS = frozenset({"name", "email", "phone", "street", "birth_date", "national_id", "city", "postcode"})
_FLAGS = TEXT | NUMBERS | {"bool"}
_TELLING_TYPES = TEXT | NUMBERS | {"binData"}
_SENSITIVE = frozenset(
    """
    medical medische medico medica medicina medizinisch sante gesundheit salud saude salute saglik kesehatan zdravi
    zdravotni zdrowie halsa sundhed helse terveys clinical vitals eeo diversity backgroundcheck criminal allergies
    diagnosis diagnoses disability biometrics
    """.split()
)
_IDS_AND_TIMES = frozenset("id ids at date time on version schema".split())
_NOT_SENSITIVE = frozenset({"date", "timestamp", "objectId"})
_ENOUGH_KINDS = 2
_VAGUE = frozenset({"name", "postcode", "account", "national_id", "birth_date", "card", "text", "attribute", "company"})


@dataclass
class Finding:
    """A path that needs a rule, or, where `of_keys`, the keys of a map.

    Attributes:
        domain: The domain that joins it with others, where one is suggested.
        refers_to: The path whose values it holds, as `db.collection.path`.
        pair: The key beside it that says what it is, where there is one.
    """

    path: str
    place: Place
    verdict: Verdict
    of_keys: bool = False
    domain: str = ""
    refers_to: str = ""
    pair: Pair | None = None


def judge_all(collection: str, root: Place) -> list[Finding]:
    """Judge every path of a collection.

    Args:
        collection: Its name, which may say what the documents are.
        root: The settled shape.
    """
    found = list(_below(root, (collection,)))
    _settle_by_pairs(found, {one.value: one for one in pairs(root)})
    _settle_in_context(found)
    _settle_beneath(found)
    _settle_addresses(found)
    return found


def _settle_by_pairs(found: list[Finding], known: dict[str, Pair]) -> None:
    """Take a value for what the key beside it says."""
    for one in found:
        pair = None if one.of_keys else known.get(one.path)
        if pair and set(one.place.summary.types) & (TEXT | NUMBERS):
            one.pair = pair
            if one.verdict.decision != verdict.PERSONAL or len(set(pair.kinds.values())) > 1:
                one.verdict = Verdict(verdict.PERSONAL, pair.kind, f"{pair.selector} beside it says so")


def _settle_in_context(found: list[Finding]) -> None:
    """Take a vague name for what it says where the same document holds a person's name, address or the like."""
    kinds: dict[str, set[str]] = {}
    for one in found:
        if one.verdict.decision == verdict.PERSONAL and one.verdict.kind in _OF_PERSONS:
            kinds.setdefault(_parent(one.path), set()).add(one.verdict.kind)
    for one in found:
        around = max(len(kinds.get(parent, ())) for parent in _parents(one.path))
        vague = one.verdict.vague and one.verdict.kind in _VAGUE
        if around >= _ENOUGH_KINDS and (vague or _speaks_of_nothing_else(one)):
            evidence = ", ".join(filter(None, (one.verdict.evidence, "beside what belongs to a person")))
            one.verdict = Verdict(verdict.PERSONAL, one.verdict.kind or "account", evidence)
        elif len(kinds.get(_parent(one.path), ())) >= _ENOUGH_KINDS and _unknown_to_us(one):
            one.verdict = Verdict(verdict.DECIDE, "attribute", "beside a person's data, and its name is not known")


def _settle_beneath(found: list[Finding]) -> None:
    """Take all for personal that stands in a part of a document that is about health, beliefs or crimes."""
    for one in found:
        above = [word for step in one.path.replace("[]", "").split(".")[:-1] for word in cut(tokens(step))]
        if not _SENSITIVE & set(above) or one.of_keys or one.verdict.decision == verdict.PERSONAL:
            continue
        last = set(_own(one))
        if not set(one.place.summary.types) - {"null"} <= _NOT_SENSITIVE and not last & _IDS_AND_TIMES:
            one.verdict = Verdict(verdict.PERSONAL, "attribute", f"beneath {min(_SENSITIVE & set(above))}")


def _settle_addresses(found: list[Finding]) -> None:
    """Take the numbers of houses, floors and doors that stand beside a street for parts of that address."""
    of_street = [one for one in found if (one.verdict.decision, one.verdict.kind) == (verdict.PERSONAL, "street")]
    streets = {_parent(one.path) for one in of_street}
    for one in found:
        if _parent(one.path) in streets and not one.of_keys and one.verdict.decision != verdict.PERSONAL:
            words = _own(one)
            if words and all(word in WORDS_FOR_NUMBER or WEAK.get(word) == "street" for word in words):
                one.verdict = Verdict(verdict.PERSONAL, "street", "beside a street")


def _unknown_to_us(one: Finding) -> bool:
    """Tell whether a few values, a number or a flag has a name of which no word is known: it may say anything."""
    types = set(one.place.summary.types) - {"null"}
    if one.of_keys or one.verdict.decision != verdict.PLAIN or not types <= _FLAGS or one.path == "_id":
        return False
    return not any(is_known(word) for word in _own(one))


def _own(one: Finding) -> list[str]:
    """Give the words of the last name on a path."""
    return cut(tokens(one.path.replace("[]", "").rpartition(".")[2]))


def _speaks_of_nothing_else(one: Finding) -> bool:
    """Tell whether what is not known may well be about the person beside whom it stands: its name names no thing."""
    if one.of_keys or one.verdict.decision != verdict.DECIDE or not set(one.place.summary.types) & _TELLING_TYPES:
        return False
    named = [tokens(step) for step in one.path.replace("[]", "").split(".")]
    things = any(word in THINGS or word.removesuffix("s") in THINGS for words in named for word in cut(words))
    return not things and one.path != "_id"


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _parents(path: str) -> Iterator[str]:
    """Give the path of each (sub-)document that holds a path, the innermost first."""
    while path:
        path = _parent(path)
        yield path


def _below(place: Place, names: tuple[str, ...]) -> Iterator[Finding]:
    for key, child in sorted(place.children.items(), key=lambda item: (item[0] != "_id", 0)):
        yield from _at(child, (*names, key))
    if place.others:
        yield Finding(place.others.path, place.others, verdict.judge_keys(place.keys), of_keys=True)
        yield from _at(place.others, names)
    if place.element:
        yield from _at(place.element, names)


def _at(place: Place, names: tuple[str, ...]) -> Iterator[Finding]:
    leads_on = bool(place.children or place.others or place.element)
    if set(place.summary.types) - {"null"} or not leads_on:
        yield Finding(place.path, place, verdict.judge(place, names))
    yield from _below(place, names)
