"""Compares rules with a database as it is today: what they do not name, what their masks do not take, what is gone."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import bson
from bson import DBRef

from anonymizer import paths
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, Collection
from anonymizer.paths import Node
from anonymizer.rules.model import CollectionRule, FieldRule, Rules
from anonymizer.scan import reading
from anonymizer.scan.reading import LENIENT, Tell
from anonymizer.shown import shown_name
from anonymizer.treatment.program import Program

_LISTING = ("mask", "copy", "sample")


@dataclass
class Change:
    """A path and its type, as `unlisted` names them, and in how many values it was found."""

    collection: str
    path: str
    type: str
    count: int


@dataclass
class Warned:
    """A path, or a collection, of the rules that was not found; `near` are names that were found and look like it."""

    collection: str
    path: str
    near: list[str]


@dataclass
class Changes:
    """What differs.

    Attributes:
        new: Collections and paths that no rule names.
        changed: Types, and values, that the mask of a named path does not take.
        warnings: What the rules name and was not found.
        read: How many documents were read.
    """

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    read: int = 0


def check(client: Client, rules: Rules, databases: list[str], sample: int | None, tell: Tell) -> Changes:
    """Compare.

    Args:
        client: The server.
        rules: The rules; their masks are tried with a key of the moment.
        databases: Those to look at; none: all but MongoDB's own.
        sample: About how many documents of each collection; None: all.
        tell: Called now and then with the progress.

    Raises:
        ServerError: The server refused, failed or could not be reached.
        UsageError: There is no such database.
    """
    tell("list", "", 0, 0)
    listed = reading.chosen(client, databases)
    known = {one.namespace: reading.estimate(client, one) for one in listed}
    total = sum(min(count, sample or count) for count in known.values())
    found, keyring = Changes(), Keyring.ephemeral()
    for one in listed:
        rule = rules.collections.get(one.namespace)
        if rule is None:
            found.new.append(Change(shown_name(one.namespace), "", one.kind, known[one.namespace]))
        elif rule.mode in _LISTING and not rule.unchecked and one.kind != "view":
            comparison = _Comparison(rule, keyring)
            for piece in reading.batches(client, one, sample, known[one.namespace]):
                found.read += comparison.take(piece)
                tell("check", one.namespace, found.read, max(total, found.read))
            comparison.conclude(found)
    found.warnings += _gone(rules, databases, listed)
    return found


def _gone(rules: Rules, databases: list[str], listed: list[Collection]) -> Iterator[Warned]:
    there = [one.namespace for one in listed]
    for name, rule in rules.collections.items():
        if name not in there and (not databases or rule.database in databases) and rule.mode != "preserve":
            yield Warned(name, "", [shown_name(near) for near in _near(name, set(there) - rules.collections.keys())])


def _near(name: str, others: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, sorted(others), n=3, cutoff=0.6)


class _Comparison:
    """One collection's rule at work on documents that are read and not written."""

    def __init__(self, rule: CollectionRule, keyring: Keyring) -> None:
        self._rule = rule
        self._program = Program(rule, keyring)
        self._tree = paths.tree(rule.fields)
        self._seen: Counter[str] = Counter()

    def take(self, piece: bytes) -> int:
        """Treat documents, throw away what comes of it, and give how many they were."""
        documents = 0
        for document in bson.decode_iter(piece, LENIENT):
            documents += 1
            self._mark(self._tree, document)
        self._program.treat(piece)
        return documents

    def _mark(self, node: Node[FieldRule], value: Any) -> None:
        """Note which paths of the rules occur."""
        if node.rule:
            self._seen[node.path] += 1
        if isinstance(value, DBRef):
            value = value.as_doc()
        if isinstance(value, dict):
            for key, inner in value.items():
                if child := node.children.get(key, node.any_key):
                    self._mark(child, inner)
        elif isinstance(value, list) and node.element:
            for inner in value:
                self._mark(node.element, inner)

    def conclude(self, found: Changes) -> None:
        new: list[Change] = []
        for row in self._program.unlisted.rows():
            change = Change(self._rule.namespace, str(row["path"]), str(row["type"]), int(str(row["count"])))
            (found.changed if change.path in self._rule.fields else new).append(change)
        found.new += new
        for path in self._rule.fields:
            if not self._seen[path]:
                near = _near(path, {change.path for change in new} | set(self._seen))
                found.warnings.append(Warned(self._rule.namespace, path, near))
