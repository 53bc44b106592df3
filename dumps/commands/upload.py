"""`upload`: put a prepared dump into the import bucket."""

from __future__ import annotations

# ruff: noqa: PLC0415, T201 (what a verb needs is loaded when it runs; a command prints its answer)
import argparse
from pathlib import Path
from typing import Any

from dumps.commands import begin


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser(
        "upload",
        help="put a prepared dump into the import bucket, with its tags, manifest and schema",
        description="Put a prepared dump into the import bucket as YYYYMMDD/NAME.sql.gz, tagged Environment=test and "
        "DataClass=scrubbed, with its schema and manifest beside it, and print its key. What is there already is not "
        "uploaded again. Exit codes: 0 done, 2 usage, 3 refused (findings, never verified, another file), 5 S3 failed.",
    )
    command.add_argument("--dump", required=True, type=Path, help="the prepared dump, FOLDER/YYYYMMDD/NAME.sql.gz")
    command.add_argument("--bucket", required=True, help="the import bucket")
    command.add_argument("--region", help="its region (default: as AWS's tools find it)")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Upload and give the exit code."""
    import boto3

    from dumps.manifest import Prepared
    from dumps.upload import upload

    client = boto3.client("s3", region_name=options.region)
    done = upload(Prepared.of(options.dump), options.bucket, client, begin.tell)
    print(f"dumpKey={done.key} expectedSha256={done.sha256}")
    return 0
