"""Which statements a scrubbed dump may hold. All others are refused by their name and line, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dumps import names
from dumps.code import code, verb
from dumps.errors import RefusedError
from dumps.reading import Insert, Reader, Statement
from dumps.window import Source

_N = names.NAME.pattern
_VARIABLES = (
    "character_set_client character_set_results character_set_connection collation_connection names time_zone "
    "unique_checks foreign_key_checks sql_mode sql_notes note_verbosity autocommit sql_quote_show_create "
    "innodb_strict_mode character_set_database collation_database check_constraint_checks "
    "system_versioning_insert_history"
).split()  # fmt: skip
_DEFINITION = rb"CREATE (?:OR REPLACE )?(?:AGGREGATE )?(?:ALGORITHM ?= ?\w+ |DEFINER ?= ?\S+ |SQL SECURITY \w+ )*"
_ALLOWED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rb"SET\b",
        rb"CREATE (?:OR REPLACE )?TABLE (?:IF NOT EXISTS )?%b ?\(.*" % _N,
        _DEFINITION + rb"VIEW %b(?! ?\.)(?: .*|\(.*)" % _N,
        _DEFINITION + rb"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT) (?:IF NOT EXISTS )?%b(?! ?\.)(?: .*|\(.*)" % _N,
        rb"CREATE SEQUENCE (?:IF NOT EXISTS )?%b [^(]*" % _N,
        rb"(?:SELECT|DO) SETVAL ?\( ?%b ?, ?[-\d]+(?: ?, ?\d+)* ?\)" % _N,
        rb"CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX .*",
        rb"DROP (?:TABLE|VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|SEQUENCE) IF EXISTS %b" % _N,
        rb"LOCK TABLES %b WRITE" % _N,
        rb"UNLOCK TABLES",
        rb"ALTER TABLE %b (?:DISABLE|ENABLE) KEYS" % _N,
        rb"ALTER TABLE (?:ONLY )?%b (?:ADD|MODIFY)\b.*" % _N,
        rb"(?:START TRANSACTION|BEGIN|COMMIT)",
    )
]
# What none of them needs, wherever it stands, also in the body of a routine.
_NEVER = re.compile(
    rb"\b(?:INTO (?:OUTFILE|DUMPFILE)|LOAD (?:DATA|XML|INDEX)|LOAD_FILE ?\(|GRANT\b|REVOKE\b|CREATE USER|ALTER USER|"
    rb"DROP USER|RENAME USER|CREATE ROLE|SET (?:GLOBAL|PERSIST|PERSIST_ONLY|PASSWORD|ROLE|DEFAULT ROLE)\b|"
    rb"(?:CREATE|DROP|ALTER) (?:DATABASE|SCHEMA)\b|SHUTDOWN\b|INSTALL (?:PLUGIN|COMPONENT|SONAME)|"
    rb"(?:DATA|INDEX) DIRECTORY\b|CONNECTION ?= ?''|HANDLER %b (?:OPEN|READ)|CHANGE (?:MASTER|REPLICATION)|"
    rb"PURGE\b|KILL\b)"
    rb"|@@(?:GLOBAL|PERSIST|PERSIST_ONLY)\s*\.\s*\w+\s*:?=" % _N,
    re.IGNORECASE,
)
_ASSIGNED = re.compile(rb"(?:^SET |, ?)(@@SESSION\.|@@LOCAL\.|SESSION |LOCAL |@@)?(@?[\w`]+) ?(:?=)?", re.IGNORECASE)
_TABLE_FROM = re.compile(
    rb"\b(?:SELECT\b|LIKE\b|TABLE\b|VALUES ROW\b|UNION ?=|ENGINE ?= ?(?:FEDERATED|CONNECT|SPIDER|CSV|MERGE)\b)",
    re.IGNORECASE,
)
_IS_TABLE = re.compile(rb"CREATE (?:OR REPLACE )?TABLE ", re.IGNORECASE)
_QUOTED = re.compile(rb"`(?:[^`]|``)*`")
_SETTABLE = re.compile(rb"SET [^()]*", re.IGNORECASE)


def check(statement: Statement, *, backslash: bool = True) -> None:
    """Refuse a statement that no scrubbed dump may hold.

    Args:
        statement: As `reading.statements` gives it.
        backslash: Whether a backslash escapes in its texts (`Reader.settings.backslash`).

    Raises:
        RefusedError: It is none of the allowed ones; the message has its name and line.
    """
    if isinstance(statement, Insert):
        if statement.schema:
            raise _refused(statement, f"{statement.how} into another schema")
        return
    line = code(statement.text, backslash=backslash)
    plain = _QUOTED.sub(b"`n`", line)
    never = _NEVER.search(plain)
    if never:
        raise _refused(statement, verb(never.group()))
    if not any(pattern.fullmatch(line) for pattern in _ALLOWED[1:]) and not _sets_session(line):
        raise _refused(statement, verb(line))
    if _IS_TABLE.match(plain) and _TABLE_FROM.search(_after_columns(plain)):
        raise _refused(statement, "CREATE TABLE from another table or place")


def checked(source: Source, *, whole: bool = True) -> Iterator[bytes]:
    """Give a scrubbed dump as a client takes it, part by part, each statement checked before its first byte is given.

    Args:
        source: The dump, not compressed.
        whole: Whether it must end with mysqldump's last line.

    Raises:
        RefusedError: A statement must not be in a dump.
        CutShortError: The dump ends too early. What was given before must not be used then.
    """
    reader = Reader(source, whole=whole)
    for statement in reader.statements():
        check(statement, backslash=reader.settings.backslash)
        if isinstance(statement, Insert):
            yield from statement.parts()
        else:
            yield statement.written


def _after_columns(line: bytes) -> bytes:
    """Give what of CREATE TABLE is not between the brackets of its columns, or begins there with LIKE."""
    depth, start = 0, line.find(b"(")
    for found in re.finditer(rb"[()]", line):
        depth += 1 if found.group() == b"(" else -1
        if depth == 0:
            inside = line[start + 1 : start + 6]
            return line[found.end() :] + (inside if inside.strip().upper() == b"LIKE" else b"")
    return line


def _sets_session(line: bytes) -> bool:
    """Tell whether a line only sets variables of the session that dumps set."""
    if not _SETTABLE.fullmatch(line) or b";" in line:
        return False
    set_names = [found[2].decode("latin-1").strip("`").lower() for found in _ASSIGNED.finditer(line)]
    return bool(set_names) and all(name.startswith("@") or name in _VARIABLES for name in set_names)


def _refused(statement: Statement, what: str) -> RefusedError:
    return RefusedError(
        f"line {statement.line}: {what} must not be in a dump; take it out where the dump is made, or run it elsewhere"
    )
