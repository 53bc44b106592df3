"""The page: a line for each finding, as it comes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TextIO

from refresh.mongo.examination.finding import Finding, Mark

_TOPIC_WIDTH = 17
_WIDTH = 118
_INDENT = " " * (2 + 7 + _TOPIC_WIDTH + 1)


class Page:
    """Writes to a stream.

    Args:
        out: Where to.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def head(self, stack: str) -> None:
        """Say which stack it is about."""
        self._write(f"Stack {stack}: nothing is changed by what follows.\n")

    def line(self, finding: Finding) -> None:
        """Write a finding, and what to do below it."""
        indent = f"  {finding.mark.value:<7}{finding.topic:<{_TOPIC_WIDTH}} "
        for line in finding.text.splitlines():
            self._write(_wrapped(line, indent))
            indent = _INDENT
        if finding.remedy:
            self._write(f"{_INDENT}do: {finding.remedy}")

    def end(self, findings: Sequence[Finding]) -> None:
        """Count."""
        wrong = sum(finding.mark is Mark.WRONG for finding in findings)
        unasked = sum(finding.mark is Mark.UNASKED for finding in findings)
        verdict = "In order" if not wrong else "1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong"
        rest = "" if not unasked else f"; {unasked} could not be asked (?)"
        self._write(f"\n{verdict}{rest}.")

    def failed(self, reason: str) -> None:
        """Say why there is no page."""
        self._write(f"The stack could not be examined: {reason}")

    def _write(self, text: str) -> None:
        print(text, file=self._out, flush=True)


def _wrapped(line: str, indent: str) -> str:
    """Wrap a line; what it is set in by, as a list in a message, stays."""
    inner = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(),
        _WIDTH,
        initial_indent=indent + inner,
        subsequent_indent=_INDENT + inner,
        break_long_words=False,
        break_on_hyphens=False,
    )
