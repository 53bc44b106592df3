"""Names of the source as they may be shown: a key or a name may be made of a value."""

from __future__ import annotations

import re

from anonymizer.masks.words import FIRST_NAMES, LAST_NAMES
from anonymizer.paths import ANY_KEY

_WORD = re.compile(r"\$?[^\W\d][\w-]{0,39}")
_HEX_RUN = re.compile(r"(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,}")
_NAMES = frozenset(name.lower() for name in FIRST_NAMES + LAST_NAMES)
_MOST_DIGITS = 4


def shown_key(key: str) -> str:
    """Give a key as it may be shown: as it is where it reads like a field's name, `*` where it may be a value."""
    if not _WORD.fullmatch(key) or sum(char.isdigit() for char in key) > _MOST_DIGITS:
        return ANY_KEY
    return ANY_KEY if key.lower() in _NAMES or _HEX_RUN.search(key) else key


def shown_name(name: str) -> str:
    """Give the name of a database or collection as it may be shown: its words with those hidden that may be values."""
    if "@" in name:
        return ANY_KEY
    hidden = [
        ANY_KEY if _HEX_RUN.search(part) or sum(c.isdigit() for c in part) > 8 else part for part in name.split(".")
    ]
    return ".".join(hidden)
