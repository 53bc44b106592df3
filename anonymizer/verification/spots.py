"""The tree of a collection's paths as the verifier goes along it: at each place, how to judge what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anonymizer import paths
from anonymizer.paths import ANY_KEY, ELEMENT, Node, join
from anonymizer.rules.model import FieldRule, When
from anonymizer.verification.judges import Judge

Steps = tuple[str | frozenset[str], ...]
_NUMBERS = (int, float)


class Spot:
    """A place in the documents of one collection.

    Attributes:
        path: As rules write it.
        judge: Of its rule, or None where no rule names it.
        cases: Judges for where a condition holds, tried before `judge`.
        memo: Pairs of texts already judged, where nothing but the judge decides; else None.
        kept: Whether texts here are only to be the same, and looked through.
        children, any_key, element: The places beneath.
        key_judge: Of the rule for the keys of the map here, or None.
    """

    __slots__ = (
        "_unknown", "any_key", "cases", "children", "element", "judge", "kept", "key_judge", "memo", "path",
    )  # fmt: skip

    def __init__(self, node: Node[FieldRule], judge_of: Callable[[FieldRule, str], Judge]) -> None:
        self.path = node.path
        self.judge = judge_of(node.rule, node.path) if node.rule else None
        self.cases = [(case.when, judge_of(case.rule, node.path)) for case in node.rule.cases] if node.rule else []
        self.memo = self.judge.memo if self.judge and not self.cases else None
        self.kept = self.judge is not None and not self.cases and self.judge.plainly_kept
        self.children = {key: Spot(child, judge_of) for key, child in node.children.items()}
        self.any_key = Spot(node.any_key, judge_of) if node.any_key else None
        self.element = Spot(node.element, judge_of) if node.element else None
        keys = node.any_key.rule.keys if node.any_key and node.any_key.rule else None
        self.key_judge = judge_of(keys, join(node.path, ANY_KEY)) if keys else None
        self._unknown: dict[str, Spot] = {}

    def at_key(self, key: str) -> Spot:
        """Give the place of a key."""
        return self.children.get(key) or self.any_key or self._beyond(ANY_KEY)

    def at_element(self) -> Spot:
        """Give the place of an array's elements."""
        return self.element or self._beyond(ELEMENT)

    def judge_in(self, enclosing: Mapping[str, Any]) -> Judge | None:
        """Give the judge that decides in a document of the source."""
        for when, judge in self.cases:
            if holds(when, enclosing):
                return judge
        return self.judge

    def _beyond(self, step: str) -> Spot:
        """Give a place that no rule names; all of those beneath one another share their path's first stars."""
        if step not in self._unknown:
            self._unknown[step] = Spot(Node(join(self.path, step)), _none)
        return self._unknown[step]


def _none(_: FieldRule, __: str) -> Judge:
    raise AssertionError("a place without rules has no judge")


def tree(fields: dict[str, FieldRule], judge_of: Callable[[FieldRule, str], Judge]) -> Spot:
    """Build the tree of a collection."""
    return Spot(paths.tree(fields), judge_of)


def holds(when: When, enclosing: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds in the document that encloses a value, as it is in the source."""
    return when.key in enclosing and any(_equal(enclosing[when.key], value) for value in when.values)


def _equal(value: Any, wanted: Any) -> bool:
    if value is None or isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, _NUMBERS):
        return isinstance(value, _NUMBERS) and value == wanted
    return isinstance(value, str) and value == wanted


def steps_of(path: str, fields: dict[str, FieldRule]) -> Steps:
    """Split a path into steps; `*` becomes the set of the keys that it does not stand for, as rules name them."""
    node: Node[FieldRule] | None = paths.tree(fields)
    found: list[str | frozenset[str]] = []
    for step in paths.parse(path):
        found.append(frozenset(node.children if node else ()) if step == ANY_KEY else step)
        if node:
            node = node.element if step == ELEMENT else node.any_key if step == ANY_KEY else node.children.get(step)
    return tuple(found)


def values_at(value: Any, steps: Steps) -> list[Any]:
    """Give what stands at a path of a document: the values, not documents or arrays that hold them.

    Args:
        value: The document.
        steps: As `steps_of` gives them; elements of an array may also be left out, as MongoDB does.
    """
    if isinstance(value, list):
        inner = steps[1:] if steps[:1] == (ELEMENT,) else steps
        return [found for item in value for found in values_at(item, inner)]
    if not steps:
        return [] if isinstance(value, dict) else [value]
    if not isinstance(value, dict):
        return []
    step = steps[0]
    if isinstance(step, frozenset):
        inside = [item for key, item in value.items() if key not in step]
        return [found for item in inside for found in values_at(item, steps[1:])]
    return values_at(value[step], steps[1:]) if step in value else []
