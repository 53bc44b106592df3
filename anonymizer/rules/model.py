"""The rules: checked as a whole and turned into plain values; every mistake is told, with its place and what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from anonymizer import paths

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
        mode: One of `schema.MODES`.
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
    return json.dumps(whole_numbers(raw), sort_keys=True, separators=(",", ":")).encode()


def whole_numbers(raw: Any) -> Any:
    """Undo what Pulumi does to numbers (30 arrives as 30.0)."""
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, dict):
        return {key: whole_numbers(value) for key, value in raw.items()}
    return [whole_numbers(item) for item in raw] if isinstance(raw, list) else raw
