"""`check`: say what has changed in a database since its rules were written."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anonymizer import display
from anonymizer.commands import pair, scan
from anonymizer.errors import UsageError
from anonymizer.rules import rulesfile

EXIT_CHANGED = 3


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    about = "compare rules with a database: new, changed and gone paths; 3 where one is new"
    command = verbs.add_parser("check", help=about)
    pair.add_server(command, "source", "the mongod to read", required=True)
    command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
    scan.add_selection(command)
    command.add_argument(
        "--shape", type=Path, metavar="FILE", help="types of each path when last recorded; made where it is not there"
    )
    command.add_argument("--accept", action="store_true", help="record in --shape what was found now")
    command.add_argument("--json", action="store_true", help="print the outcome as JSON")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Compare, say what differs, and give the exit code.

    Raises:
        UsageError: An argument or the rules are wrong.
        ServerError: The server refused, failed or could not be reached.
    """
    sample = scan.sample_of(options)
    if options.accept and not options.shape:
        raise UsageError("--accept records what was found in the file of --shape; give that too")
    rules = rulesfile.load(options.rules)
    from anonymizer import mongo
    from anonymizer.scan import remembered
    from anonymizer.scan.check import check

    before = remembered.load(options.shape) if options.shape else None
    with mongo.connect(pair.address(options, "source")) as client, display.shown("check") as shown:
        found = check(client, rules, options.database, sample, shown.tell, before)
    if options.shape and (options.accept or before is None):
        remembered.save(options.shape, remembered.merged(before or {}, found.types, whole=sample is None))
    failed = bool(found.new or found.changed)
    if options.json:
        print(json.dumps({"ok": not failed, "whole": sample is None, **_told(found)}, sort_keys=True))
    else:
        _say(found, whole=sample is None)
    return EXIT_CHANGED if failed else 0


def _told(found: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(found).items() if key != "types"}


def _say(found: Any, *, whole: bool) -> None:
    for word, changes in (("new", found.new), ("changed", found.changed)):
        for one in changes:
            print(f"{word}: {one.collection} {one.path or '(whole)'} {one.type} ({one.count}): {one.said}")
    where = "" if whole else " in the sample"
    for one in found.warnings:
        near = f"; near: {', '.join(one.near)}" if one.near else ""
        never = "is gone: it was there when last recorded" if one.gone else "never occurs"
        print(f"warning: {one.collection} {one.path or '(whole)'} {never}{where}{near}")
    part = "all" if whole else "a sample"
    told = f"{len(found.new)} new, {len(found.changed)} changed, {len(found.warnings)} warnings"
    print(f"check: {found.read:,} documents read ({part}): {told}", file=sys.stderr)
