"""Hashes of passwords and JSON Web Tokens: the format stays, the secret does not."""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Callable
from typing import Any

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing, never_itself_text

_B64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_CRYPT = "./" + string.digits + string.ascii_uppercase + string.ascii_lowercase
_BCRYPT = "./" + string.ascii_uppercase + string.ascii_lowercase + string.digits
_HEX = "0123456789abcdef"
_WORD = r"[A-Za-z0-9+/.=_-]+"
# What of a hash is salt or digest (the groups), and in which alphabet. Parameters and the name of the method stay.
_FORMATS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\$2[abxy]?\$\d\d\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})"), _BCRYPT),
    (re.compile(r"\$argon2(?:id|i|d)(?:\$v=\d+)?\$[a-z0-9=,]+\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"), _B64),
    (re.compile(r"\$scrypt\$[a-z0-9=,]+\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)"), _B64),
    (re.compile(r"\$7\$[./A-Za-z0-9]{11}([./A-Za-z0-9]+)\$([./A-Za-z0-9]+)"), _CRYPT),
    (re.compile(r"scrypt:\d+:\d+:\d+\$([A-Za-z0-9]+)\$([0-9a-f]+)"), ""),
    (re.compile(r"pbkdf2(?::[a-z0-9]+){1,2}(?::\d+)?\$([A-Za-z0-9]+)\$([0-9a-f]+)"), ""),
    (re.compile(rf"pbkdf2_[a-z0-9]+\$\d+\$([A-Za-z0-9]+)\$({_WORD})"), _B64),
    (
        re.compile(r"\$(?:1|5|6|y|apr1)\$(?:rounds=\d+\$|[./A-Za-z0-9]{1,4}\$)?([./A-Za-z0-9]+)\$([./A-Za-z0-9]+)"),
        _CRYPT,
    ),
    (re.compile(r"\{[A-Z0-9-]+\}([A-Za-z0-9+/]+=*)"), _B64),
    (re.compile(r"([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"), _HEX),
    (re.compile(r"([0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{56}|[0-9A-F]{64}|[0-9A-F]{96}|[0-9A-F]{128})"), _HEX),
)
# The last sign of 16 and of 23 bytes in bcrypt's base64 holds 2 and 4 bits.
_LAST_BITS = {22: 2, 31: 4}


def password_hash(drawing: Drawing) -> Callable[[str], str]:
    """Give a hash of nothing, in the format of the original, its method and cost."""

    def make(value: str, attempt: int) -> str:
        for form, alphabet in _FORMATS:
            if found := form.fullmatch(value):
                stream = drawing.stream(value.encode(), len(value), attempt)
                made = list(value)
                for group in range(1, form.groups + 1):
                    start, end = found.span(group)
                    made[start:end] = _drawn(found[group], alphabet, stream[start:end])
                return "".join(made)
        raise Refused

    return never_itself_text(make)


def _drawn(old: str, alphabet: str, stream: bytes) -> str:
    """Draw as many signs of an alphabet; padding, and the bits that base64 leaves empty, stay empty."""
    if not alphabet or alphabet == _HEX:
        alphabet = _HEX if re.fullmatch("[0-9a-fA-F]+", old) else string.ascii_letters + string.digits
    body = old.rstrip("=")
    made = [alphabet[byte % len(alphabet)] for byte in stream[: len(body)]]
    if alphabet == _BCRYPT and len(body) in _LAST_BITS:
        made[-1] = _top_bits(alphabet, stream[len(body) - 1], _LAST_BITS[len(body)])
    elif alphabet == _B64 and len(body) % 4 in (2, 3):
        made[-1] = _top_bits(alphabet, stream[len(body) - 1], 2 if len(body) % 4 == 2 else 4)
    text = "".join(made) + "=" * (len(old) - len(body))
    return text.upper() if old.isupper() and alphabet == _HEX else text


def _top_bits(alphabet: str, byte: int, bits: int) -> str:
    return alphabet[(byte & (1 << bits) - 1) << (6 - bits)]


_JWT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
_TIMES = ("exp", "iat", "nbf", "auth_time")
_METHOD = ("alg", "typ")


def jwt(drawing: Drawing, text: Callable[[str], str], number: Callable[[int], int]) -> Callable[[str], str]:
    """Give a token of the same claims with other values and a signature of nothing; times, `alg` and `typ` stay.

    Args:
        drawing: Of the domain.
        text: Masks the texts of claims.
        number: Masks their numbers.
    """

    def leaf(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: item if key in _TIMES and isinstance(item, (int, float)) else leaf(item)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [leaf(item) for item in value]
        if isinstance(value, str):
            return text(value) if value else value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
            return int(number(value))
        return value if value is None or isinstance(value, bool) else 0

    def make(value: str, attempt: int) -> str:
        found = _JWT.fullmatch(value)
        if not found:
            raise Refused
        head, claims = _decoded(found[1]), _decoded(found[2])
        made = {key: item if key in _METHOD else leaf(item) for key, item in head.items()}
        stream = drawing.stream(value.encode(), len(value), attempt)
        signature = _encoded(stream[: len(found[3]) * 3 // 4])
        return f"{_encoded(_json(made))}.{_encoded(_json(leaf(claims)))}.{signature}"

    return never_itself_text(make)


def _decoded(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise Refused from None
    if not isinstance(found, dict):
        raise Refused
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
