"""Where a mistake is: a place in the structure, the line it stands in, and the words about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymizer import paths
from anonymizer.errors import Mistake

Place = tuple[Any, ...]


def shown(place: Place) -> str:
    """Write a place as a path: `databases.shop.tickets.fields.value[0].when`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".") or "rules"


class Mistakes:
    """Collects mistakes.

    Attributes:
        found: Those found so far.
    """

    def __init__(self, raw: object) -> None:
        self.found: list[Mistake] = []
        self._raw = raw

    def wrong(self, at: Place, message: str, prefix: str = "") -> None:
        """Note a mistake; a place that has no line of its own has that of what it lies in."""
        lines: Mapping[Place, int] = getattr(self._raw, "lines", {})
        line = next((lines[at[:size]] for size in range(len(at), -1, -1) if at[:size] in lines), 0)
        mistake = Mistake(prefix + shown(at), message, line, getattr(self._raw, "file", "") if line else "")
        if mistake not in self.found:
            self.found.append(mistake)

    def mapping(self, at: Place, raw: object) -> dict[str, Any]:
        """Give a mapping with text for keys, and say where it is none."""
        if not isinstance(raw, dict):
            self.wrong(at, "must be a mapping")
            return {}
        for key in [key for key in raw if not isinstance(key, str)]:
            self.wrong(at, f"the key {key!r} must be text; put it in quotes")
        return {key: value for key, value in raw.items() if isinstance(key, str)}

    def path(self, at: Place, path: str) -> bool:
        """Tell whether a path of documents is well formed, and say where not."""
        try:
            paths.parse(path)
        except ValueError as error:
            self.wrong((*at, path), f"the path {error}")
            return False
        return True
