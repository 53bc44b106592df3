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

from bson import Decimal128, Int64

from anonymizer.bsontypes import NAMES, NULL, SCALARS
from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks import (
    accounts,
    amounts,
    birthdays,
    cards,
    credentials,
    dates,
    files,
    ibans,
    ids,
    jsontext,
    locales,
    mail,
    markup,
    network,
    numbers,
    official,
    people,
    phones,
    places,
    redaction,
    texts,
    tokens,
)
from anonymizer.masks.checks import REDACTED
from anonymizer.masks.draw import DROP, Drawing, Table
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import FieldRule

Context = Callable[[str], Sequence[object]]
DEFAULT_HOST = "example.com"
DEFAULT_MAX_DAYS = 30
DEFAULT_LOCALE = "en"
DEFAULT_USERNAME_SIGNS = 32
DEFAULT_BAND_YEARS = 5
DEFAULT_POSTCODE_SIGNS = 2
DEFAULT_DECIMALS = 1
DEFAULT_PERCENT = 10
DEFAULT_STRETCH = 3


def _email(drawing: Drawing, rule: FieldRule) -> Table:
    host, hosts = rule.parameter("host", DEFAULT_HOST), rule.parameter("hosts")
    if not hosts:
        return {str: people.email(drawing, host)}
    return {str: mail.with_domain(drawing, host, hosts if isinstance(hosts, str) else dict(hosts))}


def _phone(drawing: Drawing, rule: FieldRule) -> Table:
    if rule.parameter("injective"):
        return {str: phones.permuted(drawing, deliverable=bool(rule.parameter("deliverable")))}
    return {str: numbers.phone(drawing, rule.parameter("country"))}


def _card(drawing: Drawing, rule: FieldRule) -> Table:
    if rule.parameter("keep_bin"):
        return cards.with_bin(drawing, injective=_injective(rule))
    return {
        str: numbers.card_text(drawing),
        **dict.fromkeys(numbers.NUMBER_CLASSES, numbers.card_number(drawing)),
    }


def _coordinates(drawing: Drawing, rule: FieldRule) -> Table:
    if kilometres := rule.parameter("shift_km"):
        return places.moved(drawing, kilometres)
    return places.rounded(rule.parameter("decimals", DEFAULT_DECIMALS))


def _injective(rule: FieldRule) -> bool:
    return bool(rule.parameter("injective"))


def _locale(rule: FieldRule) -> str:
    return str(rule.parameter("locale", DEFAULT_LOCALE))


def _jwt(drawing: Drawing) -> Table:
    inner = tokens.table(drawing)
    text, number = inner[str], inner[Int64]
    assert text is not None  # noqa: S101 (a token masks both)
    assert number is not None  # noqa: S101
    return {str: credentials.jwt(drawing, text, lambda value: int(number(Int64(value))))}


_KEYED: dict[str, Callable[[Drawing, FieldRule], Table]] = {
    "name": lambda drawing, rule: {str: people.name(drawing)},
    "first_name": lambda drawing, rule: {str: locales.part(drawing, _locale(rule), 0)},
    "last_name": lambda drawing, rule: {str: locales.part(drawing, _locale(rule), 1)},
    "full_name": lambda drawing, rule: {str: locales.full(drawing, _locale(rule))},
    "username": lambda drawing, rule: {
        str: accounts.username(drawing, rule.parameter("max_length", DEFAULT_USERNAME_SIGNS))
    },
    "email": _email,
    "phone": _phone,
    "company": lambda drawing, rule: {str: accounts.company(drawing)},
    "birth_date": lambda drawing, rule: birthdays.birth_date(drawing, rule.parameter("band", DEFAULT_BAND_YEARS)),
    "street": lambda drawing, rule: {str: people.street(drawing)},
    "city": lambda drawing, rule: {str: accounts.city(drawing)},
    "coordinates": _coordinates,
    "card": _card,
    "iban": lambda drawing, rule: {
        str: ibans.iban(drawing, keep_bank=bool(rule.parameter("keep_bank")), injective=_injective(rule))
    },
    "noise": lambda drawing, rule: amounts.noise(drawing, rule.parameter("percent", DEFAULT_PERCENT)),
    "rank": lambda drawing, rule: amounts.rank(drawing, rule.parameter("stretch", DEFAULT_STRETCH)),
    "token": lambda drawing, rule: ids.token_table(drawing) if _injective(rule) else tokens.table(drawing),
    "uuid": lambda drawing, rule: ids.uuid_table(drawing),
    "objectid": lambda drawing, rule: ids.objectid_table(drawing, keep_time=bool(rule.parameter("keep_time"))),
    "licence_plate": lambda drawing, rule: {str: ids.licence_plate(drawing, injective=_injective(rule))},
    "national_id": lambda drawing, rule: {
        str: official.number(drawing, rule.parameter("kind"), injective=_injective(rule))
    },
    "tax_id": lambda drawing, rule: {str: official.number(drawing, rule.parameter("kind"), injective=_injective(rule))},
    "enum": lambda drawing, rule: accounts.enum(drawing, rule.parameter("values")),
    "ip": lambda drawing, rule: {str: network.ip(drawing, rule.parameter("prefix4"), rule.parameter("prefix6"))},
    "mac": lambda drawing, rule: {str: ids.mac(drawing)},
    "url": lambda drawing, rule: {str: network.url(drawing, rule.parameter("host", DEFAULT_HOST))},
    "user_agent": lambda drawing, rule: {str: network.user_agent(drawing)},
    "password_hash": lambda drawing, rule: {str: credentials.password_hash(drawing)},
    "jwt": lambda drawing, rule: _jwt(drawing),
    "text": lambda drawing, rule: {str: texts.text(drawing)},
    "html": lambda drawing, rule: {str: markup.html(drawing)},
    "file_name": lambda drawing, rule: {str: files.file_name(drawing)},
    "binary": lambda drawing, rule: files.binary(drawing),
}
_COARSER: dict[str, Callable[[FieldRule], Table]] = {
    "postcode": lambda rule: places.postcode(rule.parameter("keep", DEFAULT_POSTCODE_SIGNS)),
    "date_round": lambda rule: birthdays.coarser(rule.parameter("to")),
    "bucket": lambda rule: amounts.bucket(rule.parameter("size")),
}


def build(
    rule: FieldRule, keyring: Keyring, subject: dates.Subject | None = None, context: Context | None = None
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
    table: Table = {NULL: None, **_table(rule, keyring, subject, context)}
    if decimal := table.get(Decimal128):
        table[Decimal128] = _within_reach(decimal)
    return table


def _within_reach(mask: Callable[[Decimal128], Any]) -> Callable[[Decimal128], Any]:
    """Refuse decimals that cannot be calculated with: BSON has exponents and digits that Python has no room for."""

    def decimal(value: Decimal128) -> Any:
        try:
            return mask(value)
        except ArithmeticError:
            raise Refused from None

    return decimal


def _table(rule: FieldRule, keyring: Keyring, subject: dates.Subject | None, context: Context | None) -> Table:
    if rule.mask in _COARSER:
        return _COARSER[rule.mask](rule)
    if rule.mask == "json":
        inside = rule.parameter("fields")
        return {str: jsontext.masked({path: build(one, keyring, subject, context) for path, one in inside})}
    drawing = Drawing(keyring.for_domain(rule.domain))
    if rule.mask == "date_shift":
        return dates.table(drawing, rule.parameter("max_days", DEFAULT_MAX_DAYS), subject)
    if rule.mask == "redact":
        return {str: _redact(drawing, rule, keyring, context)}
    return _KEYED[rule.mask](drawing, rule)


def _redact(drawing: Drawing, rule: FieldRule, keyring: Keyring, context: Context | None) -> Callable[[str], str]:
    own = [(path, build(one, keyring).get(str)) for path, one in rule.parameter("of", ())]
    finders = {
        "email": people.email(drawing, DEFAULT_HOST),
        "iban": ibans.iban(drawing, keep_bank=False, injective=False),
        "ip": network.ip(drawing, None, None),
        "card": numbers.card_text(drawing),
        "phone": numbers.phone(drawing, None),
    }
    chosen = rule.parameter("find", REDACTED)
    masks = [(path, mask) for path, mask in own if mask]
    return redaction.redact(masks, context, {kind: mask for kind, mask in finders.items() if kind in chosen})


def _constant(value: Any) -> Any:
    return Int64(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 - 1 else value


def can_collide(rule: FieldRule) -> bool:
    """Tell whether two different values may get one pseudonym, so that a unique index over the field may fail.

    A mask that draws at least 64 bits, such as `email`, counts as one that cannot. `_id` needs no question: its rules
    are refused when they are read unless the mask may be an id's.
    """
    kind = KINDS[rule.mask]
    given = [rule.parameter(name) for name in kind.injective_if]
    return kind.collides and not (given and all(value is not None and value is not False for value in given))
