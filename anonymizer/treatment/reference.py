"""The masking of one collection in Python: what the kernel is held to, and all there is where no kernel is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bson
from bson.errors import BSONError

from anonymizer import paths, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.rawbson import Joined, length_at
from anonymizer.rules.model import CollectionRule
from anonymizer.treatment import odd
from anonymizer.treatment.source import Source
from anonymizer.treatment.straightline import Compiler
from anonymizer.treatment.unlisted import Unlisted

# Decoded, masked and encoded in one go: some dozens of documents. More of them leave the processor's cache in between,
# at a fifth of the time (measured).
_AT_ONCE_BYTES = 32 << 10
_NOT_ENCODED = (BSONError, UnicodeError, OverflowError, RecursionError)


class Reference:
    """Checks and masks the documents of one collection, decoded.

    Args:
        rule: Its rule, of a mode that lists paths.
        keyring: Where the masks' keys come from.
        unlisted: Takes what no rule names.
    """

    def __init__(self, rule: CollectionRule, keyring: Keyring, unlisted: Unlisted) -> None:
        self.masks = rule.mode != "copy"
        self.source = Source()
        self.tree = paths.tree(rule.fields)
        self.compiler = Compiler(keyring, unlisted, self.source)
        self._walk = self.compiler.document(self.tree)
        self._inspection = odd.Inspection(self.tree, unlisted, faithful=not self.masks)

    def treat(self, batch: bytes) -> Sequence[Any]:
        """Check a batch of documents and mask what the rules say; see `Program.treat`."""
        made = [self._some(some) for some in rawbson.groups(batch, _AT_ONCE_BYTES)]
        whole = [some.whole for some in made if isinstance(some, Joined)]
        if len(whole) == len(made):
            return Joined(b"".join(whole), sum(map(len, made)))
        return [document for some in made for document in some]

    def _some(self, raws: list[bytes]) -> Sequence[Any]:
        documents = None if self.source.asked else odd.decoded(b"".join(raws), raws)
        if documents is None:
            return [self.treat_one(raw) for raw in raws]
        self._walk(documents)
        return _all_encoded(documents) if self.masks else Joined(b"".join(raws), len(raws))

    def treat_one(self, raw: bytes) -> Any:
        """Treat one document; None where it is not treated, which `unlisted` then tells."""
        found = odd.decoded(raw, [raw])
        if found is None and self.masks:
            found = odd.reordered(raw)
        if found is None:
            self._inspection.check(raw)
            return None if self.masks else raw
        self.source.begin(raw)
        self._walk(found)
        return _encoded(found[0]) if self.masks else raw


def _all_encoded(documents: list[dict[str, Any]]) -> Sequence[Any]:
    """Give the bytes of all: encoded as one array, which costs less than a call for each, and taken out of it."""
    try:
        array = bson.encode({"": documents}, codec_options=DECODE)
    except _NOT_ENCODED:
        return [_encoded(document) for document in documents]
    found, at = [], 10  # behind the lengths of the outer document and of the array, and the array's type and key
    for head in odd.heads(len(documents)):
        at += len(head)
        end = at + length_at(array, at)[0]
        if not array.startswith(b"_id\0", at + 5):  # only a document on its own gets its `_id` put first
            return [_encoded(document) for document in documents]
        found.append(array[at:end])
        at = end
    return Joined(b"".join(found), len(found))


def _encoded(document: dict[str, Any]) -> Any:
    """Give a document's bytes; itself where it cannot be encoded, which whoever writes it then says."""
    try:
        return bson.encode(document, codec_options=DECODE)
    except _NOT_ENCODED:
        return document
