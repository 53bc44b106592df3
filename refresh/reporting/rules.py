"""Rules in words: what happens to each path, and what is other than before. The preview and the report say it alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from refresh.reporting.parts import CollectionRules, Rule

_LISTED = "listed"  # what a path of a copied collection is: named, and nothing more said of it


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what was added, removed and changed.

    Args:
        before: Rules as a refresh was given them.
        after: The rules of today.

    Returns:
        One line each: collections first, then paths, in the order of their names; empty when nothing differs.
    """
    return [
        *_settings("rules", settings_of(before), settings_of(after)),
        *differences(in_force(before), in_force(after)),
    ]


def settings_of(rules: Mapping[str, Any]) -> dict[str, str]:
    """Write out what rules say besides their collections."""
    return {str(key): in_words(value) for key, value in rules.items() if key != "databases"}


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


def differences(before: Sequence[CollectionRules], now: Sequence[CollectionRules]) -> list[str]:
    """Say what is other than before.

    Args:
        before: The rules of the refresh before.
        now: Today's.

    Returns:
        A line for each difference, in the order of collections and paths.
    """
    olds, news = ({each.collection: each for each in rules} for rules in (before, now))
    told = []
    for name in sorted({*olds, *news}):
        if name not in olds:
            told.append(f"added: collection {name} ({_summary(news[name])})")
        elif name not in news:
            told.append(f"removed: collection {name} (was {_summary(olds[name])})")
        else:
            told += _within(name, olds[name], news[name])
    return told


def in_words(rule: Any) -> str:
    """Write a rule, or a setting, as people would.

    Args:
        rule: A mask's name, a map with `mask` and its parameters, or any plain value.

    Returns:
        Such as `email (domain email)`.
    """
    if isinstance(rule, Mapping):
        # By name: Pulumi hands maps over in another order than the file's.
        parameters = ", ".join(f"{key} {in_words(rule[key])}" for key in sorted(rule, key=str) if key != "mask")
        name = str(rule.get("mask", ""))
        return f"{name} ({parameters})" if name and parameters else name or parameters or "nothing"
    if isinstance(rule, (list, tuple)):
        return ", ".join(map(in_words, rule)) or "nothing"
    if isinstance(rule, bool) or rule is None:
        return {True: "true", False: "false", None: "null"}[rule]
    if isinstance(rule, float) and rule.is_integer():
        return str(int(rule))  # Pulumi hands every number over as a float
    return str(rule)


def _within(name: str, old: CollectionRules, new: CollectionRules) -> Iterator[str]:
    yield from _settings(name, {"mode": old.mode, **old.settings}, {"mode": new.mode, **new.settings})
    was, now = ({each.path: each.treatment for each in rules.rules} for rules in (old, new))
    for path in sorted({*was, *now}):
        if path not in was:
            yield f"added: {name} {path}: {now[path]}"
        elif path not in now:
            yield f"removed: {name} {path} (was {was[path]})"
        elif was[path] != now[path]:
            yield f"changed: {name} {path}: from {was[path]} to {now[path]}"


def _settings(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Say what differs of a collection besides its paths, or of the rules besides their collections."""
    for key in sorted({*old, *new}):
        if key not in old:
            yield f"added: {name}: {key} {new[key]}"
        elif key not in new:
            yield f"removed: {name}: {key} (was {old[key]})"
        elif old[key] != new[key]:
            yield f"changed: {name}: {key} from {old[key]} to {new[key]}"


def _summary(rules: CollectionRules) -> str:
    paths = len(rules.rules)
    mode = rules.mode or "no mode"
    return f"{mode}, {paths} {'path' if paths == 1 else 'paths'}" if paths else mode


def _collection(name: str, rule: Mapping[str, Any]) -> CollectionRules:
    fields = rule.get("fields")
    by_path: Mapping[str, Any] = fields if isinstance(fields, Mapping) else {}
    if isinstance(fields, (list, tuple)):
        by_path = dict.fromkeys(map(str, fields), _LISTED)
    return CollectionRules(
        collection=name,
        mode=str(rule.get("mode", "")),
        settings={str(key): in_words(value) for key, value in rule.items() if key not in {"mode", "fields"}},
        rules=tuple(Rule(path=path, treatment=in_words(by_path[path])) for path in sorted(by_path)),
    )
