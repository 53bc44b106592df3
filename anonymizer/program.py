"""The rules of one collection, compiled: each place becomes a table from classes to functions; no entry, no passage.

That is fail-closed by its construction: a value passes only because an entry for its key and its class says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bson
from bson import DBRef
from bson.errors import BSONError

from anonymizer import paths, rawbson
from anonymizer.bsontypes import DECODE, NULL
from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks.build import build
from anonymizer.masks.draw import Table
from anonymizer.paths import Node
from anonymizer.rules import CollectionRule, FieldRule
from anonymizer.unlisted import Unlisted, shown_key

_MISSING: Any = object()
_NOTHING: dict[type, Any] = {}
_EMPTY = b"\5\0\0\0\0"
_LOST_TYPES = ("undefined", "symbol", "dbPointer")


class Program:
    """Checks and masks the documents of one collection.

    Attributes:
        unlisted: What was found that no rule names.
    """

    def __init__(self, rule: CollectionRule, keyring: Keyring) -> None:
        self.unlisted = Unlisted(rule.namespace)
        self._masks = rule.mode == "mask"
        self._keyring = keyring
        self._subjects: dict[str, list[Any]] = {}
        self._tree = paths.tree(rule.fields)
        self._document = self._compile_document(self._tree)

    def treat(self, batch: bytes) -> list[Any]:
        """Check a batch of documents and mask what the rules say.

        Args:
            batch: Documents as they stood in the source, one after the other.

        Returns:
            As many documents, to insert: masked ones as dictionaries, those of a copied collection as they came
            (bytes). None is to be written before `unlisted` has been looked at: where it has anything, some of them
            are not treated.
        """
        decoded = self._decoded(batch)
        if decoded is None:
            return [self._treat_odd(raw) for raw in rawbson.documents(batch)]
        for document in decoded:
            self._treat_one(document)
        return decoded if self._masks else list(rawbson.documents(batch))

    def _decoded(self, batch: bytes) -> list[dict[str, Any]] | None:
        """Decode a batch, if encoding gives the same bytes again: then the decoded documents are all there is."""
        try:
            documents = bson.decode_all(batch, DECODE)
            same = b"".join([bson.encode(document, codec_options=DECODE) for document in documents]) == batch
        except (BSONError, UnicodeError, OverflowError, ValueError, TypeError):
            return None
        return documents if same else None

    def _treat_one(self, document: dict[str, Any]) -> None:
        for path, cell in self._subjects.items():
            cell[0] = _value_at(document, path)
        self._document(document)

    def _treat_odd(self, raw: bytes) -> Any:
        """Treat a document that may not survive decoding; None where it is not treated, which `unlisted` then tells."""
        decoded = self._decoded(raw)
        if decoded is None and self._masks:
            decoded = self._reordered(raw)
        if decoded is not None:
            self._treat_one(decoded[0])
            return decoded[0] if self._masks else raw
        before = self.unlisted.counts.total()
        try:
            self._check_bytes(raw, self._tree, "", faithful=not self._masks)
        except (ValueError, IndexError, KeyError):
            self.unlisted.note("", "malformed document")
        if not self._masks:
            return raw
        if self.unlisted.counts.total() == before:  # whatever it is that decoding changes, it does not pass
            self.unlisted.note("", "malformed document")
        return None

    def _reordered(self, raw: bytes) -> list[dict[str, Any]] | None:
        """Decode a document whose bytes differ only because encoding puts `_id` first."""
        try:
            (document,) = bson.decode_all(raw, DECODE)
            same = len(bson.encode(document, codec_options=DECODE)) == len(raw) and not _loses(raw)
        except (BSONError, UnicodeError, OverflowError, ValueError, TypeError):
            return None
        return [document] if same else None

    def _check_bytes(self, raw: bytes, node: Node[FieldRule], prefix: str, *, faithful: bool) -> None:
        """Check a document by its bytes, one element after the other.

        Args:
            raw: The document.
            node: What the rules say of this place.
            prefix: The path of this place.
            faithful: Whether the bytes are copied as they are, so that what decoding loses does no harm.
        """
        for element in rawbson.elements(raw):
            child = node.children.get(element.key, node.any_key)
            self._check_element(element, child, prefix, faithful=faithful)

    def _check_element(
        self, element: rawbson.Element, child: Node[FieldRule] | None, prefix: str, *, faithful: bool
    ) -> None:
        path = child.path if child else None
        if not faithful and (element.repeated or element.type in _LOST_TYPES or not _is_utf8(element)):
            wrong = (
                "repeated key" if element.repeated else element.type if element.type in _LOST_TYPES else "invalid UTF-8"
            )
            self._note(path, prefix, element.key, wrong)
        elif child and element.type == "object" and child.has_keys():
            self._check_bytes(element.value, child, child.path, faithful=faithful)
        elif child and element.type == "array" and child.element:
            for inner in rawbson.elements(element.value):
                self._check_element(inner, child.element, child.path, faithful=faithful)
        elif not self._allowed(element, child):
            self._note(path, prefix, element.key, element.type)

    def _note(self, path: str | None, prefix: str, key: str, kind: str) -> None:
        self.unlisted.note(path or paths.join(prefix, shown_key(key)), kind)

    @staticmethod
    def _allowed(element: rawbson.Element, child: Node[FieldRule] | None) -> bool:
        if child is None:
            return False
        if element.type in ("object", "array"):
            return element.value == _EMPTY
        return child.rule is not None or element.type == "null"

    # ---- compiling
    # -------------------------------------------------------------------------------------------------------

    def _compile(self, node: Node[FieldRule]) -> Table:
        table: Table = {}
        if node.rule:
            table.update(build(node.rule, self._keyring, self._subject_of(node.rule)))
        # Null and emptiness tell nothing, so they may stand at any place that is named, or leads to one.
        table.setdefault(NULL, None)
        table.setdefault(dict, _only_empty)
        table.setdefault(list, _only_empty)
        if node.has_keys():
            walk = self._compile_document(node)
            table[dict] = walk
            table[DBRef] = lambda value: walk(dict(value.as_doc()))
        if node.element:
            table[list] = self._compile_array(node.element)
        return table

    def _compile_document(self, node: Node[FieldRule]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        tables = {key: self._compile(child) for key, child in node.children.items()}
        others = self._compile(node.any_key) if node.any_key else _NOTHING
        table_of, prefix, unlisted = tables.get, node.path, self.unlisted
        children, any_key = node.children, node.any_key

        def note(key: str, value: Any) -> None:
            named = children.get(key, any_key)
            if named:
                unlisted.add_at(named.path, value)
            else:
                unlisted.add(prefix, key, value)

        def walk(document: dict[str, Any]) -> dict[str, Any]:
            for key, value in document.items():
                treat = table_of(key, others).get(value.__class__, _MISSING)
                if treat is None:
                    continue
                if treat is _MISSING:
                    note(key, value)
                    continue
                try:
                    document[key] = treat(value)
                except Refused:
                    note(key, value)
            return document

        return walk

    def _compile_array(self, node: Node[FieldRule]) -> Callable[[list[Any]], list[Any]]:
        table_of, path, unlisted = self._compile(node).get, node.path, self.unlisted

        def walk(values: list[Any]) -> list[Any]:
            for at, value in enumerate(values):
                treat = table_of(value.__class__, _MISSING)
                if treat is None:
                    continue
                if treat is _MISSING:
                    unlisted.add_at(path, value)
                    continue
                try:
                    values[at] = treat(value)
                except Refused:
                    unlisted.add_at(path, value)
            return values

        return walk

    def _subject_of(self, rule: FieldRule) -> Callable[[], object] | None:
        path = rule.parameter("subject")
        if not path:
            return None
        cell = self._subjects.setdefault(path, [None])
        return lambda: cell[0]


def _only_empty(value: Any) -> Any:
    if value:
        raise Refused
    return value


def _value_at(document: dict[str, Any], path: str) -> object:
    value: Any = document
    for step in paths.parse(path):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _is_utf8(element: rawbson.Element) -> bool:
    if element.type not in ("string", "javascript", "symbol"):
        return True
    try:
        element.value[4:].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _loses(raw: bytes) -> bool:
    """Tell whether decoding would lose something of a document: a repeated key or an old type, at any depth."""
    for element in rawbson.elements(raw):
        if element.repeated or element.type in _LOST_TYPES:
            return True
        if element.type in ("object", "array") and _loses(element.value):
            return True
    return False
