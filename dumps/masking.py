"""Masks the rows of one table: column by column, a batch at a time, with what stays passed through as bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import KEEP, CollectionRule, FieldRule, When
from dumps import literals, values
from dumps.errors import RefusedError
from dumps.rows import Batch
from dumps.tables import SPATIAL, Column, Table
from dumps.treating import Remembered, UnfitValueError, moving, treating
from dumps.values import Values

_NUMBERS = (int, float)
Bounds = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Session:
    """What of the dump's session reading a value depends on."""

    charset: str = "utf8mb4"
    backslash: bool = True


class Masking:
    """Masks rows of one table whose INSERT lists certain columns.

    Args:
        table: The table.
        columns: The columns of a row, in order.
        rule: Its rule, of mode `mask`.
        keyring: Where keys of domains come from.
        session: How values are written.
        bounds: By domain: the ends of the ranges of its whole numbers (`fitting.bounds`).

    Attributes:
        wanted: Places of the columns that `Rows.batches` is to cut out.
    """

    def __init__(
        self,
        table: Table,
        columns: Sequence[str],
        rule: CollectionRule,
        keyring: Keyring,
        session: Session,
        bounds: Bounds,
    ) -> None:
        self._table, self._rule, self._keyring, self._session, self._bounds = table, rule, keyring, session, bounds
        self._row: dict[str, bytes] = {}
        made = [name for name in columns if table.columns[name].generated]
        fields = {name: _rule_of(rule, name) for name in columns}
        masked = [name for name in columns if fields[name].mask != "keep" or fields[name].cases or name in made]
        beside = {path for name in masked for path in looked_at(fields[name])}
        names = [name for name in columns if name in masked or name in beside]
        self.wanted = tuple(place for place, name in enumerate(columns) if name in names)
        self._names = names
        self._plain = {name: self._values(table.columns[name], None) for name in names}
        self._masks = [
            (2 * at + 1, name, _defaults if name in made else self._mask(name, fields[name]))
            for at, name in enumerate(names)
            if name in masked
        ]

    def masked(self, batch: Batch, number: int) -> bytes:
        """Give the rows of a batch as they are to be written.

        Args:
            batch: As `Rows.batches` gives it.
            number: How many rows of the table came before.

        Raises:
            RefusedError: A value cannot be masked; the message has its table, column and row.
        """
        columns: list[Sequence[bytes]] = list(zip(*batch, strict=True))
        made = list(columns)
        for place, name, mask in self._masks:
            try:
                made[place] = mask(columns[place], columns)
            except UnfitValueError as error:
                row = number + 1 + columns[place].index(error.literal)
                raise self._unfit(name, row) from None
        return b"".join(chain.from_iterable(zip(*made, strict=True)))

    def _unfit(self, name: str, row: int) -> RefusedError:
        column, mask = self._table.columns[name], _rule_of(self._rule, name).mask
        return RefusedError(
            f"table {self._table.name}, column {name}, row {row:,}: the mask {mask} cannot treat this value, or gives "
            f"none that fits {column.type}; take another mask, or correct the value where it comes from"
        )

    def _mask(self, name: str, rule: FieldRule) -> Callable[[Sequence[bytes], list[Sequence[bytes]]], Sequence[bytes]]:
        looks = bool(looked_at(rule))
        column = self._table.columns[name]
        treated = [(case.when, self._one(column, case.rule)) for case in rule.cases]
        last = self._one(column, rule)
        if not looks:
            known = Remembered(last)
            return lambda literals_, _: [known[one] for one in literals_]

        beside = [(one, 2 * self._names.index(one) + 1) for one in sorted(looked_at(rule))]

        def in_rows(literals_: Sequence[bytes], columns: list[Sequence[bytes]]) -> Sequence[bytes]:
            made = []
            for at, literal in enumerate(literals_):
                self._row = {one: columns[place][at] for one, place in beside}
                mask = next((mask for when, mask in treated if self._holds(when)), last)
                made.append(mask(literal))
            return made

        return in_rows

    def _one(self, column: Column, rule: FieldRule) -> Callable[[bytes], bytes]:
        functions = build(rule, self._keyring, self._subject_of(rule), self._context)
        if rule.mask == "keep":
            return lambda literal: literal
        if column.kind in SPATIAL and rule.mask == "coordinates":
            return moving(functions, backslash=self._session.backslash)
        own = self._values(column, rule)
        return treating(own, functions, gone=KINDS[rule.mask].whole)

    def _values(self, column: Column, rule: FieldRule | None) -> Values:
        takes = frozenset(build(rule, self._keyring)) if rule and not KINDS[rule.mask].needs_context else frozenset()
        bounds = self._bounds.get(rule.domain, ()) if rule else ()
        session = self._session
        return values.of(column, session.charset, backslash=session.backslash, takes=takes, bounds=bounds)

    def _subject_of(self, rule: FieldRule) -> Callable[[], object] | None:
        path = rule.parameter("subject")
        return (lambda: self._value(path)) if path else None

    def _context(self, path: str) -> list[object]:
        value = self._value(path)
        return [] if value is None else [value]

    def _value(self, name: str) -> object:
        literal = self._row[name]
        return None if literals.is_null(literal) else self._plain[name].read(literal)

    def _holds(self, when: When) -> bool:
        value = self._value(when.key)
        return any(_same(value, wanted) for wanted in when.values)


def _rule_of(rule: CollectionRule, name: str) -> FieldRule:
    return rule.fields.get(name, KEEP) if rule.mode == "mask" else KEEP


def _defaults(literals_: Sequence[bytes], _: list[Sequence[bytes]]) -> Sequence[bytes]:
    """Give DEFAULT for values that the server makes of others: MariaDB dumps them, and they tell what those were."""
    return [literals.DEFAULT] * len(literals_)


def looked_at(rule: FieldRule) -> set[str]:
    """Give the other columns that a column's rule looks at."""
    found = {case.when.key for case in rule.cases}
    for one in (rule, *(case.rule for case in rule.cases)):
        if one.parameter("subject"):
            found.add(one.parameter("subject"))
        name = KINDS[one.mask].own_paths
        if name:
            found |= {path for path, _ in one.parameter(name, ())}
    return found


def _same(value: object, wanted: object) -> bool:
    if isinstance(value, _NUMBERS) and isinstance(wanted, _NUMBERS):
        return float(value) == float(wanted)
    return value is None if wanted is None else value == wanted
