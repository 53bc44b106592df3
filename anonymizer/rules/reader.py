"""Reads a rules structure: collects every mistake, with its place and line, and makes plain values of the rest."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, ValidationError

from anonymizer.errors import Mistake, RulesError
from anonymizer.rules import links
from anonymizer.rules.fields import FieldReader
from anonymizer.rules.model import (
    KEEP,
    SYSTEM_DATABASES,
    CollectionRule,
    FieldRule,
    OptIn,
    Rules,
    Sample,
    canonical,
    whole_numbers,
)
from anonymizer.rules.places import Mistakes, Place
from anonymizer.rules.schema import MODES, Top, message, one_of

_NO_MEANING = "has no meaning with mode {mode}; remove it"


def parse(raw: object) -> Rules:
    """Check a rules structure and turn it into `Rules`.

    Args:
        raw: What YAML or JSON gave; what `rulesfile.read` gave knows file and lines, which mistakes then name.

    Raises:
        RulesError: With every mistake, not only the first.
    """
    reader = Reader(raw)
    found = reader.rules()
    if reader.mistakes:
        raise RulesError(reader.mistakes)
    sha256 = hashlib.sha256(canonical(raw)).hexdigest()
    return Rules({rule.namespace: rule for rule in found}, sha256, reader.ephemeral, tuple(reader.opt_ins))


class Reader:
    """Walks over the structure.

    Attributes:
        opt_ins: What is allowed on purpose and named in the report.
        ephemeral: What the top says of the key.
    """

    def __init__(self, raw: object) -> None:
        self._raw = raw
        self._said = Mistakes(raw)
        self._fields = FieldReader(self._said)
        self.opt_ins: list[OptIn] = []
        self.ephemeral = False

    @property
    def mistakes(self) -> list[Mistake]:
        """All that is wrong."""
        return self._said.found

    def rules(self) -> list[CollectionRule]:
        """Read the whole structure."""
        top = self._validated(Top, whole_numbers(self._raw), (), top=True)
        self.ephemeral = bool(top.get("ephemeral", False))
        found = [rule for name, body in top.get("databases", {}).items() for rule in self._database(name, body)]
        links.check({rule.namespace: rule for rule in found}, self._said)
        self.opt_ins = [one for rule in found for one in _opt_ins(rule, self._fields)]
        return found

    def _database(self, name: object, raw: object) -> list[CollectionRule]:
        at: Place = ("databases", str(name))
        if not isinstance(name, str):
            self._said.wrong(at, f"the key {name!r} must be text; put it in quotes")
            return []
        if name in SYSTEM_DATABASES:
            self._said.wrong(at, "is MongoDB's own; it is never copied, remove it")
        elif not name or len(name) > 63 or set(name) & set('/\\. "$\0'):
            self._said.wrong(at, "is no name of a database")
        collections = self._said.mapping(at, raw)
        if not collections:
            self._said.wrong(at, "must name at least one collection")
        return [rule for key, body in collections.items() if (rule := self._collection(name, key, body))]

    def _collection(self, database: str, name: str, raw: object) -> CollectionRule | None:
        at: Place = ("databases", database, name)
        if name.startswith("system.") or not name or "$" in name:
            self._said.wrong(at, "is no name of a collection that could be copied; system collections never are")
        body = self._said.mapping(at, raw)
        mode = body.get("mode")
        if not isinstance(mode, str) or mode not in MODES:
            known = ", ".join(MODES)
            self._said.wrong(
                (*at, "mode"), one_of(mode, MODES) if "mode" in body else f"is missing; write one of {known}"
            )
            return None
        good = self._validated(MODES[mode], body, at)
        fields = self._copied(at, good.get("fields", [])) if mode == "copy" else self._masked(at, good)
        grouped = tuple(tuple(group) for group in good.get("quasi_identifiers", ()))
        return CollectionRule(
            database,
            name,
            mode,
            fields,
            subject=good.get("subject", ""),
            sample=_sample(good) if mode == "sample" else None,
            unchecked=bool(good.get("unchecked", False)),
            quasi_identifiers=grouped,
            k=good.get("k", 0),
        )

    def _copied(self, at: Place, listed: list[str]) -> dict[str, FieldRule]:
        for path in listed:
            self._said.path((*at, "fields"), path)
        return dict.fromkeys(listed, KEEP)

    def _masked(self, at: Place, good: dict[str, Any]) -> dict[str, FieldRule]:
        return self._fields.fields((*at, "fields"), good.get("fields", {}), good.get("subject", ""))

    def _validated(self, model: type[BaseModel], raw: object, at: Place, *, top: bool = False) -> dict[str, Any]:
        """Give what of a mapping is right; say what is wrong with the rest."""
        body = self._said.mapping(at, raw)
        try:
            model.model_validate(body)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                place = problem["loc"]
                extra = problem["type"] == "extra_forbidden"
                said = message(problem, model)
                if extra and body.get("mode") in ("empty", "drop", "preserve") and place[0] == "fields":
                    said = _NO_MEANING.format(mode=body["mode"])
                if problem["type"] == "neither":
                    place = ("fields",)
                self._said.wrong((*at, *place), said, prefix="rules." if top and extra else "")
            wrong = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
            return {key: value for key, value in body.items() if key not in wrong}
        return body


def _sample(good: dict[str, Any]) -> Sample:
    return Sample(good.get("share"), good.get("count"), tuple(good.get("follow", ())))


def _opt_ins(rule: CollectionRule, fields: FieldReader) -> list[OptIn]:
    found = [OptIn(rule.namespace, "", "copied unchecked: nothing of it was looked at")] if rule.unchecked else []
    for path, one in rule.fields.items():
        found += [OptIn(rule.namespace, path, what) for what in fields.opt_ins(one)]
    return found
