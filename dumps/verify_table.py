"""Compares rows of one table, source and result, column by column; rows that list other columns, as documents."""

from __future__ import annotations

from collections.abc import Sequence

from anonymizer.rules.model import CollectionRule
from anonymizer.verification.control import plant
from dumps.tables import Table
from dumps.verify_columns import Compared, Referred, Refers
from dumps.verify_desk import Desk
from dumps.verify_keys import CompositeKeys
from dumps.verify_names import Named
from dumps.verify_rows import GENERATED, Chunk, Document, Form, Literals
from dumps.verify_values import Decode

Columns = dict[str, list[bytes]]


class TableRows:
    """Compares rows of one table that have the same columns on both sides, or others.

    Args:
        desk: What its process judges with.
        keys: Takes what foreign keys of several columns refer to.
        rule: Of the table.
        table: The table.
        forms: How rows are read: the source's, the result's.
    """

    def __init__(
        self, desk: Desk, keys: CompositeKeys, rule: CollectionRule, table: Table, forms: tuple[Form, Form]
    ) -> None:
        self._desk, self._keys, self._rule, self._table, self._forms = desk, keys, rule, table, forms
        self._names = tuple(name for name in forms[0].columns if not table.columns[name].generated)
        self._made = tuple(name for name in forms[1].columns if table.columns[name].generated)
        self._decoders = [form.decoders(table, rule) for form in forms]
        self._targets = {
            name: Referred(desk, f"{rule.namespace}.{name}", self._decoders[1][name])
            for name in desk.plan.targets.get(rule.namespace, ())
            if name in forms[1].columns
        }
        followed = desk.plan.followed.get(rule.namespace, frozenset())
        self._whole = desk.comparison(rule, followed)
        self._by_rows = forms[0].columns != forms[1].columns
        if not self._by_rows:
            self._prepare(followed)

    def _prepare(self, followed: frozenset[str]) -> None:
        desk, rule, name = self._desk, self._rule, self._rule.namespace
        looked = frozenset(path for path in followed if path in rule.fields and rule.fields[path].cases)
        comparison = desk.comparison(rule, looked)
        self._beside = {path: self._beside_of(path) for path in self._names}
        self._compared = {
            path: Compared(
                desk,
                comparison,
                self._table.columns[path],
                rule.fields.get(path),
                self._both(path),
                [(other, self._decoders[0][other]) for other in self._beside[path]],
            )
            for path in self._names
        }
        self._refers = {
            path: Refers(desk, rule.fields[path].refers_to, desk.plan.places.number(name, path), self._both(path))
            for path in followed - looked
            if path in self._names
        }
        self._own_names = Named(desk, rule, self._decoders, self._names)

    def _beside_of(self, path: str) -> list[str]:
        rule = self._rule.fields.get(path) or self._rule.fields.get(f"{path}[]")
        return sorted({case.when.key for case in rule.cases} & set(self._names) - {path}) if rule else []

    def _both(self, path: str) -> tuple[Decode, Decode]:
        return self._decoders[0][path], self._decoders[1][path]

    def plant(self, rows: Chunk) -> None:
        """Show the checks of rows what they must find, with the first row of the source."""
        (document,) = self._documents(0, rows[0].cut(self._table.name, rows[1][:1], rows[0].columns))
        self._desk.tally.control("documents", found=document != {**document, "(control)": 1})
        plan = self._desk.plan
        plant(self._rule, document, plan.needed_bits, self._desk.lookout, self._desk.tally, plan.places)

    def compare(self, originals: list[bytes], copies: list[bytes]) -> None:
        """Compare rows.

        Args:
            originals: The source's, whole, as they are written.
            copies: As many of the result.
        """
        left, right = (
            form.cut(self._table.name, rows, form.columns)
            for form, rows in zip(self._forms, (originals, copies), strict=True)
        )
        if self._rule.unchecked:
            differing = sum(map(tuple.__ne__, zip(*left, strict=True), zip(*right, strict=True)))
            if differing:
                self._desk.findings.add("changed", self._rule.namespace, count=differing)
            return
        self._tell_generated(dict(zip(self._forms[1].columns, right, strict=True)))
        if self._by_rows:
            self._documents_compared(left, right)
        else:
            self._columns_compared(
                dict(zip(self._forms[0].columns, left, strict=True)),
                dict(zip(self._forms[1].columns, right, strict=True)),
            )

    def _tell_generated(self, copies: Columns) -> None:
        """Say where columns that are made of others have values of their own all the same."""
        for name in self._made:
            told = sum(literal != GENERATED for literal in copies[name])
            if told:
                self._desk.findings.add("unlisted", self._rule.namespace, name, told)

    def _columns_compared(self, left: Columns, right: Columns) -> None:
        for name, compared in self._compared.items():
            compared.compare(left[name], right[name], [left[other] for other in self._beside[name]])
        for name, refers in self._refers.items():
            refers.take(left[name], right[name])
        for name, referred in self._targets.items():
            referred.take(right[name])
        self._own_names.look(left, right)
        if self._keys.is_about(self._table.name):
            columns = self._keys.columns(self._table.name)
            for before, after in zip(
                self._documents(0, [left[name] for name in columns], columns),
                self._documents(1, [right[name] for name in columns], columns),
                strict=True,
            ):
                self._key(before, after)

    def _documents_compared(self, left: Sequence[Literals], right: Sequence[Literals]) -> None:
        for before, after in zip(self._documents(0, left), self._documents(1, right), strict=True):
            self._whole.compare(before, after)
            self._key(before, after)
        for name, referred in self._targets.items():
            referred.take(right[self._forms[1].columns.index(name)])
        self._desk.count_now()

    def _documents(self, side: int, columns: Sequence[Literals], names: Sequence[str] = ()) -> list[Document]:
        """Give rows of a side as documents, of all its columns or of some."""
        names = names or self._forms[side].columns
        decoders = [self._decoders[side][name] for name in names]
        stored = [not self._table.columns[name].generated for name in names]
        return [
            {
                name: decode(literal)
                for name, decode, literal, own in zip(names, decoders, row, stored, strict=True)
                if own and literal != GENERATED
            }
            for row in zip(*columns, strict=True)
        ]

    def _key(self, before: Document, after: Document) -> None:
        self._keys.there(self._table.name, after, 1)
        self._keys.refers(self._table.name, before, after)
