"""Which masks there are and what each may be told; no more, so that checking rules loads nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anonymizer.masks import checks
from anonymizer.masks.checks import Parameter


@dataclass(frozen=True)
class MaskKind:
    """A mask as rules know it.

    Attributes:
        parameters: Name → its type, which gives what is wrong with a value, or None.
        required: Parameters that must be there.
        keyed: Whether it has a domain (by default its own name).
        for_id: Whether `_id` may be masked with it.
        collides: Whether two values may get one pseudonym with a chance worth a thought.
        injective_option: Whether its parameter `injective` makes it one that cannot collide.
        fixed_points: Whether it may give a value itself: a permutation has such values, a few in a whole domain.
        needs_context: Whether it looks at other values of the document.
        whole: Whether it replaces all that is there, documents and arrays too.
        takes: Types of BSON that it treats; null always stays.
        together: Says what is wrong with parameters that go together, or nothing.
        own_paths: Parameter that lists paths of the same collection; they come with their rules.
        rules_inside: Parameter that holds rules for what lies inside a value.
        own_to_field: Parameters that may differ within a domain.
        opt_ins: Parameters that let something through that could reach a person: name → what the report says.
        gives: What it gives, in a sentence, for documentation and editors.
        example: A value that it takes, for documentation.
    """

    parameters: dict[str, Parameter] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    keyed: bool = True
    for_id: bool = False
    collides: bool = True
    injective_option: bool = False
    fixed_points: bool = False
    needs_context: bool = False
    whole: bool = False
    takes: tuple[str, ...] = ("string",)
    together: Callable[[dict[str, Any]], str | None] = lambda body: None
    own_paths: str = ""
    rules_inside: str = ""
    own_to_field: tuple[str, ...] = ()
    opt_ins: dict[str, str] = field(default_factory=dict)
    gives: str = ""
    example: object = None


def _reasoned(body: dict[str, Any]) -> str | None:
    if ("allow" in body) == ("reason" in body):
        return None
    return "allow and reason go together: a detector is silenced only with a reason"


KINDS: dict[str, MaskKind] = {
    "name": MaskKind(),
    "email": MaskKind({"host": checks.MAIL_HOST}, for_id=True, collides=False),
    "phone": MaskKind({"country": checks.COUNTRY}),
    "street": MaskKind(),
    "card": MaskKind(),
    "date_shift": MaskKind(
        {"max_days": checks.whole(1, 3650, "days"), "subject": checks.PATH}, own_to_field=("max_days", "subject")
    ),
    "token": MaskKind(for_id=True),
    "text": MaskKind(),
    "constant": MaskKind({"value": checks.SCALAR}, required=("value",), keyed=False, whole=True),
    "null": MaskKind(keyed=False, whole=True),
    "drop": MaskKind(keyed=False, whole=True),
    "keep": MaskKind(
        {"allow": checks.SILENCED, "reason": checks.REASON},
        keyed=False,
        for_id=True,
        collides=False,
        together=_reasoned,
    ),
}
