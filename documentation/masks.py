"""The tables of docs/masks.md, made from the table of masks, with examples that the code makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.draw import DROP
from anonymizer.masks.kind import MaskKind
from anonymizer.masks.parameters import FAMILIES
from anonymizer.rules import reader
from documentation.marks import Table

PAGE = Path(__file__).resolve().parents[1] / "docs/masks.md"
RING = Keyring(bytes(range(32)))
CONTEXT = {"name": ["Jane Doe"]}


def tables(_page: str) -> str:
    """Return a section for each mask, by families."""
    return "\n".join(f"### {family}\n\n" + "".join(map(section, kinds.items())) for family, kinds in FAMILIES.items())


def section(item: tuple[str, MaskKind]) -> str:
    """Return what is said of one mask."""
    name, kind = item
    lines = [f"#### `{name}`", "", kind.gives, ""]
    lines.append(f"- takes: {', '.join(kind.takes)}")
    lines.append(f"- keeps: {kind.keeps}")
    lines.append(f"- collides: {collision(kind)}")
    lines.append(f"- example: {example(name, kind)}")
    if kind.parameters:
        lines += ["", "| parameter | values | |", "|---|---|---|"]
        lines += [
            f"| `{one}` | {type_.shown} | {noted(one, kind)} |".replace("|  |", "| |")
            for one, type_ in kind.parameters.items()
        ]
    return "\n".join([*lines, "", ""])


def collision(kind: MaskKind) -> str:
    """Say whether two values may get one pseudonym, and whether one may stay itself."""
    if not kind.collides:
        said = "no" if kind.fixed_points else "no (64 keyed bits or more)"
    elif kind.injective_if:
        said = f"yes; no with {' and '.join(f'`{one}`' for one in kind.injective_if)}"
    else:
        said = "yes"
    return said + ("; a value may stay as it is" if kind.fixed_points or kind.injective_if else "")


def noted(name: str, kind: MaskKind) -> str:
    """Say what is special about a parameter."""
    if name in kind.required:
        return "required"
    return f"opt-in, named in the report: {kind.opt_ins[name]}" if name in kind.opt_ins else ""


def example(name: str, kind: MaskKind) -> str:
    """Let the code make an example, under a key of its own."""
    given = ", ".join([name, *(f"{key}: {shown(value)}" for key, value in kind.given.items())])
    rule = f"{{mask: {given}}}" if kind.given else name
    made = masked(name, kind)
    return f"`{rule}`: `{shown(kind.example)}` → `{shown(made)}`"


def masked(name: str, kind: MaskKind) -> Any:
    """Mask a kind's example."""
    fields: dict[str, Any] = {"x": {"mask": name, **kind.given}, "name": "name"}
    if name == "redact":
        fields["x"]["of"] = ["name"]
    raw = {"version": 1, "databases": {"d": {"c": {"mode": "mask", "fields": fields}}}}
    table = build(reader.parse(raw).collections["d.c"].fields["x"], RING, context=lambda path: CONTEXT.get(path, []))
    function = table[type(kind.example)]
    return kind.example if function is None else function(kind.example)


def shown(value: Any) -> str:
    """Write a value for the page."""
    if value is DROP:
        return "(no field)"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    return value.hex() if isinstance(value, bytes) else "null" if value is None else str(value)


TABLES: Mapping[str, Table] = {"masks": tables}
