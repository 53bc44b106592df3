"""Whether the name of a row's own person stands in the texts of that row that are free to say anything."""

from __future__ import annotations

from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.verification import expected
from anonymizer.verification.own_names import OwnNames
from anonymizer.verification.spots import holds
from dumps.tables import INTEGERS
from dumps.verify_desk import MOST_REMEMBERED, Desk
from dumps.verify_rows import GENERATED
from dumps.verify_values import Decode

_LONGEST_REMEMBERED = 200
_NO_TEXT = frozenset("decimal float double date datetime timestamp bit year".split()) | INTEGERS.keys()
Columns = dict[str, list[bytes]]


class Named:
    """Looks for names in the rows of one table.

    Args:
        desk: What its process judges with.
        rule: Of the table.
        decoders: What makes values of literals, by column: of the source's, of the result's.
        names: The columns that both sides have and that are not made of others.
    """

    def __init__(
        self, desk: Desk, rule: CollectionRule, decoders: list[dict[str, Decode]], names: tuple[str, ...]
    ) -> None:
        self._desk, self._table, self._own = desk, rule, OwnNames(MOST_REMEMBERED)
        kinds = desk.plan.source.tables[rule.collection].columns
        texts = {name: rule.fields[name] for name in names if name in rule.fields and kinds[name].kind not in _NO_TEXT}
        self._names = {
            name: _Texts(decoders[0][name]) for name, one in texts.items() if any(map(_is_name, _alternatives(one)))
        }
        self._free = {
            name: _Texts(decoders[1][name]) for name, one in texts.items() if any(map(_is_free, _alternatives(one)))
        }
        about = {name: one for name, one in texts.items() if one.cases and (name in self._names or name in self._free)}
        self._cases = about
        beside = {case.when.key for one in about.values() for case in one.cases} & set(names)
        self._beside = {name: decoders[0][name] for name in beside}
        desk.tally.values["own_names"] += 1
        self._number = desk.counted()

    def look(self, left: Columns, right: Columns) -> None:
        """Look through rows, by their columns of both sides."""
        if not self._names or not self._free:
            return
        names = [[texts[literal] for literal in left[name]] for name, texts in self._names.items()]
        free = [[texts[literal] for literal in right[name]] for name, texts in self._free.items()]
        looked = 0
        for at, (people, others) in enumerate(zip(zip(*names, strict=True), zip(*free, strict=True), strict=True)):
            decided = self._decided(left, at) if self._cases else {}
            held = [
                text
                for name, text in zip(self._names, people, strict=True)
                if text is not None and _is_name(decided.get(name) or self._table.fields[name])
            ]
            if not held:
                continue
            said = [
                (name, text)
                for name, text in zip(self._free, others, strict=True)
                if text is not None and _is_free(decided.get(name) or self._table.fields[name])
            ]
            looked += len(said)
            for path in self._own.named_in(held, said):
                self._desk.findings.add("own_name", self._table.namespace, path)
        self._desk.count(self._number, looked)

    def _decided(self, left: Columns, at: int) -> dict[str, FieldRule]:
        """Give the rules that decide in a row, where that depends on other columns."""
        row = {name: decode(left[name][at]) for name, decode in self._beside.items() if left[name][at] != GENERATED}
        return {
            name: next((case.rule for case in rule.cases if holds(case.when, row)), rule)
            for name, rule in self._cases.items()
        }


class _Texts(dict[bytes, "str | None"]):
    """What literals say, None where that is no text; remembered for a while."""

    def __init__(self, decode: Decode) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, literal: bytes) -> str | None:
        value = None if literal == GENERATED else self._decode(literal)
        found = value if isinstance(value, str) else None
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        if len(literal) <= _LONGEST_REMEMBERED:
            self[literal] = found
        return found


def _alternatives(rule: FieldRule) -> list[FieldRule]:
    return [rule, *(case.rule for case in rule.cases)]


def _is_name(rule: FieldRule) -> bool:
    return expected.of(rule).words and rule.mask != "city"


def _is_free(rule: FieldRule) -> bool:
    return expected.of(rule).free
