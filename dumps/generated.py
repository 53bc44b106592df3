"""Writes a dump of made-up rows: the statements of another dump, with rows of `generate` in place of its own."""

from __future__ import annotations

from pathlib import Path

from anonymizer.rules.model import Rules
from dumps import allowed
from dumps.code import code
from dumps.errors import ServerError
from dumps.generate import Generator, Wanted
from dumps.output import Output
from dumps.reading import Insert, Reader, opened
from dumps.schema_of import schema_of
from dumps.scrub import FOOTER
from dumps.survey import is_left_out, of_one_schema, table_named

_HEADER = b"-- A dump of made-up rows: Environment=test, DataClass=scrubbed\n"


def write(dump: Path, rules: Rules, wanted: Wanted, seed: str, target: Path) -> dict[str, int]:
    """Write it and give the rows of each table.

    Raises:
        UsageError: Rows cannot be made up as they are wanted.
        RefusedError: The other dump holds what no dump holds.
        ServerError: The disk is full, or fails.
    """
    _, own = of_one_schema(rules)
    collector = schema_of(dump)
    generator = Generator(collector.tables, own, wanted, seed)
    try:
        with opened(dump) as file, Output(target) as output:
            output.write(_HEADER)
            _statements(Reader(file), generator, output)
            output.write(FOOTER)
            output.finish()
    except OSError as error:
        raise ServerError(f"writing {target}: {error.strerror}") from None
    return generator.counts


def _statements(reader: Reader, generator: Generator, output: Output) -> None:
    for statement in reader.statements():
        if isinstance(statement, Insert):
            continue
        line = code(statement.text, backslash=reader.settings.backslash)
        if is_left_out(line):
            continue
        allowed.check(statement, backslash=reader.settings.backslash)
        output.write(statement.written)
        if line[:13].upper() == b"CREATE TABLE ":
            generator.write(table_named(line), output)
