"""What a draft proposes beside its rules: references, whose dates move together, cases by the key beside a value.

Each is a comment that is a rule once a person has confirmed it: what a value refers to, or whom a document is about,
is seen in values alone, and may be so by chance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from anonymizer.masks.parameters import KINDS
from anonymizer.paths import ANY_KEY, ELEMENT, parse
from anonymizer.rules.schema import UNDECIDED
from anonymizer.scan import verdict
from anonymizer.scan.choose import usual
from anonymizer.scan.findings import Finding
from anonymizer.scan.survey import Surveyed

_OF_ONE_PERSON = frozenset({"name", "email", "phone", "street", "birth_date", "national_id"})
_FEWEST_KINDS = 3
_IDENTITY = re.compile(r"(?:mask: )?(\w+)(?:.*\bdomain: (\w+))?")

Rules = dict[str, dict[str, str]]  # the text of each rule, by collection and path


@dataclass(frozen=True)
class Proposal:
    """A rule to be confirmed, in the words of rules, and why; it would take the place of that of `path`."""

    path: str
    rule: str
    why: str


def about_people(surveyed: list[Surveyed]) -> set[str]:
    """Name the collections whose documents are about one person each: with several kinds of data of one.

    A document that refers to such a collection is about whom it refers to.
    """
    several = {one.namespace for one in surveyed if len(_kinds_of_one(one) & _OF_ONE_PERSON) >= _FEWEST_KINDS}
    return {one.namespace for one in surveyed if one.namespace in several and not list(_referring(one, several))}


def _kinds_of_one(one: Surveyed) -> set[str]:
    personal = [finding for finding in one.findings if finding.verdict.decision == verdict.PERSONAL]
    return {finding.verdict.kind for finding in personal if _of_the_document(finding.path)}


def _referring(one: Surveyed, people: set[str]) -> Iterator[Finding]:
    """Give the findings that refer to the `_id`s of people."""
    for finding in one.findings:
        target = finding.refers_to.removesuffix("._id")
        if target != finding.refers_to and target in people and _of_the_document(finding.path):
            yield finding


def subjects(one: Surveyed, people: set[str]) -> Iterator[tuple[str, str]]:
    """Propose the path of whom a document is about, where there are dates: its own `_id`, or a reference to a person.

    Args:
        one: The collection.
        people: The collections whose documents are about one person each.

    Yields:
        A path, and why.
    """
    if not any("date" in finding.place.summary.types for finding in one.findings):
        return
    if one.namespace in people:
        yield "_id", "each document is about one person"
    for finding in _referring(one, people):
        yield finding.path, f"it refers to {finding.refers_to}"


def _of_the_document(path: str) -> bool:
    return not {ANY_KEY, ELEMENT} & set(parse(path))


def references(one: Surveyed, rules: Rules) -> Iterator[Proposal]:
    """Propose what values refer to, where both sides are treated alike: else the reference would break."""
    for finding in one.findings:
        own = rules[one.namespace].get(finding.path, "")
        target = _rule_of(finding.refers_to, rules)
        if finding.of_keys or not finding.refers_to or UNDECIDED in own + target or own.startswith("{keys:"):
            continue
        if target and _identity(own) == _identity(target):
            body = own.strip("{}") if own.startswith("{") else f"mask: {own}"
            rule = f"{{{body}, refers_to: {json.dumps(finding.refers_to, ensure_ascii=False)}}}"
            yield Proposal(finding.path, rule, f"its values are in {finding.refers_to}")


def _rule_of(place: str, rules: Rules) -> str:
    namespace = next((name for name in rules if place.startswith(name + ".")), "")
    return rules[namespace].get(place.removeprefix(namespace + "."), "") if namespace else ""


def _identity(rule: str) -> tuple[str, str]:
    """Give the mask and the domain of a rule as it is written."""
    found = _IDENTITY.search(rule.strip("{}"))
    mask, domain = (found.group(1), found.group(2) or "") if found else ("", "")
    keyed = mask in KINDS and KINDS[mask].keyed
    return mask, domain or (mask if keyed else "")


def cases(one: Surveyed, rules: Rules, unique: set[str]) -> Iterator[Proposal]:
    """Propose cases for values that the key beside them tells apart.

    Args:
        one: The collection.
        rules: What was drafted.
        unique: Kinds whose domain must not give two values one pseudonym.
    """
    for finding in one.findings:
        otherwise = rules[one.namespace].get(finding.path, "")
        if finding.pair and otherwise and UNDECIDED not in otherwise:
            conditions = list(_conditions(finding, unique))
            if conditions:
                why = f"{finding.pair.selector} says what it is; what it says else is treated as the line above says"
                yield Proposal(finding.path, f"[{', '.join([*conditions, otherwise])}]", why)


def _conditions(finding: Finding, unique: set[str]) -> Iterator[str]:
    """Write a case for each mask, with the words of the key that lead to it: words that stand in the lexicon only."""
    words: dict[str, list[str]] = {}
    if finding.pair is None:
        return
    for word, kind in finding.pair.shown.items():
        chosen = usual(kind, unique=kind in unique)
        if chosen:
            words.setdefault(chosen, []).append(json.dumps(word, ensure_ascii=False))
    for rule, said in words.items():
        which = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
        body = rule.strip("{}") if rule.startswith("{") else f"mask: {rule}"
        yield f"{{when: {{{json.dumps(finding.pair.selector)}: {which}}}, {body}}}"
