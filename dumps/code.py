"""What of a statement is code: texts emptied, comments gone, comments that a server executes opened."""

from __future__ import annotations

import re

_TOKENS = {
    backslash: re.compile(
        rb"(?P<text>'" + inside + rb"'|\"" + inside.replace(b"'", b'"') + rb"\")|(?P<name>`(?:[^`]|``)*`)"
        rb"|(?P<open>/\*(?:M?!\d*|\+))|(?P<close>\*/)|/\*.*?\*/|#[^\n]*|--(?=[\s\x00])[^\n]*",
        re.DOTALL,
    )
    for backslash, inside in ((True, rb"(?:[^'\\]|\\.|'')*"), (False, rb"(?:[^']|'')*"))
}
_VERB = re.compile(rb"[^\s(;]+")


def code(text: bytes, *, backslash: bool = True) -> bytes:
    """Give the code of a statement, on one line, names as they are written.

    Args:
        text: The statement.
        backslash: Whether a backslash escapes in its texts.
    """
    return b" ".join(_TOKENS[backslash].sub(_shown, text).split())


def opened(text: bytes, *, backslash: bool = True) -> bytes:
    """Give a statement with its texts, with no comments, and with those opened that a server executes."""
    return _TOKENS[backslash].sub(lambda found: found[0] if found["text"] or found["name"] else b" ", text).strip()


def verb(line: bytes) -> str:
    """Give the first two words of code, as messages name a statement."""
    return " ".join(word.decode("utf-8", "replace") for word in _VERB.findall(line)[:2]).upper()[:40]


def _shown(found: re.Match[bytes]) -> bytes:
    if found["text"]:
        return b"''"
    return found["name"] or b" "
