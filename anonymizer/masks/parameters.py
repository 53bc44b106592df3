"""Which masks there are and what each may be told; no more, so that checking rules loads nothing else."""

from __future__ import annotations

from anonymizer.masks.kind import MaskKind
from anonymizer.masks.kinds_numbers import IDS, MONEY, NETWORK
from anonymizer.masks.kinds_people import DATES, PEOPLE, PLACES, TEXTS, WHOLE

FAMILIES: dict[str, dict[str, MaskKind]] = {
    "People": PEOPLE,
    "Places": PLACES,
    "Dates": DATES,
    "Money and amounts": MONEY,
    "Identifiers": IDS,
    "Network and credentials": NETWORK,
    "Texts and files": TEXTS,
    "Whole values": WHOLE,
}
KINDS: dict[str, MaskKind] = {name: kind for family in FAMILIES.values() for name, kind in family.items()}
