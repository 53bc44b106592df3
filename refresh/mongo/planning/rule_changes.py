"""What changed between two sets of rules, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LISTED = "listed"  # what a path of a copied collection is: named, and nothing more said of it


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say what was added, removed and changed.

    Args:
        before: Rules as a refresh was given them.
        after: The rules of today.

    Returns:
        One line each: collections first, then paths, in the order of their names; empty when nothing differs.
    """
    olds, news = _collections(before), _collections(after)
    told = list(_settings("rules", _without(before, "databases"), _without(after, "databases")))
    for name in sorted({*olds, *news}):
        if name not in olds:
            told.append(f"added: collection {name} ({_summary(news[name])})")
        elif name not in news:
            told.append(f"removed: collection {name} (was {_summary(olds[name])})")
        else:
            told += _within(name, olds[name], news[name])
    return told


def _within(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from _settings(name, _without(old, "fields"), _without(new, "fields"))
    olds, news = _fields(old), _fields(new)
    for path in sorted({*olds, *news}):
        if path not in olds:
            yield f"added: {name} {path}: {in_words(news[path])}"
        elif path not in news:
            yield f"removed: {name} {path} (was {in_words(olds[path])})"
        elif olds[path] != news[path]:
            yield f"changed: {name} {path}: from {in_words(olds[path])} to {in_words(news[path])}"


def _settings(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say what differs of a collection besides its paths, or of the rules besides their collections."""
    for key in sorted({*old, *new}):
        if key not in old:
            yield f"added: {name}: {key} {in_words(new[key])}"
        elif key not in new:
            yield f"removed: {name}: {key} (was {in_words(old[key])})"
        elif old[key] != new[key]:
            yield f"changed: {name}: {key} from {in_words(old[key])} to {in_words(new[key])}"


def in_words(rule: Any) -> str:
    """Write a rule, or a setting, as people would.

    Args:
        rule: A mask's name, a map with `mask` and its parameters, or any plain value.

    Returns:
        Such as `email (domain email)`.
    """
    if isinstance(rule, Mapping):
        parameters = ", ".join(f"{key} {in_words(value)}" for key, value in rule.items() if key != "mask")
        name = str(rule.get("mask", ""))
        return f"{name} ({parameters})" if name and parameters else name or parameters or "nothing"
    if isinstance(rule, list):
        return ", ".join(map(in_words, rule)) or "nothing"
    if isinstance(rule, bool) or rule is None:
        return {True: "true", False: "false", None: "null"}[rule]
    return str(rule)


def _summary(rule: Mapping[str, Any]) -> str:
    paths = len(_fields(rule))
    return f"{rule.get('mode', 'no mode')}, {paths} {'path' if paths == 1 else 'paths'}" if paths else str(rule["mode"])


def _collections(rules: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    databases = rules.get("databases")
    return {
        f"{database}.{collection}": rule
        for database, collections in (databases.items() if isinstance(databases, Mapping) else ())
        if isinstance(collections, Mapping)
        for collection, rule in collections.items()
        if isinstance(rule, Mapping)
    }


def _fields(rule: Mapping[str, Any]) -> dict[str, Any]:
    fields = rule.get("fields")
    if isinstance(fields, Mapping):
        return dict(fields)
    return dict.fromkeys(map(str, fields), _LISTED) if isinstance(fields, list) else {}


def _without(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != key}
