"""Reads rules from YAML or JSON; a key that stands twice is refused, as the last would win unnoticed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from anonymizer.errors import Mistake, RulesError, UsageError


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
    if name.endswith(".json") or text.lstrip().startswith("{"):
        return _json(text)
    return _yaml(text)


def _wrong(where: str, message: str) -> RulesError:
    return RulesError([Mistake(where, message)])


def _json(text: str) -> object:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            twice = next(key for key, _ in items if sum(key == other for other, _ in items) > 1)
            raise _wrong("rules", f"the key {twice!r} stands twice in one mapping")
        return found

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise _wrong(f"line {error.lineno}", f"no valid JSON: {error.msg}") from None


def _yaml(text: str) -> object:
    try:
        import yaml  # noqa: PLC0415 (hosts have none and need none)
    except ImportError:
        raise UsageError("rules in YAML need PyYAML, which is not here; convert them to JSON") from None

    class Loader(yaml.SafeLoader):
        """YAML's safe loader, but a key may stand only once."""

        def construct_mapping(self, node: Any, deep: Any = False) -> dict[Any, Any]:  # noqa: FBT002 (PyYAML's)
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for key, (key_node, _) in zip(keys, node.value, strict=True):
                if keys.count(key) > 1:
                    raise _wrong(f"line {key_node.start_mark.line + 1}", f"the key {key!r} stands twice in one mapping")
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506 (it is the safe loader, made stricter)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise _wrong(f"line {mark.line + 1}" if mark else "rules", f"no valid YAML: {problem}") from None
