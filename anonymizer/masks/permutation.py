"""A keyed permutation of the whole numbers below any size: the injective form of masks.

A small size is shuffled as a whole (Fisher and Yates). A larger one goes through a Feistel network over two parts,
`a` and `b` with `a * b` just above the size, in ten rounds of the keyed hash; what lands outside goes through it again
until it is inside (cycle walking; Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). The same walk
restricts a permutation to those numbers that a condition holds for, provided that it holds for the number given.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

from anonymizer.masks.draw import DIGEST_BYTES, Drawing

_SHUFFLED = 512
_ROUNDS = 10
_MOST_KNOWN = 256
_MARGIN_BYTES = 16  # so many more random bytes than the modulus has, that no remainder is favoured


class Permutation:
    """A permutation of the numbers from 0 to size - 1, by key, tweak and size."""

    def __init__(self, drawing: Drawing, tweak: bytes, size: int) -> None:
        self._drawing = drawing
        self._size = size
        self._tweak = b"permutation\0%d\0" % size + tweak + b"\0"
        self._rows = isqrt(size - 1) + 1
        self._columns = -(-size // self._rows)
        self._table = self._shuffled() if size <= _SHUFFLED else []
        moduli = (self._rows, self._columns) * (_ROUNDS // 2)
        self._rounds = [] if self._table else [self._round(*each) for each in enumerate(moduli)]

    def __call__(self, number: int, fits: Callable[[int], bool] | None = None) -> int:
        """Give the number that takes the place of another.

        Args:
            number: From 0 to size - 1.
            fits: Restricts the permutation to numbers that it holds for; it must hold for the number given.
        """
        while True:
            number = self._table[number] if self._table else self._network(number)
            if number < self._size and (fits is None or fits(number)):
                return number

    def _shuffled(self) -> list[int]:
        table = list(range(self._size))
        for last in range(self._size - 1, 0, -1):
            drawn = int.from_bytes(self._drawing.draw(self._tweak + b"%d" % last), "little") % (last + 1)
            table[last], table[drawn] = table[drawn], table[last]
        return table

    def _network(self, number: int) -> int:
        rows, columns = self._rows, self._columns
        row, column = divmod(number, columns)
        turns = iter(self._rounds)
        for turn in turns:
            row = (row + turn(column)) % rows
            column = (column + next(turns)(row)) % columns
        return row * columns + column

    def _round(self, turn: int, modulus: int) -> Callable[[int], int]:
        size = (modulus.bit_length() + 7) // 8 + _MARGIN_BYTES
        head, drawing = self._tweak + b"%d\0" % turn, self._drawing
        drawn = drawing.after(head)
        if size > DIGEST_BYTES:
            drawn = lambda half: drawing.stream(head + half, size)  # noqa: E731 (it takes the place of the other)

        def draw(half: int) -> int:
            data = drawn(half.to_bytes((half.bit_length() + 7) // 8, "little"))
            return int.from_bytes(data[:size], "little") % modulus

        return draw


class Permutations:
    """The permutations of one mask, made when they are first asked for."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._known: dict[tuple[bytes, int], Permutation] = {}

    def of(self, tweak: bytes, size: int) -> Permutation:
        """Give the permutation of a tweak and a size."""
        found = self._known.get((tweak, size))
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[tweak, size] = Permutation(self._drawing, tweak, size)
        return found
