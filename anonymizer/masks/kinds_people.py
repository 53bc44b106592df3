"""The masks of people, places, dates and texts, and those that replace or keep all."""

from __future__ import annotations

from typing import Any

from anonymizer.masks import checks
from anonymizer.masks.checks import flag, one_of, whole
from anonymizer.masks.kind import MaskKind

LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "ja", "zh")
SOMEBODYS = "{} of the whole range, which may be somebody's"
_MAILABLE = "addresses at mail domains that exist, which may reach people"
_DATES = ("date", "string")
_EVERYTHING = ("everything",)
_LOCALE = {"locale": one_of(*LOCALES)}


def _reasoned(body: dict[str, Any]) -> str | None:
    if ("allow" in body) == ("reason" in body):
        return None
    return "allow and reason go together: a detector is silenced only with a reason"


def _deliverable_mail(body: dict[str, Any]) -> str | None:
    hosts = body.get("hosts")
    reaches = hosts == "kept" or (
        isinstance(hosts, dict) and not all(checks.is_reserved_host(str(host)) for host in hosts.values())
    )
    if reaches and body.get("deliverable") is not True:
        return "hosts leads to mail domains that exist; if mail may reach people there, say deliverable: true as well"
    return None


def _deliverable_phone(body: dict[str, Any]) -> str | None:
    if body.get("deliverable") and not body.get("injective"):
        return "deliverable has a meaning only with injective: true"
    return None


def _one_way(body: dict[str, Any]) -> str | None:
    return "decimals and shift_km are two ways; take one" if {"decimals", "shift_km"} <= body.keys() else None


PEOPLE = {
    "name": MaskKind(gives="A name of as many words.", keeps="words, case, comma", example="Elizabeth Ray"),
    "first_name": MaskKind(
        _LOCALE, gives="A given name of a language.", keeps="words, case", example="Liesel", given={"locale": "de"}
    ),
    "last_name": MaskKind(
        _LOCALE, gives="A family name of a language.", keeps="words, case", example="Kowalska", given={"locale": "pl"}
    ),
    "full_name": MaskKind(
        _LOCALE,
        gives="Given and family name in the order of a language.",
        keeps="words, case, comma",
        example="山田 太郎",
        given={"locale": "ja"},
    ),
    "username": MaskKind(
        {"max_length": whole(17, 64, "signs")},
        for_id=True,
        collides=False,
        gives="A name and 80 keyed bits.",
        keeps="at most `max_length` (32) signs",
        example="jdoe83",
    ),
    "email": MaskKind(
        {"host": checks.MAIL_HOST, "hosts": checks.MAIL_HOSTS, "deliverable": flag()},
        for_id=True,
        collides=False,
        together=_deliverable_mail,
        opt_ins={"deliverable": _MAILABLE},
        gives="An address at a reserved domain (`example.com`), that no other address is given. `hosts: mapped` gives "
        "each mail domain a made-up one; `kept`, or a map to domains that exist, needs `deliverable: true`.",
        keeps="case, sign between the words",
        example="jane.doe@shop.de",
    ),
    "phone": MaskKind(
        {"country": checks.COUNTRY, "injective": flag(), "deliverable": flag()},
        injective_if=("injective",),
        together=_deliverable_phone,
        opt_ins={"deliverable": SOMEBODYS.format("telephone numbers")},
        gives="A number of the same country and format that reaches nobody. `country`: calling code of numbers written "
        "without one, in quotes. `injective: true`: three digits longer; with `deliverable: true` of its length.",
        keeps="country, grouping",
        example="+44 7911 123456",
    ),
    "company": MaskKind(gives="A made-up company.", keeps="legal form", example="Schneider & Söhne GmbH"),
    "birth_date": MaskKind(
        {"band": whole(1, 50, "years")},
        takes=("date", "string", "int", "long"),
        gives="Another day of the same band of years (5): 1980 to 1984. A year alone becomes another one.",
        keeps="age band, time of day",
        example="1984-05-31",
    ),
}
PLACES = {
    "street": MaskKind(
        gives="A made-up street and house number.", keeps="lines, place of number", example="12 High St"
    ),
    "city": MaskKind(gives="A made-up town.", keeps="case", example="Heidelberg"),
    "postcode": MaskKind(
        {"keep": whole(0, 12, "signs")},
        keyed=False,
        fixed_points=True,
        takes=("string", "int", "long"),
        gives="The first `keep` (2) letters and digits; those after them become 0, a or A.",
        keeps="first signs, format",
        example="69117",
    ),
    "coordinates": MaskKind(
        {"decimals": whole(0, 6, "decimals"), "shift_km": checks.above_zero(1000)},
        fixed_points=True,
        together=_one_way,
        takes=("double", "decimal"),
        gives="Rounded to so many `decimals` (1), or with `shift_km` moved by up to as much. Whole numbers stay where "
        "it rounds, and are refused where it moves.",
        keeps="area",
        example=49.4093582,
    ),
}
DATES = {
    "date_shift": MaskKind(
        {"max_days": whole(1, 3650, "days"), "subject": checks.PATH},
        takes=_DATES,
        own_to_field=("max_days", "subject"),
        gives="A date shifted by a keyed amount of up to `max_days` (30), never by none. With `subject`, a path, all "
        "dates of one subject move alike.",
        keeps="days stay days; with a subject, intervals",
        example="2024-05-31",
    ),
    "date_round": MaskKind(
        {"to": one_of("hour", "day", "week", "month", "quarter", "year")},
        required=("to",),
        keyed=False,
        fixed_points=True,
        takes=_DATES,
        gives="The beginning of the hour, day, week, month, quarter or year.",
        keeps="period",
        example="2024-05-31",
        given={"to": "month"},
    ),
}
TEXTS = {
    "text": MaskKind(gives="Filler of the same length.", keeps="length, lines", example="Call Jane about the bill"),
    "redact": MaskKind(
        {"of": checks.PATHS, "find": checks.FOUND},
        needs_context=True,
        own_paths="of",
        fixed_points=True,
        gives="The text, in which the values at the paths `of` are their pseudonyms, and what reads like an address or "
        "number (`find`) is replaced. Other names are not found: where there may be some, take `text`.",
        keeps="the rest",
        example="Jane wrote from jane@shop.de",
    ),
    "html": MaskKind(
        gives="The same tags around filler; links become #, comments and scripts go.",
        keeps="structure, length of text",
        example='<p>Dear <b>Jane</b>, <a href="https://shop.de/x">look</a></p>',
    ),
    "json": MaskKind(
        {"fields": checks.RULES},
        required=("fields",),
        keyed=False,
        rules_inside="fields",
        fixed_points=True,
        gives="JSON in a text, its values masked by rules of their own; a path that they do not name is refused.",
        keeps="what its rules keep",
        example='{"name": "Jane Doe"}',
        given={"fields": {"name": "name"}},
    ),
    "file_name": MaskKind(
        gives="A name of the same length.", keeps="kind of file, folders by place", example="cv/jane_doe-2024.pdf"
    ),
    "binary": MaskKind(
        takes=("binData",),
        gives="Bytes of the same size and kind of file.",
        keeps="size, subtype, first bytes of known kinds",
        example=b"\x89PNG\r\n\x1a\n0123456789",
    ),
}
WHOLE = {
    "constant": MaskKind(
        {"value": checks.SCALAR},
        required=("value",),
        keyed=False,
        whole=True,
        fixed_points=True,
        takes=_EVERYTHING,
        gives="Always `value`.",
        keeps="nothing",
        example="Jane",
        given={"value": "x"},
    ),
    "null": MaskKind(
        keyed=False, whole=True, takes=_EVERYTHING, gives="Always null; write it in quotes.", keeps="nothing", example=7
    ),
    "drop": MaskKind(
        keyed=False, whole=True, takes=_EVERYTHING, gives="The field is not there.", keeps="nothing", example=7
    ),
    "keep": MaskKind(
        {"allow": checks.SILENCED, "reason": checks.REASON},
        keyed=False,
        for_id=True,
        collides=False,
        fixed_points=True,
        together=_reasoned,
        takes=_EVERYTHING,
        gives="The value as it is. `allow` silences detectors at this path and needs a `reason`.",
        keeps="everything",
        example="A-17",
    ),
}
