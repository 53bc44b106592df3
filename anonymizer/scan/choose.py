"""Picks a mask for a kind of personal data: the first that is there, may stand at the path and takes its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bson
from bson.errors import BSONError

from anonymizer.keys import Keyring
from anonymizer.masks.official_kinds import NATIONAL
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.rules.schema import UNDECIDED
from anonymizer.scan.findings import Finding
from anonymizer.scan.summary import Summary
from anonymizer.treatment.program import Program

# By preference. What nothing here treats is for a person to decide: so are few values with much behind them (`enum`
# needs to be told which), which stand here with no mask at all.
MASKS: dict[str, tuple[str, ...]] = {
    "name": ("name", "text"),
    "email": ("email", "text"),
    "phone": ("phone", "token"),
    "street": ("street", "token"),
    "city": ("city", "token"),
    "postcode": ("token", "postcode"),  # the mask postcode keeps an area, and so some postcodes as they are
    "coordinates": ("coordinates",),
    "birth_date": ("birth_date", "date_shift", "token"),
    "card": ("card", "token"),
    "iban": ("iban", "token"),
    "account": ("token",),
    "national_id": ("national_id", "token"),
    "ip": ("ip", "token"),
    "mac": ("mac", "token"),
    "url": ("url", "token"),
    "user_agent": ("user_agent", "text"),
    "username": ("username", "token"),
    "secret": ("jwt", "password_hash", "token"),
    "device": ("uuid", "token"),
    "plate": ("licence_plate", "token"),
    "company": ("company", "text"),
    "attribute": ("noise",),
    "text": ("text",),
    "binary": ("binary",),
}
# Masks that are for values of one form: it is what most of a path's values must read like.
_ONLY_FOR = {"jwt": "jwt", "password_hash": "hash", "uuid": "uuid"}
_TRIAL = "v"


@dataclass(frozen=True)
class Chosen:
    """A mask as rules write it; `mask` is `DECIDE` where none fits."""

    mask: str
    domain: str = ""
    parameters: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        if not self.domain and not self.parameters:
            return self.mask
        said = [f"mask: {self.mask}", *([f"domain: {self.domain}"] if self.domain else [])]
        said += [f"{name}: {str(value).lower() if value is True else value}" for name, value in self.parameters]
        return f"{{{', '.join(said)}}}"


def choose(finding: Finding, *, unique: bool) -> Chosen:
    """Pick a mask.

    Args:
        finding: Personal data.
        unique: Whether its domain must not give two values one pseudonym, as a unique index stands on one of its paths.
    """
    summary = finding.place.keys if finding.of_keys else finding.place.summary
    for mask in MASKS.get(finding.verdict.kind, ()):
        form = _ONLY_FOR.get(mask)
        if mask not in KINDS or (form and summary.share(form) < 0.9):
            continue
        chosen = _fitting(mask, finding, summary, unique=unique)
        if chosen and _takes(chosen, summary.sample()):
            return chosen
    return Chosen(UNDECIDED)


def usual(kind: str, *, unique: bool) -> str:
    """Give the mask that values of a kind usually get, as rules write it, untried; empty where there is none.

    Args:
        kind: Of personal data.
        unique: Whether its domain must not give two values one pseudonym.
    """
    for mask in MASKS.get(kind, ()):
        if mask not in KINDS or mask in _ONLY_FOR or KINDS[mask].required:
            continue
        injective = unique and KINDS[mask].collides
        if not injective or KINDS[mask].injective_option:
            domain = _domain(mask, kind)
            return str(Chosen(mask, domain, (("injective", True),) if injective else ()))
    return ""


def _domain(mask: str, kind: str, suffix: str = "") -> str:
    """Name a domain: another mask needs another one than the first of a kind would have."""
    second = mask not in (kind, MASKS[kind][0], "token")
    domain = "_".join([kind, *([mask] if second else []), *([suffix] if suffix else [])])
    return "" if domain == mask else domain


def _fitting(mask: str, finding: Finding, summary: Summary, *, unique: bool) -> Chosen | None:
    """Give a mask with its domain and parameters, if it cannot collide where it must not."""
    kind, of = KINDS[mask], finding.verdict.kind
    given: dict[str, Any] = {}
    if mask == "national_id":
        country = _country(summary)
        if not country:
            return None
        given["kind"] = country
    if (unique and kind.collides) or (finding.path == "_id" and not kind.for_id):
        if not kind.injective_option:
            return None
        given["injective"] = True
    return Chosen(mask, _domain(mask, of, given.get("kind", "")), tuple(sorted(given.items())))


def _country(summary: Summary) -> str:
    """Give whose national numbers these are, in the mask's words."""
    fitting = [kind for kind, (module, _) in NATIONAL.items() if summary.share(f"id:{module}") >= 0.9]
    return fitting[0] if len(fitting) == 1 else ""


def _takes(chosen: Chosen, values: list[Any]) -> bool:
    """Tell whether a mask treats all of some values: tried on each."""
    rule = FieldRule(chosen.mask, chosen.domain or chosen.mask, chosen.parameters)
    program = Program(CollectionRule("trial", "trial", "mask", {_TRIAL: rule}), Keyring.ephemeral())
    try:
        program.treat(b"".join(bson.encode({_TRIAL: value}) for value in values))
    except (BSONError, OverflowError, ValueError):
        return False
    return not program.unlisted.counts
