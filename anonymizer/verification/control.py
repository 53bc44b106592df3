"""Proofs that the checks of documents can find: each is shown what it must find, and what it says is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from anonymizer.rules.model import CollectionRule
from anonymizer.verification import evidence, expected
from anonymizer.verification.comparison import Comparison
from anonymizer.verification.expected import Own
from anonymizer.verification.findings import Findings
from anonymizer.verification.judges import MISSING, Court, Judge, same, says_nothing
from anonymizer.verification.lookout import Lookout
from anonymizer.verification.records import Places
from anonymizer.verification.spots import Spot
from anonymizer.verification.tally import Tally

# Made up, and not of the ranges that are set aside: a detector that lets one of them pass finds nothing.
_PLANTED = {
    "email": "write to probe@understudy-control.net today",
    "phone": "call +49 89 4140 2371 now",
    "card": "card 4539 1488 0343 6467",
    "iban": "to DE89 3704 0044 0532 0130 00 please",
    "ip": "from 93.184.216.34 last night",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwcm9iZSJ9.c2ln",
    "national_id": "CF RCCMNL83S18D969H",
}


def plant(
    rule: CollectionRule, original: dict[str, Any], bits: float, lookout: Lookout, tally: Tally, places: Places
) -> None:
    """Give a document of the source out as its own copy: what is to be masked must be found, all of it.

    Args:
        rule: Of its collection.
        original: The document.
        bits: How many possibilities a value needs.
        lookout: Has the digests of the source's identity values.
        tally: Takes what was planted and what was found.
        places: Numbers of paths.
    """
    findings, scratch = Findings(), Tally()
    watch = Lookout(lookout.originals, findings, scratch)
    court = Court(findings, watch, None, scratch)
    comparison = Comparison(rule, court, watch, places)
    for judge, value in _judged(comparison.root, original, original):
        _plant_value(judge, value, bits, findings, tally)
        if judge.names and any(evidence.forms_of_name(str(value))):
            named = comparison.own_names.named_in(
                [str(value)], [("(control)", f"left with {str(value).upper()} on Monday")]
            )
            tally.control("own_names", found=bool(named))


def _judged(spot: Spot, value: Any, enclosing: dict[str, Any]) -> Iterator[tuple[Judge, Any]]:
    """Give the values of a document of the source, each with the judge that decides on it."""
    judge = spot.judge_in(enclosing)
    if value.__class__ is dict and value and not (judge and judge.gone):
        for key, inner in value.items():
            yield from _judged(spot.at_key(key), inner, value)
    elif value.__class__ is list and value and not (judge and judge.gone):
        for inner in value:
            yield from _judged(spot.at_element(), inner, enclosing)
    elif judge:
        yield judge, value


def _plant_value(judge: Judge, value: Any, bits: float, findings: Findings, tally: Tally) -> None:
    """Show a judge a value as its own copy, and without one; count what it says."""
    kinds = expected.forms(judge.rule)
    is_identity = bool(kinds) and any(evidence.forms_of(kinds, value, bits))
    if judge.gone:
        if not same(value, judge.rule.parameter("value")):
            tally.control("constants", found=_says(findings, ("constant", "dropped"), lambda: judge.whole(value)))
        return
    tally.control("kept_values", found=_says(findings, ("changed",), lambda: judge.leaf(value, MISSING)))
    before = findings.by_kind()
    judge.leaf(value, value)
    after = findings.by_kind()
    if expected.own(judge.rule) is Own.NEVER and not says_nothing(value):
        tally.control("own_path", found=after["own_path"] > before["own_path"])
        tally.control("formats", found=_says(findings, ("type",), lambda: judge.leaf(value, None)))
    if is_identity:
        tally.control("identity_values", found=after["original"] > before["original"])


def _says(findings: Findings, kinds: tuple[str, ...], act: Callable[[], None]) -> bool:
    """Tell whether something makes one finding of some kinds, or more."""
    before = findings.by_kind()
    act()
    after = findings.by_kind()
    return any(after[kind] > before[kind] for kind in kinds)


def plant_for_detectors(lookout: Lookout, findings: Findings, tally: Tally) -> None:
    """Show each detector what it must see, and one text in which there is nothing.

    Args:
        lookout: Tells `findings`, which are thrown away afterwards.
        findings: The same.
        tally: Takes what was planted and what was found.
    """
    for kind, text in _PLANTED.items():
        before = findings.by_kind()[f"detector_{kind}"]
        lookout.look("(control)", kind, text)
        tally.control("detectors", found=findings.by_kind()[f"detector_{kind}"] > before)
    before = findings.total
    lookout.look("(control)", "clean", "Nothing of anyone is in this text of 12 words, dated 2024-05-31.")
    tally.control("detectors", found=findings.total == before)
