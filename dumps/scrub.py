"""The second pass over a dump: rows masked by the rules, what names people or hosts taken out, all else untouched."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from anonymizer.keys import Keyring
from anonymizer.rules.model import CollectionRule, Rules
from dumps import allowed, fitting
from dumps.code import code
from dumps.lexing import Lexer
from dumps.masking import Masking, Session
from dumps.reading import Insert, Reader, Statement, unpacked, whole_gzip
from dumps.rows import Rows
from dumps.schema import DEFINER
from dumps.sharing import Shared
from dumps.survey import Survey, is_left_out, of_one_schema, table_named
from dumps.window import Window

_DEFINER_COMMENT = re.compile(rb"/\*!\d+\s+" + DEFINER.pattern.encode("latin-1") + rb"\*/\s*", re.IGNORECASE)
_DEFINER = re.compile(DEFINER.pattern.encode("latin-1"), re.IGNORECASE)
_OBJECT = re.compile(rb"\b(?:VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE)
_COMMENT = re.compile(rb"'(?:[^'\\]|\\.|'')*'|`[^`]*`|(/\*(?!M?!|\+).*?\*/|(?:#|--[ \t])[^\n]*)", re.DOTALL)
HEADER = b"-- A dump whose rows were masked by rules: Environment=test, DataClass=scrubbed\n"
FOOTER = b"-- Dump completed\n"


@dataclass
class Counts:
    """Rows of each table.

    Attributes:
        read: Those of the source.
        written: Those of the result.
    """

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)


class Scrubber:
    """Writes one scrubbed dump.

    Args:
        survey: What the first pass found.
        rules: The rules.
        keyring: Where keys of domains come from.

    Attributes:
        counts: Rows so far.
    """

    def __init__(self, survey: Survey, rules: Rules, keyring: Keyring) -> None:
        self._survey, self._keyring = survey, keyring
        _, self._rules = of_one_schema(rules)
        self._bounds = fitting.bounds(survey.collector.tables, self._rules)
        self._maskings: dict[tuple[str, tuple[str, ...], Session], Masking] = {}
        self.counts = Counts()

    def run(self, file: IO[bytes], name: str, out: Shared) -> None:
        """Write it.

        Args:
            file: The source, plain or gzip, at its beginning.
            name: How messages name it.
            out: Where it goes; its work is `part`.

        Raises:
            RefusedError: A value cannot be masked, or the source is not what the first pass saw.
            ServerError: The disk is full or fails, or a process died.
        """
        out.write(HEADER)
        if self._survey.server_version:
            out.write(b"-- Server version\t%b\n" % self._survey.server_version.encode())
        with whole_gzip(name):
            reader = Reader(unpacked(file))
            for statement in reader.statements():
                session = Session(reader.settings.charset, reader.settings.backslash)
                if isinstance(statement, Insert):
                    self._rows(statement, session, out)
                else:
                    self._statement(statement, session, out)
        out.write(FOOTER)
        out.finish()

    def _statement(self, statement: Statement, session: Session, out: Shared) -> None:
        line = code(statement.text, backslash=session.backslash)
        if is_left_out(line) or self._is_dropped(line):
            return
        allowed.check(statement, backslash=session.backslash)
        text = _without_definer(statement.text) if line[:6].upper() == b"CREATE" else statement.text
        out.write(Statement(statement.line, _without_comments(text, line), statement.delimiter).written)

    def _is_dropped(self, line: bytes) -> bool:
        rule = self._rules.get(table_named(line) or self._table_of_trigger(line))
        return rule is not None and rule.mode == "drop"

    def _table_of_trigger(self, line: bytes) -> str:
        found = re.match(rb"CREATE .*?TRIGGER .*? ON (`(?:[^`]|``)+`|\w+)", line, re.IGNORECASE)
        return found[1].decode("utf-8", "surrogateescape").strip("`") if found else ""

    def _rows(self, insert: Insert, session: Session, out: Shared) -> None:
        name, table = insert.table, self._survey.collector.tables[insert.table]
        rule, columns = self._rules[name], insert.columns or table.implied()
        kept = rule.mode not in ("drop", "empty")
        masks = rule.mode == "mask" or any(table.columns[one].generated for one in columns)
        if kept:
            out.write(insert.text)
        for batch in insert.rows.batches(len(columns), ()):
            number, size = self.counts.read[name], len(batch)
            self.counts.read[name] += size
            if not kept:
                continue
            self.counts.written[name] += size
            rows = b"".join([row[0] for row in batch])
            if masks:
                out.share(len(rows), name, columns, session, rows, number)
            else:
                out.write(rows)
        if kept:
            out.write(b";\n")

    def part(self, table: str, columns: tuple[str, ...], session: Session, rows: bytes, number: int) -> bytes:
        """Mask a part of the rows of a table.

        Args:
            table: Its name.
            columns: Of each row.
            session: How values are written.
            rows: Whole rows, as the dump has them.
            number: How many rows of the table came before.

        Raises:
            RefusedError: A value cannot be masked.
        """
        masking = self._masking(table, columns, self._rules[table], session)
        lexer = Lexer(Window(BytesIO(rows + b";")))
        lexer.backslash = session.backslash
        made = []
        for batch in Rows(lexer, 0, table).batches(len(columns), masking.wanted):
            made.append(masking.masked(batch, number) if masking.wanted else b"".join([row[0] for row in batch]))
            number += len(batch)
        return b"".join(made)

    def _masking(self, table: str, columns: tuple[str, ...], rule: CollectionRule, session: Session) -> Masking:
        known = table, columns, session
        if known not in self._maskings:
            definition = self._survey.collector.tables[table]
            self._maskings[known] = Masking(definition, columns, rule, self._keyring, session, self._bounds)
        return self._maskings[known]


def _without_definer(text: bytes) -> bytes:
    """Take the definer out of what stands before the object's own name; the one who loads the dump becomes it."""
    found = _OBJECT.search(text)
    end = found.start() if found else 0
    return _DEFINER.sub(b"", _DEFINER_COMMENT.sub(b"", text[:end])) + text[end:]


def _without_comments(text: bytes, line: bytes) -> bytes:
    """Take comments out of what is no body of code, where they are the code's own documentation."""
    if _OBJECT.search(line[:200]) and line[:6].upper() == b"CREATE":
        return text
    return _COMMENT.sub(lambda found: found[0] if found[1] is None else b" ", text)
