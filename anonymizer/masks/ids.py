"""Identifiers permuted: the injective form of `token`, and the masks `uuid`, `objectid`, `licence_plate` and `mac`."""

from __future__ import annotations

import re
from collections.abc import Callable

from bson import Binary, Int64, ObjectId

from anonymizer.errors import Refused
from anonymizer.masks import signs
from anonymizer.masks.draw import Drawing, Table, never_itself_text
from anonymizer.masks.permutation import Permutations
from anonymizer.masks.shapes import put_signs

_INT32_END, _INT64_END = 2**31, 2**63
_MOST_BYTES = 512
_UUID_SUBTYPES = (3, 4)
_REFUSED_SUBTYPES = (6, 7)
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_FLAGS = 0x03 << 40  # the two bits of a MAC address that say whether it is local and whether it is one of a group


def token_table(drawing: Drawing) -> Table:
    """Give the functions of an injective token."""
    permutations = Permutations(drawing)
    number = integer(permutations)
    binary = _binary(permutations)
    return {
        str: signs.permuted(drawing),
        int: number,
        Int64: number,
        ObjectId: _objectid(permutations, keep_time=False),
        bytes: binary,
        Binary: binary,
    }


def integer(permutations: Permutations) -> Callable[[int], int]:
    """Permute a whole number among those of its sign and count of digits.

    Those that fit 32 bits are permuted among themselves, whatever type they have: in an index an int equals a long of
    the same value.
    """

    def make(value: int) -> int:
        size = abs(value)
        digits = len(str(size))
        lows = [10 ** (digits - 1) if digits > 1 else 1 if value < 0 else 0]
        ends = [10**digits]
        for limit in (_INT32_END + (value < 0), _INT64_END + (value < 0)):
            if size >= limit:
                lows.append(limit)
            else:
                ends.append(limit)
        low, end = max(lows), min(ends)
        made = low + permutations.of(b"number %d %d" % (low, value < 0), end - low)(size - low)
        return type(value)(-made if value < 0 else made)

    return make


def _objectid(permutations: Permutations, *, keep_time: bool) -> Callable[[ObjectId], ObjectId]:
    kept = 4 if keep_time else 0

    def make(value: ObjectId) -> ObjectId:
        head, tail = value.binary[:kept], value.binary[kept:]
        made = permutations.of(b"objectid " + head, 1 << 8 * len(tail))(int.from_bytes(tail, "big"))
        return ObjectId(head + made.to_bytes(len(tail), "big"))

    return make


def objectid_table(drawing: Drawing, *, keep_time: bool) -> Table:
    """Give the functions for an ObjectId, or 24 hexadecimal digits; `keep_time` keeps when it was made."""
    permuted = _objectid(Permutations(drawing), keep_time=keep_time)

    def text(value: str) -> str:
        if not value:
            return value
        if not ObjectId.is_valid(value) or value not in (value.lower(), value.upper()):
            raise Refused
        made = str(permuted(ObjectId(value)))
        return made.upper() if value.isupper() else made

    return {ObjectId: permuted, str: text}


def uuid_table(drawing: Drawing) -> Table:
    """Give the functions for a UUID, as binary or as text."""
    permutations = Permutations(drawing)

    def binary(value: Binary) -> Binary:
        if value.subtype not in _UUID_SUBTYPES or len(value) != 16:
            raise Refused
        return Binary(_uuid_bytes(permutations, value), value.subtype)

    return {Binary: binary, str: lambda value: signs.uuid_text(permutations, value) if value else value}


def _uuid_bytes(permutations: Permutations, value: bytes) -> bytes:
    return signs.uuid_number(permutations, int.from_bytes(value, "big")).to_bytes(16, "big")


def _binary(permutations: Permutations) -> Callable[[bytes], bytes]:
    def make(value: bytes) -> bytes:
        subtype = value.subtype if isinstance(value, Binary) else 0
        if subtype in _REFUSED_SUBTYPES or len(value) > _MOST_BYTES:
            raise Refused
        if subtype in _UUID_SUBTYPES and len(value) == 16:
            return Binary(_uuid_bytes(permutations, value), subtype)
        size = len(value)
        made = permutations.of(b"bytes %d" % subtype, 1 << 8 * size)(int.from_bytes(value, "big")) if size else 0
        found = made.to_bytes(size, "big")
        return Binary(found, subtype) if subtype else found

    return make


def licence_plate(drawing: Drawing, *, injective: bool) -> Callable[[str], str]:
    """Give a plate of the same shape: letters for letters, digits for digits."""
    if injective:
        permutations = Permutations(drawing)
        return lambda value: signs.by_shape(permutations, value) if value else value

    def make(value: str, attempt: int) -> str:
        made = put_signs(value, drawing.stream(value.encode("utf-8", "surrogatepass"), max(len(value), 16), attempt))
        return made if any(map(str.isalnum, value)) else "X" * (len(value) + (set(value) == {"X"}))

    return never_itself_text(make)


def mac(drawing: Drawing) -> Callable[[str], str]:
    """Permute a MAC address; its two flags, its separators and its case stay."""
    permutations = Permutations(drawing)

    def make(value: str) -> str:
        if not value:
            return value
        if not _MAC.fullmatch(value) or value not in (value.lower(), value.upper()):
            raise Refused
        number = int(re.sub(r"[:.-]", "", value), 16)
        flags = number & _FLAGS
        free = number >> 42 << 40 | number & (1 << 40) - 1
        made = permutations.of(b"mac %d" % (flags >> 40), 1 << 46)(free)
        digits = iter(f"{made >> 40 << 42 | flags | made & (1 << 40) - 1:012x}")
        text = "".join(next(digits) if sign.isalnum() else sign for sign in value)
        return text.upper() if value.isupper() else text

    return make
