"""`generate`: a dump of made-up rows for load tests."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
from pathlib import Path
from typing import Any

from dumps.commands import begin
from dumps.errors import UsageError


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser(
        "generate",
        help="make up rows for load tests, by rules and schema",
        description="Write a dump with the schema of another and made-up rows: by the masks of the rules and the types "
        "of the columns, whole over foreign keys, distinct where an index is unique. Tables that are referred to get "
        "rows too; all others none. Exit codes: 0 done, 2 usage or rules, 3 refused, 5 the disk failed.",
    )
    command.add_argument("--dump", required=True, type=Path, help="a dump whose schema is taken; its rows are not read")
    begin.add_rules(command)
    command.add_argument(
        "--rows", required=True, action="append", metavar="TABLE=N", help="rows of a table; repeatable"
    )
    command.add_argument("--others", type=int, default=1000, help="rows of tables that those refer to (default: 1000)")
    command.add_argument("--seed", default="1", help="another one gives other rows (default: 1)")
    command.add_argument("--to", required=True, type=Path, help="the dump to write, NAME.sql.gz")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Generate and give the exit code."""
    from dumps.generate import Wanted
    from dumps.generated import write

    rules = begin.rules(options)
    wanted = Wanted(dict(_rows(one) for one in options.rows), options.others)
    counts = write(options.dump, rules, wanted, options.seed, options.to)
    for name, count in counts.items():
        begin.tell(f"{name}: {count:,} rows")
    begin.tell(f"{options.to}: {options.to.stat().st_size:,} bytes")
    return 0


def _rows(text: str) -> tuple[str, int]:
    name, _, count = text.partition("=")
    if not name or not count.isdigit() or int(count) < 1:
        raise UsageError(f"--rows must be TABLE=N, as in applicants=1000000; got {text}")
    return name, int(count)
