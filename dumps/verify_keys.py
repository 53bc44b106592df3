"""Foreign keys for the verifier: what refers to something in the source must do so in the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from anonymizer.rules.model import CollectionRule, FieldRule, Rules
from anonymizer.verification.judges import plain_form
from anonymizer.verification.records import REFERENCES, TARGETS, Places, Recorder
from dumps.schema import Collector
from dumps.tables import SPATIAL, Table

Document = dict[str, Any]
_TREATED = ("mask", "copy")


class CompositeKeys:
    """Records what rows refer to, and what there is to refer to; `Joined.references` brings them together.

    Args:
        tables: The schema.
        rules: By table.
        places: Numbers of paths; a key's is that of its first column that the rules name.
        recorder: Takes the records.
    """

    def __init__(
        self, tables: dict[str, Table], rules: dict[str, CollectionRule], places: Places, recorder: Recorder
    ) -> None:
        self._recorder = recorder
        self._parents: dict[str, dict[str, tuple[str, ...]]] = {}
        self._children: dict[str, list[tuple[str, tuple[str, ...], int]]] = {}
        treated = {name for name, rule in rules.items() if rule.mode in _TREATED and not rule.unchecked}
        for name in sorted(treated & tables.keys()):
            for key in tables[name].foreign_keys.values():
                if len(key.columns) < 2 or key.table not in treated:
                    continue
                mark = f"{key.table}\0{key.references}"
                path = next((column for column in key.columns if column in rules[name].fields), "")
                self._parents.setdefault(key.table, {})[mark] = key.references
                self._children.setdefault(name, []).append(
                    (mark, key.columns, places.number(rules[name].namespace, path))
                )

    def wants(self, table: str) -> bool:
        """Tell whether rows of a table of the source are referred to."""
        return table in self._parents

    def is_about(self, table: str) -> bool:
        """Tell whether rows of a table are referred to, or refer to others."""
        return table in self._parents or table in self._children

    def columns(self, table: str) -> tuple[str, ...]:
        """Give the columns of a table that are of such keys, in order."""
        parents = list(self._parents.get(table, {}).values())
        children = [columns for _, columns, _ in self._children.get(table, ())]
        return tuple(dict.fromkeys(column for columns in parents + children for column in columns))

    def there(self, table: str, document: Document, side: int) -> None:
        """Take a row that others may refer to.

        Args:
            table: Its table.
            document: It.
            side: 0: of the source, 1: of the result.
        """
        for mark, columns in self._parents.get(table, {}).items():
            if (key := self._digest(mark, columns, document, side)) is not None:
                self._recorder.add(TARGETS, key, side, 0)

    def refers(self, table: str, before: Document, after: Document) -> None:
        """Take a row that refers to others, as it is in the source and in the result."""
        for mark, columns, place in self._children.get(table, ()):
            for side, document in enumerate((before, after)):
                if (key := self._digest(mark, columns, document, side)) is not None:
                    self._recorder.add(REFERENCES, key, side, place)

    def _digest(self, mark: str, columns: tuple[str, ...], document: Document, side: int) -> int | None:
        values = [document.get(name) for name in columns]
        if None in values:
            return None
        return self._recorder.digest(f"{mark}\0{side}\0" + "\0".join(map(plain_form, values)))


def fitted(rule: CollectionRule, rules: Rules, source: Collector) -> CollectionRule:
    """Give a table's rule as documents are judged by it: coordinates lie in a list, foreign keys refer."""
    table = source.tables.get(rule.collection)
    if table is None or rule.mode not in _TREATED or rule.unchecked:
        return rule
    fields: dict[str, FieldRule] = {}
    for name, one in rule.fields.items():
        column = table.columns.get(name)
        fields[f"{name}[]" if column and column.kind in SPATIAL and one.mask == "coordinates" else name] = one
    for name, target in _referring(table, rules, rule.database).items():
        if name in fields and not fields[name].refers_to:
            fields[name] = replace(fields[name], refers_to=target)
    return replace(rule, fields=fields)


def _referring(table: Table, rules: Rules, schema: str) -> dict[str, str]:
    """Give what columns refer to by foreign keys of one column."""
    return {
        key.columns[0]: f"{schema}.{key.table}.{key.references[0]}"
        for key in table.foreign_keys.values()
        if len(key.columns) == 1 and f"{schema}.{key.table}" in rules.collections
    }
