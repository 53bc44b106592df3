"""From a field's rule to its mask: the classes it takes, with a function (or None: stays as it is) for each.

What a mask may ask of the document that is being masked comes in by two callables, both about the document as it
stands in the source, not half masked:

- `subject()` gives the value of the document's subject, for masks with a parameter `subject` (a path). Rules of a
  collection with a default subject carry it in that parameter already, so `rule.parameter("subject")` is all there is.
- `context(path)` gives a list of all values at a path (`name`, `addresses[].street`, `cards.*.number`), containers
  left out. Masks that need it say so in `MaskKind.needs_context`.

A function of the table may return `draw.DROP`: the key is removed from its document. It stands for no value and
never reaches the encoder; rules that would put it into an array are refused when they are read. It may raise
`Refused`: the value cannot be treated and counts as unlisted.

`rule.cases`, `rule.keys` and `rule.refers_to` are not looked at here. Each case's rule, and the rule of keys, is
built by a call of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bson import Int64

from anonymizer.bsontypes import NAMES, NULL, SCALARS
from anonymizer.keys import Keyring
from anonymizer.masks import dates, numbers, people, texts, tokens
from anonymizer.masks.draw import DROP, Drawing, Table
from anonymizer.masks.parameters import KINDS
from anonymizer.rules import FieldRule

Context = Callable[[str], Sequence[object]]
DEFAULT_HOST = "example.com"
DEFAULT_MAX_DAYS = 30

_KEYED: dict[str, Callable[[Drawing, FieldRule, dates.Subject | None], Table]] = {
    "name": lambda drawing, rule, subject: {str: people.name(drawing)},
    "email": lambda drawing, rule, subject: {str: people.email(drawing, rule.parameter("host", DEFAULT_HOST))},
    "street": lambda drawing, rule, subject: {str: people.street(drawing)},
    "phone": lambda drawing, rule, subject: {str: numbers.phone(drawing, rule.parameter("country"))},
    "card": lambda drawing, rule, subject: {
        str: numbers.card_text(drawing),
        **dict.fromkeys(numbers.NUMBER_CLASSES, numbers.card_number(drawing)),
    },
    "token": lambda drawing, rule, subject: tokens.table(drawing),
    "date_shift": lambda drawing, rule, subject: dates.table(
        drawing, rule.parameter("max_days", DEFAULT_MAX_DAYS), subject
    ),
    "text": lambda drawing, rule, subject: {str: texts.text(drawing)},
}


def build(
    rule: FieldRule,
    keyring: Keyring,
    subject: dates.Subject | None = None,
    context: Context | None = None,  # noqa: ARG001 (masks that need it come with it)
) -> Table:
    """Give the table of a field's mask.

    Args:
        rule: What the rules say of the field.
        keyring: Where the key of its domain comes from.
        subject: Gives the value of the subject of the document being masked, for dates that move with it.
        context: Gives the values at a path of that document, for masks that look at the rest of it.
    """
    if rule.mask == "drop":
        return dict.fromkeys(NAMES, lambda value: DROP)
    if rule.mask == "keep":
        return dict.fromkeys(SCALARS, None)
    if rule.mask in ("constant", "null"):
        constant = _constant(rule.parameter("value"))
        return dict.fromkeys(NAMES, lambda value: constant)
    table = _KEYED[rule.mask](Drawing(keyring.for_domain(rule.domain)), rule, subject)
    return {NULL: None, **table}


def _constant(value: Any) -> Any:
    return Int64(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 - 1 else value


def can_collide(rule: FieldRule) -> bool:
    """Tell whether two different values may get one pseudonym, so that a unique index over the field may fail.

    A mask that draws at least 64 bits, such as `email`, counts as one that cannot. `_id` needs no question: its rules
    are refused when they are read unless the mask may be an id's.
    """
    kind = KINDS[rule.mask]
    return kind.collides and not (kind.injective_option and bool(rule.parameter("injective")))
