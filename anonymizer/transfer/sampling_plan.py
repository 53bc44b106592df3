"""Finds out before the copy which documents samples take: thresholds for counts, and what is referred to."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import bson

from anonymizer import paths, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.errors import Mistake
from anonymizer.keys import Keyring
from anonymizer.mongo import Client, server_errors
from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.transfer.sampling import HASH_BITS, Followed, Selector, canonical, digest_of, draw_of, values_at

_BATCH = 5000


def target_of(rules: Rules, reference: str) -> tuple[CollectionRule, str] | None:
    """Split `database.collection.path`, where names of collections may have dots too, by the collections there are."""
    fitting = [name for name in rules.collections if reference.startswith(f"{name}.")]
    if not fitting:
        return None
    name = max(fitting, key=len)
    return rules.collections[name], reference[len(name) + 1 :]


def follows(rules: Rules, rule: CollectionRule) -> dict[str, tuple[CollectionRule, str]]:
    """Give what the followed paths of a sampled collection refer to."""
    found = {}
    for path in rule.sample.follow if rule.sample else ():
        target = target_of(rules, rule.fields[path].refers_to) if path in rule.fields else None
        if target:
            found[path] = target
    return found


def mistakes(rules: Rules, listed: list[CollectionRule]) -> Iterator[Mistake]:
    """Give what is wrong with samples, seen together with the other rules."""
    for rule in listed:
        where = f"databases.{rule.database}.{rule.collection}.follow"
        for path in rule.sample.follow if rule.sample else ():
            reached = follows(rules, rule).get(path)
            if reached is None:
                yield Mistake(where, f"{path} refers to no collection of the rules; give it refers_to")
            elif reached[0].mode not in ("sample", "mask", "copy"):
                yield Mistake(where, f"{path} refers to {reached[0].namespace}, of which nothing is copied")


class Plan:
    """Makes the selectors of all sampled collections.

    Args:
        source: Where they are.
        rules: All rules.
        keyring: The draw depends on its key.
        folder: Where digests may be written.
    """

    def __init__(self, source: Client, rules: Rules, keyring: Keyring, folder: Path) -> None:
        self._source, self._rules = source, rules
        self._key = keyring.for_domain("understudy: samples")
        self._followed = Followed(folder / "followed.sqlite")

    def selectors(self, sampled: list[CollectionRule]) -> dict[str, Selector]:
        """Give the selector of each sampled collection that is there."""
        places: dict[str, set[str]] = {rule.namespace: set() for rule in sampled}
        for rule in sampled:
            for target, path in follows(self._rules, rule).values():
                if target.namespace in places:
                    places[target.namespace].add(path)
        found = {
            rule.namespace: Selector(
                rule.namespace,
                self._key,
                self._threshold(rule),
                self._followed,
                tuple(sorted(places[rule.namespace])),
            )
            for rule in sampled
        }
        self._follow({rule.namespace: rule for rule in sampled}, found)
        self._followed.close()
        return found

    def _threshold(self, rule: CollectionRule) -> int:
        assert rule.sample  # noqa: S101 (sampled collections have one)
        if rule.sample.count is None:
            return int((rule.sample.share or 0) * 2**HASH_BITS)
        draws = (draw_of(self._key, row) for rows in self._rows(rule, {"_id": 1}) for row in rows)
        smallest = heapq.nsmallest(rule.sample.count, draws)
        return smallest[-1] + 1 if smallest else 0

    def _follow(self, sampled: dict[str, CollectionRule], selectors: dict[str, Selector]) -> None:
        """Go after references until nothing new is found: what comes along may refer to more."""
        waiting = [name for name, rule in sampled.items() if follows(self._rules, rule)]
        while waiting:
            name = waiting.pop(0)
            for reached in self._gather(sampled[name], selectors[name]):
                if reached not in waiting and reached in selectors and follows(self._rules, sampled[reached]):
                    waiting.append(reached)

    def _gather(self, rule: CollectionRule, selector: Selector) -> set[str]:
        """Note what the chosen documents of a collection refer to; give the collections that got something new."""
        reached, targets = set(), follows(self._rules, rule)
        for rows in self._rows(rule, self._projection(targets, selector)):
            documents = [bson.decode(row, DECODE) for row, yes in zip(rows, selector.chosen(rows), strict=True) if yes]
            for path, (target, place) in targets.items():
                values = [value for document in documents for value in values_at(document, paths.parse(path))]
                digests = {digest_of(self._key, canonical(value)) for value in values if value is not None}
                if self._followed.add(f"{target.namespace} {place}", digests):
                    reached.add(target.namespace)
        return reached

    @staticmethod
    def _projection(targets: dict[str, Any], selector: Selector) -> dict[str, int]:
        """Ask for the paths that are needed, each by its first step: paths that overlap would be refused."""
        return {paths.parse(path)[0]: 1 for path in ("_id", *targets, *selector.places)}

    def _rows(self, rule: CollectionRule, projection: dict[str, int]) -> Iterator[list[bytes]]:
        rows = self._source[rule.database][rule.collection]
        with server_errors(f"sampling {rule.namespace}"):
            for batch in rows.find_raw_batches({}, projection, batch_size=_BATCH):
                yield list(rawbson.documents(cast("bytes", batch)))
