"""Documents that decoding and encoding would change: found by comparing bytes, checked by their bytes."""

from __future__ import annotations

from typing import Any

import bson
from bson.errors import BSONError

from anonymizer import paths, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.paths import Node
from anonymizer.rules.model import FieldRule
from anonymizer.shown import shown_key
from anonymizer.treatment.unlisted import Unlisted

Documents = list[dict[str, Any]]
EMPTY = b"\5\0\0\0\0"
_LOST_TYPES = ("undefined", "symbol", "dbPointer")
_TEXTS = ("string", "javascript", "symbol")
_NO_BSON = (ValueError, IndexError, KeyError, RecursionError)
_NOT_DECODED = (BSONError, UnicodeError, OverflowError, ValueError, TypeError, RecursionError)
_HEADS: list[bytes] = []


def decoded(batch: bytes, raws: list[bytes]) -> Documents | None:
    """Decode a batch, if encoding gives the same bytes again: then the decoded documents are all there is.

    Args:
        batch: Documents, one after the other.
        raws: The same, one by one.
    """
    try:
        documents = bson.decode_all(batch, DECODE)
        # As one array: a call into the encoder for each document costs more than the encoding.
        again = bson.encode({"": documents}, codec_options=DECODE)
    except _NOT_DECODED:
        return None
    return documents if again == _as_array(raws) else None


def _as_array(raws: list[bytes]) -> bytes:
    """Give what encoding documents as the one array of a document must give."""
    pieces = [b""] * (2 * len(raws))
    pieces[::2] = heads(len(raws))
    pieces[1::2] = raws
    body = b"".join(pieces)
    return b"%b\4\0%b%b\0\0" % ((len(body) + 12).to_bytes(4, "little"), (len(body) + 5).to_bytes(4, "little"), body)


def heads(count: int) -> list[bytes]:
    """Give what stands before each document of an array: type and key."""
    _HEADS.extend(b"\3%d\0" % at for at in range(len(_HEADS), count))
    return _HEADS[:count]


def reordered(raw: bytes) -> Documents | None:
    """Decode a document whose bytes differ only by an order that does not matter, such as that of a reference."""
    try:
        (document,) = bson.decode_all(raw, DECODE)
        same = len(bson.encode(document, codec_options=DECODE)) == len(raw) and not _loses(raw)
    except _NOT_DECODED:
        return None
    return [document] if same else None


def _loses(raw: bytes) -> bool:
    """Tell whether decoding would lose something of a document: a repeated key or an old type, at any depth."""
    for element in rawbson.elements(raw):
        if element.repeated or element.type in _LOST_TYPES:
            return True
        if element.type in ("object", "array") and _loses(element.value):
            return True
    return False


class Inspection:
    """Checks documents by their bytes, one element after the other.

    Args:
        tree: What the rules say.
        unlisted: Takes what no rule names.
        faithful: Whether the bytes are copied as they are, so that what decoding loses does no harm.
    """

    def __init__(self, tree: Node[FieldRule], unlisted: Unlisted, *, faithful: bool) -> None:
        self._tree = tree
        self._unlisted = unlisted
        self._faithful = faithful

    def check(self, raw: bytes) -> None:
        """Check a document that decoding changes.

        Where bytes are not copied as they are, it never passes: if nothing else is wrong with it, it is noted as
        malformed.
        """
        before = self._unlisted.counts.total()
        try:
            self._document(raw, self._tree, "")
        except _NO_BSON:
            self._unlisted.note("", "malformed document")
        if not self._faithful and self._unlisted.counts.total() == before:
            self._unlisted.note("", "malformed document")

    def _document(self, raw: bytes, node: Node[FieldRule], prefix: str) -> None:
        for element in rawbson.elements(raw):
            self._element(element, node.children.get(element.key, node.any_key), prefix)

    def _element(self, element: rawbson.Element, child: Node[FieldRule] | None, prefix: str) -> None:
        path = child.path if child else None
        if not self._faithful and (wrong := _lost(element)):
            self._note(path, prefix, element.key, wrong)
        elif child and element.type == "object" and child.has_keys():
            self._document(element.value, child, child.path)
        elif child and element.type == "array" and child.element:
            for inner in rawbson.elements(element.value):
                self._element(inner, child.element, child.path)
        elif not _allowed(element, child):
            self._note(path, prefix, element.key, element.type)

    def _note(self, path: str | None, prefix: str, key: str, kind: str) -> None:
        self._unlisted.note(path or paths.join(prefix, shown_key(key)), kind)


def _lost(element: rawbson.Element) -> str:
    if element.repeated:
        return "repeated key"
    if element.type in _LOST_TYPES:
        return element.type
    return "" if _is_utf8(element) else "invalid UTF-8"


def _allowed(element: rawbson.Element, child: Node[FieldRule] | None) -> bool:
    if child is None:
        return False
    if element.type in ("object", "array"):
        return element.value == EMPTY
    return child.rule is not None or element.type == "null"


def _is_utf8(element: rawbson.Element) -> bool:
    if element.type not in _TEXTS:
        return True
    try:
        element.value[4:].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
