"""Which paths hold the same values: then one domain keeps them joined, and what one is, the other is too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from anonymizer.scan import verdict
from anonymizer.scan.compounds import tokens
from anonymizer.scan.findings import Finding
from anonymizer.scan.survey import Surveyed

_FEWEST_VALUES = 12
_LEAST_SHARE = 0.2
_MOST_HOLDERS = 12  # a value that stands at more paths than this says nothing about any two of them
_JOINING = frozenset({"string", "int", "long", "objectId", "binData"})

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
    return not finding.of_keys and bool(kinds) and kinds <= _JOINING and summary.distinct >= _FEWEST_VALUES


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
    if count < _FEWEST_VALUES // 2 or count < fewer * _LEAST_SHARE:
        return False
    numbers = not {"string", "objectId", "binData"} & set(one.types)
    return not numbers or _related(first, second)  # any two counts have numbers in common


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
    if target[1].path == "_id" and holder[1].path != "_id" and not holder[1].refers_to:
        holder[1].refers_to = _place(target)


def _place(held: Held) -> str:
    return f"{held[0].namespace}.{held[1].path}"
