"""The verbs of the command, a module each: `add_parser(verbs)` says what it takes, `handle(options)` does it.

A module here loads nothing heavy before it is called: checking rules answers at once and needs no driver.
"""

from __future__ import annotations

import importlib
from typing import Any

VERBS = ("run", "verify", "rules", "scan", "check", "explain", "code-sha256", "accounts")


def add_parsers(subparsers: Any, wanted: str) -> None:
    """Add the parser of the wanted verb, or of all where it is none of them."""
    for verb in (wanted,) if wanted in VERBS else VERBS:
        importlib.import_module(f"{__name__}.{verb.replace('-', '_')}").add_parser(subparsers)
