"""`run`: copy and mask."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

from anonymizer.codehash import code_sha256
from anonymizer.commands import pair
from anonymizer.errors import UnlistedError

if TYPE_CHECKING:
    from anonymizer.transfer.transfer import Transfer


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("run", help="copy from one mongod to another by rules")
    pair.add_arguments(command)
    pair.add_server(command, "preserve", "today's staging, for collections with mode preserve", required=False)
    command.add_argument(
        "--preserve-nothing", action="store_true", help="there is no staging yet: leave out what the rules preserve"
    )
    command.add_argument(
        "--dask",
        metavar="ADDRESS",
        default="",
        help="scheduler of a Dask cluster that copies what can be shared out (tls://…, or tcp://127.0.0.1:…)",
    )
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Copy by the rules, write the result, and give the exit code.

    Raises:
        UnlistedError: The source holds what no rule names; the result lists it.
    """
    from anonymizer.transfer import cluster
    from anonymizer.transfer.preserving import NOTHING
    from anonymizer.transfer.transfer import Transfer
    from anonymizer.treatment import native

    rules, keyring = pair.begin(options)
    began = time.monotonic()
    code = code_sha256()
    source, target, preserved = (pair.address(options, side) for side in ("source", "target", "preserve"))
    if options.preserve_nothing:
        preserved = NOTHING
    if options.dask:
        cluster.refuse_unfit(options.dask, source, target)
    with pair.progress(options) as progress:
        transfer = Transfer(
            source,
            target,
            rules,
            keyring,
            code,
            options.workers,
            progress,
            preserved_address=preserved,
            scheduler=options.dask,
        )
        failed = _unlisted_met(transfer)
    collections = [copied.row() for copied in transfer.copied.values()]
    opt_ins = [vars(one) for one in rules.opt_ins]
    found = {"unlisted": transfer.unlisted.rows(), "notes": transfer.notes, "opt_ins": opt_ins}
    found.update(phase_seconds=progress.phase_seconds)
    pair.write_result(options, rules, code, began, collections=collections, engine=native.engine(), **found)
    _say_notes(transfer.notes, native.at_work()[1])
    if failed:
        _say_unlisted(transfer.unlisted.rows())
        raise failed
    return 0


def _unlisted_met(transfer: Transfer) -> UnlistedError | None:
    """Copy; return the error of a source that holds what no rule names, since its result is written all the same."""
    try:
        transfer.run()
    except UnlistedError as error:
        return error
    return None


def _say_notes(notes: list[dict[str, Any]], why_python: str) -> None:
    if why_python:
        print(f"note: Python does the masking, slower: {why_python}", file=sys.stderr)
    for note in notes:
        print(f"note: {note['kind']} {note['collection']} {note['about']}".rstrip(), file=sys.stderr)


def _say_unlisted(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(
            f"unlisted: {row['collection']} {row['path'] or '(whole)'} {row['type']} ({row['count']})", file=sys.stderr
        )
