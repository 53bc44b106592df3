"""Looks for what should not be in a scrubbed dump: reads it beside its source, with code that is not the scrubber's.

Two passes. The first gathers digests of all identity values of the source. The second goes through both dumps side by
side: it pairs rows by their order, judges each masked and each kept value by its rule, looks through every value, every
definition and every comment of the result for identity values of the source, and records what is to be compared across
rows. The judges, the detectors, the evidence and the controls are the anonymizer's (docs/verify.md).
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from anonymizer.rules.model import CollectionRule, Rules
from anonymizer.verification import digests, evidence
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.control import plant, plant_for_detectors
from anonymizer.verification.digests import Collector as Digests
from anonymizer.verification.digests import Digester, DigestSet
from anonymizer.verification.findings import Findings
from anonymizer.verification.gathering import Gatherer
from anonymizer.verification.joined import Joined
from anonymizer.verification.judges import Court, plain_form
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import TARGETS, Places, Recorder, bucket_bits
from anonymizer.verification.tally import Tally
from anonymizer.verification.task import references
from dumps.reading import Reader, Statement, opened, unpacked, whole_gzip
from dumps.schema import Collector, difference
from dumps.verify_keys import CompositeKeys, fitted
from dumps.verify_rows import Document, Row, Side

# Code is full of versions, lengths and times that read like numbers of people.
_IN_CODE = frozenset(("phone", "card", "national_id", "ip"))
_TREATED = ("mask", "copy")


@dataclass
class Outcome:
    """What a verification gives.

    Attributes:
        checks: What each check looked at, and how it showed that it can find.
        findings: What was found: kind, table, column, how often; never a value.
    """

    checks: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def verify(file: IO[bytes], result: Path, rules: Rules, source: Collector, folder: Path, rows: int) -> Outcome:
    """Verify a scrubbed dump.

    Args:
        file: The source, plain or gzip, at its beginning; it can be read again from there.
        result: The scrubbed dump.
        rules: The rules.
        source: The source's schema, without tables that are dropped.
        folder: Where digests are kept while it goes on: a disk with room.
        rows: About how many rows the source has.

    Raises:
        CutShortError: One of the dumps ends too early.
    """
    with tempfile.TemporaryDirectory(prefix=f".{result.name}.digests-", dir=folder) as scratch:
        return Verification(rules, source, Path(scratch), rows).run(file, result)


class Verification:
    """One verification; see `verify`."""

    def __init__(self, rules: Rules, source: Collector, folder: Path, rows: int) -> None:
        self._source, self._folder = source, folder
        self._own = {rule.collection: fitted(rule, rules, source) for rule in rules.collections.values()}
        self._rules = replace(rules, collections={rule.namespace: rule for rule in self._own.values()})
        self._places, self._digester = Places(self._rules), Digester(secrets.token_bytes(32))
        there = {rule.namespace for name, rule in self._own.items() if name in source.tables}
        self._targets, followed = references(self._rules, there)
        self._bits, self._sieve = evidence.needed_bits(rows), digests.sieve_bits(rows)
        records = folder / "records"
        records.mkdir()
        self._records, self._recorder = records, Recorder(records, self._digester, bucket_bits(rows))
        self._keys = CompositeKeys(source.tables, self._own, self._places, self._recorder)
        self._findings, self._tally, self._followed = Findings(), Tally(), followed
        self._planted: set[str] = set()
        self._result = Collector(source.own)

    def run(self, file: IO[bytes], result: Path) -> Outcome:
        """Look at everything."""
        self._gather(file)
        file.seek(0)
        originals = DigestSet(self._folder / "sorted", self._digester)
        self._lookout = Lookout(originals, self._findings, self._tally)
        plant_for_detectors(Lookout(originals, scratch := Findings(), Tally()), scratch, self._tally)
        self._court = Court(self._findings, self._lookout, self._recorder, self._tally)
        self._comparisons = {
            name: Comparison(
                rule, self._court, self._lookout, self._places, self._followed.get(rule.namespace, frozenset())
            )
            for name, rule in self._own.items()
        }
        with whole_gzip("the source"), opened(result) as copy:
            self._side_by_side(file, copy)
        self._structure()
        return self._concluded()

    def _gather(self, file: IO[bytes]) -> None:
        """Take the identity values of the source, and what others refer to."""
        folder = self._folder / "gathered"
        folder.mkdir()
        held = Digests(folder, self._digester, self._sieve)
        gatherers = {
            name: Gatherer(rule, self._targets.get(rule.namespace, ()), held, self._recorder, self._bits)
            for name, rule in self._own.items()
        }
        with whole_gzip("the source"):
            side = Side(Reader(unpacked(file)), self._source.tables, self._own, lambda statement: None)
            for table, rows in side.groups():
                gatherer = gatherers.get(table)
                if gatherer and (gatherer.wants or self._keys.wants(table)):
                    for row in rows:
                        gatherer.take(document := row.document())
                        self._keys.there(table, document, 0)
        held.flush()
        digests.merge(folder, self._folder / "sorted")

    def _side_by_side(self, file: IO[bytes], copy: IO[bytes]) -> None:
        left = Side(Reader(unpacked(file)), self._source.tables, self._own, lambda statement: None)
        heard = Reader(copy, hears=self._comment)
        right = Side(heard, self._source.tables, self._own, lambda statement: self._statement(heard, statement))
        originals = ((table, rows) for table, rows in left.groups() if self._is_kept(table))
        for table, rows in right.groups():
            name, pairs = next(originals, ("", iter(())))
            while name and name != table:
                self._find("missing", name)
                name, pairs = next(originals, ("", iter(())))
            self._pair(table, pairs if name else None, rows)
        for name, _ in originals:
            self._find("missing", name)

    def _is_kept(self, table: str) -> bool:
        rule = self._own.get(table)
        return rule is not None and rule.mode in _TREATED

    def _pair(self, table: str, originals: Iterator[Row] | None, copies: Iterator[Row]) -> None:
        """Go through the rows of a table in both dumps."""
        rule = self._own.get(table)
        if rule is None or table not in self._source.tables:
            self._findings.add("unexpected", table)
            return
        if originals is None or not self._is_kept(table):
            self._findings.add("documents", rule.namespace, count=sum(1 for _ in copies))
            return
        more = 0
        for original, copy in zip_longest(originals, copies):
            if original is None or copy is None:
                more += 1
            else:
                self._tally.documents["documents"] += 1
                self._compare(rule, original, copy)
        if more:
            self._findings.add("documents", rule.namespace, count=more)

    def _compare(self, rule: CollectionRule, original: Row, copy: Row) -> None:
        if rule.unchecked:
            if original.literals != copy.literals:
                self._findings.add("changed", rule.namespace)
            return
        after = copy.document()
        for name in copy.tells_generated():
            self._findings.add("unlisted", rule.namespace, name)
        same = original.literals == copy.literals and original.columns == copy.columns
        before = after if same and rule.mode == "copy" else original.document()
        if rule.collection not in self._planted:
            self._planted.add(rule.collection)
            self._tally.control("documents", found=before != {**before, "(control)": 1})
            plant(rule, before, self._bits, self._lookout, self._tally, self._places)
        self._refer(rule, after)
        self._keys.there(rule.collection, after, 1)
        self._keys.refers(rule.collection, before, after)
        self._comparisons[rule.collection].compare(before, after)

    def _refer(self, rule: CollectionRule, after: Document) -> None:
        """Record what other tables refer to."""
        for name in self._targets.get(rule.namespace, ()):
            value = after.get(name)
            if value is not None:
                digest = self._recorder.digest(f"{rule.namespace}.{name}\0{1}\0{plain_form(value)}")
                self._recorder.add(TARGETS, digest, 1, 0)

    def _statement(self, reader: Reader, statement: Statement) -> None:
        kind, name = self._result.add(statement.text, backslash=reader.settings.backslash)
        self._lookout.look(kind or "statement", name, statement.text.decode("utf-8", "replace"), _IN_CODE)

    def _comment(self, text: bytes) -> None:
        self._lookout.look("comment", "", text.decode("utf-8", "replace"), _IN_CODE)

    def _find(self, kind: str, table: str) -> None:
        self._findings.add(kind, self._own[table].namespace)

    def _structure(self) -> None:
        """Hold the definitions of the result to those of the source."""
        for view in self._result.views:
            self._result.tables.pop(view, None)
        before, after = self._source.as_json(), self._result.as_json()
        for said in difference(before, after):
            self._findings.add("options", said.split(":")[0])
        one = next(iter(after["tables"]), "")
        less = {**after, "tables": {name: table for name, table in after["tables"].items() if name != one}}
        self._tally.control("structures", found=bool(difference(before, less)) or not one)
        self._tally.values["structures"] += sum(
            len(after[kind]) for kind in ("tables", "views", "triggers", "routines")
        )

    def _concluded(self) -> Outcome:
        self._recorder.flush()
        joined = Joined(self._rules, self._places, self._records, self._findings, self._tally)
        joined.pairs(self._court.words, self._court.fixed)
        joined.backs()
        joined.references()
        joined.groups()
        for check in self._tally.failed():
            self._findings.add("control", "", check)
        return Outcome(self._tally.rows(self._findings.by_kind(), joined.more), self._findings.rows())
