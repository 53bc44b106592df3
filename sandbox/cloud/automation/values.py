"""Variables in documents (`{{ name }}`), and selections from what an action answered. Pure."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext import parse

REFERENCE = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_:.-]*)\s*\}\}")
SELECTED_TYPES = ("String", "StringList", "Integer", "Boolean", "StringMap", "MapList")
SEVERAL = re.compile(r"\.\.|\*|\?|\[[^\]'\"]*[:,]")  # of a path that may lead to more than one place


class InvalidSelector(Exception):
    """A selector is no JSONPath."""


class NoValue(Exception):
    """A variable has no value, or a selection found nothing or the wrong thing; the message says which."""


def references(node: Any) -> Iterator[str]:
    """Yield the names of all variables in a value, however deep."""
    if isinstance(node, str):
        yield from (found[1] for found in REFERENCE.finditer(node))
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from references(key)
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def substitute(node: Any, values: Mapping[str, Any]) -> Any:
    """Put values in the place of variables.

    Args:
        node: Text, or maps and lists of it.
        values: Name to value: `dumpKey`, `step.output`, `global:REGION`.

    Returns:
        The same shape. A text that is one variable becomes its value, with its type; a variable within a text becomes
        text, lists and maps as JSON.

    Raises:
        NoValue: A variable has none (its step has not run, or failed).
    """
    if isinstance(node, Mapping):
        return {substitute(key, values): substitute(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [substitute(value, values) for value in node]
    if not isinstance(node, str):
        return node
    whole = REFERENCE.fullmatch(node.strip())
    if whole:
        return _value(whole[1], values)
    return REFERENCE.sub(lambda found: as_text(_value(found[1], values)), node)


def as_text(value: Any) -> str:
    """Return a value as text: truth values in JSON's words, lists and maps as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def check_selector(selector: str) -> None:
    """Refuse a selector that is no JSONPath.

    Raises:
        InvalidSelector: It cannot be read.
    """
    _parsed(selector)


def select(answer: Any, selector: str, kind: str = "") -> Any:
    """Select from an answer.

    Args:
        answer: Maps and lists, as an API answers.
        selector: A JSONPath from `$`.
        kind: The type wanted, one of `SELECTED_TYPES`; empty: whatever is there.

    Returns:
        The value; a list for a path that may lead to several places.

    Raises:
        NoValue: Nothing is there, or it does not have that type.
    """
    found = [match.value for match in _parsed(selector).find(answer)]
    if SEVERAL.search(selector):
        value: Any = found
    elif found:
        value = found[0]
    else:
        raise NoValue(f"{selector} selects nothing in the answer.")
    if not kind:
        return value
    try:
        return _CONVERSIONS[kind](value)
    except (TypeError, ValueError):
        raise NoValue(f"what {selector} selects is no {kind}.") from None


@cache
def _parsed(selector: str) -> Any:
    """Read a selector once: the library makes its parser anew each time, which takes tens of milliseconds."""
    if not selector.startswith("$"):
        raise InvalidSelector(f"the selector {selector} does not begin with $")
    try:
        return parse(selector)
    except JSONPathError as error:
        raise InvalidSelector(f"the selector {selector} is no JSONPath: {error}") from None


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise NoValue(f"{name} has no value: its step has not run, or failed.")
    return values[name]


def _strings(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError
    return [as_text(one) for one in value]


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
        raise TypeError
    return int(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[value.lower()] if str(value).lower() in {"true", "false"} else _no_value()


def _no_value() -> bool:
    raise TypeError


def _map(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _maps(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise TypeError
    return [_map(one) for one in value]


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "String": as_text,
    "StringList": _strings,
    "Integer": _integer,
    "Boolean": _boolean,
    "StringMap": _map,
    "MapList": _maps,
}
