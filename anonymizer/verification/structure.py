"""Compares options, indexes, views and validators, and looks through their texts: they may name a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bson

from anonymizer import mongo
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.verification.control import plant_for_detectors
from anonymizer.verification.digests import Digester, DigestSet
from anonymizer.verification.findings import Findings
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.tally import Tally

Specs = list[dict[str, Any]]


class Structures:
    """Compares the structures of two servers.

    Args:
        source: The one.
        target: The other.
        originals: File with the digests of the source's identity values.
        digester: Of the same key.
        findings: Where findings go.
        tally: Takes what was looked at.
    """

    def __init__(
        self, source: Client, target: Client, originals: Path, digester: Digester, findings: Findings, tally: Tally
    ) -> None:
        self._source, self._target, self._findings, self._tally = source, target, findings, tally
        held = DigestSet(originals, digester)
        self._lookout = Lookout(held, findings, tally)
        scratch = Findings()
        plant_for_detectors(Lookout(held, scratch, Tally()), scratch, tally)
        one, other = {"key": {"a": 1}, "name": "a_1"}, {"key": {"a": -1}, "name": "a_1"}
        tally.control("structures", found=_differing([one], [other]) == {"a_1"} == _differing([one], []))

    def compare(self, before: Collection, after: Collection) -> None:
        """Compare one collection or view."""
        name, specs = before.namespace, list[dict[str, Any]]()
        self._tally.values["structures"] += 1
        if (before.kind, before.options) != (after.kind, after.options):
            self._findings.add("options", name)
        if before.kind != "view":
            with server_errors(f"reading the indexes of {name}"):
                old, specs = mongo.indexes(self._source, before), mongo.indexes(self._target, after)
            self._tally.values["structures"] += len(old)
            if differing := _differing(old, specs):
                self._findings.add("indexes", name, count=len(differing))
        for what, content in (("(options)", after.options), ("(indexes)", specs)):
            self._lookout.look(name, what, content)


def _differing(old: Specs, new: Specs) -> set[str]:
    """Give the names of indexes that are missing, new or different."""
    before, after = ({spec["name"]: bson.encode(spec) for spec in specs} for specs in (old, new))
    return {index for index in before.keys() | after.keys() if before.get(index) != after.get(index)}
