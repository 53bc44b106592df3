"""The rules of one collection, compiled: each place becomes straight-line code that lets through what has an entry.

That is fail-closed by its construction: a value passes only because an entry for its key and its class says so. What
the code looks like and why there is any is told in docs/adr/0009-straight-line-programs-and-a-kernel.md.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, cast

from bson import DBRef

from anonymizer.bsontypes import NULL
from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.draw import DROP, Table
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import FieldRule
from anonymizer.treatment.cases import Place, alternatives, chooser
from anonymizer.treatment.generated import Code, Walk
from anonymizer.treatment.source import Document, Source
from anonymizer.treatment.unlisted import Unlisted

REPEATED_KEY = "repeated key"
_MISSING: Any = object()


class Each:
    """Code for many values as code for one of them.

    Attributes:
        many: The code.
    """

    def __init__(self, many: Walk) -> None:
        self.many = many

    def __call__(self, value: Any) -> Any:
        """Treat a value in place, and give it."""
        self.many([value])
        return value


class Compiler:
    """Turns places of the tree of rules into code.

    Args:
        keyring: Where the masks' keys come from.
        unlisted: Takes what has no entry.
        source: What masks may ask of their document.
    """

    def __init__(self, keyring: Keyring, unlisted: Unlisted, source: Source) -> None:
        self._keyring = keyring
        self._unlisted = unlisted
        self._source = source

    def mask(self, rule: FieldRule) -> Table:
        """Give the table of a rule's mask."""
        path = rule.parameter("subject")
        subject = self._source.subject(path) if path else None
        context = self._source.context_asked() if needs_context(rule) else None
        return build(rule, self._keyring, subject, context)

    def table(self, node: Place) -> Table:
        """Give what a place does with each class of value: a function, None (stays), or no entry."""
        table: Table = dict(self.mask(node.rule)) if node.rule else {}
        # Null and emptiness tell nothing, so they may stand at any place that is named, or leads to one.
        table.setdefault(NULL, None)
        table.setdefault(dict, only_empty)
        table.setdefault(list, only_empty)
        if node.has_keys():
            walk = Each(self.document(node))
            table[dict] = walk
            table[DBRef] = lambda value: walk(dict(value.as_doc()))
        if node.element:
            table[list] = Each(self._array(node.element))
        return table

    def document(self, node: Place) -> Walk:
        """Give the code for documents: each key that rules name in turn, then whatever is left."""
        code = Code()
        for key, child in node.children.items():
            self._key(code, key, child)
        found = alternatives(node.any_key) if node.any_key else []
        walk = code.compiled(self._rest(node, [place for _, place in found]), chooser(found) if found[1:] else None)
        rule = node.any_key.rule if node.any_key else None
        return self._with_keys(walk, node, rule.keys) if rule and rule.keys else walk

    def _key(self, code: Code, key: str, child: Place) -> None:
        found = alternatives(child)
        tables = [self.table(place) for _, place in found]
        others = [self._other(child.path, table) for table in tables]
        usual = _usual_class(child, tables[0])
        if len(found) > 1:
            code.chosen(key, chooser(found), others)
        elif usual is None:
            code.kept(key, frozenset(kind for kind, treat in tables[0].items() if treat is None), others[0])
        elif usual in (dict, list):
            code.walked(key, usual, cast("Each", tables[0][usual]).many, others[0])
        else:
            code.masked(key, usual, tables[0][usual], others[0])

    def _other(self, path: str, table: Table) -> Callable[[Any, Any, Any], None]:
        """Give the code for a value of any class at one place; it may be called again for one that was refused."""
        treat_of, note = table.get, self._unlisted.add_at

        def other(holder: Any, key: Any, value: Any) -> None:
            treat = treat_of(value.__class__, _MISSING)
            if treat is None:
                return
            if treat is _MISSING:
                note(path, value)
                return
            try:
                made = treat(value)
            except Refused:
                note(path, value)
                return
            if made is DROP:
                del holder[key]
            else:
                holder[key] = made

        return other

    def _array(self, node: Place) -> Walk:
        """Give the code for arrays; documents and arrays within them are gathered, and treated together."""
        table = self.table(node)
        usual = _usual_class(node, table)
        gathered = usual if usual in (dict, list) else None
        many = cast("Each", table[gathered]).many if gathered else None
        stays = frozenset(kind for kind, treat in table.items() if treat is None)
        other = self._other(node.path, table)

        def walk(arrays: list[list[Any]]) -> None:
            values = list(chain.from_iterable(arrays))
            classes = set(map(type, values))
            if not classes <= stays:
                inner = values if classes == {gathered} else one_by_one(arrays)
                if many and inner:
                    many(inner)

        def one_by_one(arrays: list[list[Any]]) -> list[Any]:
            inner = []
            for values in arrays:
                for at, value in enumerate(values):
                    if value.__class__ is gathered:
                        inner.append(value)
                    elif value.__class__ not in stays:
                        other(values, at, value)
            return inner

        return walk

    def _rest(self, node: Place, others: list[Place]) -> Callable[[Document, int], None]:
        """Give the code for keys of a document that rules do not name one by one.

        Args:
            node: The place of the document.
            others: The alternatives of what rules say of any key; none: no key passes.
        """
        named, path, add = node.children, node.path, self._unlisted.add
        treats = [self._other(place.path, self.table(place)) for place in others]

        def refuse(document: Document, _: int) -> None:
            for key, value in document.items():
                if key not in named:
                    add(path, key, value)

        def treat(document: Document, chosen: int) -> None:
            other = treats[chosen]
            for key, value in list(document.items()):
                if key not in named:
                    other(document, key, value)

        return treat if treats else refuse

    def _with_keys(self, walk: Walk, node: Place, rule: FieldRule) -> Walk:
        """Give the code for maps whose keys are masked, after their values are."""
        named, note, path = node.children, self._unlisted.note, node.path
        mask = self.mask(rule).get(str, _MISSING)

        def made_of(key: str) -> Any:
            if key in named or mask is None:
                return key
            return mask(key) if mask is not _MISSING else None

        def walk_keys(documents: list[Document]) -> None:
            keys = list(map(list, documents))
            walk(documents)
            for document, former in zip(documents, keys, strict=True):
                rename(document, former)

        def rename(document: Document, keys: list[str]) -> None:
            try:
                made = [made_of(key) for key in keys]
            except Refused:
                made = [None]
            if not all(isinstance(key, str) and "\0" not in key for key in made):
                note(f"{path}.*" if path else "*", "key")
            elif len(set(made)) < len(made):
                note(f"{path}.*" if path else "*", REPEATED_KEY)
            else:
                values = dict(document)
                document.clear()
                document.update({new: values[old] for new, old in zip(made, keys, strict=True) if old in values})

        return walk_keys


def needs_context(rule: FieldRule) -> bool:
    """Tell whether a mask looks at other values of its document, or has masks within it that may."""
    return KINDS[rule.mask].needs_context or rule.mask == "json"


def only_empty(value: Any) -> Any:
    """Let an empty document or array through.

    Raises:
        Refused: It is not empty.
    """
    if value:
        raise Refused
    return value


def _usual_class(node: Place, table: Table) -> type | None:
    """Give the class that most values of a place have, if something is made of it; None too where all is dropped."""
    if node.has_keys():
        return dict
    if node.element:
        return list
    if node.rule and node.rule.mask == "drop":
        return None
    return next((kind for kind, treat in table.items() if treat and treat is not only_empty), None)
