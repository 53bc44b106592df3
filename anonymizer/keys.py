"""The pseudonym key: read from standard input, held in memory, one key derived from it for each domain."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sys
from typing import BinaryIO

from anonymizer.errors import UsageError

KEY_BYTES = 32
_SALT = b"understudy pseudonym key v1"


def read_key(stream: BinaryIO | None = None) -> bytes:
    """Read the key: 64 hexadecimal characters (a line end is allowed), or exactly 32 bytes.

    Raises:
        UsageError: What came is neither; the message gives its length only.
    """
    data = (stream or sys.stdin.buffer).read(4096)
    if len(data) == KEY_BYTES:
        return data
    text = data.strip()
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(text) != 2 * KEY_BYTES:
        raise UsageError(
            f"the key on standard input must be 64 hexadecimal characters or 32 bytes; got {len(data)} bytes"
        )
    return key


class Keyring:
    """Derives a key for each domain by HKDF-SHA256 (RFC 5869), so that no domain tells anything about another."""

    def __init__(self, key: bytes) -> None:
        self._root = hmac.new(_SALT, key, hashlib.sha256).digest()

    @classmethod
    def ephemeral(cls) -> Keyring:
        """Make a keyring of a random key that nobody else has and that ends with the process.

        No later run can have it, so what was made under it is never continued; processes of one run get it when they
        are forked, or as what `pickle` makes of a keyring, which must not be written down.
        """
        return cls(secrets.token_bytes(KEY_BYTES))

    def for_domain(self, domain: str) -> bytes:
        """Give the 32-byte key of a domain."""
        return self._expand(b"domain:" + domain.encode())

    def check_value(self) -> str:
        """Give a value that differs between keys and tells nothing about one; it is kept beside a half-made copy."""
        return self._expand(b"check value")[:8].hex()

    def _expand(self, info: bytes) -> bytes:
        return hmac.new(self._root, info + b"\x01", hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "Keyring(…)"
