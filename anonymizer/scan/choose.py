"""Picks a mask for a kind of personal data: the first that is there, may stand at the path and takes its values."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import bson
from bson.errors import BSONError

from anonymizer.keys import KEY_BYTES, Keyring
from anonymizer.masks.parameters import KINDS
from anonymizer.program import Program
from anonymizer.rules import CollectionRule, FieldRule
from anonymizer.scan.findings import Finding

UNDECIDED = "DECIDE"

# By preference. What nothing here treats is for a person to decide.
MASKS: dict[str, tuple[str, ...]] = {
    "name": ("name", "text"),
    "email": ("email", "text"),
    "phone": ("phone", "token"),
    "street": ("street", "token"),
    "city": ("city", "token"),
    "postcode": ("postcode", "token"),
    "coordinates": ("coordinates", "coordinate", "geo", "number_noise"),
    "birth_date": ("birth_date", "date_shift", "token"),
    "card": ("card", "token"),
    "iban": ("iban", "token"),
    "account": ("token",),
    "national_id": ("national_id", "token"),
    "ip": ("ip", "token"),
    "mac": ("mac", "token"),
    "url": ("url", "token"),
    "user_agent": ("user_agent", "text"),
    "username": ("username", "user_name", "token"),
    "secret": ("token",),
    "device": ("token",),
    "plate": ("plate", "licence_plate", "license_plate", "token"),
    "company": ("company", "text"),
    "text": ("text",),
    "binary": ("binary",),
}
_TRIAL = "v"


@dataclass(frozen=True)
class Chosen:
    """A mask as rules write it; `mask` is `DECIDE` where none fits."""

    mask: str
    domain: str = ""
    injective: bool = False

    def __str__(self) -> str:
        if not self.domain and not self.injective:
            return self.mask
        more = (f", domain: {self.domain}" if self.domain else "") + (", injective: true" if self.injective else "")
        return f"{{mask: {self.mask}{more}}}"


def choose(finding: Finding, *, unique: bool) -> Chosen:
    """Pick a mask.

    Args:
        finding: Personal data.
        unique: Whether a unique index stands on the path.
    """
    values = finding.place.keys.sample() if finding.of_keys else finding.place.summary.sample()
    for mask in MASKS.get(finding.verdict.kind, ()):
        chosen = _fitting(mask, finding, unique=unique or finding.path == "_id" or finding.of_keys)
        if chosen and _takes(chosen, values):
            return chosen
    return Chosen(UNDECIDED)


def _fitting(mask: str, finding: Finding, *, unique: bool) -> Chosen | None:
    """Give a mask with its domain, if it is there and cannot collide where it must not."""
    kind = KINDS.get(mask)
    if kind is None or kind.required or (finding.path == "_id" and not kind.for_id and not kind.injective_option):
        return None
    of = finding.verdict.kind
    domain = of if mask in ("token", "text") and of != mask else ""  # a mask of its own kind has a domain of its name
    if unique and kind.collides and mask != "token":
        return Chosen(mask, f"unique_{of}", injective=True) if kind.injective_option else None
    return Chosen(mask, domain)


def _takes(chosen: Chosen, values: list[Any]) -> bool:
    """Tell whether a mask treats all of some values: tried on each."""
    parameters = (("injective", True),) if chosen.injective else ()
    rule = FieldRule(chosen.mask, chosen.domain or chosen.mask, parameters)
    program = Program(CollectionRule("trial", "trial", "mask", {_TRIAL: rule}), Keyring(secrets.token_bytes(KEY_BYTES)))
    try:
        program.treat(b"".join(bson.encode({_TRIAL: value}) for value in values))
    except (BSONError, OverflowError, ValueError):
        return False
    return not program.unlisted.counts
