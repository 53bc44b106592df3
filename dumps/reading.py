"""Reads a dump as a stream of statements: `for statement in statements(stream)`; rows come batch by batch.

Memory does not grow with the dump, nor with an INSERT of any size: one row at a time has to fit, and a part of 1 MiB.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from dumps import names, rows
from dumps.errors import CutShortError, RefusedError, UsageError
from dumps.lexing import Lexer
from dumps.settings import Settings
from dumps.window import Source, Window

NAME = names.NAME.pattern
_HEAD = re.compile(
    rb"(?P<verb>INSERT|REPLACE)\b(?P<how>(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*)\s+(?:INTO\s+)?"
    rb"(?P<table>" + NAME + rb"(?:\s*\.\s*" + NAME + rb")?)\s*"
    rb"(?:\((?P<columns>\s*" + NAME + rb"(?:\s*,\s*" + NAME + rb")*\s*)\))?\s*VALUES?\s*(?=\()",
    re.IGNORECASE,
)  # fmt: skip
_BEGINS = re.compile(rb"(?:INSERT|REPLACE)\b", re.IGNORECASE)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[ \t]*\r?(?:\n|\Z)", re.IGNORECASE)
_LONGEST_HEAD = 1 << 20
_COMPLETED = re.compile(rb"^-- Dump completed", re.MULTILINE)
_SERVER = re.compile(rb"^-- Server version\s+(\S+)", re.MULTILINE)
_DATABASE = re.compile(rb"^-- Host: .*?\bDatabase: *(\S*)", re.MULTILINE)
_MAGIC = b"\x1f\x8b"


@dataclass
class Statement:
    """A statement other than an INSERT of values.

    Attributes:
        line: Where it begins.
        text: It, without its delimiter and without comments before it.
        delimiter: What ends it.
    """

    line: int
    text: bytes
    delimiter: bytes = b";"

    @property
    def written(self) -> bytes:
        """It as a client takes it, with its delimiter."""
        if self.delimiter == b";":
            return self.text + b";\n"
        return b"DELIMITER %b\n%b %b\nDELIMITER ;\n" % (self.delimiter, self.text, self.delimiter)


@dataclass
class Insert(Statement):
    """An INSERT of values; its rows are to be read before the next statement, or are passed over.

    Attributes:
        text: It up to the first row.
        table: Its table.
        schema: The schema that is named with it, mostly none.
        columns: The columns it names; none: all, in order.
        how: `INSERT`, `INSERT IGNORE`, `REPLACE`.
        rows: Its rows (`rows.Rows`).
    """

    table: str = ""
    schema: str = ""
    columns: tuple[str, ...] = ()
    how: str = "INSERT"
    rows: rows.Rows = field(default=cast("rows.Rows", None), repr=False)

    def parts(self) -> Iterator[bytes]:
        """Give the whole statement as a client takes it, part by part."""
        yield self.text
        yield from self.rows.raw()
        yield b";\n"


class Reader:
    """Reads one dump.

    Args:
        source: The dump, not compressed.
        whole: Whether it must end with mysqldump's line `-- Dump completed`.
        hears: Takes what lies between statements: comments and spaces.

    Attributes:
        settings: What the session's settings say at the place that has been reached.
        server_version: As the header has it, or nothing.
        database: The same of the schema's name.
        completed: Whether the line at the end has been seen.
    """

    def __init__(self, source: Source, *, whole: bool = True, hears: Callable[[bytes], None] | None = None) -> None:
        self._window, self._whole, self._delimiter = Window(source), whole, b";"
        self._lexer = Lexer(self._window)
        self.settings, self._hears = Settings(), hears
        self.server_version, self.database, self.completed = "", "", False

    def statements(self) -> Iterator[Statement]:
        """Give its statements.

        Raises:
            CutShortError: It ends too early.
            RefusedError: It has something that no dump has, such as a command of the client.
        """
        window = self._window
        while True:
            self._comments(self._lexer.gap())
            if window.at == len(window.data):
                break
            if self._delimiter_command():
                continue
            line = window.line
            insert = self._insert(line) if _BEGINS.match(window.data, window.at) else None
            if insert:
                yield insert
                insert.rows.pass_over()
            else:
                yield from self._statement(line)
        if self._whole and not self.completed:
            raise CutShortError(
                f"line {window.line}: the dump ends without the line “-- Dump completed”: it was cut short, "
                "or made with --skip-comments; make it again"
            )

    def _comments(self, text: bytes) -> None:
        if self._hears and text.strip():
            self._hears(text)
        if b"-- " not in text:
            return
        for pattern, name in ((_SERVER, "server_version"), (_DATABASE, "database")):
            found = pattern.search(text)
            if found and not getattr(self, name):
                setattr(self, name, found[1].decode("utf-8", "replace"))
        self.completed = self.completed or bool(_COMPLETED.search(text))

    def _delimiter_command(self) -> bool:
        window = self._window
        if window.data[window.at : window.at + 9].upper() != b"DELIMITER":
            return False
        while b"\n" not in window.data[window.at : window.at + 64] and window.more():
            pass
        match = _DELIMITER.match(window.data, window.at)
        if not match:
            raise RefusedError(f"line {window.line}: DELIMITER without a delimiter")
        self._delimiter = match[1]
        window.take(match.end())
        return True

    def _statement(self, line: int) -> Iterator[Statement]:
        window = self._window
        end = self._lexer.statement_end(self._delimiter, line)
        text = window.take(end).rstrip()
        window.take(window.at + len(self._delimiter))
        if text:
            statement = Statement(line, text, self._delimiter)
            self._heed(statement)
            yield statement

    def _heed(self, statement: Statement) -> None:
        self.settings.heed(statement.text, statement.line)
        self._lexer.backslash = self.settings.backslash
        self._lexer.ansi_quotes = self.settings.ansi_quotes

    def _insert(self, line: int) -> Insert | None:
        window = self._window
        while not (head := _HEAD.match(window.data, window.at)) or head.end() == len(window.data):
            if len(window.data) - window.at > _LONGEST_HEAD or not window.more():
                break
        if head is None or self._delimiter != b";":
            return None
        listed = names.all_names(head["columns"] or b"")
        *schema, table = names.all_names(head["table"])
        how = " ".join(f"{head['verb'].decode()}{head['how'].decode()}".upper().split())
        text = window.take(head.end())
        found = rows.Rows(self._lexer, line, table)
        return Insert(line, text, b";", table, "".join(schema), tuple(listed), how, found)


def statements(source: Source, *, whole: bool = True) -> Iterator[Statement]:
    """Give the statements of a dump; rows of an `Insert` come by `parts()` or `rows` before the next statement.

    Args:
        source: The dump, not compressed (`opened` opens either kind).
        whole: Whether it must end with mysqldump's line `-- Dump completed`.

    Raises:
        CutShortError: It ends too early.
        RefusedError: It has something that no dump has.
    """
    yield from Reader(source, whole=whole).statements()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a dump, plain or gzip.

    Raises:
        UsageError: It cannot be read.
        CutShortError: What is compressed ends too early, or is no gzip inside.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    with file, whole_gzip(path.name):
        yield unpacked(file)


def unpacked(file: IO[bytes]) -> IO[bytes]:
    """Give what a file holds, unpacked where it is gzip; the file must be able to look ahead (`peek`)."""
    begins = file.peek(2)[:2]  # type: ignore[attr-defined] # every buffered reader has it
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if begins == _MAGIC else file


@contextmanager
def whole_gzip(name: str) -> Iterator[None]:
    """Say of compressed data that they end too early.

    Raises:
        CutShortError: They do, or are damaged.
    """
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise CutShortError(
            f"{name}: the compressed file ends too early or is damaged; copy it or make it again"
        ) from None
