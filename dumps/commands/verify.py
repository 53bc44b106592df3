"""`verify`: look for what should not be in a scrubbed dump."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
from pathlib import Path
from typing import Any

from dumps.commands import begin
from dumps.errors import RefusedError


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser(
        "verify",
        help="read a scrubbed dump beside its source and look for what should not be in it",
        description="Read a scrubbed dump beside its source, look for what should not be in it, and write the outcome "
        "to its manifest. Exit codes: 0 nothing found, 2 usage or rules, 3 refused, 4 something found.",
    )
    command.add_argument("--source", required=True, type=Path, help="the dump that it was made of, plain or gzip")
    command.add_argument("--dump", required=True, type=Path, help="the scrubbed dump, NAME.sql.gz, beside its manifest")
    begin.add_rules(command)
    begin.add_workers(command)
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Verify a dump, write what was found to its manifest, and give the exit code.

    Raises:
        RefusedError: The dump or the source is not what the manifest says.
    """
    from dumps import manifest
    from dumps.survey import look, without_dropped
    from dumps.verify import verify

    rules = begin.rules(options)
    prepared = manifest.Prepared.of(options.dump)
    found = manifest.read(prepared)
    if manifest.file_sha256(prepared.dump) != found["sha256"]:
        raise RefusedError(f"{prepared.dump}: is not the file that its manifest is of; prepare the dump again")
    with begin.source(options.source) as file:
        survey = look(file, options.source.name, rules)
        if survey.sha256 != found["source"]["sha256"]:
            raise RefusedError(f"{options.source}: is not the dump that {prepared.dump.name} was made of")
        rows = sum(table["read"] for table in found["tables"])
        collector, workers = without_dropped(survey.collector, rules), max(1, options.workers)
        outcome = verify(file, prepared.dump, rules, collector, prepared.folder, rows, workers)
    manifest.write_json(prepared.manifest, {**found, "checks": outcome.checks, "findings": outcome.findings})
    for row in outcome.findings:
        begin.tell(f"finding: {row['kind']} in {row['collection']} {row['path']} ({row['count']})")
    said = f"{len(outcome.findings)} finding(s): the dump must not be used" if outcome.findings else "0 findings"
    begin.tell(f"verify: {said}")
    return begin.EXIT_FINDINGS if outcome.findings else 0
