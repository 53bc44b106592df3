"""Plain values: read by name and type, and written so that equal values are equal bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from refresh.errors import RequestError

UNKNOWN = "(not known yet)"  # stands for an input that another resource has still to provide, in a preview


def plain(value: Any) -> Any:
    """Turn what Pulumi hands over into plain JSON values, with whole numbers as integers again.

    Args:
        value: A mapping, list or scalar; Pulumi makes every number a float.

    Returns:
        The same with dicts, lists and integers wherever a float has no fraction.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def canonical_json(value: Any) -> bytes:
    """Write a value so that equal values are equal bytes.

    Args:
        value: Plain JSON values.

    Returns:
        UTF-8 JSON with sorted keys and no blanks.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(value: Any) -> str:
    """Hash a value by its canonical JSON.

    Args:
        value: Plain JSON values.

    Returns:
        64 hexadecimal characters.
    """
    return hashlib.sha256(canonical_json(value)).hexdigest()


class Reader:
    """Read typed values by name; complain with the whole path of the field. What is not known yet passes as it is."""

    def __init__(self, values: Any, path: str = "") -> None:
        """Take a map, or UNKNOWN for one whose content is not known yet."""
        self.values = values
        self.path = path

    def text(self, name: str, default: str | None = None) -> str:
        """Read a text; without a default it must be there and not empty."""
        value = self._get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self._wrong(name, value, "a text that is not empty")
        return value

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        value = self._get(name)
        if value == UNKNOWN:
            return [UNKNOWN]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(name, value, "a list of texts")
        return value

    def number(self, name: str, default: int, least: int = 0) -> int:
        """Read a whole number."""
        value = self._get(name, default)
        if value == UNKNOWN:
            return default
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._wrong(name, value, f"a whole number of {least} or more")
        return value

    def flag(self, name: str) -> bool:
        """Read true or false; missing is false."""
        value = self._get(name, default=False)
        if value == UNKNOWN:
            return False
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def mapping(self, name: str, default: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Read a map; one that is not known yet is empty."""
        value = self._get(name, default)
        if value == UNKNOWN:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(name, value, "a map")
        return value

    def inside(self, name: str) -> Reader:
        """Read the values inside a map, with its name in every complaint."""
        unknown = self._get(name, {}) == UNKNOWN
        return Reader(UNKNOWN if unknown else self.mapping(name), f"{self.path}{name}.")

    def _get(self, name: str, default: Any = None) -> Any:
        if self.values == UNKNOWN:
            return UNKNOWN
        value = self.values.get(name)
        if value is None and default is None:
            raise RequestError(f"{self.path}{name}", "is missing")
        return default if value is None else value

    def _wrong(self, name: str, value: Any, rule: str) -> RequestError:
        return RequestError(f"{self.path}{name}", f"{value!r} must be {rule}")
