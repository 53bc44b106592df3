"""Pages whose tables are generated: what stands between two marks is written anew, the rest is prose and stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_BLOCK = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(\n<!-- end -->)", re.DOTALL)

Table = Callable[[str], str]


class PageError(Exception):
    """A page cannot be written: it has a mark that nothing is known for, or something has no description."""


def written(page: str, tables: Mapping[str, Table]) -> str:
    """Return a page with all its tables made anew.

    Args:
        page: The page's text, with `<!-- generated: <name> -->` and `<!-- end -->` around each table.
        tables: Name → what makes the table; it is handed what stands there today.

    Raises:
        PageError: A mark names no table, or a table has no mark.
    """
    names = [found["name"] for found in _BLOCK.finditer(page)]
    if sorted(names) != sorted(tables):
        raise PageError(f"marks and tables differ: {sorted(set(names) ^ set(tables))}; each table has one mark")
    return _BLOCK.sub(lambda found: f"{found[1]}\n{tables[found['name']](found[0]).strip()}\n{found[3]}", page)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table in Markdown; empty cells hold one space.

    Args:
        head: Names of the columns.
        rows: As many cells each.
    """
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("|".join(["", *map(_cell, line), ""]) for line in lines)


def _cell(text: str) -> str:
    return text if text == "---" else f" {text} " if text else " "


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital letter first, a full stop last."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:].rstrip(".") + "."
