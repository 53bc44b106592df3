"""Literals of SQL as bytes: what a text says, and how it is written again."""

from __future__ import annotations

import re

from dumps.errors import RefusedError

NULL, DEFAULT = b"NULL", b"DEFAULT"
_FORM = re.compile(rb"(?:_(?P<charset>[0-9A-Za-z]+)\s*)?(?P<kind>[xXbBnN]?)(?P<quoted>['\"].*)?(?P<bare>.*)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)|''", re.DOTALL)
_DOUBLE_ESCAPE = re.compile(rb'\\(.)|""', re.DOTALL)
_SAID = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a", b"b": b"\b", b"%": b"\\%", b"_": b"\\_"}
_TO_WRITE = re.compile(rb"[\0\n\r\x1a'\"\\]")
_WRITTEN = {
    b"\0": rb"\0", b"\n": rb"\n", b"\r": rb"\r", b"\x1a": rb"\Z", b"'": rb"\'", b'"': rb"\"", b"\\": rb"\\",
}  # fmt: skip
_HEX = re.compile(rb"0[xX]([0-9A-Fa-f]*)")
_BITS = re.compile(rb"0b([01]*)")


def is_null(literal: bytes) -> bool:
    """Tell whether a literal is NULL."""
    return literal in (b"NULL", b"null", b"Null", b"\\N")


def said(literal: bytes, *, backslash: bool) -> tuple[bytes, str]:
    """Give what a literal other than NULL says.

    Args:
        literal: As the dump has it.
        backslash: Whether a backslash escapes.

    Returns:
        Its bytes, and the character set they are in: nothing: the connection's; `binary`: the column's own, as for
        what is written in digits.

    Raises:
        RefusedError: It is none.
    """
    if literal[:1] == b"'":
        return unescaped(literal, backslash=backslash), ""
    if literal.isdigit():
        return literal, ""
    if found := _HEX.fullmatch(literal):
        return bytes.fromhex((found[1].rjust(len(found[1]) + len(found[1]) % 2, b"0")).decode()), "binary"
    if found := _BITS.fullmatch(literal):
        return _of_bits(found[1]), "binary"
    return _other(literal, backslash=backslash)


def _other(literal: bytes, *, backslash: bool) -> tuple[bytes, str]:
    """Read a literal that is neither a plain text nor in digits alone."""
    found = _FORM.fullmatch(literal)
    if not found or not (found["quoted"] or found["bare"]):
        raise RefusedError("what stands for a value cannot be read")
    kind, charset = found["kind"].lower(), (found["charset"] or b"").decode().lower()
    if not found["quoted"]:
        if charset:
            return said(found["kind"] + found["bare"], backslash=backslash)[0], charset
        return found["kind"] + found["bare"], ""
    text = unescaped(found["quoted"], backslash=backslash)
    if kind == b"x":
        return bytes.fromhex(text.decode("latin-1")), charset or "binary"
    return (_of_bits(text), "binary") if kind == b"b" else (text, charset)


def unescaped(literal: bytes, *, backslash: bool) -> bytes:
    """Give what a text in quotes says."""
    quote, text = literal[:1], literal[1:-1]
    if backslash and b"\\" in text:
        return (_ESCAPE if quote == b"'" else _DOUBLE_ESCAPE).sub(_one, text)
    return text.replace(quote * 2, quote) if quote in text else text


def written(data: bytes, *, backslash: bool) -> bytes:
    """Write bytes as a text in quotes."""
    if not backslash:
        return b"'" + data.replace(b"'", b"''") + b"'"
    return b"'" + _TO_WRITE.sub(lambda found: _WRITTEN[found[0]], data) + b"'"


def in_hex(data: bytes) -> bytes:
    """Write bytes in digits, as mysqldump does with --hex-blob."""
    return b"0x" + data.hex().upper().encode() if data else b"''"


def _one(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return found[0][:1] if sign is None else _SAID.get(sign, sign)


def _of_bits(digits: bytes) -> bytes:
    return int(digits or b"0", 2).to_bytes((len(digits) + 7) // 8, "big")
