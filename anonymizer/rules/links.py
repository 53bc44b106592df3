"""What rules say of one another: references, samples, subjects, conditions, quasi-identifiers."""

from __future__ import annotations

from collections.abc import Iterable

from anonymizer import paths
from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.rules.places import Mistakes, Place
from anonymizer.rules.schema import nearest, one_of

_LISTED = ("mask", "copy", "sample")


def check(collections: dict[str, CollectionRule], said: Mistakes) -> None:
    """Check all that one rule says of others.

    Args:
        collections: By namespace.
        said: Where mistakes go.
    """
    for rule in collections.values():
        at: Place = ("databases", rule.database, rule.collection)
        _subject(rule, at, said)
        _groups(rule, at, said)
        _sample(rule, at, said)
        for path, field in rule.fields.items():
            _conditions(rule, path, field, (*at, "fields", path), said)
            if field.refers_to:
                _reference(collections, path, field, (*at, "fields", path, "refers_to"), said)


def _subject(rule: CollectionRule, at: Place, said: Mistakes) -> None:
    if rule.subject and rule.fields and rule.subject not in rule.fields:
        said.wrong((*at, "subject"), f"the path {_unlisted(rule.subject, rule.fields)}")
    elif rule.subject and {paths.ANY_KEY, paths.ELEMENT} & set(paths.parse(rule.subject)):
        said.wrong((*at, "subject"), "must name one value of the document: no * and no []")


def _groups(rule: CollectionRule, at: Place, said: Mistakes) -> None:
    if bool(rule.quasi_identifiers) != bool(rule.k):
        said.wrong(at, "quasi_identifiers and k go together: which paths, and how many documents share their values")
    for place, group in enumerate(rule.quasi_identifiers):
        for path in [path for path in group if path not in rule.fields and not rule.unchecked]:
            said.wrong((*at, "quasi_identifiers", place), f"the path {_unlisted(path, rule.fields)}")


def _sample(rule: CollectionRule, at: Place, said: Mistakes) -> None:
    for path in rule.sample.follow if rule.sample else ():
        field = rule.fields.get(path)
        if field is None:
            said.wrong((*at, "follow"), f"the path {_unlisted(path, rule.fields)}")
        elif not field.refers_to:
            said.wrong((*at, "follow"), f"{path} refers to nothing; give it refers_to, as in shop.customers._id")


def _conditions(rule: CollectionRule, path: str, field: FieldRule, at: Place, said: Mistakes) -> None:
    parent = path.rpartition(".")[0]
    for place, case in enumerate(field.cases):
        beside = f"{parent}.{case.when.key}" if parent else case.when.key
        if beside not in rule.fields:
            said.wrong((*at, place, "when"), f"the path {_unlisted(beside, rule.fields)}")


def _reference(collections: dict[str, CollectionRule], path: str, field: FieldRule, at: Place, said: Mistakes) -> None:
    target = next((name for name in _prefixes(field.refers_to) if name in collections), None)
    if target is None:
        said.wrong(at, f"names no collection of these rules: {one_of(field.refers_to, collections)}")
        return
    rule, theirs = collections[target], field.refers_to.removeprefix(target).removeprefix(".")
    if rule.mode == "drop":
        said.wrong(at, f"refers to {target}, which is dropped: nothing of it is there")
    elif rule.mode in _LISTED and not rule.unchecked and theirs not in rule.fields:
        said.wrong(at, f"{theirs or 'nothing'} is no path of {target}; {_near(theirs, rule.fields)}")
    elif theirs in rule.fields and _identity(rule.fields[theirs]) != _identity(field):
        said.wrong(at, f"{field.refers_to} has another mask or domain than {path}, so that the reference would break")


def _prefixes(text: str) -> Iterable[str]:
    steps = text.split(".")
    return (".".join(steps[:size]) for size in range(len(steps) - 1, 1, -1))


def _identity(rule: FieldRule) -> tuple[str, str]:
    return rule.mask, rule.domain


def _unlisted(path: str, known: Iterable[str]) -> str:
    return f"{path} is not listed under fields; {_near(path, known)}"


def _near(path: str, known: Iterable[str]) -> str:
    near = nearest(path, known)
    return f"did you mean {near}?" if near else "list it, or correct it"
