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
GENERATED = b"DEFAULT"


@dataclass(frozen=True)
class Row:
    """A row.

    Attributes:
        literals: Its values as they are written.
        columns: Their columns.
        decode: What makes a document of it.
        generated: Those of them that are made of others; a source may have their values, a scrubbed dump has none.
    """

    literals: tuple[bytes, ...]
    columns: tuple[str, ...]
    decode: tuple[Decode, ...]
    generated: frozenset[str] = frozenset()

    def tells_generated(self) -> list[str]:
        """Give the columns that are made of others and have a value here all the same."""
        pairs = zip(self.columns, self.literals, strict=True) if self.generated else ()
        return [name for name, literal in pairs if name in self.generated and literal != GENERATED]

    def document(self) -> Document:
        """Give it as a document."""
        return {
            name: decode(literal)
            for name, decode, literal in zip(self.columns, self.decode, self.literals, strict=True)
            if literal != GENERATED and name not in self.generated
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
        if table is None:
            return
        columns = insert.columns or table.implied()
        decode = self._decoders_of(insert.table, table, columns)
        made = frozenset(name for name in columns if table.columns[name].generated)
        for batch in insert.rows.batches(len(columns), tuple(range(len(columns)))):
            for parts in batch:
                yield Row(parts[1::2], columns, decode, made)

    def _decoders_of(self, name: str, table: Table, columns: tuple[str, ...]) -> tuple[Decode, ...]:
        settings = self._reader.settings
        known = name, columns, settings.charset, settings.backslash
        if known not in self._decoders:
            rule = self._rules.get(name)
            fields = rule.fields if rule else {}
            self._decoders[known] = tuple(
                decoder(
                    table.columns[one],
                    fields.get(one) or fields.get(f"{one}[]", KEEP),
                    settings.charset,
                    backslash=settings.backslash,
                )
                for one in columns
            )
        return self._decoders[known]
