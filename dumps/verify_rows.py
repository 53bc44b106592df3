"""Rows of a dump, table by table, as the verifier takes them: cut into columns, or as documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

from anonymizer.rules.model import KEEP, CollectionRule
from dumps.lexing import Lexer
from dumps.reading import Insert, Reader, Statement
from dumps.rows import Rows
from dumps.tables import Table
from dumps.verify_values import Decode, decoder
from dumps.window import Window

Document = dict[str, Any]
Literals = Sequence[bytes]
GENERATED = b"DEFAULT"
PART_ROWS = 1000


@dataclass(frozen=True)
class Form:
    """How the rows of an INSERT are to be read.

    Attributes:
        columns: Their columns, in order.
        charset: The character set of the dump's texts.
        backslash: Whether a backslash escapes.
    """

    columns: tuple[str, ...]
    charset: str
    backslash: bool

    def decoders(self, table: Table, rule: CollectionRule | None) -> dict[str, Decode]:
        """Give what makes a value of a literal, by column."""
        fields = rule.fields if rule else {}
        return {
            name: decoder(
                table.columns[name],
                fields.get(name) or fields.get(f"{name}[]", KEEP),
                self.charset,
                backslash=self.backslash,
            )
            for name in self.columns
        }

    def cut(self, table: str, rows: list[bytes], wanted: Sequence[str]) -> list[list[bytes]]:
        """Cut rows into columns.

        Args:
            table: Their table, for messages.
            rows: Whole, as they are written.
            wanted: The columns that are wanted, in the order of `columns`.

        Returns:
            The literals of each of them.

        Raises:
            RefusedError: A row has another count of values.
        """
        lexer = Lexer(Window(BytesIO(b"".join(rows) + b";")))
        lexer.backslash = self.backslash
        places = tuple(map(self.columns.index, wanted))
        found: list[list[bytes]] = [[] for _ in places]
        for batch in Rows(lexer, 0, table).batches(len(self.columns), places):
            for column, literals in zip(found, list(zip(*batch, strict=True))[1::2], strict=True):
                column.extend(literals)
        return found


Chunk = tuple[Form, list[bytes]]


class Side:
    """One of two dumps.

    Args:
        reader: Reads it.
        tables: The schema.
        other: Takes each statement that is no INSERT.
    """

    def __init__(self, reader: Reader, tables: dict[str, Table], other: Callable[[Statement], None]) -> None:
        self._reader, self._tables, self._other = reader, tables, other

    def groups(self) -> Iterator[tuple[str, Iterator[Chunk]]]:
        """Give the rows of the tables, those that follow one another together."""
        for table, inserts in groupby(self._inserts(), key=lambda one: one.table):
            yield table, (chunk for insert in inserts for chunk in self._chunks(insert))

    def _inserts(self) -> Iterator[Insert]:
        for statement in self._reader.statements():
            if isinstance(statement, Insert):
                yield statement
            else:
                self._other(statement)

    def _chunks(self, insert: Insert) -> Iterator[Chunk]:
        table = self._tables.get(insert.table)
        if table is None:
            return
        settings = self._reader.settings
        form = Form(insert.columns or table.implied(), settings.charset, settings.backslash)
        for batch in insert.rows.batches(len(form.columns), ()):
            yield form, [row[0] for row in batch]


def parts(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Give rows in parts of a bounded size."""
    for form, rows in chunks:
        for at in range(0, len(rows), PART_ROWS):
            yield form, rows[at : at + PART_ROWS]


def paired(left: Iterator[Chunk], right: Iterator[Chunk]) -> Iterator[tuple[Chunk | None, Chunk | None]]:
    """Give rows of both sides in parts, as many of the one as of the other; None for a side that has no more."""
    one, other = next(left, None), next(right, None)
    while one and other:
        size = min(len(one[1]), len(other[1]), PART_ROWS)
        yield (one[0], one[1][:size]), (other[0], other[1][:size])
        one = (one[0], one[1][size:]) if len(one[1]) > size else next(left, None)
        other = (other[0], other[1][size:]) if len(other[1]) > size else next(right, None)
    while one:
        yield one, None
        one = next(left, None)
    while other:
        yield None, other
        other = next(right, None)
