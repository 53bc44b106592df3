"""Writes the code for documents of one place: source text, compiled once a collection, run for many at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anonymizer.errors import Refused
from anonymizer.treatment.source import Document

Walk = Callable[[list[Any]], None]
Choose = Callable[[Document], int]
Other = Callable[[Any, Any, Any], None]


class Code:
    """A function that takes documents and treats their keys in place, one block of lines a key.

    What stays is looked at document by document. Each mask then goes through all documents before the next one does:
    the processor foresees what comes, where documents one by one would take half as long again (measured).

    `left` counts down from the number of keys; what remains are keys that no block was about.
    """

    def __init__(self) -> None:
        self._before: list[str] = []
        self._together: list[str] = []
        self._after: list[str] = []
        self._names: dict[str, Any] = {"Refused": Refused}

    def kept(self, key: str, classes: frozenset[type], other: Other) -> None:
        """Write the block of a key whose values stay as they are."""
        self._together += _block(
            key,
            f"if value.__class__ not in {self._name('kept', classes)}:",
            f"    {self._name('other', other)}(document, {key!r}, value)",
        )

    def walked(self, key: str, usual: type, walk: Walk, other: Other) -> None:
        """Write the block of a key whose values are documents, or arrays: they are gathered, and treated together."""
        inner = self._name("inner", None)
        self._before.append(f"    {inner} = []")
        self._together += _block(
            key,
            f"if value.__class__ is {self._name('usual', usual)}:",
            f"    {inner}.append(value)",
            "else:",
            f"    {self._name('other', other)}(document, {key!r}, value)",
        )
        self._after += [f"    if {inner}:", f"        {self._name('walk', walk)}({inner})"]

    def masked(self, key: str, usual: type, mask: Any, other: Other) -> None:
        """Write the loop of a key whose values are masked, by a mask that does not drop them."""
        self._after += _loop(
            *_block(
                key,
                f"if value.__class__ is {self._name('usual', usual)}:",
                "    try:",
                f"        document[{key!r}] = {self._name('mask', mask)}(value)",
                "    except Refused:",
                f"        {self._name('other', other)}(document, {key!r}, value)",
                "else:",
                f"    {self._name('other', other)}(document, {key!r}, value)",
            )
        )

    def chosen(self, key: str, choose: Choose, others: list[Other]) -> None:
        """Write the loop of a key that depends on its siblings, which are looked at before anything is masked."""
        chosen, names = self._chosen(choose), self._name("others", others)
        block = _block(key, f"{names}[chosen](document, {key!r}, value)")
        self._after += _loop(*block, over=f"document, chosen in zip(documents, {chosen})")

    def compiled(self, rest: Callable[[Document, int], None], choose: Choose | None) -> Walk:
        """Give the function.

        Args:
            rest: Treats the keys of a document that no block is about.
            choose: Gives its second argument, from the document as it is before anything is masked; None: 0.
        """
        chosen = f"zip(documents, {self._chosen(choose)})" if choose else "((document, 0) for document in documents)"
        last = [
            "    if left:",
            f"        for document, chosen in {chosen}:",
            f"            {self._name('rest', rest)}(document, chosen)",
        ]
        first = ["def walk(documents):", "    left = sum(map(len, documents))", *self._before]
        together = _loop(*self._together) if self._together else []
        source = "\n".join([*first, *together, *self._after, *last])
        # Keys come in as quoted literals (repr), everything else as names: no rule can put code of its own here.
        exec(compile(source, "<rules of a collection>", "exec"), self._names)  # noqa: S102
        walk: Walk = self._names["walk"]
        return walk

    def _chosen(self, choose: Choose) -> str:
        chosen = self._name("chosen", None)
        self._before.append(f"    {chosen} = list(map({self._name('choose', choose)}, documents))")
        return chosen

    def _name(self, kind: str, value: Any) -> str:
        name = f"{kind}_{len(self._names)}"
        self._names[name] = value
        return name


def _block(key: str, *lines: str) -> list[str]:
    """Give the lines about the value of a key, where a document has it."""
    return [f"if {key!r} in document:", "    left -= 1", f"    value = document[{key!r}]"] + [
        f"    {line}" for line in lines
    ]


def _loop(*lines: str, over: str = "document in documents") -> list[str]:
    return [f"    for {over}:", *(f"        {line}" for line in lines)]
