"""The first pass over a dump: its schema, what it is of, and everything that its rules do not fit, before any row."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import IO, cast

from anonymizer.errors import UnlistedError
from anonymizer.rules.model import CollectionRule, Rules
from dumps import allowed, code, fitting, names
from dumps.errors import RefusedError, UnfitError, UsageError
from dumps.reading import Insert, Reader, Statement, unpacked, whole_gzip
from dumps.schema import Collector

_SCHEMA = re.compile(
    rb"(?:USE|CREATE (?:DATABASE|SCHEMA)(?: IF NOT EXISTS)?|ALTER DATABASE) (%b)(?: .*)?" % names.NAME.pattern,
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    rb"SET @@(?:GLOBAL|SESSION)\.(?:GTID_PURGED|SQL_LOG_BIN) ?=.*|SET @MYSQLDUMP_TEMP_LOG_BIN ?=.*", re.IGNORECASE
)
_ON_TABLE = re.compile(
    rb"(?:CREATE TABLE(?: IF NOT EXISTS)?|DROP (?:TABLE|VIEW) IF EXISTS|LOCK TABLES|ALTER TABLE) (%b).*"
    % names.NAME.pattern,
    re.IGNORECASE,
)
_MOST_NAMED = 200


@dataclass
class Survey:
    """What the first pass found.

    Attributes:
        collector: The schema.
        sha256: Of the file as it is, compressed or not.
        server_version: As its header says.
        schema: Whose rules it was read by.
    """

    collector: Collector = field(default_factory=Collector)
    sha256: str = ""
    server_version: str = ""
    schema: str = ""


class Hashed:
    """A file that is hashed while it is read.

    Attributes:
        sha256: The hash.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        """Read."""
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def look(file: IO[bytes], name: str, rules: Rules) -> Survey:
    """Go through a dump once.

    Args:
        file: It, plain or gzip, at its beginning; it is left at its end.
        name: How messages name it.
        rules: The rules.

    Raises:
        UnlistedError: No rule names some of its tables or columns; the message has all of them.
        UnfitError: The rules do not fit its schema.
        RefusedError: It holds what no dump holds, or is of another schema.
        CutShortError: It ends too early.
    """
    schema, own = of_one_schema(rules)
    found = Survey(Collector(schema), schema=schema)
    hashed = Hashed(file)
    with whole_gzip(name):
        reader = Reader(unpacked(cast("IO[bytes]", _Peeking(hashed))))
        for statement in reader.statements():
            _take(found, reader, statement)
        while hashed.read(1 << 20):  # what follows the gzip's end belongs to the file
            pass
    if reader.database and reader.database != schema:
        raise RefusedError(f"{name} is a dump of the schema {reader.database}, the rules are for {schema}")
    found.sha256, found.server_version = hashed.sha256.hexdigest(), reader.server_version
    _judge(found, own)
    return found


def of_one_schema(rules: Rules) -> tuple[str, dict[str, CollectionRule]]:
    """Give the schema that rules are for, and its tables' rules.

    Raises:
        UsageError: They are for several.
    """
    schemas = sorted({rule.database for rule in rules.collections.values()})
    if len(schemas) != 1:
        raise UsageError(f"the rules must be for one schema; they name {', '.join(schemas)}: take a file for each")
    return schemas[0], {rule.collection: rule for rule in rules.collections.values()}


def without_dropped(collector: Collector, rules: Rules) -> Collector:
    """Take what the rules drop out of a schema: tables, and triggers on them."""
    _, own = of_one_schema(rules)
    for name, rule in own.items():
        if rule.mode == "drop":
            collector.tables.pop(name, None)
    gone = [name for name, one in collector.triggers.items() if one["table"] not in collector.tables]
    for name in gone:
        del collector.triggers[name]
    return collector


def schema_named(line: bytes) -> str:
    """Give the schema that a line of code chooses or makes, or nothing where it does neither."""
    found = _SCHEMA.fullmatch(line)
    return names.plain(found[1]) if found else ""


def is_left_out(line: bytes) -> bool:
    """Tell whether a line of code is one that mysqldump writes and a scrubbed dump has not."""
    return bool(_LEFT_OUT.fullmatch(line) or _SCHEMA.fullmatch(line))


def table_named(line: bytes) -> str:
    """Give the table that a line of code is about, or nothing."""
    found = _ON_TABLE.fullmatch(line)
    return names.plain(found[1]) if found else ""


def _take(found: Survey, reader: Reader, statement: Statement) -> None:
    backslash = reader.settings.backslash
    if isinstance(statement, Insert):
        _known(found, statement)
    else:
        line = code.code(statement.text, backslash=backslash)
        if (other := schema_named(line)) and other != found.schema:
            raise RefusedError(
                f"line {statement.line}: the dump is of the schema {other}, the rules for {found.schema}"
            )
        if is_left_out(line):
            return
    allowed.check(statement, backslash=backslash)
    if not isinstance(statement, Insert):
        kind, name = found.collector.add(statement.text, backslash=backslash)
        if kind not in ("", "table"):
            _refuse_own_name(found.schema, kind, name, line, statement.line)


def _known(found: Survey, insert: Insert) -> None:
    table = found.collector.tables.get(insert.table)
    if table is None:
        raise RefusedError(
            f"line {insert.line}: rows of {insert.table} come without its CREATE TABLE; make the dump with it"
        )
    if any(name not in table.columns for name in insert.columns):
        raise RefusedError(f"line {insert.line}: rows of {insert.table} have columns that its CREATE TABLE has not")


def _refuse_own_name(schema: str, kind: str, name: str, line: bytes, number: int) -> None:
    """Refuse a body that names its own schema: loaded under another name, it would reach into the old one."""
    own = names.quoted(schema)
    if own + b"." in line.replace(b" .", b".") or re.search(
        rb"(?<![\w`.@])%b\s*\.\s*[\w`]" % re.escape(own.strip(b"`")), line
    ):
        raise RefusedError(
            f"line {number}: the {kind} {name} names the schema {schema}; loaded under another name it would "
            "still work on that one. Write its tables without the schema"
        )


def _judge(found: Survey, own: dict[str, CollectionRule]) -> None:
    tables = found.collector.tables
    for view in found.collector.views:  # their placeholders
        tables.pop(view, None)
    if wrong := fitting.unlisted(tables, own):
        shown, more = ", ".join(wrong[:_MOST_NAMED]), len(wrong) - _MOST_NAMED
        raise UnlistedError(
            f"no rule names {shown}{f' and {more} more' if more > 0 else ''}: list them under databases.{found.schema}"
        )
    if mistakes := fitting.mistakes(tables, own) + _readers_of_dropped(found, own):
        raise UnfitError(mistakes)


def _readers_of_dropped(found: Survey, own: dict[str, CollectionRule]) -> list[str]:
    dropped = {name for name, rule in own.items() if rule.mode == "drop"}
    return [
        f"{kind} {name} reads {table}, which is dropped; take mode empty for it"
        for (kind, name), read in found.collector.reads.items()
        for table in sorted(read & dropped)
        if not (kind == "trigger" and found.collector.triggers[name]["table"] in dropped)
    ]


class _Peeking:
    """Lets a hashed file look ahead, for `unpacked`."""

    def __init__(self, hashed: Hashed) -> None:
        self._hashed, self._ahead = hashed, b""

    def peek(self, size: int) -> bytes:
        """Give what comes next, and leave it there."""
        while len(self._ahead) < size and (data := self._hashed.read(size)):
            self._ahead += data
        return self._ahead

    def read(self, size: int = -1, /) -> bytes:
        """Read."""
        if self._ahead:
            data, self._ahead = self._ahead, b""
            return data
        return self._hashed.read(size)
