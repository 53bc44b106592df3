"""The second pass over a dump: rows masked by the rules, what names people or hosts taken out, all else untouched."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO

from anonymizer.keys import Keyring
from anonymizer.rules.model import CollectionRule, Rules
from dumps import allowed, fitting
from dumps.code import code
from dumps.masking import Masking, Session
from dumps.output import Output
from dumps.reading import Insert, Reader, Statement, unpacked, whole_gzip
from dumps.schema import DEFINER
from dumps.survey import Survey, is_left_out, of_one_schema, table_named

_DEFINER_COMMENT = re.compile(rb"/\*!\d+\s+" + DEFINER.pattern.encode("latin-1") + rb"\*/\s*", re.IGNORECASE)
_DEFINER = re.compile(DEFINER.pattern.encode("latin-1"), re.IGNORECASE)
_OBJECT = re.compile(rb"\b(?:VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE)
_COMMENT = re.compile(rb"'(?:[^'\\]|\\.|'')*'|`[^`]*`|(/\*(?!M?!|\+).*?\*/|(?:#|--[ \t])[^\n]*)", re.DOTALL)
HEADER = b"-- A dump whose rows were masked by rules: Environment=test, DataClass=scrubbed\n"
FOOTER = b"-- Dump completed\n"
Told = dict[str, int]


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

    def run(self, file: IO[bytes], name: str, output: Output) -> None:
        """Write it.

        Args:
            file: The source, plain or gzip, at its beginning.
            name: How messages name it.
            output: Where it goes.

        Raises:
            RefusedError: A value cannot be masked, or the source is not what the first pass saw.
            ServerError: The disk is full, or fails.
        """
        output.write(HEADER)
        if self._survey.server_version:
            output.write(b"-- Server version\t%b\n" % self._survey.server_version.encode())
        with whole_gzip(name):
            reader = Reader(unpacked(file))
            for statement in reader.statements():
                session = Session(reader.settings.charset, reader.settings.backslash)
                if isinstance(statement, Insert):
                    self._rows(statement, session, output)
                else:
                    self._statement(statement, session, output)
        output.write(FOOTER)

    def _statement(self, statement: Statement, session: Session, output: Output) -> None:
        line = code(statement.text, backslash=session.backslash)
        if is_left_out(line) or self._is_dropped(line):
            return
        allowed.check(statement, backslash=session.backslash)
        text = _without_definer(statement.text) if line[:6].upper() == b"CREATE" else statement.text
        output.write(Statement(statement.line, _without_comments(text, line), statement.delimiter).written)

    def _is_dropped(self, line: bytes) -> bool:
        rule = self._rules.get(table_named(line) or self._table_of_trigger(line))
        return rule is not None and rule.mode == "drop"

    def _table_of_trigger(self, line: bytes) -> str:
        found = re.match(rb"CREATE .*?TRIGGER .*? ON (`(?:[^`]|``)+`|\w+)", line, re.IGNORECASE)
        return found[1].decode("utf-8", "surrogateescape").strip("`") if found else ""

    def _rows(self, insert: Insert, session: Session, output: Output) -> None:
        rule = self._rules[insert.table]
        table = self._survey.collector.tables[insert.table]
        columns = insert.columns or table.implied()
        if rule.mode in ("drop", "empty"):
            for batch in insert.rows.batches(len(columns), ()):
                self.counts.read[insert.table] += len(batch)
            return
        made = any(table.columns[name].generated for name in columns)
        masking = self._masking(insert.table, columns, rule, session) if rule.mode == "mask" or made else None
        head: bytes = insert.text
        for batch in insert.rows.batches(len(columns), masking.wanted if masking else ()):
            number = self.counts.read[insert.table]
            rows = (
                masking.masked(batch, number)
                if masking and masking.wanted
                else b"".join([b"".join(row) for row in batch])
            )
            output.write(head + rows)
            head = b""
            self.counts.read[insert.table] += len(batch)
            self.counts.written[insert.table] += len(batch)
        output.write(b";\n")

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
