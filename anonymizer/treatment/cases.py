"""Rules that depend on a sibling's value: the alternatives of a place, and which of them holds in a document."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from anonymizer.paths import Node
from anonymizer.rules.model import FieldRule, When

Place = Node[FieldRule]
Conditions = tuple[When, ...]
_NUMBERS = (int, float)


def alternatives(node: Place) -> list[tuple[Conditions, Place]]:
    """Give what may hold at a place, in the order in which it is tried; the last has no condition.

    Conditions are about the document that encloses the place, also where arrays lie between; so those of a place and
    of the elements beneath it are taken together.
    """
    rules: list[tuple[Conditions, FieldRule | None]] = [((), node.rule)]
    if node.rule and node.rule.cases:
        plain = replace(node.rule, cases=())
        rules = [*(((case.when,), case.rule) for case in node.rule.cases), ((), plain)]
    elements: list[tuple[Conditions, Place | None]] = [((), None)]
    if node.element:
        elements = list(alternatives(node.element))
    if len(rules) == len(elements) == 1:
        return [((), node)]
    return [
        ((*conditions, *others), replace(node, rule=rule, element=element))
        for (conditions, rule), (others, element) in itertools.product(rules, elements)
    ]


def chooser(found: list[tuple[Conditions, Place]]) -> Callable[[Mapping[str, Any]], int]:
    """Give a function that gives the number of the first alternative whose conditions all hold in a document."""
    conditions = [conditions for conditions, _ in found]

    def choose(document: Mapping[str, Any]) -> int:
        for number, wanted in enumerate(conditions):
            if all(_holds(document, when) for when in wanted):
                return number
        raise AssertionError("the last alternative has no condition")

    return choose


def _holds(document: Mapping[str, Any], when: When) -> bool:
    return when.key in document and any(_same(document[when.key], value) for value in when.values)


def _same(value: Any, wanted: Any) -> bool:
    """Compare as rules mean it: numbers by their value whatever their type, and true is not 1."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, _NUMBERS) and isinstance(wanted, _NUMBERS):
        return value == wanted
    return type(value) is type(wanted) and value == wanted
