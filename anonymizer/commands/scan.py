"""`scan`: draft rules from what a database holds."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import os
import sys
from pathlib import Path
from typing import Any

from anonymizer import display
from anonymizer.commands import pair
from anonymizer.errors import UsageError

DEFAULT_SAMPLE = 10_000


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("scan", help="draft rules from what a database holds")
    pair.add_server(command, "source", "the mongod to read", required=True)
    add_selection(command)
    command.add_argument("--output", type=Path, metavar="FILE", help="where the rules go (default: standard output)")
    command.add_argument("--force", action="store_true", help="replace the file if it is there")
    command.set_defaults(handler=handle)


def add_selection(command: argparse.ArgumentParser) -> None:
    """Add what says which documents are looked at."""
    command.add_argument(
        "--database", action="append", default=[], metavar="NAME", help="only this one; may stand several times"
    )
    many = command.add_mutually_exclusive_group()
    many.add_argument(
        "--sample", type=int, default=DEFAULT_SAMPLE, metavar="N", help="documents of each collection (default: 10000)"
    )
    many.add_argument("--all", action="store_true", help="all documents")


def sample_of(options: argparse.Namespace) -> int | None:
    """Give how many documents of each collection to read; None: all.

    Raises:
        UsageError: It is less than 1.
    """
    if options.sample < 1:
        raise UsageError("--sample must be at least 1; --all reads everything")
    return None if options.all else int(options.sample)


def handle(options: argparse.Namespace) -> int:
    """Scan, write the draft, and say how many decisions are left.

    Raises:
        UsageError: The output is there already, or cannot be written.
        ServerError: The server refused, failed or could not be reached.
    """
    sample, file = sample_of(options), options.output
    if file and file.exists() and not options.force:
        raise UsageError(f"{file} is there already, perhaps with decisions in it; take another name, or --force")
    from anonymizer import mongo
    from anonymizer.scan.draft import draft
    from anonymizer.scan.references import connect
    from anonymizer.scan.survey import survey

    client = mongo.connect(pair.address(options, "source"))
    with client, display.shown("scan") as shown:
        surveyed = survey(client, options.database, sample, shown.tell)
        connect(surveyed)
        drafted = draft(surveyed, whole=sample is None)
    _write(drafted.text, file)
    read = sum(one.read for one in surveyed)
    print(
        f"scan: {len(surveyed)} collections, {read:,} documents read, {drafted.decisions} left to decide",
        file=sys.stderr,
    )
    return 0


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
        return
    try:
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}; check the folder") from None
