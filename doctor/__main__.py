"""The command: reads the stack, examines it, prints a page; exit status 0 where nothing is wrong, else 1."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from doctor import page
from doctor.request import request_of
from doctor.stack import StackError, read_stack
from refresh import boto
from refresh.boto_questions import BotoQuestions
from refresh.errors import RefreshError
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.examine import examine, is_in_order
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
    say = page.Page(sys.stdout)
    try:
        stack = read_stack(options.stack)
        say.head(stack.name)
        findings = []
        request, found = request_of(stack)
        for finding in found:
            findings.append(finding)
            say.line(finding)
        if request is not None:
            for finding in examine(_case(request)):
                findings.append(finding)
                say.line(finding)
    except (StackError, RefreshError) as error:
        say.failed(str(error))
        return 1
    say.end(findings)
    return 0 if is_in_order(findings) else 1


def _case(request: RefreshRequest) -> Case:
    production = request.production.side
    return Case(
        request=request,
        aws=boto.connect(request.region, production),
        questions=BotoQuestions(request.region, production),
        clock=SystemClock(),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
