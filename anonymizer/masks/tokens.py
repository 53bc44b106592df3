"""Tokens: identifiers of all kinds, replaced by others of the same length over the same characters."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable

from bson import Binary, Int64, ObjectId

from anonymizer.errors import Refused
from anonymizer.masks.draw import DIGEST_BYTES, Drawing, Table, never_itself, never_itself_text
from anonymizer.masks.shapes import TO_DIGITS, put_signs

_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_SIGNS = 36
_HOPELESS = 8
_HEX_FROM = 8  # shorter words over a to f are words
_INT32_MAX, _INT64_MAX = 2**31 - 1, 2**63 - 1


def table(drawing: Drawing) -> Table:
    """Give the functions for all classes a token may have."""
    return {
        str: never_itself_text(_text(drawing)),
        int: never_itself(_integer(drawing, _INT32_MAX)),
        Int64: never_itself(_integer(drawing, _INT64_MAX)),
        ObjectId: never_itself(lambda value, attempt: ObjectId(drawing.draw(value.binary, attempt)[:12])),
        bytes: _binary(drawing),
        Binary: _binary(drawing),
    }


def _text(drawing: Drawing) -> Callable[[str, int], str]:
    draw = drawing.draw

    def make(value: str, attempt: int) -> str:
        size, data = len(value), value.encode()
        stream = draw(data, attempt) if size <= DIGEST_BYTES else drawing.stream(data, size, attempt)
        if value.isdecimal() and value.isascii():  # as all that follows would have it, sooner
            made = stream[:size].translate(TO_DIGITS).decode()
        elif made := of_a_form(value, size, stream):
            return made
        else:
            made = put_signs(value, stream)
        return made if attempt < _HOPELESS or made != value else "x" * size  # a text with nothing to replace

    def of_a_form(value: str, size: int, stream: bytes) -> str:
        if size == _UUID_SIGNS and _UUID.fullmatch(value):
            return _uuid_text(value, stream)
        if size >= _HEX_FROM and not value.isdecimal() and _HEX.fullmatch(value):
            made = stream[: (size + 1) // 2].hex()[:size]
            return made.upper() if value.isupper() else made
        if not size % 4 and (held := _base64_size(value)):
            return base64.b64encode(stream[:held]).decode()
        return ""

    return make


def _uuid_text(value: str, stream: bytes) -> str:
    """Keep the version and variant of a UUID (RFC 9562), and the case it is written in."""
    made = list(str(uuid.UUID(bytes=stream[:16])))
    for place in (14, 19):
        made[place] = value[place].lower()
    text = "".join(made)
    return text.upper() if value.isupper() else text


def _base64_size(value: str) -> int:
    """Give the length of what a base64 text holds, or 0 where nothing shows that a text of 4, 8, 12… signs is one."""
    if not set(value) & set("+/="):
        return 0
    try:
        held = base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return 0
    return len(held)


def _integer(drawing: Drawing, largest: int) -> Callable[[int, int], int]:
    def make(value: int, attempt: int) -> int:
        size = len(str(abs(value)))
        low = 10 ** (size - 1) if size > 1 else 0
        high = min(10**size - 1, largest)
        drawn = int.from_bytes(drawing.draw(str(int(value)).encode(), attempt)[:16], "little")
        made = low + drawn % (high - low + 1)
        return type(value)(-made if value < 0 else made)

    return make


def _binary(drawing: Drawing) -> Callable[[bytes], bytes]:
    def make(value: bytes, attempt: int) -> bytes:
        made = bytearray(drawing.stream(bytes(value), len(value), attempt))
        subtype = value.subtype if isinstance(value, Binary) else 0
        if subtype == uuid_subtype and len(value) == 16:
            made[6] = made[6] & 0x0F | value[6] & 0xF0
            made[8] = made[8] & 0x3F | value[8] & 0xC0
        return Binary(bytes(made), subtype) if subtype else bytes(made)

    mask = never_itself(make)

    def binary(value: bytes) -> bytes:
        if isinstance(value, Binary) and value.subtype in _REFUSED_SUBTYPES:
            raise Refused
        return mask(value) if value else value

    return binary


uuid_subtype = 4
_REFUSED_SUBTYPES = (6, 7)  # encrypted on the client, compressed column: the bytes have a structure
