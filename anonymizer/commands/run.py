"""`run`: copy and mask."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import sys
import time
from typing import Any

from anonymizer.codehash import code_sha256
from anonymizer.commands import pair
from anonymizer.errors import UnlistedError


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("run", help="copy and mask")
    pair.add_arguments(command)
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Copy by the rules, write the result, and give the exit code.

    Raises:
        UnlistedError: The source holds what no rule names; the result lists it.
    """
    from anonymizer.progress import Progress
    from anonymizer.transfer import Transfer

    rules, keyring = pair.begin(options)
    began = time.monotonic()
    code = code_sha256()
    transfer = Transfer(
        options.source_socket, options.target_socket, rules, keyring, code, options.workers, Progress(options.progress)
    )
    failed: UnlistedError | None = None
    try:
        transfer.run()
    except UnlistedError as error:
        failed = error
    collections = [vars(copied) for copied in transfer.copied.values()]
    pair.write_result(options, rules, code, began, collections=collections, unlisted=transfer.unlisted.rows())
    if failed:
        _say_unlisted(transfer.unlisted.rows())
        raise failed
    return 0


def _say_unlisted(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(
            f"unlisted: {row['collection']} {row['path'] or '(whole)'} {row['type']} ({row['count']})", file=sys.stderr
        )
