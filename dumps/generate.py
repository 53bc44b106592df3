"""Made-up rows for load tests: by rules and schema, whole over foreign keys, distinct where an index says so.

Each value is a function of its row's number, so that a row refers to another by computing that one's key: nothing is
kept in memory and tables may refer to one another in circles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anonymizer.keys import Keyring
from anonymizer.rules.model import KEEP, CollectionRule, FieldRule
from dumps import names
from dumps.errors import UsageError
from dumps.output import Output
from dumps.synthetic import At, any_value, distinct_value
from dumps.tables import ForeignKey, Index, Table

Pick = Callable[[int], int]
_ROWS_A_STATEMENT = 5_000
_MIXING, _SHIFT = 2_654_435_761, 7
_DEEPEST = 20


@dataclass(frozen=True)
class Wanted:
    """How many rows are wanted.

    Attributes:
        rows: By table.
        others: Of each table that those refer to.
    """

    rows: dict[str, int]
    others: int = 1_000


class Generator:
    """Makes up rows of a schema.

    Args:
        tables: The schema.
        rules: By table.
        wanted: How many rows.
        seed: What other runs with the same give the same rows by.

    Attributes:
        counts: Rows of each table.
    """

    def __init__(self, tables: dict[str, Table], rules: dict[str, CollectionRule], wanted: Wanted, seed: str) -> None:
        self._tables, self._rules, self._seed = tables, rules, seed
        self._keyring = Keyring(seed.encode().ljust(32, b"\0")[:32])
        if unknown := sorted(wanted.rows.keys() - tables.keys()):
            raise UsageError(f"--rows: the schema has no table {', '.join(unknown)}")
        self.counts = self._counted(wanted)
        self._columns: dict[str, dict[str, At]] = {}
        for name in self.counts:
            self._columns[name] = self._plan(tables[name], explicit=name in wanted.rows)

    def write(self, table: str, output: Output) -> int:
        """Write the rows of a table and give their number."""
        count = self.counts.get(table, 0)
        columns = self._columns.get(table, {})
        listed = b",".join(map(names.quoted, columns))
        head = b"INSERT INTO %b (%b) VALUES\n" % (names.quoted(table), listed)
        makers = list(columns.values())
        for start in range(0, count, _ROWS_A_STATEMENT):
            numbers = range(start, min(start + _ROWS_A_STATEMENT, count))
            made = [list(map(at, numbers)) for at in makers]
            rows = b"),\n(".join(map(b",".join, zip(*made, strict=True)))
            output.write(head + b"(" + rows + b");\n")
        return count

    def _counted(self, wanted: Wanted) -> dict[str, int]:
        """Give the rows of all tables that are wanted, and of those that they refer to."""
        found, waiting = dict(wanted.rows), list(wanted.rows)
        while waiting:
            table = self._tables[waiting.pop()]
            for key in table.foreign_keys.values():
                if key.table not in found:
                    if key.table not in self._tables:
                        raise UsageError(
                            f"table {table.name}: its foreign key {key.name} refers to {key.table}, which is not there"
                        )
                    found[key.table] = min(wanted.others, self._room(self._tables[key.table]))
                    waiting.append(key.table)
        return found

    def _room(self, table: Table) -> int:
        """Give how many rows the columns of a table's unique indexes of one column can tell apart."""
        rooms = [
            distinct_value(table.columns[index.columns[0]], self._rule(table, index.columns[0]), self._keyring)[1]
            for index in table.indexes.values()
            if index.unique and len(index.columns) == 1 and index.columns[0] in table.columns
        ]
        return min(rooms, default=2**63)

    def _plan(self, table: Table, *, explicit: bool) -> dict[str, At]:
        """Decide how each column of a table is made."""
        count, picks, made = self.counts[table.name], _Picks(table), dict[str, At]()
        referring = {name: key for key in table.foreign_keys.values() for name in key.columns}
        for index in table.indexes.values():
            if index.unique and (room := self._distinct(table, index, referring, picks, made)) < count:
                if explicit:
                    raise UsageError(
                        f"table {table.name}: its unique index {index.name} has room for {room:,} rows, "
                        f"{count:,} are wanted"
                    )
                count = self.counts[table.name] = room
        for name in table.stored():
            if name in referring:
                made[name] = self._reference(table, referring[name], name, picks)
            elif name not in made:
                seed = f"{self._seed}.{table.name}.{name}"
                made[name] = any_value(table.columns[name], self._rule(table, name), self._keyring, seed)
        return {name: made[name] for name in table.stored()}

    def _distinct(
        self, table: Table, index: Index, referring: dict[str, ForeignKey], picks: _Picks, made: dict[str, At]
    ) -> int:
        """Make the values of a unique index distinct, by one column alone or by counting through several.

        Returns:
            For how many rows.
        """
        plain = [name for name in index.columns if name in table.columns and not table.columns[name].generated]
        best = 0
        for name in plain:
            if name in made:
                return self.counts[table.name]
            if name not in referring:
                at, room = distinct_value(table.columns[name], self._rule(table, name), self._keyring)
                if room >= self.counts[table.name]:
                    made[name] = at
                    return room
                best = max(best, room)
        room = 1
        for key in dict.fromkeys(referring[name].name for name in plain if name in referring):
            size = self.counts[table.foreign_keys[key].table]
            picks.count_through(key, room, size)
            room *= size
        return room if room > 1 or not best else best

    def _reference(self, table: Table, key: ForeignKey, name: str, picks: _Picks) -> At:
        theirs = key.references[key.columns.index(name)]
        parents = self.counts[key.table]
        if not parents:
            raise UsageError(f"table {key.table}: {table.name} refers to it; give it rows with --rows {key.table}=…")
        pick = picks.of(key, parents)
        if key.table == table.name:
            return self._to_itself(table, name, theirs)
        return lambda number: self._value(key.table, theirs, pick(number))

    def _to_itself(self, table: Table, name: str, theirs: str) -> At:
        """Refer to an earlier row of the same table; the first refers to none, or to itself."""
        nothing = b"NULL" if table.columns[name].nullable else None

        def at(number: int) -> bytes:
            if number == 0 and nothing:
                return nothing
            return self._value(table.name, theirs, number // 2)

        return at

    def _value(self, table: str, column: str, number: int) -> bytes:
        return self._columns[table][column](number)

    def _rule(self, table: Table, column: str) -> FieldRule:
        rule = self._rules.get(table.name)
        return rule.fields.get(column, KEEP) if rule else KEEP


class _Picks:
    """Which row of another table each row refers to, by foreign key."""

    def __init__(self, table: Table) -> None:
        self._name, self._counting = table.name, dict[str, tuple[int, int]]()
        used: dict[str, str] = {}
        for key in table.foreign_keys.values():
            for column in key.columns:
                if used.setdefault(column, key.name) != key.name:
                    raise UsageError(
                        f"table {table.name}: the foreign keys {used[column]} and {key.name} share the column "
                        f"{column}; rows for such a table cannot be made up"
                    )

    def count_through(self, key: str, divisor: int, size: int) -> None:
        """Let a foreign key go through all rows of the other table, one after `divisor` rows."""
        self._counting.setdefault(key, (divisor, size))

    def of(self, key: ForeignKey, parents: int) -> Pick:
        """Give the choice of a foreign key."""
        if key.name in self._counting:
            divisor, size = self._counting[key.name]
            return lambda number: number // divisor % size
        salt = sum(key.name.encode()) * 31
        return lambda number: ((number + salt) * _MIXING >> _SHIFT) % parents
