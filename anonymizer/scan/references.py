"""Which paths hold the same values: then one domain keeps them joined, and what one is, the other is too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from anonymizer.scan import verdict
from anonymizer.scan.compounds import tokens
from anonymizer.scan.findings import Finding
from anonymizer.scan.summary import SKETCH_SIZE
from anonymizer.scan.survey import Surveyed

_FEWEST_VALUES = 12
_FEWEST_IDS = 3  # of values that do not meet by chance
_LEAST_CONTAINED = 0.9
_LEAST_SHARE = 0.2
_MOST_HOLDERS = 40  # a value that stands at more paths than this says nothing about any two of them
_JOINING = frozenset({"string", "int", "long", "objectId", "binData"})
_MEETING = frozenset({"int", "long"})  # any two counts have numbers in common

Held = tuple[Surveyed, Finding]


def connect(surveyed: list[Surveyed]) -> None:
    """Note for each finding whose values it holds, and take over what is known of those.

    Args:
        surveyed: All collections; their findings are changed.
    """
    held = [(one, finding) for one in surveyed for finding in one.findings if _may_join(finding)]
    for first, second in _pairs(held):
        _share_verdict(first, second)
        _share_verdict(second, first)
        _refer(first, second)
        _refer(second, first)


def _may_join(finding: Finding) -> bool:
    summary = finding.place.summary
    kinds = set(summary.types) - {"null"}
    return not finding.of_keys and bool(kinds) and kinds <= _JOINING and summary.distinct >= _fewest(finding)


def _fewest(finding: Finding) -> int:
    summary = finding.place.summary
    random = set(summary.types) - {"null"} <= {"objectId"} or summary.share("uuid", "oid") >= _LEAST_CONTAINED
    return _FEWEST_IDS if random else _FEWEST_VALUES


def _pairs(held: list[Held]) -> Iterable[tuple[Held, Held]]:
    """Give the pairs that hold the same values, found by the sketches: equal values are in both or in none."""
    holders: dict[int, list[int]] = {}
    for at, (_, finding) in enumerate(held):
        for bits in finding.place.summary.sketch:
            holders.setdefault(bits, []).append(at)
    shared = Counter(
        pair for found in holders.values() if len(found) <= _MOST_HOLDERS for pair in combinations(found, 2)
    )
    for (first, second), count in sorted(shared.items()):
        if _same_values(held[first], held[second], count):
            yield held[first], held[second]


def _same_values(first: Held, second: Held, count: int) -> bool:
    one, other = first[1].place.summary, second[1].place.summary
    bound = min(max(one.sketch), max(other.sketch))  # below it both sketches are complete
    fewer = min(sum(bits <= bound for bits in one.sketch), sum(bits <= bound for bits in other.sketch))
    if count < min(_fewest(first[1]), _fewest(second[1])) // 2 + 1 or count < fewer * _LEAST_SHARE:
        return False
    return not set(one.types) - {"null"} <= _MEETING or _related(first, second)


def _related(first: Held, second: Held) -> bool:
    """Tell whether two names share a word: `accounts[]` and `account_id`, `customer_id` and `customers._id`."""
    return bool(_words(first) & _words(second))


def _words(held: Held) -> set[str]:
    surveyed, finding = held
    last = finding.path.replace("[]", "").replace(".*", "").rpartition(".")[2]
    words = tokens(last) if last != "_id" else tokens(surveyed.collection.name)
    return {word.removesuffix("s") for word in words} - {"id", "number", "no", "nr", "ref", "code"}


def _share_verdict(source: Held, target: Held) -> None:
    known, other = source[1].verdict, target[1].verdict
    if (
        known.decision != verdict.PERSONAL
        or other.decision == verdict.PERSONAL
        or known.kind in ("text", "attribute", "city")
    ):
        return
    target[1].verdict = replace(
        other, decision=verdict.PERSONAL, kind=known.kind, evidence=f"the values of {_place(source)}", vague=False
    )


def _refer(holder: Held, target: Held) -> None:
    """Note a reference: to an `_id` sooner than to another path that is unique by itself."""
    if holder[1].path == "_id" or holder[0].namespace == target[0].namespace or not _contained(holder, target):
        return
    if target[1].path == "_id" or (
        target[1].path in target[0].sole and holder[1].path not in holder[0].sole and not holder[1].refers_to
    ):
        holder[1].refers_to = _place(target)


def _contained(holder: Held, target: Held) -> bool:
    """Tell whether nearly all values of a path are among those of another, as far as those were read."""
    theirs = target[1].place.summary
    bound = max(theirs.sketch) if len(theirs.sketch) >= SKETCH_SIZE else None  # beyond it their sketch is not complete
    ours = [bits for bits in holder[1].place.summary.sketch if bound is None or bits <= bound]
    read = min(1.0, target[0].read / target[0].estimate) if target[0].estimate else 1.0
    return bool(ours) and sum(bits in theirs.sketch for bits in ours) >= len(ours) * _LEAST_CONTAINED * read


def _place(held: Held) -> str:
    return f"{held[0].namespace}.{held[1].path}"
