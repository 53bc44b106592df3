"""Says field by field what rules do with documents. What it gives holds personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bson
from bson import DBRef

from anonymizer import paths
from anonymizer.bsontypes import name_of
from anonymizer.keys import Keyring
from anonymizer.paths import Node, join
from anonymizer.rules.model import CollectionRule, FieldRule
from anonymizer.scan.reading import LENIENT
from anonymizer.treatment.program import Program

_MISSING: Any = object()


@dataclass(frozen=True)
class Step:
    """What became of one value.

    Attributes:
        path: Where it stands, with its own keys and places: `addresses[0].street`.
        rule: What the rules say there.
        before: The value in the source.
        after: In the copy; `gone` says that it is not there.
    """

    path: str
    rule: str
    before: Any
    after: Any
    gone: bool = False


@dataclass(frozen=True)
class Explained:
    """One document; `refused` says why it would stop a run, then there are no steps."""

    steps: list[Step]
    refused: list[str]


def explain(rule: CollectionRule, keyring: Keyring, raw: bytes) -> Explained:
    """Explain one document.

    Args:
        rule: Of a mode that lists paths.
        keyring: From the key of the runs to be explained.
        raw: The document.
    """
    program = Program(rule, keyring)
    treated = program.treat(raw)
    refused = [f"{row['path'] or '(whole)'}: {row['type']}" for row in program.unlisted.rows()]
    if refused:
        return Explained([], refused)
    after = treated[0] if isinstance(treated[0], dict) else bson.decode(bytes(treated[0]), LENIENT)
    return Explained(list(_document(paths.tree(rule.fields), bson.decode(raw, LENIENT), after, "")), [])


def _document(node: Node[FieldRule], before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Step]:
    """Walk over a document and its copy: keys that stay first, then masked keys by their order."""
    kept = [key for key in before if key in node.children and key in after]
    dropped = [key for key in before if key in node.children and key not in after]
    masked = zip(
        [key for key in before if key not in node.children], [key for key in after if key not in kept], strict=False
    )
    renamed = dict(masked)
    for key, value in before.items():
        child = node.children.get(key, node.any_key)
        if child is None:
            continue
        if key in renamed and renamed[key] != key and child.rule and child.rule.keys:
            yield Step(join(path, key), f"key: {_said(child.rule.keys, before)}", key, renamed[key])
        other = _MISSING if key in dropped else after.get(renamed.get(key, key), _MISSING)
        yield from _value(child, value, other, join(path, key), before)


def _value(node: Node[FieldRule], before: Any, after: Any, path: str, beside: dict[str, Any]) -> Iterator[Step]:
    if isinstance(before, DBRef):
        before, after = before.as_doc(), after.as_doc() if isinstance(after, DBRef) else after
    if isinstance(before, dict) and isinstance(after, dict) and node.has_keys():
        yield from _document(node, before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and node.element:
        for at, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from _value(node.element, one, other, f"{path}[{at}]", beside)
    else:
        rule = _said(node.rule, beside) if node.rule else "empty or null"
        yield Step(path, rule, before, None if after is _MISSING else after, gone=after is _MISSING)


def _said(rule: FieldRule, beside: dict[str, Any]) -> str:
    """Give what decides on a value, in the words of the rules."""
    chosen = next((case for case in rule.cases if beside.get(case.when.key, _MISSING) in case.when.values), None)
    one = chosen.rule if chosen else rule
    domain = f", domain {one.domain}" if one.domain and one.domain != one.mask else ""
    when = f", as {chosen.when.key} says" if chosen else ""
    return f"{one.mask}{domain}{when}"


def lines(explained: Explained) -> Iterator[str]:
    """Give the text of one document's explanation."""
    yield from (f"  refused: {one}" for one in explained.refused)
    for step in explained.steps:
        if step.rule == "keep" and step.before == step.after:
            yield f"  {step.path} [{step.rule}] {_shown(step.before)}"
        else:
            after = "(not there)" if step.gone else _shown(step.after)
            yield f"  {step.path} [{step.rule}] {_shown(step.before)} -> {after}"


def _shown(value: Any, most: int = 200) -> str:
    text = repr(value) if not isinstance(value, (bytes, bytearray)) else f"{len(value)} bytes"
    return f"{name_of(value)} {text if len(text) <= most else text[:most] + '…'}"
