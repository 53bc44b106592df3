"""What `run` and `verify` share: two servers, rules and a key to begin with, a result to end with."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

from anonymizer import rules as rules_of
from anonymizer import rulesfile
from anonymizer.errors import Interrupted, UsageError


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that both verbs take."""
    command.add_argument("--source-socket", required=True, help="unix socket of the mongod to read")
    command.add_argument("--target-socket", required=True, help="unix socket of the mongod that holds the copy")
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
    command.add_argument(
        "--key-stdin", action="store_true", required=True, help="read the pseudonym key from standard input"
    )
    command.add_argument("--progress", required=True, type=Path, help="file to write progress to (JSON)")
    command.add_argument("--result", required=True, type=Path, help="file to write the result to (JSON)")
    command.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="processes (default: one a core)")


def begin(options: argparse.Namespace) -> tuple[rules_of.Rules, Any]:
    """Read the key and the rules, and end in order when asked to stop.

    Returns:
        The rules and the keyring.

    Raises:
        UsageError: An argument, the key or the rules are wrong.
    """
    from anonymizer.keys import Keyring, read_key

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    options.result.unlink(missing_ok=True)
    if options.workers < 1:
        raise UsageError("--workers must be at least 1")
    keyring = Keyring(read_key())
    return rules_of.parse(rulesfile.read(options.rules)), keyring


def write_result(options: argparse.Namespace, rules: rules_of.Rules, code: str, began: float, **found: Any) -> None:
    """Write the result file; `began` is of `time.monotonic`."""
    from anonymizer.progress import write_json

    result = {"collections": [], "findings": [], "unlisted": [], **found}
    result.update(rules_sha256=rules.sha256, code_sha256=code, seconds=round(time.monotonic() - began, 3))
    write_json(options.result, result)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(f"stopped by {signal.Signals(number).name}; run the same command again, it goes on where it was")
