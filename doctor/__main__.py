"""The command: reads the stack, examines it, prints a page; exit status 0 where nothing is wrong, else 1."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import chain

from doctor.request import request_of
from doctor.stack import StackError, read_stack
from refresh.boto import sessions
from refresh.errors import RefreshError
from refresh.mongo.examination.boto import BotoQuestions
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.examine import examine, is_in_order
from refresh.mongo.examination.finding import Finding
from refresh.mongo.examination.page import lines_of, verdict
from refresh.poller import SystemClock
from refresh.request import RefreshRequest


def main(arguments: Sequence[str]) -> int:
    """Examine a stack.

    Args:
        arguments: The command line's.

    Returns:
        0 where nothing is wrong, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m doctor", description=__doc__)
    parser.add_argument("--stack", default="", help="the stack; the selected one when left out")
    options = parser.parse_args(arguments)
    findings: list[Finding] = []
    try:
        stack = read_stack(options.stack)
        _say(f"Stack {stack.name}: nothing is changed by what follows.", "")
        request, found = request_of(stack)
        for finding in chain(found, examine(_case(request)) if request is not None else ()):
            findings.append(finding)
            _say(*lines_of(finding))
    except (StackError, RefreshError) as error:
        _say(f"The stack could not be examined: {error}")
        return 1
    _say("", verdict(findings))
    return 0 if is_in_order(findings) else 1


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def _case(request: RefreshRequest) -> Case:
    production = request.production.session
    return Case(
        request=request,
        aws=sessions.connect(request.region, production),
        questions=BotoQuestions(request.region, production),
        clock=SystemClock(),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
