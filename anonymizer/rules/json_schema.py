"""The JSON Schema of rules, for editors: `python -m anonymizer.rules.json_schema > rules/schema.json`.

Made from the models of `schema` and the table of masks, so that it says what the check says, as far as a schema
can.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from anonymizer.masks.kind import MaskKind
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.schema import MODES, Top

_WORD = {"type": "string", "minLength": 1}
_FIELD = {"$ref": "#/$defs/Field"}


def schema() -> dict[str, Any]:
    """Give the schema."""
    top = _plain(Top.model_json_schema())
    collections = {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/Collection"}}
    top["properties"]["databases"] |= {"minProperties": 1, "additionalProperties": collections}
    top["properties"]["version"]["const"] = 1
    masks = [_mask(name, kind) for name, kind in KINDS.items()]
    definitions = {
        "Collection": {"oneOf": [_collection(model) for model in MODES.values()]},
        "Field": {"anyOf": [{"$ref": "#/$defs/Mask"}, {"$ref": "#/$defs/Cases"}]},
        "Mask": {"anyOf": [{"enum": list(KINDS)}, *masks]},
        "Cases": {"type": "array", "minItems": 1, "items": {"anyOf": [{"enum": list(KINDS)}, *map(_case, masks)]}},
        "Scalar": {"type": ["string", "number", "boolean", "null"]},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rules", **top, "$defs": definitions}


def _collection(model: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = _plain(model.model_json_schema())
    fields = found["properties"].get("fields", {})
    if fields.get("type") == "object":
        fields["additionalProperties"] = _FIELD
    return found


def _mask(name: str, kind: MaskKind) -> dict[str, Any]:
    properties: dict[str, Any] = {"mask": {"const": name}}
    properties |= {key: parameter.schema for key, parameter in kind.parameters.items()}
    if kind.keyed:
        properties["domain"] = _WORD | {"description": "values of one domain get one pseudonym wherever they are"}
    properties["refers_to"] = _WORD | {"description": "what the value references, as in shop.customers._id"}
    properties["keys"] = {"$ref": "#/$defs/Mask"}
    return {
        "type": "object",
        "description": kind.gives,
        "properties": properties,
        "required": ["mask", *kind.required],
        "additionalProperties": False,
    }


def _case(mask: dict[str, Any]) -> dict[str, Any]:
    scalar = {"$ref": "#/$defs/Scalar"}
    values = {"anyOf": [scalar, {"type": "array", "minItems": 1, "items": scalar}]}
    when = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": values}
    return mask | {"properties": {"when": when, **mask["properties"]}}


def _plain(node: Any) -> Any:
    """Take out what pydantic adds and no editor needs: titles, and defaults that stand for 'not there'."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    left_out = {"title"} if isinstance(node.get("title"), str) else set()
    if node.get("default") in ("", [], 0, None):
        left_out.add("default")
    return {key: _plain(value) for key, value in node.items() if key not in left_out}


def text() -> str:
    """Give the schema as the file has it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 (a command prints its answer)
