"""Goes through source and result side by side: pairs tables and rows by their order, looks at all that is no row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from anonymizer.verification.digests import DigestSet
from dumps.crew import Share
from dumps.reading import Reader, Statement, opened, unpacked, whole_gzip
from dumps.schema import Collector, difference
from dumps.verify_desk import Desk, Found, Plan
from dumps.verify_keys import CompositeKeys
from dumps.verify_rows import Chunk, Form, Side, paired
from dumps.verify_table import TableRows

# Code is full of versions, lengths and times that read like numbers of people.
_IN_CODE = frozenset(("phone", "card", "national_id", "ip"))
_TREATED = ("mask", "copy")


class Sides:
    """A share of the comparison: all is read, its rows are compared, and the first takes what is done once.

    Args:
        plan: Of the verification.
        originals: The source's identity values.
        share: Whose rows are compared.
    """

    def __init__(self, plan: Plan, originals: DigestSet, share: Share) -> None:
        self._plan, self._share, self._desk = plan, share, Desk(plan, originals)
        self._keys = CompositeKeys(plan.source.tables, plan.own, plan.places, self._desk.recorder)
        self._tables: dict[tuple[str, Form, Form], TableRows] = {}
        self._planted: set[str] = set()
        self._part = 0
        self._result = Collector(plan.source.own)

    def run(self, file: IO[bytes], result: Path) -> Found:
        """Go through both.

        Args:
            file: The source, plain or gzip, at its beginning.
            result: The scrubbed dump.

        Raises:
            CutShortError: One of them ends too early.
        """
        with whole_gzip("the source"), opened(result) as copy:
            self._side_by_side(file, copy)
        if self._share.leads:
            self._structure()
        return self._desk.hand_over()

    def _side_by_side(self, file: IO[bytes], copy: IO[bytes]) -> None:
        tables = self._plan.source.tables
        left = Side(Reader(unpacked(file)), tables, lambda statement: None)
        heard = Reader(copy, hears=self._comment if self._share.leads else None)
        right = Side(heard, tables, lambda statement: self._statement(heard, statement))
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
        rule = self._plan.own.get(table)
        return rule is not None and rule.mode in _TREATED

    def _pair(self, table: str, originals: Iterator[Chunk] | None, copies: Iterator[Chunk]) -> None:
        """Go through the rows of a table in both dumps."""
        if table not in self._plan.own or table not in self._plan.source.tables:
            self._find("unexpected", table)
            return
        if originals is None or not self._is_kept(table):
            self._find("documents", table, sum(len(rows) for _, rows in copies))
            return
        more = 0
        for left, right in paired(originals, copies):
            if left and right:
                self._compare(table, left, right)
            else:
                more += sum(len(one[1]) for one in (left, right) if one)
        if more:
            self._find("documents", table, more)

    def _compare(self, table: str, left: Chunk, right: Chunk) -> None:
        self._part += 1
        first = table not in self._planted
        self._planted.add(table)
        if not self._share.has(self._part):
            return
        self._desk.tally.documents["documents"] += len(left[1])
        known = table, left[0], right[0]
        rule = self._plan.own[table]
        if known not in self._tables:
            definition = self._plan.source.tables[table]
            self._tables[known] = TableRows(self._desk, self._keys, rule, definition, (left[0], right[0]))
        rows = self._tables[known]
        if first and not rule.unchecked:
            rows.plant(left)
        rows.compare(left[1], right[1])

    def _find(self, kind: str, table: str, count: int = 1) -> None:
        """Tell what all processes see."""
        if self._share.leads:
            rule = self._plan.own.get(table)
            self._desk.findings.add(kind, rule.namespace if rule else table, count=count)

    def _statement(self, reader: Reader, statement: Statement) -> None:
        if self._share.leads:
            kind, name = self._result.add(statement.text, backslash=reader.settings.backslash)
            self._look(kind or "statement", name, statement.text)

    def _comment(self, text: bytes) -> None:
        self._look("comment", "", text)

    def _look(self, kind: str, name: str, text: bytes) -> None:
        self._desk.lookout.look(kind, name, text.decode("utf-8", "replace"), _IN_CODE)
        self._desk.count_now()

    def _structure(self) -> None:
        """Hold the definitions of the result to those of the source."""
        for view in self._result.views:
            self._result.tables.pop(view, None)
        before, after = self._plan.source.as_json(), self._result.as_json()
        for said in difference(before, after):
            self._desk.findings.add("options", said.split(":")[0])
        one = next(iter(after["tables"]), "")
        less = {**after, "tables": {name: table for name, table in after["tables"].items() if name != one}}
        self._desk.tally.control("structures", found=bool(difference(before, less)) or not one)
        self._desk.tally.values["structures"] += sum(
            len(after[kind]) for kind in ("tables", "views", "triggers", "routines")
        )
