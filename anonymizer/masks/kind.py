"""What rules, documentation and tests know of a mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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
        injective_if: Parameters that, all of them given, make it one that cannot collide.
        fixed_points: Whether it may give a value itself: a permutation has such values, one in a domain on average; a
            mask that makes values coarser has those that are as coarse already.
        needs_context: Whether it looks at other values of the document.
        whole: Whether it replaces all that is there, documents and arrays too.
        takes: Types of BSON that it treats; null always stays.
        together: Says what is wrong with parameters that go together, or nothing.
        own_paths: Parameter that lists paths of the same collection; they come with their rules.
        rules_inside: Parameter that holds rules for what lies inside a value.
        own_to_field: Parameters that may differ within a domain.
        opt_ins: Parameters that let something through that could reach a person: name → what the report says.
        gives: What it gives, in a sentence, for documentation and editors.
        keeps: What of a value stays, for documentation.
        example: A value that it takes, for documentation.
        given: Parameters of the example, and those that it needs.
    """

    parameters: dict[str, Parameter] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    keyed: bool = True
    for_id: bool = False
    collides: bool = True
    injective_if: tuple[str, ...] = ()
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
    keeps: str = ""
    example: object = None
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def injective_option(self) -> bool:
        """Whether `injective: true` makes it one that cannot collide."""
        return "injective" in self.injective_if
