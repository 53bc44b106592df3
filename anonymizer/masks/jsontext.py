"""JSON in a text: its values are masked by rules of their own; a path that they do not name is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bson import Int64

from anonymizer import paths
from anonymizer.errors import Refused
from anonymizer.masks.draw import DROP, Table

_INT32, _INT64 = range(-(2**31), 2**31), range(-(2**63), 2**63)
_DEEPEST = 100


def masked(tables: dict[str, Table]) -> Callable[[str], str]:
    """Give the mask of text that holds JSON.

    Args:
        tables: The masks of the paths inside.
    """
    root = paths.tree(tables)

    def mask(value: str) -> str:
        if not value:
            return value
        try:
            made = _treat(json.loads(value, object_pairs_hook=_once, parse_constant=_no_number), root, 0)
            return _written(made, value)
        except (ValueError, TypeError, RecursionError):
            raise Refused from None

    return mask


def _treat(value: Any, node: paths.Node[Table] | None, depth: int) -> Any:
    if node is None or depth > _DEEPEST:
        raise Refused
    if isinstance(value, dict) and (node.has_keys() or not value):
        made = {key: _treat(item, node.children.get(key, node.any_key), depth + 1) for key, item in value.items()}
        return {key: item for key, item in made.items() if item is not DROP}
    if isinstance(value, list) and (node.element or not value):
        return [_treat(item, node.element, depth + 1) for item in value]
    return _leaf(_typed(value), node.rule or {type(None): None})


def _leaf(value: Any, table: Table) -> Any:
    if value.__class__ not in table:
        raise Refused
    function = table[value.__class__]
    return value if function is None else function(value)


def _written(made: Any, like: str) -> str:
    """Write JSON with the spaces and line ends of another."""
    spaced = '": ' in like or '", ' in like
    separators = (", ", ": ") if spaced else (",", ":")
    return json.dumps(made, ensure_ascii=like.isascii(), separators=separators, indent=2 if "\n" in like else None)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused
    return found


def _no_number(_: str) -> None:
    raise Refused


def _typed(value: Any) -> Any:
    """Give a whole number the type that BSON would have for it."""
    if not isinstance(value, int) or isinstance(value, bool) or value in _INT32:
        return value
    if value not in _INT64:
        raise Refused
    return Int64(value)
