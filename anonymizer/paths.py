"""The paths that rules name: `addresses[].street`, `cards.*.number`, `matrix[][]`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

ANY_KEY = "*"
ELEMENT = "[]"

T = TypeVar("T")


def parse(path: str) -> tuple[str, ...]:
    """Split a path into steps: names, `*` for any key, `[]` for each element of an array.

    Args:
        path: As written in the rules.

    Returns:
        The steps, as in `("addresses", "[]", "street")`.

    Raises:
        ValueError: The path is malformed; the message says where.
    """
    if not path:
        raise ValueError("is empty")
    steps: list[str] = []
    for part in path.split("."):
        name = part
        elements = 0
        while name.endswith(ELEMENT):
            name, elements = name[: -len(ELEMENT)], elements + 1
        if not name:
            raise ValueError("has an empty name between dots, or [] without a name before it")
        if "[" in name or "]" in name:
            raise ValueError(f"has a bracket inside {part!r}; write [] after the name of an array, with nothing in it")
        if ANY_KEY in name and name != ANY_KEY:
            raise ValueError(f"has a * inside {part!r}; * stands alone and means any key")
        if name != name.strip() or "\0" in name:
            raise ValueError(f"has a space or a zero byte around {part!r}")
        steps += [name, *[ELEMENT] * elements]
    return tuple(steps)


def join(prefix: str, step: str) -> str:
    """Give the text of a path one step further down."""
    if step == ELEMENT:
        return prefix + ELEMENT
    return f"{prefix}.{step}" if prefix else step


@dataclass
class Node(Generic[T]):
    """A place in the tree of paths: what is said of a value here, and what may lie beneath it."""

    path: str = ""
    rule: T | None = None
    children: dict[str, Node[T]] = field(default_factory=dict)
    any_key: Node[T] | None = None
    element: Node[T] | None = None

    def step(self, name: str) -> Node[T]:
        """Go one step down, making the place where it is not there yet."""
        if name == ELEMENT:
            self.element = self.element or Node(join(self.path, name))
            return self.element
        if name == ANY_KEY:
            self.any_key = self.any_key or Node(join(self.path, name))
            return self.any_key
        return self.children.setdefault(name, Node(join(self.path, name)))

    def has_keys(self) -> bool:
        """Tell whether a sub-document may stand here."""
        return bool(self.children) or self.any_key is not None


def tree(rules: dict[str, T]) -> Node[T]:
    """Build the tree of a collection from its paths and what is said of each."""
    root: Node[T] = Node()
    for path, rule in rules.items():
        node = root
        for step in parse(path):
            node = node.step(step)
        node.rule = rule
    return root
