"""Which masks there are and what each may be told; no more, so that checking rules loads nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from anonymizer import paths

DETECTORS = ("email", "phone", "card")
_RESERVED_HOST = re.compile(r"example\.(com|net|org)|([a-z0-9-]+\.)+(test|example|invalid)")


def _days(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3650:
        return None
    return "must be a whole number of days from 1 to 3650"


def _host(value: object) -> str | None:
    if isinstance(value, str) and _RESERVED_HOST.fullmatch(value):
        return None
    return "must be a reserved mail domain: example.com, .net or .org, or one that ends in .test, .example or .invalid"


def _country(value: object) -> str | None:
    if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,2}", value):
        return None
    return 'must be a country calling code in quotes, as in "49"'


def _path(value: object) -> str | None:
    try:
        steps = paths.parse(value if isinstance(value, str) else "")
    except ValueError as error:
        return f"is no path: it {error}"
    if paths.ANY_KEY in steps or paths.ELEMENT in steps:
        return "must name one value of the document: no * and no []"
    return None


def _scalar(value: object) -> str | None:
    if value is None or isinstance(value, (str, int, float, bool)):
        return None
    return "must be text, a number, true, false or null"


def _detectors(value: object) -> str | None:
    if isinstance(value, list) and value and all(item in DETECTORS for item in value):
        return None
    return f"must be a list of detectors: {', '.join(DETECTORS)}"


def _reason(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must say in words why a detector is wrong here"


@dataclass(frozen=True)
class MaskKind:
    """A mask as rules know it.

    Attributes:
        parameters: Name → check, which gives what is wrong with a value, or None.
        required: Parameters that must be there.
        keyed: Whether it has a domain (by default its own name).
        for_id: Whether `_id` may be masked with it.
        collides: Whether two values may get one pseudonym with a chance worth a thought.
        injective_option: Whether its parameter `injective` makes it one that cannot collide.
        fixed_points: Whether it may give a value itself: a permutation has such values, a few in a whole domain.
        needs_context: Whether it looks at other values of the document.
        whole: Whether it replaces all that is there, documents and arrays too.
        opt_ins: Parameters that let something through that could reach a person: name → what the report says.
    """

    parameters: dict[str, Callable[[object], str | None]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    keyed: bool = True
    for_id: bool = False
    collides: bool = True
    injective_option: bool = False
    fixed_points: bool = False
    needs_context: bool = False
    whole: bool = False
    opt_ins: dict[str, str] = field(default_factory=dict)


KINDS: dict[str, MaskKind] = {
    "name": MaskKind(),
    "email": MaskKind({"host": _host}, for_id=True, collides=False),
    "phone": MaskKind({"country": _country}),
    "street": MaskKind(),
    "card": MaskKind(),
    "date_shift": MaskKind({"max_days": _days, "subject": _path}),
    "token": MaskKind(for_id=True),
    "text": MaskKind(),
    "constant": MaskKind({"value": _scalar}, required=("value",), keyed=False, whole=True),
    "null": MaskKind(keyed=False, whole=True),
    "drop": MaskKind(keyed=False, whole=True),
    "keep": MaskKind({"allow": _detectors, "reason": _reason}, keyed=False, for_id=True, collides=False),
}
