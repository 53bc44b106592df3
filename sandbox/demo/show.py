"""Documents side by side, as production holds them and as staging does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

_PATH_WIDTH = 30
_VALUE_WIDTH = 44
_ABSENT = "(not there)"


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Name every value within a document by its path, in the document's order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from flatten(inner, f"{path}[{position}]")
    else:
        yield path, value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)


def side_by_side(production: dict[str, Any], staging: dict[str, Any], *, only_changed: bool = False) -> list[str]:
    """Set two documents beside each other, a value a line; `*` marks what differs.

    Args:
        production: the document as production holds it.
        staging: the same as staging holds it.
        only_changed: whether to leave out values that are the same on both sides.
    """
    before, after = dict(flatten(production)), dict(flatten(staging))
    lines = [_row(" ", "", "production", "staging")]
    for path in [*before, *(path for path in after if path not in before)]:
        left, right = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if left != right or not only_changed:
            lines.append(_row(" " if left == right else "*", path, left, right))
    return lines


def _row(mark: str, path: str, left: str, right: str) -> str:
    cells = (_cut(path, _PATH_WIDTH), _cut(left, _VALUE_WIDTH), _cut(right, _VALUE_WIDTH))
    return f"  {mark} {cells[0]:{_PATH_WIDTH}}  {cells[1]:{_VALUE_WIDTH}}  {cells[2]}".rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
