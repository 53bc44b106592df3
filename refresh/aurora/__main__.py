"""`python3 -m refresh.aurora <verb> --request request.json`: the command of the load's task."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from refresh.aurora.session import VERBS, perform
from refresh.errors import CutOverError, FindingsError, RefreshError, RefusedError, RequestError

VARIABLE = "UNDERSTUDY_REQUEST"
# The exit codes, each for what is to be done about it.
OK, REQUEST, REFUSED, FINDINGS, SERVICE, SWITCHED_BACK = 0, 2, 3, 4, 5, 6
_CODES = (
    (RequestError, REQUEST),
    (RefusedError, REFUSED),
    (FindingsError, FINDINGS),
    (CutOverError, SWITCHED_BACK),
)


def exit_code(error: RefreshError) -> int:
    """Return the exit code of an error.

    Args:
        error: What ended the run.

    Returns:
        2 for the request, 3 for a refused dump, 4 for findings, 6 for a swap back, 5 for all else: run it again.
    """
    return next((code for kind, code in _CODES if isinstance(error, kind)), SERVICE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a verb asks for.

    Args:
        arguments: The command line; the process's own when left out.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python3 -m refresh.aurora", description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--request", type=Path, help=f"file with the request; else it is in {VARIABLE}")
    asked = parser.parse_args(arguments)
    try:
        print(json.dumps(perform(asked.verb, _request(asked.request))))  # noqa: T201 - a command prints its answer
    except RefreshError as error:
        print(f"understudy: {asked.verb}: {error}", file=sys.stderr)  # noqa: T201 - the same
        return exit_code(error)
    return OK


def _request(path: Path | None) -> dict[str, Any]:
    where = str(path) if path else VARIABLE
    try:
        text = path.read_text(encoding="utf-8") if path else os.environ[VARIABLE]
        values = json.loads(text)
    except KeyError:
        raise RequestError("request", f"give --request <file>, or the request in {VARIABLE}") from None
    except (OSError, ValueError) as error:
        raise RequestError("request", f"{where} cannot be read as JSON: {type(error).__name__}") from None
    if not isinstance(values, dict):
        raise RequestError("request", f"{where} must hold a JSON object")
    return values


if __name__ == "__main__":
    sys.exit(main())
