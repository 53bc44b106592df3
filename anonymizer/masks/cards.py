"""Card numbers with the issuer's first digits kept, drawn or permuted."""

from __future__ import annotations

from collections.abc import Callable

from bson import Int64

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table, never_itself, never_itself_text
from anonymizer.masks.luhn import check_digit
from anonymizer.masks.permutation import Permutations
from anonymizer.masks.shapes import digits_of, put_digits

_BIN, _SHORTEST, _LONGEST = 6, 12, 19
_LARGEST = 2**63 - 1  # of BSON's whole numbers


def with_bin(drawing: Drawing, *, injective: bool) -> Table:
    """Give the functions for cards that keep their first six digits; the number may be somebody's."""
    permutations = Permutations(drawing)

    def another(digits: str, attempt: int) -> str:
        if not _SHORTEST <= len(digits) <= _LONGEST:
            raise Refused
        free = len(digits) - _BIN - 1
        number = int(digits[_BIN:-1])
        if injective:
            if check_digit(digits[:-1]) != digits[-1]:  # it would become the same as the number that differs in it
                raise Refused
            number = permutations.of(digits[:_BIN].encode(), 10**free)(number)
        else:
            number = int.from_bytes(drawing.draw(digits.encode(), attempt)[:12], "little") % 10**free
        body = f"{digits[:_BIN]}{number:0{free}d}"
        return body + check_digit(body)

    def text(value: str, attempt: int) -> str:
        if not value:
            return value
        if not all(sign in "0123456789 -." for sign in value):
            raise Refused
        return put_digits(value, another(digits_of(value), attempt))

    def number(value: int, attempt: int) -> int:
        return _number_like(value, another(str(value), attempt))

    if injective:
        whole: Callable[[int], int] = lambda value: number(value, 0)  # noqa: E731 (beside its other form)
        return {str: lambda value: text(value, 0), int: whole, Int64: whole}
    drawn = never_itself(number)
    return {str: never_itself_text(text), int: drawn, Int64: drawn}


def _number_like(value: int, digits: str) -> int:
    if int(digits) > _LARGEST:
        raise Refused
    return type(value)(digits)
