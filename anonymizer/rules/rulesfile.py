"""Reads rules from YAML or JSON, with the line of each key; a key that stands twice is refused: the last would win."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from anonymizer.errors import Mistake, RulesError, UsageError
from anonymizer.rules.model import Rules


class Located(dict[str, Any]):
    """A rules structure that knows where it was read from.

    Attributes:
        file: Name of the file.
    """

    def __init__(
        self, content: dict[str, Any], file: str, find_lines: Callable[[], dict[tuple[Any, ...], int]]
    ) -> None:
        super().__init__(content)
        self.file = file
        self._find_lines = find_lines

    @cached_property
    def lines(self) -> dict[tuple[Any, ...], int]:
        """The line of each place, found when it is asked for: only a mistake does."""
        return self._find_lines()


def load(name: str) -> Rules:
    """Read a rules file and check it.

    Args:
        name: As for `read`.

    Raises:
        UsageError: It cannot be read, is no YAML, or holds mistakes (`RulesError`, with all of them).
    """
    from anonymizer.rules.reader import parse  # noqa: PLC0415 (a verb that reads no rules need not load pydantic)

    return parse(read(name))


def read(name: str) -> object:
    """Read the rules structure from a file, or from standard input where the name is `-`.

    Raises:
        UsageError: The file cannot be read.
        RulesError: The text is neither JSON nor YAML, or a key stands twice in one mapping.
    """
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"the rules file {name} cannot be read: {reason}") from None
    is_json = name.endswith(".json") or text.lstrip().startswith("{")
    content = _json(text, name) if is_json else _yaml(text, name)
    if name == "-" or not isinstance(content, dict):  # what a program wrote has no lines that would help somebody
        return content
    return Located(content, name, lambda: _lines(text))


def _wrong(where: str, message: str, line: int = 0, file: str = "") -> RulesError:
    return RulesError([Mistake(where, message, line, file if line else "")])


def _json(text: str, file: str) -> object:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            twice = next(key for key, _ in items if sum(key == other for other, _ in items) > 1)
            raise _wrong("rules", f"the key {twice!r} stands twice in one mapping")
        return found

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise _wrong(f"line {error.lineno}", f"no valid JSON: {error.msg}", error.lineno, file) from None


def _yaml(text: str, file: str) -> object:
    try:
        import yaml  # noqa: PLC0415 (hosts have none and need none)
    except ImportError:
        raise UsageError("rules in YAML need PyYAML, which is not here; convert them to JSON") from None

    class Loader(yaml.SafeLoader):
        """YAML's safe loader, but a key may stand only once, and what looks like a date stays text."""

        yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's way)
            first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: Any = False) -> dict[Any, Any]:  # noqa: FBT002 (PyYAML's)
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for key, (key_node, _) in zip(keys, node.value, strict=True):
                if keys.count(key) > 1:
                    line = key_node.start_mark.line + 1
                    raise _wrong(f"line {line}", f"the key {key!r} stands twice in one mapping", line, file)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506 (it is the safe loader, made stricter)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else 0
        raise _wrong(f"line {line}" if line else "rules", f"no valid YAML: {problem}", line, file) from None


def _lines(text: str) -> dict[tuple[Any, ...], int]:
    """Find the line of each place; JSON is YAML but for its tabs. What cannot be found is left out."""
    try:
        import yaml  # noqa: PLC0415 (as above)
    except ImportError:
        return {}
    try:
        top = yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    found: dict[tuple[Any, ...], int] = {}
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), top)] if top else []
    while waiting:
        place, node = waiting.pop()
        found.setdefault(place, node.start_mark.line + 1)
        if node.id == "mapping":
            for key, value in node.value:
                inner = (*place, key.value)
                found[inner] = key.start_mark.line + 1
                waiting.append((inner, value))
        elif node.id == "sequence":
            waiting += [((*place, at), item) for at, item in enumerate(node.value)]
    return found
