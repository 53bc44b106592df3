"""The numbers that states give to people and companies, made anew with right check digits."""

from __future__ import annotations

import importlib
import itertools
import re
import string
from collections.abc import Callable
from typing import Any

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, never_itself_text
from anonymizer.masks.official_kinds import FICTITIOUS, NATIONAL, TAX
from anonymizer.masks.permutation import Permutations

_TRIES = 20_000
_CLASS = {"#": string.digits, "@": string.ascii_uppercase}


def number(drawing: Drawing, kind: str, *, injective: bool) -> Callable[[str], str]:
    """Give another number of the same kind, date of birth within five years, with right check digits.

    Args:
        drawing: Of the domain.
        kind: From `official_kinds`.
        injective: Permute the digits that are no date and no check, over the whole range of valid numbers.
    """
    module, forms = (NATIONAL | TAX)[kind]
    office = _Office(importlib.import_module(f"stdnum.{module}"), forms.split(), kind)
    if injective:
        return _stays_empty(office.permuted(Permutations(drawing)))
    return never_itself_text(office.drawn(drawing))


class _Office:
    """Makes numbers of one kind."""

    def __init__(self, module: Any, forms: list[str], kind: str) -> None:
        self._valid: Callable[[str], bool] = module.is_valid
        self._forms = {len(form): form for form in forms}
        self._fictitious = kind in FICTITIOUS

    def drawn(self, drawing: Drawing) -> Callable[[str, int], str]:
        def make(value: str, attempt: int) -> str:
            signs, form = self._taken(value)
            for more in range(_TRIES):
                drawn = drawing.draw("".join(signs).encode(), attempt * _TRIES + more)
                made = self._complete(value, _filled(signs, form, drawn), form)
                if made is not None:
                    return made
            raise Refused

        return make

    def permuted(self, permutations: Permutations) -> Callable[[str], str]:
        def make(value: str) -> str:
            signs, form = self._taken(value)
            form = re.sub(r"\d", "#", re.sub("[YMD]", "=", form))
            free = [at for at, kind in enumerate(form) if kind in _CLASS and signs[at] in _CLASS[kind]]
            bases = [_CLASS[form[at]] for at in free]
            index, size = 0, 1
            for at, base in zip(free, bases, strict=True):
                index, size = index * len(base) + base.index(signs[at]), size * len(base)

            def made_of(index: int) -> str | None:
                made = list(signs)
                for at, base in zip(reversed(free), reversed(bases), strict=True):
                    index, place = divmod(index, len(base))
                    made[at] = base[place]
                return self._complete(value, made, form, valid=True)

            if made_of(index) != value:
                raise Refused
            kept = "".join("#" if at in free else sign for at, sign in enumerate(signs) if form[at] != "?")
            result = made_of(permutations.of(kept.encode(), size)(index, lambda index: made_of(index) is not None))
            return result or value

        return make

    def _taken(self, value: str) -> tuple[list[str], str]:
        signs = [sign.upper() for sign in value if sign.isalnum()]
        form = self._forms.get(len(signs))
        if form is None or not value.isascii() or not self._valid(value):
            raise Refused
        return signs, form

    def _complete(self, value: str, signs: list[str], form: str, *, valid: bool = False) -> str | None:
        """Put check signs in and give the text, or None where there are none that fit."""
        checks = [at for at, kind in enumerate(form) if kind == "?"]
        if self._fictitious and not valid:
            return placed(value, signs)
        both = string.digits + string.ascii_uppercase
        classes = [string.digits if len(checks) > 1 else both for _ in checks]
        for found in itertools.product(*classes):
            for at, sign in zip(checks, found, strict=True):
                signs[at] = sign
            made = placed(value, signs)
            if self._valid(made):
                return made
        return None


def _filled(signs: list[str], form: str, drawn: bytes) -> list[str]:
    """Fill a form with drawn digits and letters and a drawn date."""
    made = list(signs)
    for at, kind in enumerate(form):
        if kind in _CLASS:
            made[at] = _CLASS[kind][drawn[at] % len(_CLASS[kind])]
        elif kind.isdigit():
            made[at] = kind
    for kind, low, count in (("YY", 0, 5), ("MM", 1, 12), ("DD", 1, 28)):
        at = form.find(kind)
        if at < 0 or not "".join(signs[at : at + 2]).isdigit():
            continue
        old = int("".join(signs[at : at + 2]))
        # Months and days carry more in some countries: 20, 40 or 50 more for a century, a sex, or a temporary number.
        more = (
            old // 5 * 5 if kind == "YY" else max((step for step in (0, 20, 40, 50, 60, 70) if step < old), default=0)
        )
        more = 0 if kind == "DD" and old <= 31 else more
        made[at : at + 2] = f"{more + low + drawn[40 + at] % count:02d}"
    return made


def placed(value: str, signs: list[str]) -> str:
    """Put signs where a text has its letters and digits, small where those are."""
    rest = iter(signs)
    return "".join((next(rest).lower() if sign.islower() else next(rest)) if sign.isalnum() else sign for sign in value)


def _stays_empty(make: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: make(value) if value else value
