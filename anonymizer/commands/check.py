"""`check`: say what has changed in a database since its rules were written."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from anonymizer import display
from anonymizer.commands import pair, scan
from anonymizer.rules import rulesfile

EXIT_CHANGED = 3


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("check", help="compare rules with a database: new, changed and gone paths")
    pair.add_server(command, "source", "the mongod to read", required=True)
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
    scan.add_selection(command)
    command.add_argument("--json", action="store_true", help="print the outcome as JSON")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Compare, say what differs, and give the exit code.

    Raises:
        UsageError: An argument or the rules are wrong.
        ServerError: The server refused, failed or could not be reached.
    """
    sample = scan.sample_of(options)
    rules = rulesfile.load(options.rules)
    from anonymizer import mongo
    from anonymizer.scan.check import check

    with mongo.connect(pair.address(options, "source")) as client, display.shown("check") as shown:
        found = check(client, rules, options.database, sample, shown.tell)
    failed = bool(found.new or found.changed)
    if options.json:
        print(json.dumps({"ok": not failed, "whole": sample is None, **asdict(found)}, sort_keys=True))
    else:
        _say(found, whole=sample is None)
    return EXIT_CHANGED if failed else 0


def _say(found: Any, *, whole: bool) -> None:
    for word, changes in (("new", found.new), ("changed", found.changed)):
        for one in changes:
            print(f"{word}: {one.collection} {one.path or '(whole)'} {one.type} ({one.count})")
    where = "" if whole else " in the sample"
    for one in found.warnings:
        near = f"; near: {', '.join(one.near)}" if one.near else ""
        print(f"warning: {one.collection} {one.path or '(whole)'} never occurs{where}{near}")
    part = "all" if whole else "a sample"
    told = f"{len(found.new)} new, {len(found.changed)} changed, {len(found.warnings)} warnings"
    print(f"check: {found.read:,} documents read ({part}): {told}", file=sys.stderr)
