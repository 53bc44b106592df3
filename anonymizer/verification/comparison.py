"""Goes through a document of the copy beside its source, by the rules and without the masks, and looks through it."""

from __future__ import annotations

from typing import Any

from bson import DBRef

from anonymizer.paths import ANY_KEY, join, parse
from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.verification import spots
from anonymizer.verification.judges import MISSING, SAYS_NOTHING, Court, Judge
from anonymizer.verification.lookout import SILENT, SMALL, WHOLE, Lookout
from anonymizer.verification.own_names import OwnNames
from anonymizer.verification.records import Places
from anonymizer.verification.spots import Spot

Document = dict[str, Any]
_UNKNOWN = object()  # equal to nothing, also not to what is missing


class Comparison:
    """Compares the documents of one collection.

    Args:
        rule: Its rule.
        court: What its judges share.
        lookout: Looks through texts.
        places: Numbers of paths.
        followed: Own paths whose references are to resolve.

    Attributes:
        root: The tree of its places.
        own_names: Looks for the names of documents' persons.
    """

    def __init__(
        self,
        rule: CollectionRule,
        court: Court,
        lookout: Lookout,
        places: Places,
        followed: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._court, self._lookout, self._findings = rule.namespace, court, lookout, court.findings
        self._places, self._followed = places, followed
        self._clean, self._values = lookout.clean, court.tally.values
        self.root = spots.tree(rule.fields, self._judge)
        self._has_maps = any(ANY_KEY in parse(path) for path in rule.fields)
        self._has_names = any(one.names for one in self._judges(self.root))
        self._names: list[str] = []
        self._free: list[tuple[str, str]] = []
        self.own_names = OwnNames()

    def _judge(self, rule: FieldRule, path: str) -> Judge:
        place = self._places.number(self._name, path)
        reference = place if rule.refers_to and path in self._followed else -1
        return Judge(rule, self._name, path, place, reference, self._court)

    def _judges(self, spot: Spot) -> list[Judge]:
        found = [judge for _, judge in spot.cases] + ([spot.judge] if spot.judge else [])
        beneath = [*spot.children.values(), spot.any_key, spot.element]
        return found + [judge for one in beneath if one for judge in self._judges(one)]

    def compare(self, original: Document, copy: Document) -> None:
        """Compare a document of the copy with its source, and look through it."""
        self._names, self._free = [], []
        self._document(self.root, original, copy)
        if self._names and self._free:
            self._look_for_names()

    def value(self, key: str, original: Any, copy: Any, enclosing: Document) -> None:
        """Compare what stands at one key of a document, either of which may be `MISSING`; names are not looked for.

        Args:
            key: Of the document, which is not of a map.
            original: The source's value.
            copy: The other.
            enclosing: Of the source's document what conditions are about.
        """
        if original is not MISSING:
            self._names, self._free = [], []
            self._pair(self.root.at_key(key), original, copy, enclosing)
        elif copy is not MISSING:
            self._added(self.root, {}, {key: copy})

    def look_through(self, copy: Document) -> None:
        """Look through a document of the copy alone."""
        self._alone(self.root, copy)

    def _document(self, spot: Spot, original: Document, copy: Document) -> None:  # noqa: C901 (the loop over all values)
        if spot.key_judge is not None:
            self._map(spot, original, copy)
            return
        children, met, clean = spot.children, 0, self._clean
        for key, value in original.items():
            child = children.get(key) or spot.at_key(key)
            other = copy.get(key, MISSING)
            met += other is not MISSING
            kind = value.__class__
            if kind is str:
                if child.memo is not None:
                    if child.memo.get(value, _UNKNOWN) == other:
                        if child.judge.names:  # type: ignore[union-attr] # what remembers has a judge
                            self._names.append(value)
                        continue
                elif child.kept and value == other and other in clean:
                    if self._has_names and " " in value:
                        self._free.append((child.path, value))
                    continue
            elif (
                child.kept
                and other.__class__ is kind
                and (kind in SILENT or (kind in WHOLE and -SMALL < value < SMALL))
                and value == other
            ):
                continue
            self._pair(child, value, other, original)
        if met < len(copy):
            self._added(spot, original, copy)
        if self._has_maps and (spot.any_key or not children):
            self._look_at_keys(spot, copy)

    def _pair(self, spot: Spot, value: Any, other: Any, enclosing: Document) -> None:
        """Judge what stands at one place; `enclosing` is the source's document around it."""
        judge = spot.judge_in(enclosing) if spot.cases else spot.judge
        if judge is not None and judge.gone:
            judge.whole(other)
            return
        kind = value.__class__
        if kind is DBRef:
            value, kind = dict(value.as_doc()), dict
            other = dict(other.as_doc()) if other.__class__ is DBRef else other
        if kind is dict and value and other.__class__ is dict:
            self._document(spot, value, other)
        elif kind is list and value and other.__class__ is list:
            self._array(spot, value, other, enclosing)
        elif judge is None:
            self._unruled(spot, value, other)
        else:
            judge.leaf(value, other)
            if value.__class__ is str and self._has_names:
                self._note(judge, spot, value, other)

    def _note(self, judge: Judge, spot: Spot, value: str, other: Any) -> None:
        if judge.names:
            self._names.append(value)
        elif judge.free and other.__class__ is str:
            self._free.append((spot.path, other))

    def _array(self, spot: Spot, value: list[Any], other: list[Any], enclosing: Document) -> None:
        child = spot.at_element()
        for one, two in zip(value, other, strict=False):
            if one.__class__ is str and child.memo is not None and child.memo.get(one, _UNKNOWN) == two:
                if child.judge.names:  # type: ignore[union-attr] # what remembers has a judge
                    self._names.append(one)
                continue
            self._pair(child, one, two, enclosing)
        if len(value) != len(other):
            self._findings.add("changed", self._name, child.path, abs(len(value) - len(other)))
            for two in other[len(value) :]:
                self._lookout.look(self._name, child.path, two)

    def _unruled(self, spot: Spot, value: Any, other: Any) -> None:
        """Judge a place that no rule names, where only null and emptiness may stand, or one that changed its type."""
        if other is MISSING:
            self._findings.add("changed", self._name, spot.path)
        elif other not in SAYS_NOTHING or value not in SAYS_NOTHING:
            named = bool(spot.children or spot.any_key or spot.element)
            self._findings.add("type" if named else "unlisted", self._name, spot.path)
            self._lookout.look(self._name, spot.path, other)

    def _added(self, spot: Spot, original: Document, copy: Document) -> None:
        for key in copy.keys() - original.keys():
            child = spot.at_key(key)
            self._findings.add("changed" if child.judge else "unlisted", self._name, child.path)
            self._lookout.look(self._name, child.path, copy[key])
            if child is not spot.children.get(key):
                self._lookout.look(self._name, child.path, key)

    def _look_at_keys(self, spot: Spot, copy: Document) -> None:
        """Look at the keys that no rule names one by one: those of maps."""
        for key in copy:
            if key not in spot.children and key not in self._clean:
                self._lookout.look(self._name, join(spot.path, ANY_KEY), key)

    def _map(self, spot: Spot, original: Document, copy: Document) -> None:
        """Pair the entries of a map with masked keys by their order, which the copy keeps."""
        judge = spot.key_judge
        assert judge is not None  # noqa: S101 (asked before)
        left = [(key, value) for key, value in copy.items() if key not in spot.children]
        place = 0
        for key, value in original.items():
            child = spot.at_key(key)
            if key in spot.children:
                self._pair(child, value, copy.get(key, MISSING), original)
                continue
            decides = child.judge_in(original)
            if decides is not None and decides.rule.mask == "drop":
                continue
            if place >= len(left):
                self._findings.add("changed", self._name, child.path)
                continue
            judge.leaf(key, left[place][0])
            self._pair(child, value, left[place][1], original)
            place += 1
        for key, value in left[place:]:
            self._findings.add("changed", self._name, join(spot.path, ANY_KEY))
            self._lookout.look(self._name, join(spot.path, ANY_KEY), {key: value})

    def _look_for_names(self) -> None:
        """Look for the names of the document's person in the texts that are free to say anything."""
        self._values["own_names"] += len(self._free)
        for path in self.own_names.named_in(self._names, self._free):
            self._findings.add("own_name", self._name, path)

    def _alone(self, spot: Spot, value: Any) -> None:
        if value.__class__ is DBRef:
            value = dict(value.as_doc())
        if value.__class__ is dict:
            for key, inner in value.items():
                self._alone(spot.at_key(key), inner)
                if key not in spot.children:
                    self._lookout.look(self._name, join(spot.path, ANY_KEY), key)
        elif value.__class__ is list:
            child = spot.at_element()
            for inner in value:
                self._alone(child, inner)
        elif value.__class__ not in SILENT:
            self._lookout.look(self._name, spot.path, value, self._silenced(spot))

    @staticmethod
    def _silenced(spot: Spot) -> frozenset[str]:
        """Give what every rule of a place is silent about: which one decides cannot be known without the source."""
        judges = [judge for _, judge in spot.cases] + ([spot.judge] if spot.judge else [])
        return frozenset.intersection(*(judge.silenced for judge in judges)) if judges else frozenset()
