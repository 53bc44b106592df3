"""IBANs of the same country, with right check digits."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from stdnum import iban as stdnum_iban

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, never_itself_text
from anonymizer.masks.official import placed
from anonymizer.masks.permutation import Permutations

_TRIES = 20_000
_GROUP = re.compile(r"(\d+)!([nac])")
_CLASS = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits}
_SHORTEST_ACCOUNT = 5
_FIRST = 4  # signs of country and check digits


def iban(drawing: Drawing, *, keep_bank: bool, injective: bool) -> Callable[[str], str]:
    """Give an IBAN of the same country, grouped alike, with right check digits.

    The bank's code becomes zeros, or the letter X: no bank has it. `keep_bank` keeps it, so that the account may be
    somebody's; only then is there an injective form.
    """
    if injective:
        permutations = Permutations(drawing)
        return lambda value: _permuted(permutations, value) if value else value

    def make(value: str, attempt: int) -> str:
        signs, classes, bank = _taken(value)
        for more in range(_TRIES):
            stream = drawing.stream("".join(signs).encode(), 64, attempt * _TRIES + more)
            made = [*signs[:_FIRST], *_account(signs, classes, bank, stream, keep_bank=keep_bank)]
            if found := _complete(value, made):
                return found
        raise Refused

    return never_itself_text(make)


def _account(signs: list[str], classes: str, bank: int, stream: bytes, *, keep_bank: bool) -> list[str]:
    made = signs[_FIRST:]
    for at, kind in enumerate(classes):
        if at >= bank:
            made[at] = _CLASS[kind][stream[at] % len(_CLASS[kind])]
        elif not keep_bank:
            made[at] = "X" if kind == "a" else "0"
    return made


def _permuted(permutations: Permutations, value: str) -> str:
    signs, classes, bank = _taken(value)
    free = [at for at in range(_FIRST + bank, _FIRST + len(classes)) if signs[at].isdigit()]

    def made_of(index: int) -> str | None:
        made = list(signs)
        for at, digit in zip(free, f"{index:0{len(free)}d}", strict=True):
            made[at] = digit
        return _complete(value, made)

    kept = "".join("#" if at in free else sign for at, sign in enumerate(signs) if at not in (2, 3))
    index = int("".join(signs[at] for at in free))
    if made_of(index) != value:
        raise Refused
    permutation = permutations.of(kept.encode(), 10 ** len(free))
    return made_of(permutation(index, lambda number: made_of(number) is not None)) or value


def _taken(value: str) -> tuple[list[str], str, int]:
    """Give the signs of a valid IBAN, the classes of those behind the check digits, and how many are the bank's."""
    signs = [sign.upper() for sign in value if sign.isalnum()]
    compact = "".join(signs)
    if not value.isascii() or not stdnum_iban.is_valid(compact):
        raise Refused
    groups = _GROUP.findall(stdnum_iban._ibandb.info(compact)[0][1]["bban"])  # noqa: SLF001 (no other way to it)
    classes = "".join(int(size) * kind for size, kind in groups)
    # A first group of one sign is a check letter, with the bank's code behind it.
    bank = sum(int(size) for size, _ in groups[: 2 if int(groups[0][0]) == 1 else 1])
    return signs, classes, min(bank, len(classes) - _SHORTEST_ACCOUNT)


def _complete(value: str, signs: list[str]) -> str | None:
    signs[2:_FIRST] = stdnum_iban.calc_check_digits("".join(signs))
    return placed(value, signs) if stdnum_iban.is_valid("".join(signs)) else None
