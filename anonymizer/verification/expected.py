"""What the verifier expects of each mask: a table of its own, by the names that rules use.

It is written down here a second time on purpose. A test holds it to the list of masks: one that is not in this table
is one that nobody has thought about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from anonymizer.rules.model import FieldRule

ALL_DETECTORS = ("email", "phone", "card", "iban", "ip", "jwt", "national_id")


class Own(Enum):
    """Whether a value may be found unchanged at its own path of its own document."""

    NEVER = "never"  # each one is a finding
    BY_CHANCE = "by chance"  # a permutation has fixed points, one in a domain on average
    COARSE = "coarse"  # it may have been as coarse already: the format says whether it is coarse enough
    STAYS = "stays"  # nothing is promised of the value as a whole


@dataclass(frozen=True)
class Expected:
    """What is expected of a mask.

    Attributes:
        own: Whether a value may stay at its own path.
        forms: How its originals are looked for elsewhere (`evidence.forms_of`); empty: they have few possibilities.
        steady: Whether one original has one pseudonym wherever it stands.
        distinct: Whether two originals have two pseudonyms, without any parameter.
        distinct_if: Parameters that, all of them given, promise that.
        words: Whether originals and pseudonyms are held to share no more words than chance would have it.
        noisy: Detectors that its pseudonyms set off by chance, or by their form.
        noisy_if: Parameters that let a pseudonym be somebody's, which the report names: what they silence.
        few_if: Parameters with which pseudonyms are of the originals' own range, so that they may meet.
        shape: The check of its format (`formats.SHAPES`).
        free: Whether what is not found personal in it stays, so that names of the document's person are looked for.
        gone: Whether nothing of the value stays: replaced as a whole, documents and arrays too.
    """

    own: Own = Own.NEVER
    forms: str = ""
    steady: bool = True
    distinct: bool = False
    distinct_if: tuple[str, ...] = ()
    words: bool = False
    noisy: tuple[str, ...] = ()
    noisy_if: tuple[tuple[str, tuple[str, ...]], ...] = ()
    few_if: tuple[str, ...] = ()
    shape: str = "said"
    free: bool = False
    gone: bool = False


_NAME = Expected(words=True)
_NUMBERS = ("phone", "card", "national_id")

EXPECTED: dict[str, Expected] = {
    "name": _NAME,
    "first_name": _NAME,
    "last_name": _NAME,
    "full_name": _NAME,
    "username": Expected(forms="handle", distinct=True, noisy=("phone",)),
    "email": Expected(forms="email", distinct=True, shape="email", noisy_if=(("deliverable", ("email",)),)),
    "phone": Expected(
        forms="phone",
        distinct_if=("injective",),
        shape="phone",
        noisy_if=(("deliverable", ("phone", "card")),),
        few_if=("deliverable",),
    ),
    "company": Expected(),
    "birth_date": Expected(shape="birth_date"),
    "street": Expected(forms="street"),
    "city": Expected(words=True),
    "postcode": Expected(own=Own.COARSE, shape="postcode"),
    "coordinates": Expected(own=Own.COARSE, shape="coordinates"),
    "date_shift": Expected(steady=False, shape="shifted"),
    "date_round": Expected(own=Own.COARSE, shape="rounded_date"),
    "text": Expected(steady=False, shape="length"),
    "redact": Expected(own=Own.STAYS, steady=False, free=True),
    "html": Expected(steady=False, free=True),
    "json": Expected(own=Own.STAYS, steady=False, shape="json", free=True, noisy=ALL_DETECTORS),
    "file_name": Expected(forms="token", shape="file", noisy=_NUMBERS),
    "binary": Expected(forms="token", steady=False, shape="bytes"),
    "card": Expected(
        forms="card",
        distinct_if=("injective",),
        shape="card",
        noisy_if=(("keep_bin", ("card",)),),
        few_if=("keep_bin",),
    ),
    "iban": Expected(
        forms="iban",
        distinct_if=("injective",),
        shape="iban",
        noisy=_NUMBERS,
        noisy_if=(("keep_bank", ("iban",)),),
        few_if=("keep_bank",),
    ),
    "noise": Expected(shape="amount"),
    "bucket": Expected(own=Own.COARSE, shape="bucket"),
    "rank": Expected(own=Own.BY_CHANCE, shape="ranked"),
    "token": Expected(
        forms="token", distinct_if=("injective",), shape="token", noisy=ALL_DETECTORS, few_if=("injective",)
    ),
    "uuid": Expected(own=Own.BY_CHANCE, forms="token", distinct=True, shape="uuid", noisy=ALL_DETECTORS),
    "objectid": Expected(own=Own.BY_CHANCE, forms="token", distinct=True, shape="objectid", noisy=ALL_DETECTORS),
    "licence_plate": Expected(distinct_if=("injective",), shape="length", few_if=("injective",)),
    "national_id": Expected(
        forms="token", distinct_if=("injective",), shape="signs", noisy=ALL_DETECTORS, few_if=("injective",)
    ),
    "tax_id": Expected(
        forms="token", distinct_if=("injective",), shape="signs", noisy=ALL_DETECTORS, few_if=("injective",)
    ),
    "enum": Expected(own=Own.BY_CHANCE, distinct=True, shape="listed"),
    "ip": Expected(
        forms="ip",
        distinct_if=("prefix4", "prefix6"),
        shape="ip",
        noisy_if=(("prefix4", ("ip",)), ("prefix6", ("ip",))),
        few_if=("prefix4", "prefix6"),
    ),
    "mac": Expected(own=Own.BY_CHANCE, forms="token", distinct=True, shape="mac", noisy=_NUMBERS),
    "url": Expected(forms="url", shape="url", noisy=_NUMBERS),
    "user_agent": Expected(),
    "password_hash": Expected(forms="token", shape="hash", noisy=_NUMBERS),
    "jwt": Expected(forms="token", shape="jwt", noisy=ALL_DETECTORS),
    "constant": Expected(own=Own.STAYS, steady=False, gone=True),
    "null": Expected(own=Own.STAYS, steady=False, gone=True),
    "drop": Expected(own=Own.STAYS, steady=False, gone=True),
    "keep": Expected(own=Own.STAYS, steady=False, free=True),
}

# Injective forms that permute the originals' own range have fixed points; those that make a number longer have none.
_PERMUTES = {
    "token": ("injective",),
    "licence_plate": ("injective",),
    "national_id": ("injective",),
    "tax_id": ("injective",),
    "card": ("keep_bin", "injective"),
    "iban": ("keep_bank", "injective"),
    "phone": ("injective", "deliverable"),
}


def of(rule: FieldRule) -> Expected:
    """Give what is expected of a rule's mask."""
    return EXPECTED[rule.mask]


def own(rule: FieldRule) -> Own:
    """Tell whether a value may stay at its own path under a rule, its parameters taken into account."""
    needed = _PERMUTES.get(rule.mask, ())
    if needed and _all_given(rule, needed):
        return Own.BY_CHANCE
    if rule.mask == "ip" and _some_given(rule, ("prefix4", "prefix6")):
        return Own.BY_CHANCE
    if rule.mask == "coordinates" and rule.parameter("shift_km"):
        return Own.NEVER
    return of(rule).own


def forms(rule: FieldRule) -> str:
    """Tell how a rule's originals are looked for elsewhere; those that pseudonyms may meet only where they are long."""
    found = of(rule)
    return "token" if found.forms and _some_given(rule, found.few_if) else found.forms


def steady(rule: FieldRule) -> bool:
    """Tell whether one original has one pseudonym under a rule."""
    return of(rule).steady or (rule.mask == "date_shift" and not rule.parameter("subject"))


def distinct(rule: FieldRule) -> bool:
    """Tell whether two originals have two pseudonyms under a rule."""
    found = of(rule)
    return found.distinct or (bool(found.distinct_if) and _all_given(rule, found.distinct_if))


def silenced(rule: FieldRule | None) -> frozenset[str]:
    """Give the detectors that say nothing at a place: its pseudonyms set them off, or the rules say why they may."""
    if rule is None:
        return frozenset()
    found = of(rule)
    opted = [kind for name, kinds in found.noisy_if if _some_given(rule, (name,)) for kind in kinds]
    return frozenset((*found.noisy, *opted, *rule.parameter("allow", ())))


def _all_given(rule: FieldRule, names: tuple[str, ...]) -> bool:
    return all(_some_given(rule, (name,)) for name in names)


def _some_given(rule: FieldRule, names: tuple[str, ...]) -> bool:
    return any(rule.parameter(name) not in (None, False) for name in names)
