"""`verify`: look for what should not be in the copy."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import sys
import time
from contextlib import closing
from typing import Any

from anonymizer.codehash import code_sha256
from anonymizer.commands import pair

EXIT_FINDINGS = 4


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("verify", help="look for what should not be in the copy, and for what is missing")
    pair.add_arguments(command)
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Compare the copy with its source, write the result, and give the exit code."""
    from anonymizer.verification.verify import Verifier

    rules, _ = pair.begin(options)
    began = time.monotonic()
    source, target = pair.address(options, "source"), pair.address(options, "target")
    _refuse_half_made(target)
    with pair.progress(options) as progress:
        verifier = Verifier(source, target, rules, options.workers, progress)
        verifier.run()
    findings = verifier.findings.rows()
    found = {"collections": verifier.collections, "findings": findings, "checks": verifier.checks}
    found.update(phase_seconds=progress.phase_seconds)
    pair.write_result(options, rules, code_sha256(), began, **found)
    for row in findings:
        print(f"finding: {row['kind']} in {row['collection']} {row['path']} ({row['count']})", file=sys.stderr)
    if findings:
        print(f"verify: {len(findings)} finding(s): the copy must not be used", file=sys.stderr)
    return EXIT_FINDINGS if findings else 0


def _refuse_half_made(target: str) -> None:
    """Refuse a copy that was begun and not finished: there is nothing in it to verify.

    Raises:
        ServerError: It is half-made.
    """
    from anonymizer import mongo
    from anonymizer.errors import ServerError
    from anonymizer.transfer.state import is_half_made

    with closing(mongo.connect(target)) as client, mongo.server_errors("the copy"):
        if is_half_made(client):
            raise ServerError("the copy is half-made: a run began it and did not finish. Run it to its end first")
