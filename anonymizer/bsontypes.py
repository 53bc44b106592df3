"""Names for the types of BSON, and the few questions about them that Python's classes cannot answer alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.datetime_ms import DatetimeMS

# Dates out of Python's range come as DatetimeMS instead of an error; UUIDs stay Binary, so that they go back as they
# came.
DECODE: CodecOptions[dict[str, Any]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)

NULL = type(None)
NAMES: dict[type, str] = {
    float: "double", str: "string", dict: "object", DBRef: "object", list: "array", bytes: "binData", Binary: "binData",
    ObjectId: "objectId", bool: "bool", datetime: "date", DatetimeMS: "date", NULL: "null", Regex: "regex",
    Code: "javascript", int: "int", Int64: "long", Timestamp: "timestamp", Decimal128: "decimal", MinKey: "minKey",
    MaxKey: "maxKey",
}  # fmt: skip
CONTAINERS = (dict, DBRef, list)
SCALARS = tuple(kind for kind in NAMES if kind not in CONTAINERS)

# Type bytes of the BSON specification (bsonspec.org), for documents that the decoder cannot hold faithfully.
TYPE_BYTES = {
    0x01: "double", 0x02: "string", 0x03: "object", 0x04: "array", 0x05: "binData", 0x06: "undefined", 0x07: "objectId",
    0x08: "bool", 0x09: "date", 0x0A: "null", 0x0B: "regex", 0x0C: "dbPointer", 0x0D: "javascript", 0x0E: "symbol",
    0x0F: "javascriptWithScope", 0x10: "int", 0x11: "timestamp", 0x12: "long", 0x13: "decimal",
    0x7F: "maxKey", 0xFF: "minKey",
}  # fmt: skip


def name_of(value: object) -> str:
    """Give MongoDB's alias of a value's type."""
    return NAMES.get(type(value), type(value).__name__)
