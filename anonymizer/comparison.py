"""Compares a document of the copy with its source, by the rules and without the masks, and looks through its texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bson import Code, DBRef, Decimal128, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from anonymizer import detectors, evidence, paths
from anonymizer.bsontypes import NULL
from anonymizer.digests import Digester, DigestSet
from anonymizer.findings import Findings
from anonymizer.paths import ANY_KEY, ELEMENT, Node, join
from anonymizer.rules import CollectionRule, FieldRule

Held = dict[str, tuple[Node[FieldRule], Any]]

_MOST_REMEMBERED = 200_000
_FIXED = ("constant", "null")
_NO_DETECTORS = ("token",)  # random digits pass for a card once in ten times
_SILENT = (float, bool, NULL, datetime, DatetimeMS, Decimal128, Timestamp)  # hold no text
_SAYS_NOTHING: tuple[Any, ...] = (None, "", b"", {}, [])


class Lookout:
    """Looks through texts for identity values of the source and for what detectors know."""

    def __init__(self, digester: Digester, originals: DigestSet, findings: Findings) -> None:
        self._digester, self._originals, self._findings = digester, originals, findings
        self._clean: set[str] = set()

    def look(self, collection: str, path: str, value: object, rule: FieldRule | None = None) -> None:
        """Look at one value or key of the copy.

        Args:
            collection: Its namespace, or what else it belongs to.
            path: Where it stands, as rules write it.
            value: The value; others than texts, bytes, ids and whole numbers have nothing to find.
            rule: The rule of its place, which may say that a detector is wrong there.
        """
        text = evidence.plain(value)
        if not text or text in self._clean:
            return
        clean = True
        seen = detectors.see(text)
        for form in evidence.forms_in(text, seen):
            if self._digester.digest(form) in self._originals:
                self._findings.add("original", collection, path)
                clean = False
                break
        for kind in detectors.in_use(seen):
            clean = False
            if not _silenced(rule, kind):
                self._findings.add(f"detector_{kind}", collection, path)
        if clean:
            if len(self._clean) >= _MOST_REMEMBERED:
                self._clean.clear()
            self._clean.add(text)


def _silenced(rule: FieldRule | None, kind: str) -> bool:
    return rule is not None and (rule.mask in _NO_DETECTORS or kind in rule.parameter("allow", ()))


class Comparison:
    """Compares the documents of one collection."""

    def __init__(self, rule: CollectionRule, lookout: Lookout, findings: Findings) -> None:
        self._name, self._lookout, self._findings = rule.namespace, lookout, findings
        self._tree = paths.tree(rule.fields)
        self._has_maps = any(ANY_KEY in paths.parse(path) for path in rule.fields)

    def compare(self, original: dict[str, Any], copy: dict[str, Any]) -> None:
        """Compare a document of the copy with its source, and look through it."""
        held = flatten(self._tree, original)
        found = flatten(self._tree, copy)
        for at, (node, value) in found.items():
            if at not in held:
                self._findings.add("changed" if node.rule else "unlisted", self._name, node.path)
            else:
                self._compare_value(node, held[at][1], value)
        for at in held.keys() - found.keys():
            self._findings.add("changed", self._name, held[at][0].path)
        self._look_through(copy, found)

    def look_through(self, copy: dict[str, Any]) -> None:
        """Look through a document of the copy alone."""
        self._look_through(copy, flatten(self._tree, copy))

    def _compare_value(self, node: Node[FieldRule], original: Any, value: Any) -> None:
        rule = node.rule
        if rule is None:
            if value not in _SAYS_NOTHING:
                self._findings.add("unlisted", self._name, node.path)
        elif rule.mask == "keep":
            if not same(original, value):
                self._findings.add("changed", self._name, node.path)
        elif rule.mask in _FIXED:
            if not same(value, rule.parameter("value")):
                self._findings.add("constant", self._name, node.path)
        elif type(original) is not type(value):
            self._findings.add("type", self._name, node.path)
        elif value == original and value not in _SAYS_NOTHING:
            self._findings.add("own_path", self._name, node.path)

    def _look_through(self, copy: dict[str, Any], found: Held) -> None:
        for node, value in found.values():
            if value.__class__ in _SILENT:
                continue
            for text in texts(value):
                self._lookout.look(self._name, node.path, text, node.rule)
        if self._has_maps:
            for path, key in map_keys(self._tree, copy):
                self._lookout.look(self._name, path, key)


def flatten(root: Node[FieldRule], document: dict[str, Any]) -> Held:
    """Give the values of a document by their place in it, each with what the rules say of that place.

    Documents and arrays are gone into, but for those that a rule replaces whole; empty ones count as values.
    """
    held: Held = {}

    def go(node: Node[FieldRule], value: Any, at: str) -> None:
        kind = value.__class__
        if kind is DBRef:
            value, kind = dict(value.as_doc()), dict
        if (kind is not dict and kind is not list) or not value or (node.rule is not None and node.rule.mask in _FIXED):
            held[at] = (node, value)
        elif kind is dict:
            children, others = node.children, node.any_key
            for key, inner in value.items():
                go(children.get(key) or others or Node(join(node.path, ANY_KEY)), inner, f"{at}\0{key}")
        else:
            child = node.element or Node(join(node.path, ELEMENT))
            for place, inner in enumerate(value):
                go(child, inner, f"{at}\0{place}")

    go(root, document, "")
    return held


def map_keys(root: Node[FieldRule], document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the keys that no rule names one by one (those of maps), with their paths."""
    stack: list[tuple[Node[FieldRule] | None, Any, str]] = [(root, document, "")]
    while stack:
        node, value, path = stack.pop()
        if isinstance(value, DBRef):
            value = dict(value.as_doc())
        if isinstance(value, list):
            stack += [
                (node.element if node else None, inner, join(path, ELEMENT))
                for inner in value
                if isinstance(inner, (dict, list))
            ]
        elif isinstance(value, dict):
            for key, inner in value.items():
                named = node.children.get(key) if node else None
                if named is None:
                    yield join(path, ANY_KEY), key
                if isinstance(inner, (dict, list, DBRef)):
                    child = named or (node.any_key if node else None)
                    stack.append((child, inner, join(path, key if named else ANY_KEY)))


def texts(value: Any) -> Iterator[object]:
    """Give what may be looked at of a value: itself, or the texts within code, patterns and whole documents."""
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
        if isinstance(value, dict):
            yield from value
    elif isinstance(value, Code):
        yield str(value)
        yield from texts(value.scope or {})
    elif isinstance(value, Regex):
        yield value.pattern
    else:
        yield value


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same, not-a-number included."""
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124
