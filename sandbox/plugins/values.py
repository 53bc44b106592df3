"""Values as Pulumi's protocol carries them, and as Python code likes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

# How the engine writes a value that is not known before the resource it comes from is made.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# How the engine marks what is more than a plain map, such as an asset: its parts are nothing to show by themselves.
_SIGNATURE = "4dabf18193072939515e22adb298388d"


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a protocol structure as a dict; whole numbers, which arrive as floats, become ints; nulls are left out."""
    return {name: _tidy(value) for name, value in json_format.MessageToDict(struct).items() if value is not None}


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return a dict as a protocol structure."""
    struct = struct_pb2.Struct()
    json_format.ParseDict(dict(values), struct)
    return struct


def _tidy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tidy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_tidy(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, `add`, `delete` or `update`) for every difference, as deep as it can be told.

    Paths are written as Pulumi writes them: `tags.Name`, `ingress[0].fromPort`, `tags["understudy:stack"]`.
    """
    if isinstance(old, dict) and isinstance(new, dict) and _SIGNATURE not in old:
        for name in sorted({*old, *new}):
            yield from _member_changes(old, new, name, _joined(path, name))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            sides = [dict(enumerate(old)), dict(enumerate(new))]
            yield from _member_changes(sides[0], sides[1], index, f"{path}[{index}]")
    elif old != new:
        yield path, "update"


def _member_changes(old: dict[Any, Any], new: dict[Any, Any], name: Any, path: str) -> Iterator[tuple[str, str]]:
    if name not in old:
        yield path, "add"
    elif name not in new:
        yield path, "delete"
    else:
        yield from changes(old[name], new[name], path)


def _joined(path: str, name: str) -> str:
    if not name.replace("_", "").isalnum():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name
