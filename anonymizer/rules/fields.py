"""Reads what is said of a collection's paths: a mask's name, a mask with parameters, or cases tried in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anonymizer import paths
from anonymizer.masks.kind import MaskKind
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import Case, FieldRule, When, whole_numbers
from anonymizer.rules.places import Mistakes, Place, shown
from anonymizer.rules.schema import one_of

_QUOTES = 'is missing or an unquoted null; for the mask null write "null" in quotes'


class FieldReader:
    """Reads the fields of all collections and holds one domain to one mask."""

    def __init__(self, said: Mistakes) -> None:
        self._said = said
        self._domains: dict[str, tuple[FieldRule, Place]] = {}

    def fields(self, at: Place, raw: dict[str, Any], subject: str = "") -> dict[str, FieldRule]:
        """Read a map of paths.

        Args:
            at: Where it stands.
            raw: The map.
            subject: The collection's default subject for masks that have one.

        Returns:
            The rules of those paths that are right.
        """
        found = {}
        for path, body in self._said.mapping(at, raw).items():
            rule = self._field((*at, path), path, body, subject)
            if self._said.path(at, path) and rule:
                self._fits_place((*at, path), path, rule)
                found[path] = rule
        self._nothing_beneath(at, found)
        return self._with_own_paths(at, found)

    def _field(self, at: Place, path: str, raw: object, subject: str) -> FieldRule | None:
        if not isinstance(raw, list):
            return self._one(at, path, raw, subject)
        if not raw:
            self._said.wrong(at, "is an empty list of cases; write at least one mask")
            return None
        cases = [self._case((*at, place), path, item, subject) for place, item in enumerate(raw[:-1])]
        if isinstance(raw[-1], dict) and "when" in raw[-1]:
            self._said.wrong((*at, len(raw) - 1), "the last case must have no when: it decides where no other holds")
            return None
        last = self._one((*at, len(raw) - 1), path, raw[-1], subject)
        good = tuple(case for case in cases if case)
        if last is None or len(good) < len(cases):
            return None
        return FieldRule(last.mask, last.domain, last.parameters, last.refers_to, last.keys, good)

    def _case(self, at: Place, path: str, raw: object, subject: str) -> Case | None:
        body = self._said.mapping(at, raw)
        if "when" not in body:
            self._said.wrong(at, "has no when, so that no case after it is ever tried; move it to the end")
            return None
        condition = self._said.mapping((*at, "when"), body["when"])
        rule = self._one(at, path, {key: value for key, value in body.items() if key != "when"}, subject)
        if len(condition) != 1:
            self._said.wrong((*at, "when"), "must name one key beside this one and its values, as in {kind: email}")
            return None
        ((key, given),) = condition.items()
        values = given if isinstance(given, list) else [given]
        if not values or not all(value is None or isinstance(value, (str, int, float, bool)) for value in values):
            self._said.wrong(
                (*at, "when", key), "must be a value or a list of values: text, numbers, true, false, null"
            )
            return None
        return Case(When(key, tuple(whole_numbers(values))), rule) if rule else None

    def _one(self, at: Place, path: str, raw: object, subject: str) -> FieldRule | None:
        if raw is None:
            self._said.wrong(at, 'says nothing; for the mask null write "null" in quotes')
            return None
        body = {"mask": raw} if isinstance(raw, str) else self._said.mapping(at, raw)
        name = body.get("mask")
        if not isinstance(name, str) or name not in KINDS:
            self._said.wrong((*at, "mask"), _QUOTES if name is None else one_of(name, KINDS))
            return None
        kind = KINDS[name]
        self._keys(at, path, body, kind)
        self._parameters(at, body, name)
        domain = body.get("domain", name) if kind.keyed else ""
        if not isinstance(domain, str) or (kind.keyed and not domain):
            self._said.wrong((*at, "domain"), "must be a word")
            return None
        rule = FieldRule(name, domain, self._given(at, body, kind, subject), self._text(at, body, "refers_to"))
        self._domain(at, rule)
        keys = self._key_rule((*at, "keys"), body["keys"]) if "keys" in body and path.endswith("*") else None
        return FieldRule(rule.mask, rule.domain, rule.parameters, rule.refers_to, keys) if keys else rule

    def _keys(self, at: Place, path: str, body: dict[str, Any], kind: MaskKind) -> None:
        allowed = ["mask", *kind.parameters, *(["domain"] if kind.keyed else []), "refers_to", "keys"]
        for key in [key for key in body if key not in allowed]:
            said = one_of(key, allowed)
            if key == "when":
                said = "a condition stands in a list of cases, as in [{when: {kind: email}, mask: email}, text]"
            self._said.wrong((*at, key), said)
        if "keys" in body and paths.ANY_KEY not in path.split(".")[-1:]:
            self._said.wrong((*at, "keys"), "masks the keys of a map, so it stands only at a path that ends in *")

    def _text(self, at: Place, body: dict[str, Any], key: str) -> str:
        value = body.get(key, "")
        if isinstance(value, str) and (value or key not in body):
            return value
        self._said.wrong((*at, key), "must be text, as in shop.customers._id")
        return ""

    def _key_rule(self, at: Place, raw: object) -> FieldRule | None:
        rule = self._one(at, "", raw, "")
        if rule and "string" not in KINDS[rule.mask].takes:
            self._said.wrong(at, f"keys are text, which the mask {rule.mask} does not take")
            return None
        return rule

    def _parameters(self, at: Place, body: dict[str, Any], name: str) -> None:
        kind = KINDS[name]
        for key, check in kind.parameters.items():
            if key in body and (wrong := check(body[key])):
                self._said.wrong((*at, key), wrong)
        for key in kind.required:
            if key not in body:
                self._said.wrong(at, f"the mask {name} needs {key}")
        if said := kind.together(body):
            self._said.wrong(at, said)

    def _given(self, at: Place, body: dict[str, Any], kind: MaskKind, subject: str) -> tuple[tuple[str, Any], ...]:
        given = {key: frozen(whole_numbers(value)) for key, value in body.items() if key in kind.parameters}
        if subject and "subject" in kind.parameters:
            given.setdefault("subject", subject)
        if kind.rules_inside in given and isinstance(body[kind.rules_inside], dict):
            inside = self.fields((*at, kind.rules_inside), body[kind.rules_inside])
            for path in [path for path, one in inside.items() if _looks_around(one)]:
                said = "inside a text there are no cases, no keys and no mask that looks at other paths"
                self._said.wrong((*at, kind.rules_inside, path), said)
            given[kind.rules_inside] = tuple(sorted(inside.items(), key=lambda item: item[0]))
        return tuple(sorted(given.items(), key=lambda item: item[0]))

    def _with_own_paths(self, at: Place, found: dict[str, FieldRule]) -> dict[str, FieldRule]:
        """Give masks that look at other paths of the document the rules of those."""
        return {path: self._bound((*at, path), rule, found) for path, rule in found.items()}

    def _bound(self, at: Place, rule: FieldRule, found: dict[str, FieldRule]) -> FieldRule:
        cases = tuple(Case(case.when, self._bound(at, case.rule, found)) for case in rule.cases)
        given = dict(rule.parameters)
        name = KINDS[rule.mask].own_paths
        bound = [(path, self._source((*at, name), path, found)) for path in given.get(name, ())] if name else []
        if bound:
            given[name] = tuple((path, one) for path, one in bound if one)
        parameters = tuple(sorted(given.items(), key=lambda item: item[0]))
        return FieldRule(rule.mask, rule.domain, parameters, rule.refers_to, rule.keys, cases)

    def _source(self, at: Place, path: str, found: dict[str, FieldRule]) -> FieldRule | None:
        rule = found.get(path)
        if rule is None:
            self._said.wrong(at, f"the path {one_of(path, found)}")
        elif rule.cases or KINDS[rule.mask].needs_context or "string" not in KINDS[rule.mask].takes:
            self._said.wrong(at, f"{path} has cases or a mask that gives no text of its own; take paths without")
            return None
        return rule

    def _domain(self, at: Place, rule: FieldRule) -> None:
        """Hold one domain to one mask: two would give one value two pseudonyms."""
        if not rule.domain:
            return
        first, place = self._domains.setdefault(rule.domain, (rule, at))
        if first.mask != rule.mask or _deciding(first) != _deciding(rule):
            self._said.wrong(
                (*at, "domain"),
                f"{rule.domain} is used with another mask or other parameters at {shown(place)}; rename one",
            )

    def _fits_place(self, at: Place, path: str, rule: FieldRule) -> None:
        steps = paths.parse(path)
        for one in every(rule):
            if path == "_id" and not KINDS[one.mask].for_id and not one.parameter("injective"):
                fitting = ", ".join(name for name, kind in KINDS.items() if kind.for_id)
                self._said.wrong(at, f"_id must stay unique; the mask {one.mask} can collide. Take one of {fitting}")
            if one.mask == "drop" and steps[-1] == paths.ELEMENT:
                self._said.wrong(at, "an element of an array cannot be dropped; write null, or drop the array")
        if steps[:2] == ("_id", paths.ELEMENT):
            self._said.wrong(at, "_id is never an array")

    def _nothing_beneath(self, at: Place, found: dict[str, FieldRule]) -> None:
        steps = {path: paths.parse(path) for path in found}
        for path in [path for path, rule in found.items() if not rule.cases and KINDS[rule.mask].whole]:
            size = len(steps[path])
            beneath = next((other for other in found if other != path and steps[other][:size] == steps[path]), None)
            if beneath:
                said = f"replaces all that is there, so {beneath} can never occur; remove one of them"
                self._said.wrong((*at, path), said)

    def opt_ins(self, rule: FieldRule) -> Iterator[str]:
        """Say what of a rule could reach a person."""
        for one in every(rule):
            for name, what in KINDS[one.mask].opt_ins.items():
                value = one.parameter(name)
                if value is not None and value is not False:
                    yield f"{one.mask}: {what}"


def every(rule: FieldRule) -> Iterator[FieldRule]:
    """Give a rule and all within it: those of cases, keys and text with rules inside."""
    yield rule
    inner = [case.rule for case in rule.cases] + ([rule.keys] if rule.keys else [])
    if name := KINDS[rule.mask].rules_inside:
        inner += [one for _, one in rule.parameter(name, ())]
    for one in inner:
        yield from every(one)


def _looks_around(rule: FieldRule) -> bool:
    return any(
        one.cases or one.keys or KINDS[one.mask].needs_context or one.parameter("subject") for one in every(rule)
    )


def frozen(value: Any) -> Any:
    """Make lists and maps of a parameter tuples, so that a rule can be compared and hashed."""
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(item)) for key, item in value.items()))
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


def _deciding(rule: FieldRule) -> dict[str, Any]:
    """Give the parameters that decide on a pseudonym; a date's own days and subject do so only for that field."""
    kind = KINDS[rule.mask]
    return {name: value for name, value in rule.parameters if name not in kind.own_to_field}
