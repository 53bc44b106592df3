"""The types of a mask's parameters: each checks a value, says in words what is wrong, and has a form in JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anonymizer import paths

DETECTORS = ("email", "phone", "card", "iban", "ip", "jwt", "national_id")
REDACTED = ("email", "iban", "ip", "card", "phone")
_RESERVED_HOST = re.compile(r"example\.(com|net|org)|([a-z0-9-]+\.)+(test|example|invalid)")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_RESERVED = "must be a reserved mail domain: example.com, .net or .org, or one that ends in .test, .example or .invalid"


@dataclass(frozen=True)
class Parameter:
    """The type of a parameter.

    Attributes:
        check: Gives what is wrong with a value, or None.
        schema: The same in JSON Schema, as far as that can say it.
        shown: What may be written, for documentation.
    """

    check: Callable[[object], str | None]
    schema: dict[str, Any] = field(default_factory=dict)
    shown: str = ""

    def __call__(self, value: object) -> str | None:
        """Give what is wrong with a value, or None."""
        return self.check(value)


def whole(low: int, high: int, unit: str = "") -> Parameter:
    """A whole number within limits; 30.0 is one, since Pulumi makes that of 30."""

    def check(value: object) -> str | None:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return None
        return f"must be a whole number{unit and ' of ' + unit} from {low} to {high}"

    return Parameter(check, {"type": "integer", "minimum": low, "maximum": high}, f"{low} to {high}")


def above_zero(high: float) -> Parameter:
    """A number above zero, up to a limit."""

    def check(value: object) -> str | None:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= high:
            return None
        return f"must be a number above 0 and up to {high:g}"

    return Parameter(check, {"type": "number", "exclusiveMinimum": 0, "maximum": high}, f"above 0, up to {high:g}")


def flag() -> Parameter:
    """True or false."""
    return Parameter(
        lambda value: None if isinstance(value, bool) else "must be true or false",
        {"type": "boolean"},
        "true or false",
    )


def one_of(*words: str) -> Parameter:
    """One of some words."""
    listed = ", ".join(words)
    return Parameter(
        lambda value: None if value in words and isinstance(value, str) else f"must be one of {listed}",
        {"enum": list(words)},
        listed,
    )


def _mail_host(value: object) -> str | None:
    return None if isinstance(value, str) and _RESERVED_HOST.fullmatch(value) else _RESERVED


def is_reserved_host(host: str) -> bool:
    """Tell whether a host is one that exists nowhere (RFC 2606, RFC 6761)."""
    return bool(_RESERVED_HOST.fullmatch(host))


def _mail_hosts(value: object) -> str | None:
    if value in ("kept", "mapped"):
        return None
    if isinstance(value, dict) and value and all(_is_host(name) for pair in value.items() for name in pair):
        return None
    return "must be kept, mapped, or a map from each mail domain, in small letters, to the one that takes its place"


def _is_host(value: object) -> bool:
    return isinstance(value, str) and bool(_HOST.fullmatch(value))


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


def _paths(value: object) -> str | None:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        return "must be a list of paths of this collection"
    for item in value:
        try:
            paths.parse(item)
        except ValueError as error:
            return f"lists {item!r}, which is no path: it {error}"
    return None


def _scalar(value: object) -> str | None:
    if value is None or isinstance(value, (str, int, float, bool)):
        return None
    return "must be text, a number, true, false or null"


def _values(value: object) -> str | None:
    if not isinstance(value, list) or len(value) < 2:
        return "must be a list of at least two values"
    if not all(isinstance(item, (str, int)) and not isinstance(item, bool) for item in value):
        return "must be a list of texts or whole numbers"
    if len(set(value)) < len(value) or len({type(item) for item in value}) > 1:
        return "must be a list of values of one type, each once"
    return None


def _detectors(value: object) -> str | None:
    if isinstance(value, list) and value and all(item in DETECTORS for item in value):
        return None
    return f"must be a list of detectors: {', '.join(DETECTORS)}"


def _reason(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must say in words why a detector is wrong here"


def _rules_inside(value: object) -> str | None:
    if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
        return None
    return "must be a map from the paths inside the text to what happens to them"


_HOST_SCHEMA: dict[str, Any] = {"type": "string", "pattern": f"^({_RESERVED_HOST.pattern})$"}
_FIELD_SCHEMA: dict[str, Any] = {"$ref": "#/$defs/Field"}
_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "minItems": 1}

MAIL_HOST = Parameter(_mail_host, _HOST_SCHEMA, "a reserved mail domain")
MAIL_HOSTS = Parameter(
    _mail_hosts,
    {"anyOf": [{"enum": ["kept", "mapped"]}, {"type": "object", "additionalProperties": {"type": "string"}}]},
    "kept, mapped, or a map of domains",
)
COUNTRY = Parameter(_country, {"type": "string", "pattern": "^[1-9][0-9]{0,2}$"}, "a calling code in quotes")
PATH = Parameter(_path, {"type": "string", "minLength": 1}, "a path")
PATHS = Parameter(_paths, _TEXTS, "a list of paths")
SCALAR = Parameter(_scalar, {"type": ["string", "number", "boolean", "null"]}, "text, a number, true, false or null")
VALUES = Parameter(
    _values, {"type": "array", "minItems": 2, "items": {"type": ["string", "integer"]}}, "a list of texts or numbers"
)
SILENCED = Parameter(
    _detectors,
    {"type": "array", "minItems": 1, "items": {"enum": list(DETECTORS)}},
    f"a list of {', '.join(DETECTORS)}",
)
FOUND = Parameter(
    lambda value: (
        None
        if isinstance(value, list) and all(item in REDACTED for item in value)
        else f"must be a list of {', '.join(REDACTED)}, or [] for none"
    ),
    {"type": "array", "items": {"enum": list(REDACTED)}},
    f"a list of {', '.join(REDACTED)}",
)
REASON = Parameter(_reason, {"type": "string", "minLength": 1}, "words")
RULES = Parameter(
    _rules_inside, {"type": "object", "minProperties": 1, "additionalProperties": _FIELD_SCHEMA}, "a map of paths"
)
