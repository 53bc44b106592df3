"""What verbs share: a rules file, a key, a source that may be a pipe."""

# ruff: noqa: T201 (a command says what it does)
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO

from anonymizer.keys import Keyring, read_key
from anonymizer.rules import rulesfile
from anonymizer.rules.model import Rules
from dumps.errors import UsageError

EXIT_FINDINGS = 4


def add_rules(command: argparse.ArgumentParser) -> None:
    """Add the argument for rules."""
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")


def add_workers(command: argparse.ArgumentParser) -> None:
    """Add the argument for processes."""
    command.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")


def add_key(command: argparse.ArgumentParser) -> None:
    """Add the ways to give the pseudonym key."""
    ways = command.add_mutually_exclusive_group()
    ways.add_argument("--key-stdin", action="store_true", help="read the pseudonym key from standard input")
    ways.add_argument(
        "--key-env", metavar="NAME", help="name of the environment variable that has the pseudonym key (64 hex digits)"
    )


def keyring(options: argparse.Namespace, rules: Rules) -> Keyring:
    """Give the keyring: of the key that was given, or of one that nobody keeps where the rules say so.

    Raises:
        UsageError: The key is missing, or is none.
    """
    given = options.key_stdin or options.key_env
    if rules.ephemeral:
        if given:
            raise UsageError("the rules are ephemeral: they take no key; remove --key-stdin or --key-env")
        return Keyring.ephemeral()
    if options.key_stdin:
        return Keyring(read_key())
    if not options.key_env:
        raise UsageError("a key is missing: give --key-stdin or --key-env, or say ephemeral: true in the rules")
    text = os.environ.pop(options.key_env, "")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise UsageError(f"--key-env: the environment variable {options.key_env} must hold 64 hexadecimal digits")
    return Keyring(key)


def rules(options: argparse.Namespace) -> Rules:
    """Read the rules.

    Raises:
        RulesError: They have mistakes; the message has all of them.
    """
    return rulesfile.load(options.rules)


@contextmanager
def source(path: Path) -> Iterator[IO[bytes]]:
    """Open a dump.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    with file:
        yield file


def standard_input() -> BufferedReader:
    """Give standard input as bytes."""
    return sys.stdin.buffer  # type: ignore[return-value] # it is one unless somebody replaced it


def tell(line: str) -> None:
    """Say what is going on."""
    print(line, file=sys.stderr, flush=True)
