"""From a field's rule to its mask: the classes it takes, with a function (or None: stays as it is) for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import Int64

from anonymizer.bsontypes import NAMES, NULL, SCALARS
from anonymizer.keys import Keyring
from anonymizer.masks import dates, numbers, people, texts, tokens
from anonymizer.masks.draw import Drawing, Table
from anonymizer.rules import FieldRule

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


def build(rule: FieldRule, keyring: Keyring, subject: dates.Subject | None = None) -> Table:
    """Give the table of a field's mask.

    Args:
        rule: What the rules say of the field.
        keyring: Where the key of its domain comes from.
        subject: Gives the value of the subject of the document being masked, for dates that move with it.
    """
    if rule.mask == "keep":
        return dict.fromkeys(SCALARS, None)
    if rule.mask in ("constant", "null"):
        constant = _constant(rule.parameter("value"))
        return dict.fromkeys(NAMES, lambda value: constant)
    table = _KEYED[rule.mask](Drawing(keyring.for_domain(rule.domain)), rule, subject)
    return {NULL: None, **table}


def _constant(value: Any) -> Any:
    return Int64(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 - 1 else value
