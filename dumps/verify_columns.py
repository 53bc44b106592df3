"""Compares the values of one column, source and result: each pair of literals that was clean is judged once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from anonymizer.rules.model import FieldRule
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.judges import MISSING, plain_form
from anonymizer.verification.records import REFERENCES, TARGETS
from dumps.tables import INTEGERS, SPATIAL, Column
from dumps.verify_desk import MOST_REMEMBERED, Desk
from dumps.verify_rows import GENERATED, Literals
from dumps.verify_values import Decode

_LONGEST_REMEMBERED = 200
_PAUSE = 10 * MOST_REMEMBERED  # pairs that pass before a column whose values hardly repeat remembers again
_SHORTEST_LOOKED_AT = 9  # characters: a number below 10^8, which nobody looks for, has fewer
_NO_TEXT = frozenset("decimal float double date datetime timestamp".split())
_KEPT = FieldRule("keep")
Pair = tuple[bytes, ...]


class Compared:
    """A column that both sides have.

    Args:
        desk: What its process judges with.
        comparison: Of the table.
        column: The column.
        rule: Its rule.
        decoders: What makes values of literals: of the source's, of the result's.
        beside: Columns that the rule's conditions are about, with what decodes them.
    """

    def __init__(
        self,
        desk: Desk,
        comparison: Comparison,
        column: Column,
        rule: FieldRule | None,
        decoders: tuple[Decode, Decode],
        beside: Sequence[tuple[str, Decode]] = (),
    ) -> None:
        self._desk, self._comparison, self._name = desk, comparison, column.name
        self._before, self._after, self._beside = *decoders, beside
        self._alone = _deciding(comparison, column)
        self._known: dict[Pair, int] = {}
        self._met = self._pause = 0
        kept = rule is not None and replace(rule, refers_to="") == _KEPT  # references are recorded by `Refers`
        self._says_nothing = kept and column.kind in _NO_TEXT
        self._is_number = kept and column.kind in INTEGERS

    def compare(self, before: Literals, after: Literals, others: Sequence[Literals] = ()) -> None:
        """Compare its values.

        Args:
            before: The source's literals.
            after: The result's.
            others: The source's of the columns beside.
        """
        if before == after and self._has_nothing_to_look_at(after):
            return
        known, count = self._known, self._desk.count
        pairs = Counter(zip(before, after, *others, strict=True))
        for pair, times in pairs.items():
            number = known.get(pair)
            if number is None:
                number = self._judge(pair, times)
            else:
                self._met += 1
            count(number, times)
        self._pause = max(0, self._pause - len(before))

    def _has_nothing_to_look_at(self, literals: Literals) -> bool:
        """Tell whether it is enough that values are the same: they are kept, and no text, nor long numbers."""
        return self._says_nothing or (self._is_number and not any(len(one) >= _SHORTEST_LOOKED_AT for one in literals))

    def _judge(self, pair: Pair, times: int) -> int:
        """Judge a pair as often as it comes, if anything is found of it; give the number of its counts."""
        desk, alone = self._desk, self._alone
        total = desk.findings.total
        if alone and GENERATED not in pair:
            decoded: tuple[Any, ...] = self._before(pair[0]), self._after(pair[1])
            judge: Callable[..., None] = alone
        else:
            decoded, judge = (self._name, *self._decoded(pair)), self._comparison.value
        judge(*decoded)
        number = desk.counted()
        if desk.findings.total == total:
            self._remember(pair, number)
            return number
        for _ in range(times - 1):
            judge(*decoded)
            desk.counted()
        return number

    def _decoded(self, pair: Pair) -> tuple[Any, Any, dict[str, Any]]:
        before, after = pair[:2]
        value = MISSING if before == GENERATED else self._before(before)
        other = MISSING if after == GENERATED else self._after(after)
        enclosing = {name: decode(literal) for (name, decode), literal in zip(self._beside, pair[2:], strict=True)}
        return value, other, {**enclosing, self._name: value}

    def _remember(self, pair: Pair, number: int) -> None:
        if self._pause or sum(map(len, pair)) > _LONGEST_REMEMBERED:
            return
        if len(self._known) >= MOST_REMEMBERED:
            self._pause = 0 if self._met > MOST_REMEMBERED // 8 else _PAUSE
            self._met = 0
            self._known.clear()
        self._known[pair] = number


def _deciding(comparison: Comparison, column: Column) -> Callable[[Any, Any], None] | None:
    """Give the judge that alone decides on a column's values, which hold no others; None where there is more to it."""
    spot = comparison.root.at_key(column.name)
    judge = spot.judge
    if judge is None or spot.cases or spot.children or spot.any_key or spot.element or column.kind in SPATIAL:
        return None
    return (lambda _, copy: judge.whole(copy)) if judge.gone else judge.leaf


class Digests(dict[bytes, "int | None"]):
    """The digests of a column's values by their literals; None of NULL. They are remembered for a while."""

    def __init__(self, digest: Callable[[str], int], mark: str, decode: Decode) -> None:
        super().__init__()
        self._digest, self._mark, self._decode = digest, mark, decode

    def __missing__(self, literal: bytes) -> int | None:
        value = None if literal == GENERATED else self._decode(literal)
        found = None if value is None else self._digest(f"{self._mark}{plain_form(value)}")
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if len(literal) <= _LONGEST_REMEMBERED:
            self[literal] = found
        return found


class Referred:
    """Records the values of a column that others refer to.

    Args:
        desk: What its process judges with.
        name: The column, with table and schema.
        decode: Makes values of the result's literals.
    """

    def __init__(self, desk: Desk, name: str, decode: Decode) -> None:
        self._recorder = desk.recorder
        self._digests = Digests(desk.recorder.digest, f"{name}\0{1}\0", decode)

    def take(self, literals: Literals) -> None:
        """Take values of the result."""
        digests = map(self._digests.__getitem__, set(literals))
        self._recorder.add_all(TARGETS, [digest for digest in digests if digest is not None], 1, 0)


class Refers:
    """Records the references of a column whose values refer to others.

    Args:
        desk: What its process judges with.
        target: What they refer to.
        place: The number of its path.
        decoders: What makes values of literals: of the source's, of the result's.
    """

    def __init__(self, desk: Desk, target: str, place: int, decoders: tuple[Decode, Decode]) -> None:
        self._desk, self._place = desk, place
        self._digests = [
            Digests(desk.recorder.digest, f"{target}\0{side}\0", decode) for side, decode in enumerate(decoders)
        ]
        self._nothing = desk.recorder.digest(f"{target}\0{1}\0{plain_form(None)}")
        desk.tally.values["references"] += 1
        self._number = desk.counted()

    def take(self, before: Literals, after: Literals) -> None:
        """Take values of both sides."""
        left, right = self._digests
        pairs = [(left[one], right[other]) for one, other in zip(before, after, strict=True) if other != GENERATED]
        digests = [digest for digest, _ in pairs if digest is not None]
        copied = [self._nothing if digest is None else digest for one, digest in pairs if one is not None]
        self._desk.recorder.add_all(REFERENCES, digests, 0, self._place)
        self._desk.recorder.add_all(REFERENCES, copied, 1, self._place)
        self._desk.count(self._number, len(digests))
