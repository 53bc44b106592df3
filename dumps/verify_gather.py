"""What the verifier takes from the source first: digests of its identity values, and what others refer to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from anonymizer.rules.model import FieldRule
from anonymizer.verification.digests import Collector as Digests
from anonymizer.verification.gathering import Gatherer
from anonymizer.verification.judges import plain_form
from anonymizer.verification.records import TARGETS, Recorder
from dumps.crew import Share
from dumps.reading import Reader, unpacked, whole_gzip
from dumps.tables import Table
from dumps.verify_desk import MOST_REMEMBERED, Plan
from dumps.verify_keys import CompositeKeys
from dumps.verify_rows import GENERATED, Chunk, Form, Side, parts

_LONGEST_REMEMBERED = 200
Beside = Sequence[str]


def gather(plan: Plan, file: IO[bytes], share: Share) -> None:
    """Take what a share of the source has.

    Args:
        plan: Of the verification.
        file: The source, plain or gzip, at its beginning.
        share: Whose rows are taken.

    Raises:
        CutShortError: The source ends too early.
    """
    held, recorder = Digests(plan.gathered, plan.digester, plan.sieve_bits), plan.recorder()
    keys = CompositeKeys(plan.source.tables, plan.own, plan.places, recorder)
    gatherers = {
        name: Gatherer(rule, plan.targets.get(rule.namespace, ()), held, recorder, plan.needed_bits)
        for name, rule in plan.own.items()
    }
    wanted = {name for name, one in gatherers.items() if one.wants or keys.wants(name)}
    known: dict[tuple[str, Form], _Rows] = {}
    number = 0
    with whole_gzip("the source"):
        side = Side(Reader(unpacked(file)), plan.source.tables, lambda statement: None)
        for table, chunks in side.groups():
            for form, rows in parts(chunks) if table in wanted else ():
                number += 1
                if share.has(number):
                    if (table, form) not in known:
                        definition = plan.source.tables[table]
                        known[table, form] = _Rows(plan, gatherers[table], recorder, keys, definition, form)
                    known[table, form].take((form, rows))
    held.flush()
    recorder.flush()


class _Rows:
    """Takes rows of one table."""

    def __init__(
        self, plan: Plan, gatherer: Gatherer, recorder: Recorder, keys: CompositeKeys, table: Table, form: Form
    ) -> None:
        self._gatherer, self._recorder, self._keys, self._table = gatherer, recorder, keys, table
        rule = plan.own[table.name]
        stored = [name for name in form.columns if not table.columns[name].generated]
        self._decoders = form.decoders(table, rule)
        self._identities = {name: gatherer.identities[name] for name in stored if name in gatherer.identities}
        self._beside = {name: _beside(one, stored) for name, one in self._identities.items()}
        self._targets = {
            name: f"{rule.namespace}.{name}" for name in plan.targets.get(rule.namespace, ()) if name in stored
        }
        self._parts = [name for name in keys.columns(table.name) if name in stored] if keys.wants(table.name) else []
        needed = {*self._identities, *self._targets, *self._parts}
        needed.update(other for names in self._beside.values() for other in names)
        self._wanted = [name for name in form.columns if name in needed]
        self._known: dict[tuple[str, str], set[tuple[bytes, ...]]] = {}

    def take(self, chunk: Chunk) -> None:
        form, rows = chunk
        columns = dict(zip(self._wanted, form.cut(self._table.name, rows, self._wanted), strict=True))
        for name, rule in self._identities.items():
            for literals in self._fresh("identity", columns, (name, *self._beside[name])):
                self._identity(name, rule, literals)
        for name, path in self._targets.items():
            digests = [self._target(name, path, literal) for (literal,) in self._fresh("target", columns, (name,))]
            self._recorder.add_all(TARGETS, [digest for digest in digests if digest is not None], 0, 0)
        if self._parts:
            for row in zip(*(columns[name] for name in self._parts), strict=True):
                document = {
                    name: self._decoders[name](literal)
                    for name, literal in zip(self._parts, row, strict=True)
                    if literal != GENERATED
                }
                self._keys.there(self._table.name, document, 0)

    def _identity(self, name: str, rule: FieldRule, literals: tuple[bytes, ...]) -> None:
        if len(literals) == 1 and literals[0] != GENERATED:
            self._gatherer.take_value(rule, self._decoders[name](literals[0]), {})
            return
        names = (name, *self._beside[name])
        enclosing = {
            one: self._decoders[one](literal)
            for one, literal in zip(names, literals, strict=True)
            if literal != GENERATED
        }
        if name in enclosing:
            self._gatherer.take_value(rule, enclosing[name], enclosing)

    def _target(self, name: str, path: str, literal: bytes) -> int | None:
        value = None if literal == GENERATED else self._decoders[name](literal)
        return None if value is None else self._recorder.digest(f"{path}\0{0}\0{plain_form(value)}")

    def _fresh(self, kind: str, columns: dict[str, list[bytes]], names: tuple[str, ...]) -> set[tuple[bytes, ...]]:
        """Give the values that were not there before, or not for a long time."""
        known = self._known.setdefault((kind, names[0]), set())
        fresh = set(zip(*(columns[name] for name in names), strict=True)) - known
        if len(known) + len(fresh) > MOST_REMEMBERED:
            known.clear()
        known.update(one for one in fresh if sum(map(len, one)) <= _LONGEST_REMEMBERED)
        return fresh


def _beside(rule: FieldRule, stored: list[str]) -> Beside:
    return sorted({case.when.key for case in rule.cases} & set(stored))
