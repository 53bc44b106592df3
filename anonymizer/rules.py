"""The rules: checked as a whole and turned into plain values; every mistake is told, with its place and what to do."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from anonymizer import paths
from anonymizer.errors import Mistake, RulesError
from anonymizer.masks.parameters import KINDS

MODES = ("mask", "copy", "empty", "drop")
SYSTEM_DATABASES = ("admin", "config", "local")


@dataclass(frozen=True)
class FieldRule:
    """What happens to the values at one path.

    Attributes:
        mask: A name from `masks.parameters.KINDS`.
        domain: Whose key the mask draws from; empty for masks that draw from none.
        parameters: Sorted pairs of a name and a value that cannot change (lists are tuples, maps tuples of pairs).
        refers_to: `database.collection.path` that the value references, or empty.
        keys: On a path that ends in `*`: how the keys of that map are masked, text to text.
        cases: Tried in order; the first whose condition holds decides, else this rule itself.
    """

    mask: str
    domain: str = ""
    parameters: tuple[tuple[str, Any], ...] = ()
    refers_to: str = ""
    keys: FieldRule | None = None
    cases: tuple[Case, ...] = ()

    def parameter(self, name: str, default: Any = None) -> Any:
        """Give a parameter or its default."""
        return dict(self.parameters).get(name, default)


@dataclass(frozen=True)
class When:
    """A condition: a sibling key, in the same (sub-)document of the source, has one of these values."""

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A rule for where its condition holds."""

    when: When
    rule: FieldRule


@dataclass(frozen=True)
class Sample:
    """Which part of a collection is copied: a share from 0 to 1 or a count; one of both is None.

    Attributes:
        share: Part of the documents.
        count: Number of documents.
        follow: Own paths with `refers_to`; what they refer to comes along.
    """

    share: float | None = None
    count: int | None = None
    follow: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptIn:
    """Something the rules allow on purpose that could reach a person or passes unchecked; the report names it."""

    namespace: str
    path: str
    what: str


KEEP = FieldRule("keep")


@dataclass(frozen=True)
class CollectionRule:
    """What happens to one collection.

    Attributes:
        database: Its database.
        collection: Its name.
        mode: One of `MODES`.
        fields: Rules by path, for `mask`, `copy` and `sample`.
        subject: Path of whom a document is about: the default subject of its date masks, which have it already.
        sample: For mode `sample`.
        unchecked: For mode `copy`: its paths are not listed and not checked.
        quasi_identifiers: Sets of paths that together could single somebody out.
        k: How many documents at least share each combination of values of such a set.
    """

    database: str
    collection: str
    mode: str
    fields: dict[str, FieldRule]
    subject: str = ""
    sample: Sample | None = None
    unchecked: bool = False
    quasi_identifiers: tuple[tuple[str, ...], ...] = ()
    k: int = 0

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return f"{self.database}.{self.collection}"

    @property
    def masks_id(self) -> bool:
        """Whether documents get another `_id`, so that it cannot pair a document with its source."""
        return any(paths.parse(path)[0] == "_id" and rule.mask != "keep" for path, rule in self.fields.items())


@dataclass(frozen=True)
class Rules:
    """All rules, by namespace, and the hash of their canonical JSON.

    Attributes:
        collections: Rules by namespace.
        sha256: Of the canonical JSON.
        ephemeral: Whether each run takes a key of its own and forgets it.
        opt_ins: What was allowed on purpose, for the report.
    """

    collections: dict[str, CollectionRule]
    sha256: str
    ephemeral: bool = False
    opt_ins: tuple[OptIn, ...] = ()


def canonical(raw: object) -> bytes:
    """Give the canonical JSON of a rules structure: keys sorted, no spaces, whole numbers without a fraction."""
    return json.dumps(_whole_numbers(raw), sort_keys=True, separators=(",", ":")).encode()


def _whole_numbers(raw: Any) -> Any:
    """Undo what Pulumi does to numbers (30 arrives as 30.0)."""
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, dict):
        return {key: _whole_numbers(value) for key, value in raw.items()}
    return [_whole_numbers(item) for item in raw] if isinstance(raw, list) else raw


def parse(raw: object) -> Rules:
    """Check a rules structure and turn it into `Rules`.

    Args:
        raw: What YAML or JSON gave.

    Raises:
        RulesError: With every mistake, not only the first.
    """
    reader = _Reader()
    collections = reader.rules(raw)
    if reader.mistakes:
        raise RulesError(reader.mistakes)
    return Rules({rule.namespace: rule for rule in collections}, hashlib.sha256(canonical(raw)).hexdigest())


class _Reader:
    """Walks over the structure and collects mistakes."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._domains: dict[str, tuple[FieldRule, str]] = {}

    def rules(self, raw: object) -> list[CollectionRule]:
        top = self._mapping("rules", raw, ("version", "databases"))
        if "version" not in top or top["version"] != 1 or isinstance(top["version"], bool):
            self._wrong("version", "must be 1")
        databases = self._mapping("databases", top.get("databases", {}))
        if not databases:
            self._wrong("databases", "must name at least one database")
        return [rule for name, collections in databases.items() for rule in self._database(name, collections)]

    def _database(self, name: str, raw: object) -> list[CollectionRule]:
        where = f"databases.{name}"
        if name in SYSTEM_DATABASES:
            self._wrong(where, "is MongoDB's own; it is never copied, remove it")
        elif not name or len(name) > 63 or set(name) & set('/\\. "$\0'):
            self._wrong(where, "is no name of a database")
        collections = self._mapping(where, raw)
        if not collections:
            self._wrong(where, "must name at least one collection")
        return [
            rule for key, body in collections.items() if (rule := self._collection(name, key, f"{where}.{key}", body))
        ]

    def _collection(self, database: str, name: str, where: str, raw: object) -> CollectionRule | None:
        if name.startswith("system.") or not name or "$" in name:
            self._wrong(where, "is no name of a collection that could be copied; system collections never are")
        body = self._mapping(where, raw, ("mode", "fields"))
        mode = body.get("mode")
        if mode not in MODES:
            self._wrong(
                f"{where}.mode",
                _one_of(mode, MODES) if "mode" in body else f"is missing; write one of {', '.join(MODES)}",
            )
            return None
        if mode in ("empty", "drop"):
            if "fields" in body:
                self._wrong(f"{where}.fields", f"has no meaning with mode {mode}; remove it")
            return CollectionRule(database, name, mode, {})
        listed = self._masked if mode == "mask" else self._copied
        return CollectionRule(database, name, mode, listed(f"{where}.fields", body.get("fields")))

    def _copied(self, where: str, raw: object) -> dict[str, FieldRule]:
        if not isinstance(raw, list) or not raw or not all(isinstance(item, str) for item in raw):
            self._wrong(where, "must be a list of all paths of the collection, as in [_id, sku, tags[]]")
            return {}
        for path in raw:
            self._path(where, path)
        for path in {path for path in raw if raw.count(path) > 1}:
            self._wrong(where, f"lists {path} twice")
        return dict.fromkeys(raw, KEEP)

    def _masked(self, where: str, raw: object) -> dict[str, FieldRule]:
        fields = self._mapping(where, raw)
        if not fields:
            self._wrong(where, "must list all paths of the collection, as in {_id: keep, email: email}")
        listed = {}
        for path, body in fields.items():
            rule = self._field(f"{where}.{path}", body)
            if self._path(where, path) and rule:
                self._place(f"{where}.{path}", path, rule)
                listed[path] = rule
        self._whole_replaced(where, listed)
        return listed

    def _path(self, where: str, path: str) -> bool:
        try:
            paths.parse(path)
        except ValueError as error:
            self._wrong(f"{where}.{path}", f"the path {error}")
            return False
        return True

    def _field(self, where: str, raw: object) -> FieldRule | None:
        if raw is None:
            self._wrong(where, 'says nothing; for the mask null write "null" in quotes')
            return None
        body = {"mask": raw} if isinstance(raw, str) else self._mapping(where, raw)
        name = body.get("mask")
        if not isinstance(name, str) or name not in KINDS:
            hint = 'is missing or an unquoted null; for the mask null write "null" in quotes'
            self._wrong(f"{where}.mask", hint if name is None else _one_of(name, KINDS))
            return None
        kind = KINDS[name]
        allowed = ("mask", *kind.parameters, *(("domain",) if kind.keyed else ()))
        self._keys(where, body, allowed)
        self._parameters(where, body, name)
        domain = body.get("domain", name) if kind.keyed else ""
        if not isinstance(domain, str) or (kind.keyed and not domain):
            self._wrong(f"{where}.domain", "must be a word")
            return None
        given = tuple(sorted((key, _whole_numbers(value)) for key, value in body.items() if key in kind.parameters))
        rule = FieldRule(name, domain, tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in given))
        self._domain(where, rule)
        return rule

    def _parameters(self, where: str, body: dict[str, Any], name: str) -> None:
        kind = KINDS[name]
        for key, check in kind.parameters.items():
            if key in body and (wrong := check(body[key])):
                self._wrong(f"{where}.{key}", wrong)
        for key in kind.required:
            if key not in body:
                self._wrong(where, f"the mask {name} needs {key}")
        if name == "keep" and ("allow" in body) != ("reason" in body):
            self._wrong(where, "allow and reason go together: a detector is silenced only with a reason")

    def _domain(self, where: str, rule: FieldRule) -> None:
        """Hold one domain to one mask: two would give one value two pseudonyms."""
        if not rule.domain:
            return
        first, place = self._domains.setdefault(rule.domain, (rule, where))
        same = first.mask == rule.mask and (first.parameters == rule.parameters or rule.mask == "date_shift")
        if not same:
            self._wrong(
                f"{where}.domain",
                f"{rule.domain} is used with another mask or other parameters at {place}; rename one",
            )

    def _place(self, where: str, path: str, rule: FieldRule) -> None:
        if path == "_id" and not KINDS[rule.mask].for_id:
            fitting = [name for name, kind in KINDS.items() if kind.for_id]
            self._wrong(
                where, f"_id must stay unique; the mask {rule.mask} can collide. Take one of {', '.join(fitting)}"
            )
        if rule.mask == "drop" and paths.parse(path)[-1] == paths.ELEMENT:
            self._wrong(where, "an element of an array cannot be dropped; write null, or drop the array")
        if paths.parse(path)[:2] == ("_id", paths.ELEMENT):
            self._wrong(where, "_id is never an array")

    def _whole_replaced(self, where: str, fields: dict[str, FieldRule]) -> None:
        for path, rule in fields.items():
            steps = paths.parse(path)
            beneath = [other for other in fields if other != path and paths.parse(other)[: len(steps)] == steps]
            if KINDS[rule.mask].whole and beneath:
                self._wrong(
                    f"{where}.{path}",
                    f"replaces all that is there, so {beneath[0]} can never occur; remove one of them",
                )

    def _mapping(self, where: str, raw: object, allowed: Iterable[str] | None = None) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self._wrong(where, "must be a mapping")
            return {}
        for key in [key for key in raw if not isinstance(key, str)]:
            self._wrong(where, f"the key {key!r} must be text; put it in quotes")
        body = {key: value for key, value in raw.items() if isinstance(key, str)}
        if allowed is not None:
            self._keys(where, body, tuple(allowed))
        return body

    def _keys(self, where: str, body: dict[str, Any], allowed: tuple[str, ...]) -> None:
        for key in [key for key in body if key not in allowed]:
            self._wrong(f"{where}.{key}", _one_of(key, allowed))

    def _wrong(self, where: str, message: str) -> None:
        self.mistakes.append(Mistake(where, message))


def _one_of(word: object, known: Iterable[str]) -> str:
    """Say that a word is unknown, which ones are known and which is nearest."""
    known = tuple(known)
    near = difflib.get_close_matches(str(word), known, n=1, cutoff=0.5)
    meant = f"; did you mean {near[0]}" if near else ""
    return f"{word!r} is unknown{meant} (known: {', '.join(known)})"
