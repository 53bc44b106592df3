"""`code-sha256`: print the hash of this code."""

from __future__ import annotations

import argparse
from typing import Any

from anonymizer import codehash


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    verbs.add_parser("code-sha256", help="print the hash of this code").set_defaults(handler=handle)


def handle(_: argparse.Namespace) -> int:
    """Print it."""
    print(codehash.code_sha256())
    return 0
