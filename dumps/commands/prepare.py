"""`prepare`: make a scrubbed dump of a dump, or of a read replica."""

from __future__ import annotations

# ruff: noqa: PLC0415 (what a verb needs is loaded when it runs)
import argparse
import re
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from dumps.commands import begin
from dumps.errors import UsageError

_DAY = re.compile(r"\d{8}")


def add_parser(verbs: Any) -> None:
    """Add the verb."""
    command = verbs.add_parser(
        "prepare",
        help="mask a dump by rules, verify it, and store it with its manifest and schema",
        description="Mask a dump by rules, verify the result, and store it under FOLDER/YYYYMMDD/ with its manifest "
        "and schema. Exit codes: 0 done, 2 usage or rules, 3 refused (unlisted tables or columns, statements, a dump "
        "cut short), 4 the verifier found something, 5 a server or a disk failed.",
    )
    sources = command.add_mutually_exclusive_group(required=True)
    sources.add_argument("--source", help="the dump, plain or gzip; - for standard input")
    sources.add_argument(
        "--from-replica", metavar="HOST[:PORT]", help="make the dump of this read replica with mysqldump, right now"
    )
    command.add_argument("--user", help="user of the replica")
    command.add_argument(
        "--password-env", metavar="NAME", help="name of the environment variable that has that user's password"
    )
    command.add_argument("--ca", type=Path, help="certificates that the replica's must be signed by")
    begin.add_rules(command)
    begin.add_key(command)
    command.add_argument(
        "--folder", type=Path, default=Path("db/backups"), help="where dumps lie (default: db/backups)"
    )
    command.add_argument("--day", help="folder in it, YYYYMMDD (default: today, UTC)")
    command.add_argument("--name", help="name of the result (default: that of the source, or the schema's)")
    command.add_argument("--level", type=int, choices=range(1, 10), default=1, help="of compression (default: 1)")
    begin.add_workers(command)
    command.add_argument("--no-verify", action="store_true", help="do not verify; nobody can upload the result then")
    command.set_defaults(handler=handle)


def handle(options: argparse.Namespace) -> int:
    """Prepare a dump and give the exit code."""
    from dumps import prepare
    from dumps.manifest import Prepared
    from dumps.survey import of_one_schema

    rules = begin.rules(options)
    day = options.day or datetime.now(timezone.utc).strftime("%Y%m%d")
    if not _DAY.fullmatch(day):
        raise UsageError(f"--day must be YYYYMMDD, as in 20260131; got {day}")
    if options.key_stdin and options.source == "-":
        raise UsageError("the dump comes by standard input, so the key cannot: give it with --key-env")
    schema, _ = of_one_schema(rules)
    name = options.name or _name(options.source or "-", schema)
    job = prepare.Job(
        Prepared(options.folder / day, name),
        rules,
        begin.keyring(options, rules),
        Path(options.source).name
        if options.source not in (None, "-")
        else "standard input"
        if options.source
        else "replica",
        verify=not options.no_verify,
        level=options.level,
        workers=max(1, options.workers),
    )
    with ExitStack() as stack:
        found = prepare.run(job, _opened(options, stack, schema, job.prepared.folder), begin.tell)
    return _told(found, job.prepared.dump)


def _opened(options: argparse.Namespace, stack: ExitStack, schema: str, folder: Path) -> IO[bytes]:
    from dumps import prepare

    if options.from_replica:
        from dumps import replica

        server = replica.of(options.from_replica, options.user, options.password_env, options.ca)
        return stack.enter_context(replica.dumped(server, schema, folder))
    if options.source == "-":
        return stack.enter_context(prepare.spooled(begin.standard_input(), folder))
    return stack.enter_context(begin.source(Path(options.source)))


def _name(source: str, schema: str) -> str:
    if source == "-":
        return schema
    return re.sub(r"\.sql(\.gz)?$|\.gz$", "", Path(source).name)


def _told(found: dict[str, Any], dump: Path) -> int:
    rows, masked = (sum(table[kind] for table in found["tables"]) for kind in ("written", "masked"))
    difference = found["difference"]
    begin.tell(
        f"{dump}: {len(found['tables'])} tables, {rows:,} rows, {masked:,} of them masked, {found['bytes']:,} bytes"
    )
    begin.tell(f"sha256 {found['sha256']}, schema {found['schema_sha256']}")
    if difference["from"]:
        begin.tell(f"schema since {difference['from']}: {len(difference['lines'])} difference(s)")
    for line in difference["lines"]:
        begin.tell(f"  {line}")
    for row in found["findings"]:
        begin.tell(f"finding: {row['kind']} in {row['collection']} {row['path']} ({row['count']})")
    if found["findings"]:
        begin.tell(f"prepare: {len(found['findings'])} finding(s): the dump must not be used")
    return begin.EXIT_FINDINGS if found["findings"] else 0
