"""Writes the code for one document: source text, compiled once a collection, run once for each document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anonymizer.errors import Refused
from anonymizer.masks.draw import DROP
from anonymizer.treatment.source import Document

Walk = Callable[[Document], Document]
Other = Callable[[Any, Any, Any], None]


class Code:
    """A function that takes a document and treats its keys in place, one block of lines a key.

    `left` counts down from the number of keys; what remains are keys that no block was about.
    """

    def __init__(self) -> None:
        self._choices: list[str] = []
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"Refused": Refused, "DROP": DROP}

    def kept(self, key: str, classes: frozenset[type], other: Other) -> None:
        """Write the block of a key whose values stay as they are."""
        self._block(
            key,
            f"if value.__class__ not in {self._name('kept', classes)}:",
            f"    {self._name('other', other)}(document, {key!r}, value)",
        )

    def walked(self, key: str, usual: type, walk: Any, other: Other) -> None:
        """Write the block of a key whose values are documents, or arrays, treated in place."""
        self._block(
            key,
            f"if value.__class__ is {self._name('usual', usual)}:",
            f"    {self._name('walk', walk)}(value)",
            "else:",
            f"    {self._name('other', other)}(document, {key!r}, value)",
        )

    def masked(self, key: str, usual: type, mask: Any, other: Other) -> None:
        """Write the block of a key whose values are masked."""
        self._block(
            key,
            f"if value.__class__ is {self._name('usual', usual)}:",
            "    try:",
            f"        document[{key!r}] = made = {self._name('mask', mask)}(value)",
            "        if made is DROP:",
            f"            del document[{key!r}]",
            "    except Refused:",
            f"        {self._name('other', other)}(document, {key!r}, value)",
            "else:",
            f"    {self._name('other', other)}(document, {key!r}, value)",
        )

    def chosen(self, key: str, choose: Callable[[Document], int], others: list[Other]) -> None:
        """Write the block of a key that depends on its siblings, which are looked at before anything is masked."""
        self._block(key, f"{self._name('others', others)}[{self._chosen(choose)}](document, {key!r}, value)")

    def compiled(self, rest: Callable[[Document, int], None], choose: Callable[[Document], int] | None) -> Walk:
        """Give the function.

        Args:
            rest: Treats the keys that no block is about.
            choose: Gives its second argument, from the document as it is before anything is masked; None: 0.
        """
        chosen = self._chosen(choose) if choose else "0"
        last = ["    if left:", f"        {self._name('rest', rest)}(document, {chosen})", "    return document"]
        source = "\n".join(
            ["def walk(document):", "    left = len(document)", *self._choices, *self._lines, *last],
        )
        # Keys come in as quoted literals (repr), everything else as names: no rule can put code of its own here.
        exec(compile(source, "<rules of a collection>", "exec"), self._names)  # noqa: S102
        walk: Walk = self._names["walk"]
        return walk

    def _block(self, key: str, *lines: str) -> None:
        head = [
            f"    if {key!r} in document:",
            "        left -= 1",
            f"        value = document[{key!r}]",
        ]
        self._lines += head + [f"        {line}" for line in lines]

    def _chosen(self, choose: Callable[[Document], int]) -> str:
        chosen = f"chosen_{len(self._choices)}"
        self._choices.append(f"    {chosen} = {self._name('choose', choose)}(document)")
        return chosen

    def _name(self, kind: str, value: Any) -> str:
        name = f"{kind}_{len(self._names)}"
        self._names[name] = value
        return name
