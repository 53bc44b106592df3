"""The rules file: YAML to plain structure. What rules mean is the anonymizer's business. Plain Python."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class RulesFileError(ValueError):
    """The rules file is missing, is no YAML, or holds something that a rule cannot be."""


def read_rules(path: Path) -> Mapping[str, Any]:
    """Read a rules file.

    Args:
        path: The YAML file.

    Returns:
        Its content: maps with text keys, lists, texts, numbers, booleans and nulls.

    Raises:
        RulesFileError: With the file and, where there is one, the line.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_RulesLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise RulesFileError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise RulesFileError(f"{path}: is not UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        line = f"{error.problem_mark.line + 1}: " if error.problem_mark else " "
        raise RulesFileError(f"{path}:{line}{error.problem}") from None
    except yaml.YAMLError:
        raise RulesFileError(f"{path}: is not YAML") from None
    if not isinstance(content, dict):
        raise RulesFileError(f"{path}:1: must be a map with `version` and `databases`")
    return content


class _RulesLoader(yaml.SafeLoader):
    """YAML as rules use it: keys are texts given once, and a date stays the text that was written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 (PyYAML's)
        """Build a map; refuse a key that is no text or is there already."""
        seen: dict[str, int] = {}
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(
                    None, None, f"the key {key!r} must be a text: put it in quotes", key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(
                    None, None, f"{key!r} is there already, in line {seen[key]}", key_node.start_mark
                )
            seen[key] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep=deep)


_RulesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
