"""Names of files and what is in them."""

from __future__ import annotations

import re
from collections.abc import Callable

from bson import Binary

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, Table, never_itself, never_itself_text
from anonymizer.masks.shapes import put_signs

_SEPARATOR = re.compile(r"([/\\])")
_KIND = re.compile(r"(?:\.tar)?\.[A-Za-z][A-Za-z0-9]{0,4}")
# What the files of a kind begin with, so that a program that looks sees the same kind.
_BEGINNINGS = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b\x08", b"BM",
    b"II*\x00", b"MM\x00*", b"ID3", b"OggS", b"fLaC", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp",
    b"\x7fELF", b"7z\xbc\xaf\x27\x1c", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf",
)  # fmt: skip
_REFUSED_SUBTYPES = (6, 7)


def file_name(drawing: Drawing) -> Callable[[str], str]:
    """Give a name of the same length and shape; the kind of file at its end and the separators of folders stay."""

    def make(value: str, attempt: int) -> str:
        stream = drawing.stream(value.encode("utf-8", "surrogatepass"), len(value) + 16, attempt)
        made, at = "", 0
        for piece in _SEPARATOR.split(value):
            kind = _kind(piece)
            stem = piece[: len(piece) - len(kind)]
            made += (piece if piece in "/\\" else put_signs(stem, stream[at:] + stream) + kind) if piece else ""
            at += len(piece)
        return made if any(map(str.isalnum, value)) else f"file-{stream[:4].hex()}"

    return never_itself_text(make)


def _kind(piece: str) -> str:
    dot = piece.rfind(".tar.") if ".tar." in piece[1:] else piece.rfind(".")
    return piece[dot:] if dot > 0 and _KIND.fullmatch(piece[dot:]) else ""


def binary(drawing: Drawing) -> Table:
    """Give bytes of the same size, subtype and, by their first bytes, kind."""

    def make(value: bytes, attempt: int) -> bytes:
        subtype = value.subtype if isinstance(value, Binary) else 0
        if subtype in _REFUSED_SUBTYPES:
            raise Refused
        data = bytes(value)
        beginning = next((one for one in _BEGINNINGS if data.startswith(one) and len(data) > len(one)), b"")
        made = beginning + drawing.stream(data, len(data) - len(beginning), attempt)
        return Binary(made, subtype) if subtype else made

    mask = never_itself(make)
    table: Callable[[bytes], bytes] = lambda value: mask(value) if value else value  # noqa: E731 (used twice)
    return {bytes: table, Binary: table}
