"""Writes documents into a collection of the candidate; doing it again is harmless.

Documents come as bytes or as dictionaries and go out as they are, by the command itself: `insert_many` looks at each
document on its way, at twice the price (measured; docs/adr/0010).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import bson
from bson.errors import BSONError
from pymongo.errors import DocumentTooLarge

from anonymizer import rawbson
from anonymizer.bsontypes import DECODE, TYPE_BYTES
from anonymizer.errors import ServerError, UsageError
from anonymizer.mongo import Client
from anonymizer.rules.model import CollectionRule
from anonymizer.shown import shown_key

DUPLICATE_KEY = 11000
_TOO_LARGE = (10334, 17280, 17419, 17420)
_OUT_OF_DISK_SPACE = 14031
_NO_SPACE = "No space left on device"  # as the storage engine has it, under code 8 (UnknownError)
_MOST_BYTES = 16 << 20
_ID_CHUNK = 500
_TYPE_OF = {name: kind for kind, name in TYPE_BYTES.items()}


class _Raw:
    """A document that is bytes already; the encoder knows such by their marker, as it knows `RawBSONDocument`."""

    __slots__ = ("raw",)
    _type_marker = 101

    def __init__(self, raw: bytes) -> None:
        self.raw = raw


class Writer:
    """Writes the documents of one collection.

    Args:
        target: The candidate.
        rule: What the rules say of the collection.
        ordered: Whether the order of documents counts.
    """

    def __init__(self, target: Client, rule: CollectionRule, *, ordered: bool) -> None:
        self._database = target[rule.database]
        self._rule, self._ordered = rule, ordered

    def write(self, documents: Sequence[Any]) -> None:
        """Insert documents, bytes or dictionaries.

        A document whose `_id` is there already is compared with the one that is there: an earlier attempt may have
        written it.

        Raises:
            UsageError: A masked document is too large or cannot be encoded, or masked ids collide.
            ServerError: The server refused documents, or holds another one under the same `_id`.
        """
        if not documents:
            return
        command = {
            "insert": self._rule.collection,
            "documents": _packed(documents),
            "ordered": self._ordered,
            "bypassDocumentValidation": True,
        }
        try:
            answer = self._database.command(command, codec_options=DECODE)
        except DocumentTooLarge:
            self._write_halves(documents)
            return
        except (BSONError, OverflowError, UnicodeError, RecursionError) as error:
            raise UsageError(
                f"a masked document of {self._rule.namespace} cannot be encoded as BSON ({type(error).__name__}); "
                "the rules give it a value that BSON cannot hold, or it is nested too deep"
            ) from None
        if "writeConcernError" in answer:
            raise ServerError(f"writing {self._rule.namespace}: the candidate did not confirm its writes; see its log")
        if wrong := answer.get("writeErrors"):
            self._judge(documents, wrong)

    def _write_halves(self, documents: Sequence[Any]) -> None:
        """Write in two steps what is too large for one, down to the document that alone is."""
        if len(documents) == 1:
            raise self._too_large(documents[0])
        middle = len(documents) // 2
        self.write(documents[:middle])
        self.write(documents[middle:])

    def _judge(self, documents: Sequence[Any], wrong: list[dict[str, Any]]) -> None:
        codes = {row.get("code") for row in wrong}
        for row in wrong:
            if row.get("code") in _TOO_LARGE:
                raise self._too_large(documents[row["index"]])
            if row.get("code") == _OUT_OF_DISK_SPACE or _NO_SPACE in str(row.get("errmsg")):
                raise ServerError(
                    f"writing {self._rule.namespace}: the candidate's disk is full; make it larger and run the same "
                    "command again: it goes on where it was"
                )
        if codes != {DUPLICATE_KEY}:
            raise ServerError(
                f"writing {self._rule.namespace}: the candidate refused documents, code(s) {sorted(map(str, codes))}; "
                "see its log"
            )
        if self._rule.masks_id:
            raise collision(self._rule, "_id_", ["_id"])
        again = [_encoded(documents[row["index"]]) for row in wrong]
        for at in range(0, len(again), _ID_CHUNK):
            self._compare(again[at : at + _ID_CHUNK])

    def _compare(self, documents: list[bytes]) -> None:
        """Hold documents against those that have their `_id` already."""
        ids = [bson.decode(row, DECODE)["_id"] for row in documents]
        there = set()
        for batch in self._database[self._rule.collection].find_raw_batches({"_id": {"$in": ids}}):
            there |= {id_first(row) for row in rawbson.documents(cast("bytes", batch))}
        different = sum(id_first(row) not in there for row in documents)
        if different:
            raise ServerError(
                f"writing {self._rule.namespace}: {different} document(s) of the candidate differ from those to be "
                "written under the same _id; something else writes to the candidate, or the source has changed since "
                "an earlier run. Empty the candidate and run again"
            )

    def _too_large(self, document: Any) -> UsageError:
        size, largest = _size(document)
        return UsageError(
            f"a document of {self._rule.namespace} has {size} bytes after masking, more than MongoDB takes "
            f"({_MOST_BYTES}); its largest field is {largest}. Take a mask there that does not make values longer"
        )


def _packed(documents: Sequence[Any]) -> list[Any]:
    """Give what the encoder is to write one after the other: documents that lie in one piece go out as that piece."""
    if isinstance(documents, rawbson.Joined):
        return [_Raw(documents.whole)]
    return [_Raw(row) if isinstance(row, bytes) else row for row in documents]


def collision(rule: CollectionRule, index: str, keys: list[str]) -> UsageError:
    """Say that masked values collide in a unique index, with the fields and masks it is about."""
    masks = ", ".join(
        f"{path}: {field.mask}"
        for path, field in rule.fields.items()
        if path.replace("[]", "") in keys and field.mask != "keep"
    )
    return UsageError(
        f"two documents of {rule.namespace} have the same masked value in the unique index {index} "
        f"({masks or 'no masked field'}); "
        "take a mask that cannot collide, or an injective form of it (docs/masks.md)"
    )


def id_first(raw: bytes) -> bytes:
    """Give a document's bytes with `_id` at its beginning, where the server puts it."""
    if raw[5:9] == b"_id\0":
        return raw
    rows = sorted(rawbson.elements(raw), key=lambda element: element.key != "_id")
    parts = [bytes([_TYPE_OF[row.type]]) + row.key.encode() + b"\0" + row.value for row in rows]
    return raw[:4] + b"".join(parts) + b"\0"


def _encoded(document: Any) -> bytes:
    return document if isinstance(document, bytes) else bson.encode(document, codec_options=DECODE)


def _size(document: Any) -> tuple[int, str]:
    """Give a document's size and the name of its largest field."""
    raw = _encoded(document)
    largest = max(rawbson.elements(raw), key=lambda element: len(element.value), default=None)
    return len(raw), shown_key(largest.key) if largest else "(none)"
