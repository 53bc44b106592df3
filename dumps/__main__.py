"""The command: `python -m dumps <verb>`; the verbs are in `dumps/commands/`.

Exit codes: 0 done, 2 usage or rules, 3 refused (unlisted, statements, cut short, another schema), 4 findings, 5 server,
service or disk, 130 interrupted.
"""

# ruff: noqa: T201 (a command prints its answer)
from __future__ import annotations

import argparse
import sys

from anonymizer.errors import AnonymizerError, Interrupted
from anonymizer.parallel import processes
from dumps.commands import add_parsers


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments).parse_args(arguments)
    try:
        return int(options.handler(options))
    except Interrupted:
        print(f"{options.verb}: stopped; run the same command again, it begins anew", file=sys.stderr)
        return Interrupted.exit_code
    except AnonymizerError as error:
        print(f"{options.verb}: {error}", file=sys.stderr)
        return error.exit_code


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dumps", description="Dumps of MySQL: masked by rules, verified, uploaded.")
    add_parsers(parser.add_subparsers(dest="verb", required=True), (arguments or [""])[0])
    return parser


if __name__ == "__main__":
    processes.end_when_asked()
    sys.exit(main())
