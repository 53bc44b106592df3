"""`explain`: show for some documents, field by field, what each rule does.

Its output holds personal data, so it goes to a terminal, or to a file that only its owner can read: never into a log,
a pipe, or what SSM stores.
"""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from anonymizer.commands import pair
from anonymizer.errors import UsageError
from anonymizer.rules import model, rulesfile

_LISTING = ("mask", "copy", "sample")
WARNING = "What follows holds personal data: do not store it, send it or leave it on the screen."


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("explain", help="show what rules do with some documents (holds personal data)")
    pair.add_server(command, "source", "the mongod to read", required=True)
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
    command.add_argument("--collection", required=True, metavar="DB.NAME", help="which collection")
    command.add_argument("--documents", type=int, default=3, metavar="N", help="how many documents (default: 3)")
    command.add_argument(
        "--key-stdin", action="store_true", required=True, help="read the pseudonym key from standard input"
    )
    command.add_argument(
        "--to-file", type=Path, metavar="FILE", help="a new file that only you can read, instead of the terminal"
    )
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Explain, and give the exit code.

    Raises:
        UsageError: Standard output is no terminal and no file is given, or an argument, the key or the rules are wrong.
        ServerError: The server refused, failed or could not be reached.
    """
    if options.to_file is None and not sys.stdout.isatty():
        raise UsageError("the output holds personal data: run it at a terminal, or give --to-file a new file")
    from anonymizer.keys import Keyring, read_key

    if options.documents < 1:
        raise UsageError("--documents must be at least 1")
    keyring = Keyring(read_key())
    rule = _rule(rulesfile.load(options.rules), options.collection)
    with _output(options.to_file) as stream:
        stream.write(WARNING + "\n")
        for text in _explained(options, rule, keyring):
            stream.write(text + "\n")
    return 0


def _rule(rules: model.Rules, namespace: str) -> model.CollectionRule:
    rule = rules.collections.get(namespace)
    if rule is None:
        raise UsageError(f"--collection: the rules do not name {namespace}; write it as database.collection")
    if rule.mode not in _LISTING or rule.unchecked:
        raise UsageError(f"--collection: {namespace} has mode {rule.mode}, which treats no document by its fields")
    return rule


def _explained(options: argparse.Namespace, rule: model.CollectionRule, keyring: Any) -> Iterator[str]:
    from anonymizer import mongo, rawbson
    from anonymizer.scan.explain import explain, lines

    with mongo.connect(pair.address(options, "source")) as client, mongo.server_errors(f"reading {rule.namespace}"):
        pieces: Any = client[rule.database][rule.collection].find_raw_batches({}, limit=options.documents)
        every = (raw for piece in pieces for raw in rawbson.documents(piece))
        for number, raw in enumerate(every, 1):
            yield f"{rule.namespace}, document {number}:"
            yield from lines(explain(rule, keyring, raw))


@contextmanager
def _output(file: Path | None) -> Iterator[TextIO]:
    """Give the terminal, or a new file with mode 0600."""
    if file is None:
        yield sys.stdout
        return
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"--to-file: {file} cannot be made: {error.strerror}; give a file that is not there") from None
    with os.fdopen(number, "w", encoding="utf-8") as stream:
        yield stream
