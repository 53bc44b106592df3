"""The page: a line for each finding, what to do below what is wrong, and a verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from refresh.mongo.examination.finding import Finding, Mark

_TOPIC_WIDTH = 17
_WIDTH = 118
_INDENT = " " * (2 + 7 + _TOPIC_WIDTH + 1)


def lines_of(finding: Finding) -> Iterator[str]:
    """Write a finding.

    Args:
        finding: What was found.

    Yields:
        Lines of at most 118 characters; commands are not broken.
    """
    indent = f"  {finding.mark.value:<7}{finding.topic:<{_TOPIC_WIDTH}} "
    for line in finding.text.splitlines():
        yield from _wrapped(line, indent)
        indent = _INDENT
    if finding.remedy:
        yield f"{_INDENT}do: {finding.remedy}"


def verdict(findings: Sequence[Finding]) -> str:
    """Count what is wrong, and what could not be asked."""
    wrong = sum(finding.mark is Mark.WRONG for finding in findings)
    unasked = sum(finding.mark is Mark.UNASKED for finding in findings)
    told = "In order" if not wrong else "1 thing is wrong" if wrong == 1 else f"{wrong} things are wrong"
    return f"{told}{f'; {unasked} could not be asked (?)' if unasked else ''}."


def _wrapped(line: str, indent: str) -> list[str]:
    """Wrap a line; what it is set in by, as a list in a message, stays."""
    inner = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(),
        _WIDTH,
        initial_indent=indent + inner,
        subsequent_indent=_INDENT + inner,
        break_long_words=False,
        break_on_hyphens=False,
    )
