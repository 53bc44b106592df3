"""User names, companies and values of a list: what stands for somebody without being a name."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from bson import Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table, cased_like, never_itself_text, remembered
from anonymizer.masks.permutation import Permutation
from anonymizer.masks.words import FIRST_NAMES, LAST_NAMES, PLACE_ENDS, PLACE_STARTS

_BITS_BYTES = 10  # 16 signs of base32
_TRADES = "Labs Works Systems Trading Foods Energy Logistics Media Health Tools Design Services".split()
_FORMS = re.compile(
    r"\b(GmbH(?: & Co\. KG)?|AG|KG|e\.V\.|SE|Ltd\.?|PLC|LLC|LLP|Inc\.?|Corp\.?|S\.?A\.?R\.?L\.?|SAS|S\.?A\.?|S\.?L\.?"
    r"|S\.?p\.?A\.?|S\.?r\.?l\.?|B\.?V\.?|N\.?V\.?|AB|A/S|ApS|Oy|AS|Sp\. z o\.o\.|Lda\.?|Pty)\s*$",
    re.IGNORECASE,
)


def username(drawing: Drawing, longest: int) -> Callable[[str], str]:
    """Give a name and 80 keyed bits, cut to a length that leaves all of the bits."""

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.encode("utf-8", "surrogatepass"), attempt)
        bits = base64.b32encode(drawn[2 : 2 + _BITS_BYTES]).decode().lower()
        name = f"{FIRST_NAMES[drawn[0] & 127]}_{LAST_NAMES[drawn[1] & 127]}".lower()
        made = f"{name[: longest - len(bits) - 1]}_{bits}" if longest > len(bits) + 1 else bits
        return made.upper() if value.isupper() else made

    return never_itself_text(make)


def company(drawing: Drawing) -> Callable[[str], str]:
    """Give a made-up company; the legal form at the end stays."""

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        form = _FORMS.search(value)
        name = PLACE_STARTS[drawn[0] & 31] + PLACE_ENDS[drawn[1] & 31]
        made = cased_like(f"{name} {_TRADES[drawn[2] % len(_TRADES)]}", value)
        return f"{made} {form[1]}" if form else made

    return remembered(never_itself_text(make))


def city(drawing: Drawing) -> Callable[[str], str]:
    """Give a made-up town."""

    def make(value: str, attempt: int) -> str:
        drawn = drawing.draw(value.casefold().encode("utf-8", "surrogatepass"), attempt)
        return cased_like(PLACE_STARTS[drawn[0] & 31] + PLACE_ENDS[drawn[1] & 31], value)

    return remembered(never_itself_text(make))


def enum(drawing: Drawing, values: tuple[Any, ...]) -> Table:
    """Shuffle the values of a list among themselves; another value is refused."""
    order = sorted(values)
    shuffled = Permutation(drawing, repr(order).encode(), len(order))
    known = {value: order[shuffled(place)] for place, value in enumerate(order)}

    def make(value: Any) -> Any:
        made = known.get(value)
        if made is None:
            raise Refused
        return type(value)(made)

    return {str: make} if isinstance(order[0], str) else {int: make, Int64: make}
