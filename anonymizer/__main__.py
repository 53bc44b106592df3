"""The command: `python -m anonymizer run|verify|rules|code-sha256|accounts`.

Exit codes: 0 done, 2 usage or rules, 3 unlisted paths, 4 findings, 5 server or connection, 130 interrupted.
"""

from __future__ import annotations

# ruff: noqa: PLC0415 (each verb loads what it needs: checking rules takes a moment, the driver more)
import argparse
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from anonymizer import rules as rules_of
from anonymizer import rulesfile
from anonymizer.errors import AnonymizerError, Interrupted, Mistake, RulesError, UnlistedError, UsageError

EXIT_FINDINGS = 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments).parse_args(arguments)
    try:
        return int(options.handler(options))
    except AnonymizerError as error:
        print(f"{options.verb}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{options.verb}: interrupted", file=sys.stderr)
        return Interrupted.exit_code


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anonymizer", description="From one mongod to another, by rules.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, handler, text in (
        ("run", _run, "copy and mask"),
        ("verify", _verify, "look for what should not be in the copy"),
    ):
        command = verbs.add_parser(verb, help=text)
        command.add_argument("--source-socket", required=True, help="unix socket of the mongod to read")
        command.add_argument("--target-socket", required=True, help="unix socket of the mongod that holds the copy")
        command.add_argument("--rules", required=True, help="rules file, .yaml or .json")
        command.add_argument(
            "--key-stdin", action="store_true", required=True, help="read the pseudonym key from standard input"
        )
        command.add_argument("--progress", required=True, type=Path, help="file to write progress to (JSON)")
        command.add_argument("--result", required=True, type=Path, help="file to write the result to (JSON)")
        command.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="processes (default: one a core)")
        command.set_defaults(handler=handler)
    check = verbs.add_parser("rules", help="check rules")
    check.add_argument("file", help="rules file, or - for standard input")
    check.add_argument("--json", action="store_true", help="print the outcome as JSON")
    check.set_defaults(handler=_rules)
    verbs.add_parser("code-sha256", help="print the hash of this code").set_defaults(handler=_code_sha256)
    if arguments[:1] != ["rules"]:  # which answers at once, and loads no driver for it
        from anonymizer import accounts

        accounts.add_parser(verbs)
    return parser


def code_sha256() -> str:
    """Give the hash of this package's code: names and contents of its files, in order."""
    root, total = Path(__file__).parent, hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        total.update(f"{file.relative_to(root).as_posix()}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _code_sha256(_: argparse.Namespace) -> int:
    print(code_sha256())
    return 0


def _rules(options: argparse.Namespace) -> int:
    """Check rules, load no driver, and say all that is wrong."""
    outcome: dict[str, Any] = {"ok": True, "errors": [], "collections": {}, "sha256": None}
    try:
        rules = rules_of.parse(rulesfile.read(options.file))
        outcome.update(collections={name: rule.mode for name, rule in rules.collections.items()}, sha256=rules.sha256)
    except UsageError as error:
        mistakes = error.mistakes if isinstance(error, RulesError) else [Mistake("rules", str(error))]
        outcome.update(ok=False, errors=[{"where": mistake.where, "message": mistake.message} for mistake in mistakes])
    if options.json:
        print(json.dumps(outcome, sort_keys=True))
    else:
        print(
            "\n".join(f"{row['where']}: {row['message']}" for row in outcome["errors"])
            or f"ok: {len(outcome['collections'])} collections"
        )
    return 0 if outcome["ok"] else UsageError.exit_code


def _run(options: argparse.Namespace) -> int:
    from anonymizer.progress import Progress
    from anonymizer.transfer import Transfer

    rules, keyring = _begin(options)
    began = time.monotonic()
    code = code_sha256()
    transfer = Transfer(
        options.source_socket, options.target_socket, rules, keyring, code, options.workers, Progress(options.progress)
    )
    failed: UnlistedError | None = None
    try:
        transfer.run()
    except UnlistedError as error:
        failed = error
    collections = [vars(copied) for copied in transfer.copied.values()]
    _write_result(options, rules, code, began, collections=collections, unlisted=transfer.unlisted.rows())
    if failed:
        _say_unlisted(transfer.unlisted.rows())
        raise failed
    return 0


def _verify(options: argparse.Namespace) -> int:
    from anonymizer.progress import Progress
    from anonymizer.verify import Verifier

    rules, _ = _begin(options)
    began = time.monotonic()
    verifier = Verifier(
        options.source_socket, options.target_socket, rules, options.workers, Progress(options.progress)
    )
    verifier.run()
    findings = verifier.findings.rows()
    _write_result(options, rules, code_sha256(), began, collections=verifier.collections, findings=findings)
    for row in findings:
        print(f"finding: {row['kind']} in {row['collection']} {row['path']} ({row['count']})", file=sys.stderr)
    if findings:
        print(f"verify: {len(findings)} finding(s): the copy must not be used", file=sys.stderr)
    return EXIT_FINDINGS if findings else 0


def _begin(options: argparse.Namespace) -> tuple[rules_of.Rules, Any]:
    from anonymizer.keys import Keyring, read_key

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    options.result.unlink(missing_ok=True)
    if options.workers < 1:
        raise UsageError("--workers must be at least 1")
    keyring = Keyring(read_key())
    return rules_of.parse(rulesfile.read(options.rules)), keyring


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(f"stopped by {signal.Signals(number).name}; run the same command again, it goes on where it was")


def _write_result(options: argparse.Namespace, rules: rules_of.Rules, code: str, began: float, **found: Any) -> None:
    from anonymizer.progress import write_json

    result = {"collections": [], "findings": [], "unlisted": [], **found}
    result.update(rules_sha256=rules.sha256, code_sha256=code, seconds=round(time.monotonic() - began, 3))
    write_json(options.result, result)


def _say_unlisted(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(
            f"unlisted: {row['collection']} {row['path'] or '(whole)'} {row['type']} ({row['count']})", file=sys.stderr
        )


if __name__ == "__main__":
    sys.exit(main())
