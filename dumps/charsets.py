"""Character sets of MySQL, by the names that Python's codecs have."""

from __future__ import annotations

import codecs

from dumps.errors import RefusedError

_CODECS = {
    "utf8mb4": "utf-8", "utf8mb3": "utf-8", "utf8": "utf-8", "ascii": "ascii", "latin1": "mysql-latin1",
    "latin2": "iso8859-2", "latin5": "iso8859-9", "latin7": "iso8859-13", "greek": "iso8859-7", "hebrew": "iso8859-8",
    "cp1250": "cp1250", "cp1251": "cp1251", "cp1256": "cp1256", "cp1257": "cp1257", "cp850": "cp850", "cp852": "cp852",
    "cp866": "cp866", "koi8r": "koi8-r", "koi8u": "koi8-u", "macroman": "mac-roman", "macce": "mac-latin2",
    "tis620": "tis-620", "ucs2": "utf-16-be", "utf16": "utf-16-be", "utf16le": "utf-16-le", "utf32": "utf-32-be",
    "big5": "big5", "gb2312": "gb2312", "gbk": "gbk", "gb18030": "gb18030", "sjis": "shift_jis", "cp932": "cp932",
    "ujis": "euc_jp", "eucjpms": "euc_jp", "euckr": "euc_kr", "binary": "latin-1",
}  # fmt: skip
# MySQL's latin1 is cp1252, with the five bytes that has no letters for taken as they are.
_DECODED = bytes(range(256)).decode("cp1252", "replace")
_TABLE = "".join(chr(byte) if sign == "�" else sign for byte, sign in enumerate(_DECODED))
_ENCODING = codecs.charmap_build(_TABLE)


def codec(charset: str) -> codecs.CodecInfo:
    """Give the codec of a character set, `utf8mb4` where none is named.

    Raises:
        RefusedError: It is none that is known.
    """
    name = _CODECS.get(charset.lower() or "utf8mb4")
    if name is None:
        raise RefusedError(f"the character set {charset} is not known; make the dump with utf8mb4 for such columns")
    return _LATIN1 if name == "mysql-latin1" else codecs.lookup(name)


def _decode(data: bytes, errors: str = "strict") -> tuple[str, int]:
    return codecs.charmap_decode(data, errors, _TABLE)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.charmap_encode(text, errors, _ENCODING)


_LATIN1 = codecs.CodecInfo(_encode, _decode, name="mysql-latin1")  # type: ignore[arg-type] # buffers are not passed
