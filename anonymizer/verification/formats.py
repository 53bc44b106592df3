"""Formats and limits that a pseudonym keeps: a small check a family of masks, written apart from the masks.

Each check takes the rule, the original and the pseudonym, both of one type and neither null, and says whether the
pseudonym has the form that the mask promises. What it cannot judge, it lets pass: a wrong form is a fault, no leak.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128

from anonymizer.rules.model import FieldRule
from anonymizer.verification.detectors import digits_of, passes_luhn, passes_mod_97

Shape = Callable[[FieldRule, Any, Any], bool]

_EMAIL = re.compile(r"[^\s@]+@[A-Za-z0-9][A-Za-z0-9.-]*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|")
_METHOD = re.compile(r"\$[^$]*\$|\{[^}]*\}|")
_FILE_END = re.compile(r"(?<=[^/\\.])\.[A-Za-z][A-Za-z0-9]{0,4}$")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_FEWEST_CARD_DIGITS = 12
_LONGEST_MORE = 16  # a country's fictitious number may be longer than the original, which was no full number
_KILOMETRES_A_DEGREE = 111.32
_ROUNDING = 1.0001


def _said(_: FieldRule, original: Any, copy: Any) -> bool:
    return bool(copy) or not original


def _email(rule: FieldRule, original: Any, copy: Any) -> bool:
    return bool(_EMAIL.fullmatch(copy)) if "@" in original else _said(rule, original, copy)


def _phone(_: FieldRule, original: Any, copy: Any) -> bool:
    if not original:
        return not copy
    plus = original.lstrip(" (").startswith("+")
    return bool(digits_of(copy)) and copy.lstrip(" (").startswith("+") == plus and _not_longer(original, copy)


def _not_longer(original: str, copy: str) -> bool:
    return len(copy) <= len(original) + _LONGEST_MORE


def _card(_: FieldRule, original: Any, copy: Any) -> bool:
    old, new = digits_of(str(original)), digits_of(str(copy))
    return len(old) < _FEWEST_CARD_DIGITS or (len(old) == len(new) and passes_luhn(new))


def _iban(_: FieldRule, original: Any, copy: Any) -> bool:
    old, new = ("".join(text.split()).upper() for text in (original, copy))
    return not passes_mod_97(old) or (passes_mod_97(new) and old[:2] == new[:2] and len(old) == len(new))


def _length(_: FieldRule, original: Any, copy: Any) -> bool:
    return len(original) == len(copy) or not _LETTER_OR_DIGIT.search(original)


def _token(_: FieldRule, original: Any, copy: Any) -> bool:
    if isinstance(original, int):
        return len(str(abs(original))) == len(str(abs(copy))) and (original < 0) == (copy < 0)
    return not isinstance(original, (str, bytes)) or len(original) == len(copy)


def _signs(_: FieldRule, original: Any, copy: Any) -> bool:
    return len(_LETTER_OR_DIGIT.findall(original)) == len(_LETTER_OR_DIGIT.findall(copy))


def _uuid(_: FieldRule, original: Any, copy: Any) -> bool:
    if isinstance(original, bytes):
        return len(original) == len(copy)
    return not _UUID.fullmatch(original) or (bool(_UUID.fullmatch(copy)) and original[14].lower() == copy[14].lower())


def _object_id(_: FieldRule, original: Any, copy: Any) -> bool:
    return not isinstance(copy, str) or not original or bool(_OBJECT_ID.fullmatch(copy))


def _mac(_: FieldRule, original: Any, copy: Any) -> bool:
    return [sign if not sign.isalnum() else "x" for sign in original] == [
        sign if not sign.isalnum() else "x" for sign in copy
    ]


def _ip(_: FieldRule, original: Any, copy: Any) -> bool:
    try:
        return not original or ipaddress.ip_address(original).version == ipaddress.ip_address(copy).version
    except ValueError:
        return False


def _url(_: FieldRule, original: Any, copy: Any) -> bool:
    old, new = _SCHEME.match(original), _SCHEME.match(copy)
    return not original or (old is not None and new is not None and old.group().lower() == new.group().lower())


def _jwt(_: FieldRule, original: Any, copy: Any) -> bool:
    return not original or bool(_JWT.fullmatch(copy))


def _hash(_: FieldRule, original: Any, copy: Any) -> bool:
    """Ask for the same method: what stands between the first two dollars, or in braces."""
    return len(original) == len(copy) and _METHOD.match(original).group() == _METHOD.match(copy).group()  # type: ignore[union-attr] # it matches nothing too


def _bytes(_: FieldRule, original: Any, copy: Any) -> bool:
    return len(original) == len(copy)


def _file(_: FieldRule, original: Any, copy: Any) -> bool:
    old, new = _FILE_END.search(original), _FILE_END.search(copy)
    return old is None or (new is not None and old.group() == new.group())


def _json(_: FieldRule, __: Any, copy: Any) -> bool:
    try:
        json.loads(copy or "0")
    except (ValueError, RecursionError):
        return False
    return True


def _listed(rule: FieldRule, __: Any, copy: Any) -> bool:
    return copy in rule.parameter("values", ())


def _day_of(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _birth_date(rule: FieldRule, original: Any, copy: Any) -> bool:
    band = rule.parameter("band", 5)
    if isinstance(original, int):
        return original // band == copy // band
    old, new = _day_of(original), _day_of(copy)
    return old is None or (new is not None and old.year // band == new.year // band)


def _shifted(rule: FieldRule, original: Any, copy: Any) -> bool:
    old, new = _day_of(original), _day_of(copy)
    return old is None or (new is not None and abs((new - old).days) <= rule.parameter("max_days", 30) + 1)


_BEGINS: dict[str, Callable[[datetime], bool]] = {
    "hour": lambda at: True,
    "day": lambda at: at.hour == 0,
    "week": lambda at: at.hour == 0 and (at.weekday() == 0 or at.year == 1),
    "month": lambda at: at.hour == 0 and at.day == 1,
    "quarter": lambda at: at.hour == 0 and at.day == 1 and at.month % 3 == 1,
    "year": lambda at: at.hour == 0 and at.day == at.month == 1,
}


def _rounded_date(rule: FieldRule, original: Any, copy: Any) -> bool:
    day = _day_of(copy)
    if day is None:
        return _day_of(original) is None
    at = copy if isinstance(copy, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001 (days only)
    return at.minute == at.second == at.microsecond == 0 and _BEGINS[rule.parameter("to")](at)


def _postcode(rule: FieldRule, original: Any, copy: Any) -> bool:
    kept = rule.parameter("keep", 2)
    old, new = (_LETTER_OR_DIGIT.findall(str(value)) for value in (original, copy))
    if isinstance(original, int) and kept == 0:
        return bool(copy == 0)
    return old[:kept] == new[:kept] and len(old) == len(new) and set(new[kept:]) <= {"0", "a", "A"}


def _number(value: Any) -> float:
    return float(value.to_decimal() if isinstance(value, Decimal128) else value)


def _coordinates(rule: FieldRule, original: Any, copy: Any) -> bool:
    old, new = _number(original), _number(copy)
    if not math.isfinite(old):
        return True
    if kilometres := rule.parameter("shift_km"):
        return abs(new - old) <= kilometres / _KILOMETRES_A_DEGREE * _ROUNDING
    return math.isclose(round(old, rule.parameter("decimals", 1)), new, rel_tol=1e-12, abs_tol=1e-9)


def _amount(rule: FieldRule, original: Any, copy: Any) -> bool:
    old, new = _number(original), _number(copy)
    if not math.isfinite(old):
        return True
    step = 1.0 if isinstance(original, int) else 0.0
    if isinstance(original, Decimal128):
        exponent = original.to_decimal().as_tuple().exponent
        step = 10.0 ** min(exponent, 300) if isinstance(exponent, int) else 0.0
    return abs(new - old) <= abs(old) * rule.parameter("percent", 10) / 100 * _ROUNDING + step


def _bucket(rule: FieldRule, original: Any, copy: Any) -> bool:
    old, new, size = _number(original), _number(copy), float(rule.parameter("size"))
    if not math.isfinite(old) or not math.isfinite(old / size):
        return True
    if isinstance(original, int):
        return not size.is_integer() or (int(copy) % int(size) == 0 and 0 <= int(original) - int(copy) < int(size))
    if isinstance(original, Decimal128):
        return copy.to_decimal() % Decimal(str(rule.parameter("size"))) == 0
    return 0 <= (old - new) / size * (2 - _ROUNDING) < 1 and math.isclose(new / size, round(new / size), rel_tol=1e-9)


def _ranked(rule: FieldRule, original: Any, copy: Any) -> bool:
    if isinstance(original, int):
        return int(copy) // int(rule.parameter("stretch", 3)) == original
    old, new = _number(original), _number(copy)
    return not math.isfinite(old) or (old < 0) == (new < 0) or new == 0


SHAPES: dict[str, Shape] = {
    "said": _said, "email": _email, "phone": _phone, "card": _card, "iban": _iban, "length": _length, "bytes": _bytes,
    "token": _token, "signs": _signs, "uuid": _uuid, "objectid": _object_id, "mac": _mac, "ip": _ip, "url": _url,
    "jwt": _jwt, "hash": _hash, "file": _file, "json": _json, "listed": _listed, "birth_date": _birth_date,
    "shifted": _shifted, "rounded_date": _rounded_date, "postcode": _postcode, "coordinates": _coordinates,
    "amount": _amount, "bucket": _bucket, "ranked": _ranked,
}  # fmt: skip
