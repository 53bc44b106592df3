"""`verify`: look for what should not be in the copy."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import sys
import time
from typing import Any

from anonymizer.codehash import code_sha256
from anonymizer.commands import pair

EXIT_FINDINGS = 4


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser("verify", help="look for what should not be in the copy")
    pair.add_arguments(command)
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Compare the copy with its source, write the result, and give the exit code."""
    from anonymizer.progress import Progress
    from anonymizer.verify import Verifier

    rules, _ = pair.begin(options)
    began = time.monotonic()
    verifier = Verifier(
        options.source_socket, options.target_socket, rules, options.workers, Progress(options.progress)
    )
    verifier.run()
    findings = verifier.findings.rows()
    pair.write_result(options, rules, code_sha256(), began, collections=verifier.collections, findings=findings)
    for row in findings:
        print(f"finding: {row['kind']} in {row['collection']} {row['path']} ({row['count']})", file=sys.stderr)
    if findings:
        print(f"verify: {len(findings)} finding(s): the copy must not be used", file=sys.stderr)
    return EXIT_FINDINGS if findings else 0
