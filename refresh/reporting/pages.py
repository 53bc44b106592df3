"""The templates of the pages: escaped throughout, with nothing in them that a browser would have to fetch."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from refresh.reporting import words

_FOLDER = Path(__file__).resolve().parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill a template.

    Args:
        template: Its file's name.
        **values: What it speaks of.

    Returns:
        HTML.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=words.number, span=words.span, moment=words.moment, short_moment=words.short_moment, plain=words.plain
    )
    return made
