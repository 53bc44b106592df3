"""Rows of a dump as documents, table by table: what the verifier compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from anonymizer.rules.model import KEEP, CollectionRule
from dumps.reading import Insert, Reader, Statement
from dumps.tables import Table
from dumps.verify_values import Decode, decoder

Document = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes:
        literals: Its values as they are written.
        columns: Their columns.
        decode: What makes a document of it.
    """

    literals: tuple[bytes, ...]
    columns: tuple[str, ...]
    decode: tuple[Decode, ...]

    def document(self) -> Document:
        """Give it as a document."""
        return {
            name: decode(literal)
            for name, decode, literal in zip(self.columns, self.decode, self.literals, strict=True)
        }


class Side:
    """One of two dumps.

    Args:
        reader: Reads it.
        tables: The schema.
        rules: By table; a table that it has not is read as one whose columns are kept.
        other: Takes each statement that is no INSERT.
    """

    def __init__(
        self,
        reader: Reader,
        tables: dict[str, Table],
        rules: dict[str, CollectionRule],
        other: Callable[[Statement], None],
    ) -> None:
        self._reader, self._tables, self._rules, self._other = reader, tables, rules, other
        self._decoders: dict[tuple[str, tuple[str, ...], str, bool], tuple[Decode, ...]] = {}

    def groups(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Give the rows of the tables, those that follow one another together."""
        for table, inserts in groupby(self._inserts(), key=lambda one: one.table):
            yield table, (row for insert in inserts for row in self._rows(insert))

    def _inserts(self) -> Iterator[Insert]:
        for statement in self._reader.statements():
            if isinstance(statement, Insert):
                yield statement
            else:
                self._other(statement)

    def _rows(self, insert: Insert) -> Iterator[Row]:
        table = self._tables.get(insert.table)
        columns = insert.columns or tuple(table.stored() if table else ())
        decode = self._decoders_of(insert.table, table, columns) if table else ()
        for batch in insert.rows.batches(len(columns), tuple(range(len(columns)))):
            for parts in batch:
                yield Row(parts[1::2], columns, decode)

    def _decoders_of(self, name: str, table: Table, columns: tuple[str, ...]) -> tuple[Decode, ...]:
        settings = self._reader.settings
        known = name, columns, settings.charset, settings.backslash
        if known not in self._decoders:
            rule = self._rules.get(name)
            fields = rule.fields if rule else {}
            self._decoders[known] = tuple(
                decoder(table.columns[one], fields.get(one, KEEP), settings.charset, backslash=settings.backslash)
                for one in columns
            )
        return self._decoders[known]
