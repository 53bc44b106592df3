"""The verbs of the command, a module each: `add_parser(verbs)` says what it takes, `handle(options)` does it."""

from __future__ import annotations

import importlib
from typing import Any

VERBS = ("prepare", "verify", "upload", "schema", "generate")


def add_parsers(subparsers: Any, wanted: str) -> None:
    """Add the parser of the wanted verb, or of all where it is none of them."""
    for verb in (wanted,) if wanted in VERBS else VERBS:
        importlib.import_module(f"{__name__}.{verb}").add_parser(subparsers)
