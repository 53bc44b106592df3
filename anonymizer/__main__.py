"""The command: `python -m anonymizer <verb>`; the verbs are in `anonymizer/commands/`.

Exit codes: 0 done, 2 usage or rules, 3 unlisted or new paths, 4 findings, 5 server or connection, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys

from anonymizer.codehash import code_sha256
from anonymizer.commands import add_parsers
from anonymizer.errors import AnonymizerError
from anonymizer.parallel import processes

__all__ = ["code_sha256", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments).parse_args(arguments)
    try:
        return int(options.handler(options))
    except AnonymizerError as error:
        print(f"{options.verb}: {error}", file=sys.stderr)
        return error.exit_code


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anonymizer", description="From one mongod to another, by rules.")
    add_parsers(parser.add_subparsers(dest="verb", required=True), (arguments or [""])[0])
    return parser


if __name__ == "__main__":
    processes.end_when_asked()
    sys.exit(main())
