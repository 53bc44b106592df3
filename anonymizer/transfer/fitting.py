"""Refuses, before anything is copied, rules that do not fit what the source holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, cast

import bson
from bson import Binary
from pymongo.errors import OperationFailure

from anonymizer import mongo, paths, rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.errors import Mistake, Refused, RulesError, ServerError
from anonymizer.keys import Keyring
from anonymizer.masks.build import build, can_collide
from anonymizer.mongo import Client, Collection, server_errors
from anonymizer.rules.model import CollectionRule, FieldRule, Rules
from anonymizer.transfer import sampling_plan

Listed = list[tuple[CollectionRule, Collection]]

TREATED = ("mask", "copy", "sample")
_NOT_COPIED = ("drop", "empty")
_ENCRYPTED_SUBTYPE = 6
_LOOKED_AT = 50
_A_DATE = datetime(2020, 2, 3, tzinfo=timezone.utc)
_FILES, _CHUNKS = ".files", ".chunks"


def refuse(source: Client, rules: Rules, listed: Listed, found: dict[str, Collection], keyring: Keyring) -> None:
    """Refuse rules that do not fit.

    Args:
        source: The server to read.
        rules: All rules.
        listed: The rules whose collections are there, with them.
        found: All collections of the source.
        keyring: For trying what a mask makes of a date.

    Raises:
        RulesError: With everything that does not fit.
        ServerError: The source holds encrypted fields.
    """
    wrong = [mistake for rule, collection in listed for mistake in _kind(rule, collection, keyring)]
    wrong += _grid_files(rules, found)
    wrong += sampling_plan.mistakes(rules, [rule for rule, _ in listed])
    for rule, collection in listed:
        if rule.mode in ("mask", "sample") and collection.kind != "view":
            with server_errors(f"reading the indexes of {rule.namespace}"):
                specs = mongo.indexes(source, collection)
            wrong += _unique(rule, specs)
    if wrong:
        raise RulesError(wrong)
    for rule, collection in listed:
        if rule.mode in TREATED:
            _refuse_encrypted(source, collection)


def _kind(rule: CollectionRule, collection: Collection, keyring: Keyring) -> Iterator[Mistake]:
    where = f"databases.{rule.database}.{rule.collection}"
    if collection.kind == "view" and rule.mode in (*TREATED, "preserve"):
        yield Mistake(f"{where}.mode", "it is a view: empty carries its definition over, drop leaves it out")
    if collection.kind == "timeseries":
        if rule.sample and (rule.sample.count is not None or rule.sample.follow):
            yield Mistake(
                f"{where}.sample",
                "it is a time-series collection, whose documents need have no _id to be counted by: give a share",
            )
        path = collection.options["timeseries"]["timeField"]
        if path in rule.fields and not _stays_a_date(rule.fields[path], keyring):
            yield Mistake(
                f"{where}.fields.{path}",
                "is the time of a time-series collection, which must stay a date: take keep or date_shift",
            )


def _stays_a_date(rule: FieldRule, keyring: Keyring) -> bool:
    rules = (rule, *(case.rule for case in rule.cases))
    return all(_makes_a_date(build(one, keyring, lambda: None, lambda path: ())) for one in rules)


def _makes_a_date(table: dict[type, Any]) -> bool:
    treat = table.get(datetime, dict)
    if treat is None:
        return True
    try:
        return isinstance(treat(_A_DATE.replace(tzinfo=None)), datetime)
    except (Refused, TypeError, ValueError):
        return False


def _grid_files(rules: Rules, found: dict[str, Collection]) -> Iterator[Mistake]:
    """Hold files and chunks of GridFS together: one without the other is a broken store, or half of what was hidden."""
    for name in found:
        bucket = name.removesuffix(_FILES)
        if bucket == name or bucket + _CHUNKS not in found:
            continue
        files, chunks = rules.collections.get(name), rules.collections.get(bucket + _CHUNKS)
        if files is None and chunks is None:
            continue  # both are unlisted, and told as such
        where = f"databases.{(files or chunks).database}.{(files or chunks).collection}"  # type: ignore[union-attr]
        if files is None or chunks is None:
            other = _CHUNKS if chunks is None else _FILES
            yield Mistake(where, f"is one half of a GridFS store; a rule for the other half ({other[1:]}) is missing")
        elif (files.mode in _NOT_COPIED) != (chunks.mode in _NOT_COPIED):
            yield Mistake(f"{where}.mode", "files and chunks of a GridFS store are copied together or not at all")
        elif "sample" in (files.mode, chunks.mode):
            yield Mistake(f"{where}.mode", "a GridFS store cannot be sampled: files would lose their chunks")
        elif files.fields.get("_id", _KEPT) != chunks.fields.get("files_id", _KEPT):
            yield Mistake(f"{where}.fields._id", "must be masked as files_id of its chunks is, or files lose them")


_KEPT = FieldRule("keep")


def _unique(rule: CollectionRule, specs: list[dict[str, Any]]) -> Iterator[Mistake]:
    """Give the fields whose masks may collide in a unique index."""
    for spec in specs:
        keys = list(spec["key"])
        if not spec.get("unique") or "_id" in keys:
            continue
        for path, field in rule.fields.items():
            if any(_touches(path, key) for key in keys) and may_collide(field):
                yield Mistake(
                    f"databases.{rule.database}.{rule.collection}.fields.{path}",
                    f"is in the unique index {spec['name']} of {rule.namespace}, and its mask can give two values one "
                    f"pseudonym ({path}: {field.mask}); take a mask that cannot collide, or an injective form of it "
                    "(docs/masks.md)",
                )


def may_collide(field: FieldRule) -> bool:
    """Tell whether two values of a field may get one pseudonym, in any of its cases."""
    return any(can_collide(one) for one in (field, *(case.rule for case in field.cases)))


def _touches(path: str, key: str) -> bool:
    """Tell whether a rule's path and an index's key are about the same values, or one lies within the other."""
    steps = [step for step in paths.parse(path) if step != paths.ELEMENT]
    return all(
        one in (other, paths.ANY_KEY) or other == "$**" for one, other in zip(steps, key.split("."), strict=False)
    )


def _refuse_encrypted(source: Client, collection: Collection) -> None:
    """Refuse fields that clients encrypt: they are no text to mask, and no key of theirs may come along.

    The schema is looked at, and some documents; a schema that only clients know cannot be seen otherwise.

    Raises:
        ServerError: There are such fields.
    """
    encrypted = _mentions_encryption(collection.options.get("validator"))
    if not encrypted and collection.kind != "view":
        rows = source[collection.database][collection.name]
        with server_errors(f"looking at {collection.namespace}"):
            try:
                for batch in rows.find_raw_batches({}, batch_size=_LOOKED_AT, limit=_LOOKED_AT):
                    encrypted = encrypted or any(map(_holds_encrypted, rawbson.documents(cast("bytes", batch))))
            except OperationFailure as error:
                raise ServerError(
                    f"{collection.namespace} cannot be read: code {error.code}; see the source's log"
                ) from None
    if encrypted:
        raise ServerError(
            f"{collection.namespace} has fields encrypted by clients (CSFLE or Queryable Encryption), which cannot be "
            "masked; those are not supported. Leave the collection out: mode drop or empty"
        )


def _mentions_encryption(validator: Any) -> bool:
    if isinstance(validator, dict):
        return any(
            (key == "encrypt" and isinstance(inner, dict)) or _mentions_encryption(inner)
            for key, inner in validator.items()
        )
    return isinstance(validator, list) and any(map(_mentions_encryption, validator))


def _holds_encrypted(raw: bytes) -> bool:
    try:
        return _has_encrypted_value(bson.decode(raw, DECODE))
    except (bson.errors.BSONError, UnicodeError, ValueError, OverflowError):
        return False  # what cannot be decoded is told when it is copied


def _has_encrypted_value(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_encrypted_value, value.values()))
    if isinstance(value, list):
        return any(map(_has_encrypted_value, value))
    return isinstance(value, Binary) and value.subtype == _ENCRYPTED_SUBTYPE
