"""What `run` and `verify` share: two servers, rules and a key to begin with, a result to end with."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from anonymizer.errors import UsageError
from anonymizer.parallel import processes
from anonymizer.rules import model, rulesfile


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that both verbs take."""
    for side, text in (("source", "the mongod to read"), ("target", "the mongod that holds the copy")):
        add_server(command, side, text, required=True)
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
    command.add_argument(
        "--key-stdin",
        action="store_true",
        help="read the pseudonym key from standard input; needed unless the rules are ephemeral",
    )
    command.add_argument("--progress", required=True, type=Path, help="file to write progress to (JSON)")
    command.add_argument("--result", required=True, type=Path, help="file to write the result to (JSON)")
    command.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="processes (default: one a core)")
    command.add_argument("--log", choices=("none", "json"), default="none", help="json: progress as lines on stderr")


def add_server(command: argparse.ArgumentParser, side: str, text: str, *, required: bool) -> None:
    """Add the two ways to name a server: a URI may hold a password, so it comes by the environment."""
    ways = command.add_mutually_exclusive_group(required=required)
    ways.add_argument(f"--{side}-socket", help=f"unix socket of {text}")
    ways.add_argument(
        f"--{side}-uri-env", metavar="NAME", help=f"name of the environment variable that has the URI of {text}"
    )


def address(options: argparse.Namespace, side: str) -> str:
    """Give the socket or the URI of a server; a URI leaves the environment, so that no child process inherits it.

    Raises:
        UsageError: The environment variable is not there, or holds no URI.
    """
    name = getattr(options, f"{side}_uri_env")
    if name is None:
        return getattr(options, f"{side}_socket") or ""
    uri = os.environ.pop(name, "")
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise UsageError(f"--{side}-uri-env: the environment variable {name} is missing or holds no MongoDB URI")
    return uri


def begin(options: argparse.Namespace) -> tuple[model.Rules, Any]:
    """Read the key and the rules, and end in order when asked to stop.

    Returns:
        The rules and the keyring.

    Raises:
        UsageError: An argument, the key or the rules are wrong.
    """
    from anonymizer.keys import Keyring, read_key

    processes.refuse_if_asked()
    options.result.unlink(missing_ok=True)
    if options.workers < 1:
        raise UsageError("--workers must be at least 1")
    key = read_key() if options.key_stdin else None
    rules = rulesfile.load(options.rules)
    if rules.ephemeral:
        return rules, Keyring.ephemeral()
    if key is None:
        raise UsageError("--key-stdin is missing: these rules need a pseudonym key on standard input")
    return rules, Keyring(key)


def _lines(options: argparse.Namespace) -> AbstractContextManager[Any]:
    from anonymizer import display

    return (
        nullcontext(display.Lines(options.verb, sys.stderr)) if options.log == "json" else display.shown(options.verb)
    )


@contextmanager
def progress(options: argparse.Namespace) -> Iterator[Any]:
    """Give what the command tells its progress to: the file, and what a terminal or `--log json` shows."""
    from anonymizer.progress import Progress

    if options.log == "json" or sys.stderr.isatty():
        with _lines(options) as lines:
            yield Progress(options.progress, told=[lines.show])
    else:
        yield Progress(options.progress)


def write_result(options: argparse.Namespace, rules: model.Rules, code: str, began: float, **found: Any) -> None:
    """Write the result file; `began` is of `time.monotonic`."""
    from anonymizer.progress import write_json

    result = {"collections": [], "findings": [], "unlisted": [], **found}
    result.update(rules_sha256=rules.sha256, code_sha256=code, seconds=round(time.monotonic() - began, 3))
    write_json(options.result, result)
