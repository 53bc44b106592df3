"""Rules in words: what happens to each path, and what is other than before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from refresh.reporting.model import CollectionRules, Rule

_KEPT = "keep"


def in_force(rules: Mapping[str, Any]) -> tuple[CollectionRules, ...]:
    """Write rules out, collection by collection.

    Args:
        rules: The structure of a rules file.

    Returns:
        Collections by name, their paths by name.
    """
    databases = rules.get("databases")
    found = [
        _collection(f"{database}.{name}", rule)
        for database, collections in (databases.items() if isinstance(databases, Mapping) else ())
        for name, rule in (collections.items() if isinstance(collections, Mapping) else ())
        if isinstance(rule, Mapping)
    ]
    return tuple(sorted(found, key=lambda each: each.collection))


def differences(before: Sequence[CollectionRules], now: Sequence[CollectionRules]) -> tuple[str, ...]:
    """Say in sentences what is other than before.

    Args:
        before: The rules of the refresh before.
        now: Today's.

    Returns:
        A sentence for each difference, in the order of collections and paths.
    """
    old, new = ({each.collection: each for each in rules} for rules in (before, now))
    return tuple(line for name in sorted({*old, *new}) for line in _difference(name, old.get(name), new.get(name)))


def _difference(name: str, old: CollectionRules | None, new: CollectionRules | None) -> Iterator[str]:
    if new is None:
        yield f"{name} is named no more."
        return
    if old is None:
        paths = f", with {len(new.rules)} paths" if new.rules else ""
        yield f"{name} is new: {new.mode}{paths}."
        return
    if old.mode != new.mode:
        yield f"{name}: mode {new.mode} instead of {old.mode}."
    if old.settings != new.settings:
        yield f"{name}: {new.settings or 'no settings'} instead of {old.settings or 'none'}."
    was, is_now = ({each.path: each.treatment for each in rules.rules} for rules in (old, new))
    for path in sorted({*was, *is_now}):
        if path not in was:
            yield f"{name}: path {path} is new: {is_now[path]}."
        elif path not in is_now:
            yield f"{name}: path {path} is named no more; it was: {was[path]}."
        elif was[path] != is_now[path]:
            yield f"{name}: path {path}: {is_now[path]} instead of {was[path]}."


def _collection(name: str, rule: Mapping[str, Any]) -> CollectionRules:
    fields = rule.get("fields", {})
    by_path = fields if isinstance(fields, Mapping) else dict.fromkeys(fields, _KEPT)
    others = {key: value for key, value in rule.items() if key not in {"mode", "fields"}}
    return CollectionRules(
        collection=name,
        mode=str(rule.get("mode", "")),
        settings=", ".join(_named(key, value) for key, value in sorted(others.items())),
        rules=tuple(Rule(path=path, treatment=_words(by_path[path])) for path in sorted(by_path)),
    )


def _words(rule: Any) -> str:
    """Say what a field's rule does: `keep`, `email (domain mail)`, or cases one after the other."""
    if isinstance(rule, str):
        return rule
    if isinstance(rule, Mapping):
        rest = [_named(key, value) for key, value in sorted(rule.items()) if key not in {"mask", "when"}]
        mask = str(rule.get("mask", "")) + (f" ({', '.join(rest)})" if rest else "")
        return f"{mask} when {_plain(rule['when'])}" if "when" in rule else mask
    if isinstance(rule, Sequence):
        return "; else ".join(map(_words, rule))
    return _plain(rule)


def _named(key: str, value: Any) -> str:
    if value is True:
        return key.replace("_", " ")
    return f"{key.replace('_', ' ')} {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Pulumi hands every number over as a float
    return json.dumps(value)
