"""Free text that stays, but for the names, addresses and numbers in it.

What the document itself says of its person, at the paths that the rule names, becomes the pseudonym that it has there.
What else reads like an e-mail address, a card, an IBAN, an IP address or a longer number is replaced too. Names that
the document does not have elsewhere are not found: where such may occur, the mask `text` is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from anonymizer.errors import Refused

_SHORTEST = 3
_MOST_VALUES = 200
_FOUND = (
    ("email", r"[^\s@<>\"',;:()\[\]{}|\\/=]+@[\w.-]*\w"),
    ("iban", r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)"),
    ("ip", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"),
    ("card", r"(?<![\w.])\d(?:[ -]?\d){11,18}(?!\w)"),
    ("phone", r"(?<!\w)(?:\+|\()?\d(?:[\s./()-]{0,3}\d){6,}(?!\w)"),
)
Own = Sequence[tuple[str, Callable[[str], str]]]


def redact(
    own: Own, context: Callable[[str], Sequence[object]] | None, finders: dict[str, Callable[[str], str]]
) -> Callable[[str], str]:
    """Give the mask.

    Args:
        own: Paths of the document and the masks of their values.
        context: Gives the values at a path of the document being masked.
        finders: For each kind of what is found besides, the mask of it.
    """
    found = [f"(?P<{kind}>{pattern})" for kind, pattern in _FOUND if kind in finders]
    first = [pattern for pattern in found if pattern.startswith("(?P<email>")]  # whole, before a name that is in it
    rest = [pattern for pattern in found if pattern not in first]

    def mask(value: str) -> str:
        if not value:
            return value
        known = _known(own, context) if context else {}
        words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        pattern = "|".join([*first, *([rf"(?<!\w)(?:{words})(?!\w)"] if words else []), *rest])
        if not pattern:
            return value
        return re.sub(pattern, lambda one: _replaced(one, known, finders), value, flags=re.IGNORECASE)

    return mask


def _replaced(found: re.Match[str], known: dict[str, str], finders: dict[str, Callable[[str], str]]) -> str:
    text = found[0]
    pseudonym = known.get(text.casefold())
    if pseudonym is not None:
        return pseudonym.upper() if text.isupper() and len(text) > 1 else pseudonym
    try:
        return finders[found.lastgroup](text) if found.lastgroup else "[…]"
    except Refused:  # it only looks like one; it goes all the same
        return re.sub(r"\w", "x", text)


def _known(own: Own, context: Callable[[str], Sequence[object]]) -> dict[str, str]:
    """Give the values of the document's person, and the words of names, with their pseudonyms."""
    known: dict[str, str] = {}
    for path, mask in own:
        for value in list(context(path))[:_MOST_VALUES]:
            if type(value) is str and len(value.strip()) >= _SHORTEST:  # JavaScript is a text too, which no mask takes
                _add(known, value.strip(), _pseudonym(mask, value))
    return known


def _pseudonym(mask: Callable[[str], Any], value: str) -> str:
    try:
        made = mask(value)
    except Refused:
        return "[…]"
    return made if isinstance(made, str) else "[…]"


def _add(known: dict[str, str], value: str, pseudonym: str) -> None:
    known.setdefault(value.casefold(), pseudonym)
    lines, theirs = value.split("\n"), pseudonym.split("\n")
    if len(lines) > 1:
        for place, line in enumerate(lines):
            if len(line.strip()) >= _SHORTEST:
                known.setdefault(line.strip().casefold(), theirs[place % len(theirs)])
    words, others = value.split(), pseudonym.split()
    if len(words) < 2 or "@" in value or any(sign.isdigit() for sign in value):
        return
    for place, word in enumerate(one.strip(",.") for one in words):
        if len(word) >= _SHORTEST:
            known.setdefault(word.casefold(), others[place % len(others)].strip(",.") if others else "[…]")
