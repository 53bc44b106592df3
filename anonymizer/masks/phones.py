"""Telephone numbers permuted: the injective form of `phone`."""

from __future__ import annotations

import string
from collections.abc import Callable

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing
from anonymizer.masks.numbers import country_code, is_dialled_abroad, unreachable
from anonymizer.masks.permutation import Permutations
from anonymizer.masks.shapes import digits_of, put_digits

_NOBODYS = "000"  # no network assigns a national number that begins so
_OTHER_SIGNS = str.maketrans(" ./()-", "_:;[]~")


def permuted(drawing: Drawing, *, deliverable: bool) -> Callable[[str], str]:
    """Permute the national part among those of its length, country and separators kept.

    Three zeros before it see to it that nobody is reached, so the number is three digits longer; `deliverable` leaves
    them away: the number has its length, and may be somebody's. Where the separators make a number in use of a part
    of the digits, other signs take their places.
    """
    permutations = Permutations(drawing)

    def make(value: str) -> str:
        if not value:
            return value
        digits = digits_of(value)
        if not digits or any(sign.isalnum() and sign not in string.digits for sign in value):
            raise Refused
        if set(value) & set("_:;[]~"):
            raise Refused
        lead = is_dialled_abroad(value, digits)
        abroad = lead or value.lstrip(" (").startswith("+")
        kept = lead + country_code(digits[len(lead) :]) if abroad else ""
        national = digits[len(kept) :]
        if not national:
            raise Refused
        tweak = f"{kept} {len(national)}".encode()
        made = permutations.of(tweak, 10 ** len(national))(int(national))
        text = put_digits(value, f"{kept}{made:0{len(national)}d}")
        if deliverable:
            return text
        at = [place for place, sign in enumerate(text) if sign.isdigit()][len(kept)]
        text = text[:at] + _NOBODYS + text[at:]
        if unreachable(text, lead) != text:
            text = text.translate(_OTHER_SIGNS)
        return text

    return make
