"""`rules`: check rules, with no driver, no server and no key."""

from __future__ import annotations

import argparse
import json
from typing import Any

from anonymizer.errors import Mistake, RulesError, UsageError
from anonymizer.rules import rulesfile


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("rules", help="check a rules file, with no server and no key")
    command.add_argument("file", help="rules file, or - for standard input")
    command.add_argument("--json", action="store_true", help="print the outcome as JSON")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Check rules, load no driver, and say all that is wrong."""
    outcome: dict[str, Any] = {"ok": True, "errors": [], "collections": {}, "sha256": None}
    mistakes: list[Mistake] = []
    try:
        rules = rulesfile.load(options.file)
        outcome.update(collections={name: rule.mode for name, rule in rules.collections.items()}, sha256=rules.sha256)
    except UsageError as error:
        mistakes = error.mistakes if isinstance(error, RulesError) else [Mistake("rules", str(error))]
        outcome.update(ok=False, errors=[_row(mistake) for mistake in mistakes])
    if options.json:
        print(json.dumps(outcome, sort_keys=True))
    else:
        print("\n".join(map(str, mistakes)) or f"ok: {len(outcome['collections'])} collections")
    return 0 if outcome["ok"] else UsageError.exit_code


def _row(mistake: Mistake) -> dict[str, Any]:
    row: dict[str, Any] = {"where": mistake.where, "message": mistake.message}
    return row | {"file": mistake.file, "line": mistake.line} if mistake.line else row
