"""From a literal to its masked literal: read, masked, tried again until it fits, written; and remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anonymizer.bsontypes import NULL
from anonymizer.errors import Refused
from anonymizer.masks.draw import Table as Functions
from dumps import literals
from dumps.errors import RefusedError
from dumps.points import moved
from dumps.values import Values
from dumps.values_numbers import Whole

_MOST_TRIES = 64
_MOST_REMEMBERED = 10_000  # a column: so few that memory is flat long before a dump is large
_LONGEST_REMEMBERED = 200


class UnfitValueError(Exception):
    """A value that its mask cannot treat, or whose pseudonyms do not fit; with the literal, which nobody shows."""

    def __init__(self, literal: bytes) -> None:
        self.literal = literal
        super().__init__("a value does not fit")


def treating(own: Values, functions: Functions, *, gone: bool) -> Callable[[bytes], bytes]:
    """Give what makes a literal of a literal: the mask is tried again on its own outcome until that fits the column.

    So a permutation stays one: among the values that fit, each is the pseudonym of one.
    """
    of_null = functions.get(NULL)

    def fitting(literal: bytes, value: Any) -> bytes:
        made = value
        for _ in range(_MOST_TRIES):
            function = functions[made.__class__]
            if function is None:
                return literal
            made = function(made)
            if made is None:
                return literals.NULL
            out = own.write(made)
            if out is not None:
                return out
            made = own.typed(int(made)) if isinstance(own, Whole) else made
        raise UnfitValueError(literal)

    def treat(literal: bytes) -> bytes:
        if literals.is_null(literal):
            made = of_null(None) if of_null else None
            return (own.write(made) or literals.NULL) if made is not None else literal
        try:
            value = own.read(literal)
            if value is None:
                return fitting(literal, "") if gone else literal
            return fitting(literal, value)
        except (Refused, KeyError, ValueError, ArithmeticError, RefusedError):
            raise UnfitValueError(literal) from None

    return treat


class Remembered(dict[bytes, bytes]):
    """Literals made before."""

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, literal: bytes) -> bytes:
        made = self._make(literal)
        if len(literal) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[literal] = made
        return made


def moving(functions: Functions, *, backslash: bool) -> Callable[[bytes], bytes]:
    """Give what moves the literal of a point."""

    def move(literal: bytes) -> bytes:
        try:
            return moved(literal, functions[float], backslash)
        except Refused:
            raise UnfitValueError(literal) from None

    return move
