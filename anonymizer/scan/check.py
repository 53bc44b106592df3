"""Compares rules with a database as it is today: what they do not name, what is of another type, what is gone."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import bson
from bson import DBRef

from anonymizer import paths
from anonymizer.bsontypes import name_of
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, Collection
from anonymizer.paths import Node
from anonymizer.rules.model import CollectionRule, FieldRule, Rules
from anonymizer.scan import reading
from anonymizer.scan.reading import LENIENT, Tell
from anonymizer.scan.remembered import Types
from anonymizer.shown import shown_name
from anonymizer.treatment.program import Program

_LISTING = ("mask", "copy", "sample")


@dataclass
class Change:
    """A path and its type, as `unlisted` names them, in how many values it was found, and what that means, in words."""

    collection: str
    path: str
    type: str
    count: int
    said: str = ""


@dataclass
class Warned:
    """A path, or a collection, of the rules that was not found; `near` are names that were found and look like it.

    `gone` says that it was there when the shape was last recorded.
    """

    collection: str
    path: str
    near: list[str]
    gone: bool = False


@dataclass
class Changes:
    """What differs.

    Attributes:
        new: Collections and paths that no rule names.
        changed: Types that the mask of a named path does not take, or that it did not have when last recorded.
        warnings: What the rules name and was not found.
        read: How many documents were read.
        types: What was found at each path of the rules, to be remembered.
    """

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    read: int = 0
    types: Types = field(default_factory=dict)


def check(
    client: Client, rules: Rules, databases: list[str], sample: int | None, tell: Tell, before: Types | None = None
) -> Changes:
    """Compare.

    Args:
        client: The server.
        rules: The rules; their masks are tried with a key of the moment.
        databases: Those to look at; none: all but MongoDB's own.
        sample: About how many documents of each collection; None: all.
        tell: Called now and then with the progress.
        before: Which types each path had when it was last recorded; None: not known.

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
            said = "no rule names this collection, so a run would stop; give it a mode"
            found.new.append(Change(shown_name(one.namespace), "", one.kind, known[one.namespace], said))
        elif rule.mode in _LISTING and not rule.unchecked and one.kind != "view":
            comparison = Comparison(rule, keyring, (before or {}).get(one.namespace))
            for piece in reading.batches(client, one, sample, known[one.namespace]):
                found.read += comparison.take(piece)
                tell("check", one.namespace, found.read, max(total, found.read))
            comparison.conclude(found)
    found.warnings += _gone(rules, databases, listed, before or {})
    return found


def _gone(rules: Rules, databases: list[str], listed: list[Collection], before: Types) -> Iterator[Warned]:
    there = [one.namespace for one in listed]
    for name, rule in rules.collections.items():
        if name not in there and (not databases or rule.database in databases) and rule.mode != "preserve":
            near = [shown_name(one) for one in _near(name, set(there) - rules.collections.keys())]
            yield Warned(name, "", near, gone=name in before)


def _near(name: str, others: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(name, sorted(others), n=3, cutoff=0.6)


class Comparison:
    """One collection's rule at work on documents that are read and not written.

    Args:
        rule: Of a mode that lists paths.
        keyring: Any: what comes of the masks is thrown away.
        before: Which types each path had when last recorded; None: not known.
    """

    def __init__(self, rule: CollectionRule, keyring: Keyring, before: dict[str, list[str]] | None = None) -> None:
        self._rule = rule
        self._program = Program(rule, keyring)
        self._tree = paths.tree(rule.fields)
        self._before = before
        self._seen: dict[str, Counter[str]] = {path: Counter() for path in rule.fields}

    def take(self, piece: bytes) -> int:
        """Treat documents, throw away what comes of it, and give how many they were."""
        documents = 0
        for document in bson.decode_iter(piece, LENIENT):
            documents += 1
            self._mark(self._tree, document)
        self._program.treat(piece)
        return documents

    def _mark(self, node: Node[FieldRule], value: Any) -> None:
        """Note which paths of the rules occur, and with which types."""
        if node.rule:
            self._seen[node.path][name_of(value)] += 1
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
        """Put what differs to what was found elsewhere."""
        name, new, refused = self._rule.namespace, [], set()
        absent = [path for path in self._rule.fields if not self._seen[path]]
        for row in self._program.unlisted.rows():
            change = Change(name, str(row["path"]), str(row["type"]), int(str(row["count"])))
            if change.path in self._rule.fields:
                change.said = self._not_taken(change)
                refused.add((change.path, change.type))
                found.changed.append(change)
            else:
                change.said = self._not_named(change, absent)
                new.append(change)
        found.new += new
        found.changed += [change for change in self._others() if (change.path, change.type) not in refused]
        seen = {change.path for change in new} | (self._rule.fields.keys() - set(absent))
        for path in absent:
            gone = bool((self._before or {}).get(path))
            found.warnings.append(Warned(name, path, _near(path, seen), gone))
        found.types[name] = {path: sorted(types) for path, types in self._seen.items() if types}

    def _not_taken(self, change: Change) -> str:
        mask = self._rule.fields[change.path].mask
        return f"its mask {mask} does not take {change.type}, so a run would stop; give it another, or cases"

    def _not_named(self, change: Change, absent: list[str]) -> str:
        near = _near(change.path, absent)
        renamed = f"; perhaps {near[0]} under another name, as that never occurs" if near else ""
        return f"no rule names this path, so a run would stop; give it a mask, keep or drop{renamed}"

    def _others(self) -> Iterator[Change]:
        """Give the types that paths of the rules did not have when they were last recorded."""
        for path, types in self._seen.items():
            before = (self._before or {}).get(path)
            for kind, count in sorted(types.items()):
                if before and kind not in before and kind != "null":
                    said = f"was {' or '.join(before)} when last recorded; look whether its mask still fits"
                    yield Change(self._rule.namespace, path, kind, count, said)
