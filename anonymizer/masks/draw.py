"""What all keyed masks draw from: a keyed hash of the value, drawn again where it would give the value itself."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, TypeVar

from anonymizer.errors import Refused
from anonymizer.keys import KEY_BYTES

V = TypeVar("V")
DIGEST_BYTES = 64
_MOST_KNOWN = 2_000  # a mask; more of them push each other out of the processor's cache, and cost what they save
_LONGEST_KNOWN = 200  # a user agent has so many signs
_ATTEMPTS = 64  # a space of two values fails to differ 64 times with a chance of 2^-64


class Drawing:
    """A keyed hash under the key of one domain: BLAKE2b of the key and, behind it, the value.

    A hash that begins with its key is a good keyed hash where nobody can go on from a digest, which BLAKE2b does not
    let them (it marks the last block), and where keys have one length, or one key's end could be another one's value.

    Args:
        key: 32 bytes.

    Raises:
        ValueError: It has another length.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a domain's key has another length than 32 bytes")
        self._key = key

    def draw(self, value: bytes, attempt: int = 0) -> bytes:
        """Give 64 bytes that depend on key, value and attempt."""
        if attempt:
            value += b"\0again %d" % attempt
        return blake2b(self._key + value).digest()

    def after(self, head: bytes) -> Callable[[bytes], bytes]:
        """Give what draws for values that all begin alike: `after(head)(tail)` is `draw(head + tail)`, in less time."""
        head = self._key + head
        return lambda tail: blake2b(head + tail).digest()

    def stream(self, value: bytes, size: int, attempt: int = 0) -> bytes:
        """Give any number of bytes that depend on key, value and attempt."""
        found = self.draw(value, attempt)
        if size <= DIGEST_BYTES:
            return found[:size]
        blocks = [self.draw(found + block.to_bytes(8, "little")) for block in range(size // DIGEST_BYTES + 1)]
        return b"".join(blocks)[:size]


def never_itself(make: Callable[[V, int], V]) -> Callable[[V], V]:
    """Turn `make(value, attempt)` into a mask that draws again until the pseudonym differs from the value."""

    def mask(value: V) -> V:
        made = make(value, 0)
        if made != value:
            return made
        return again(value)

    def again(value: V) -> V:
        for attempt in range(1, _ATTEMPTS):
            made = make(value, attempt)
            if made != value:
                return made
        raise Refused

    return mask


def never_itself_text(make: Callable[[str, int], str]) -> Callable[[str], str]:
    """The same for text, where the empty string stays: it tells nothing and an application may rely on it."""
    again = never_itself(make)

    def text(value: str) -> str:
        if not value:
            return value
        made = make(value, 0)  # not by `again`: a call less for each value
        return made if made != value else again(value)

    return text


def remembered(mask: Callable[[str], str]) -> Callable[[str], str]:
    """Remember pseudonyms for a while: for masks of what many documents share, such as a city.

    What is somebody's own is hardly met again while it is remembered: to look it up and keep it would only cost time.
    """
    known: dict[str, str] = {}

    def text(value: str) -> str:
        made = known.get(value)
        if made is None:
            made = mask(value)
            if len(value) <= _LONGEST_KNOWN:
                if len(known) >= _MOST_KNOWN:
                    known.clear()
                known[value] = made
        return made

    return text


def cased_like(text: str, model: str) -> str:
    """Give `text` in capitals or small letters where the model is wholly so."""
    if model.islower():
        return text.lower()
    return text.upper() if model.isupper() else text


class _Drop:
    """What a mask gives for a field that is to be removed."""

    def __repr__(self) -> str:
        return "DROP"


DROP: Any = _Drop()
Table = dict[type, Callable[[Any], Any] | None]
