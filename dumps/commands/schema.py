"""`schema`: the schema of a dump, its fingerprint, and how two of them differ."""

from __future__ import annotations

# ruff: noqa: PLC0415, T201 (what a verb needs is loaded when it runs; a command prints its answer)
import argparse
import json
from pathlib import Path
from typing import Any

EXIT_DIFFERS = 3


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser(
        "schema",
        help="show a dump's schema as JSON, or how it differs from another",
        description="Show the schema of a dump (plain or gzip), or of a schema.json, as JSON; with --against, say in "
        "words how it differs from another. Exit codes: 0 done or no difference, 3 they differ.",
    )
    command.add_argument("dump", type=Path, help="a dump, or a schema.json")
    command.add_argument("--against", type=Path, help="another one, the earlier of the two")
    command.add_argument("--fingerprint", action="store_true", help="print the fingerprint alone")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Show a schema or a difference and give the exit code."""
    from dumps import schema

    found = _read(options.dump)
    if options.against:
        lines = schema.difference(_read(options.against), found)
        print("\n".join(lines) or "no difference")
        return EXIT_DIFFERS if lines else 0
    print(schema.fingerprint(found) if options.fingerprint else json.dumps(found, indent=1))
    return 0


def _read(path: Path) -> dict[str, Any]:
    from dumps.errors import UsageError
    from dumps.schema_of import schema_of

    if path.suffix == ".json":
        try:
            return dict(json.loads(path.read_text()))
        except (OSError, ValueError):
            raise UsageError(f"{path}: cannot be read as JSON") from None
    return schema_of(path).as_json()
