"""Text permuted among the texts of its own shape: digits stay digits, small Latin letters small Latin letters.

Each sign belongs to a class; a text is a number written in the bases of its classes, and that number is permuted. A
letter or digit of no class is refused rather than let through. Other signs stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from anonymizer.errors import Refused
from anonymizer.masks.draw import Drawing
from anonymizer.masks.permutation import Permutations

LONGEST = 512  # the work grows with the square of the length, and no id is as long

_HEX = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_HEAD, _UUID_MIDDLE, _UUID_TAIL = 48, 12, 62  # bits before the version, between it and the variant, after that


def _letters(first: int, last: int, test: Callable[[str], bool]) -> tuple[int, ...]:
    return tuple(code for code in range(first, last + 1) if chr(code).isalpha() and test(chr(code)))


_DIGITS = range(0x30, 0x3A)
# Classes by the code points in them: Latin, Greek and Cyrillic in both cases, then scripts without cases.
_CLASSES: tuple[Sequence[int], ...] = (
    _DIGITS,
    range(0x61, 0x7B),
    range(0x41, 0x5B),
    _letters(0xC0, 0x24F, str.islower),
    _letters(0xC0, 0x24F, str.isupper),
    _letters(0x370, 0x3FF, str.islower),
    _letters(0x370, 0x3FF, str.isupper),
    _letters(0x400, 0x52F, str.islower),
    _letters(0x400, 0x52F, str.isupper),
    range(0x5D0, 0x5EB),  # Hebrew
    range(0x621, 0x63B),  # Arabic
    range(0x641, 0x64B),
    range(0x660, 0x66A),  # Arabic digits
    range(0x905, 0x93A),  # Devanagari
    range(0xE01, 0xE2F),  # Thai
    range(0x3041, 0x3097),  # Hiragana
    range(0x30A1, 0x30FB),  # Katakana
    range(0x4E00, 0xA000),  # Han
    range(0xAC00, 0xD7A4),  # Hangul
)
_PLACES = [{code: place for place, code in enumerate(one)} if isinstance(one, tuple) else None for one in _CLASSES]


def permuted(drawing: Drawing) -> Callable[[str], str]:
    """Give the injective mask of text: UUIDs and hexadecimal text stay such, all else keeps its shape."""
    permutations = Permutations(drawing)

    def make(value: str) -> str:
        if not value:
            return value
        if len(value) > LONGEST:
            raise Refused
        if value.isascii() and value.isdecimal():
            return _decimals(permutations, value)
        kind = _kind(value)
        if kind == "uuid":
            return uuid_text(permutations, value)
        if kind:
            digits = len(value)
            made = permutations.of(b"hex %d" % digits, 16**digits)(
                int(value, 16), lambda number: not f"{number:0{digits}x}".isdecimal()
            )
            return f"{made:0{digits}{'X' if value.isupper() else 'x'}}"
        return by_shape(permutations, value, lambda made: not _kind(made))

    return make


def _decimals(permutations: Permutations, value: str) -> str:
    """Permute digits: as `by_shape` does, in a third of the time."""
    size = len(value)
    made = permutations.of(chr(0x41 + _CLASSES.index(_DIGITS)).encode() * size, 10**size)(int(value))
    return f"{made:0{size}d}"


def _kind(value: str) -> str:
    """Tell what text is permuted among its own: these sets share no member with one another or with plain shapes."""
    if _UUID.fullmatch(value) and value in (value.lower(), value.upper()):
        return "uuid"
    return "hex" if _HEX.fullmatch(value) and not value.isdecimal() else ""


def by_shape(permutations: Permutations, value: str, fits: Callable[[str], bool] | None = None) -> str:
    """Permute a text among those of its shape.

    Args:
        permutations: Of the mask.
        value: The text.
        fits: Restricts the permutation to texts that it holds for, of which this must be one.
    """
    classes = [_class_of(sign) for sign in value]
    number, size = 0, 1
    for sign, kind in zip(value, classes, strict=True):
        if kind is not None:
            base = len(_CLASSES[kind])
            number, size = number * base + _place(kind, ord(sign)), size * base
    if size == 1:
        return value
    shape = "".join("." if kind is None else chr(0x41 + kind) for kind in classes).encode()

    def written(number: int) -> str:
        signs = list(value)
        for at in range(len(signs) - 1, -1, -1):
            kind = classes[at]
            if kind is not None:
                number, place = divmod(number, len(_CLASSES[kind]))
                signs[at] = chr(_CLASSES[kind][place])
        return "".join(signs)

    if fits is None:
        return written(permutations.of(shape, size)(number))
    texts = [value]

    def holds(number: int) -> bool:
        texts[0] = written(number)
        return fits(texts[0])

    permutations.of(shape, size)(number, holds)
    return texts[0]


@lru_cache(4096)
def _class_of(sign: str) -> int | None:
    code = ord(sign)
    for kind, codes in enumerate(_CLASSES):
        places = _PLACES[kind]
        if code in (codes if places is None else places):
            return kind
    if sign.isalnum():
        raise Refused
    return None


def _place(kind: int, code: int) -> int:
    places = _PLACES[kind]
    return code - _CLASSES[kind][0] if places is None else places[code]


def uuid_text(permutations: Permutations, value: str) -> str:
    """Permute a UUID in text, version, variant and case kept.

    Raises:
        Refused: It is no UUID, or written in both cases: two texts of one UUID would become one.
    """
    if not _UUID.fullmatch(value) or value not in (value.lower(), value.upper()):
        raise Refused
    made = f"{uuid_number(permutations, int(value.replace('-', ''), 16)):032x}"
    text = f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"
    return text.upper() if value.isupper() else text


def uuid_number(permutations: Permutations, number: int) -> int:
    """Permute a UUID as a number; version and variant stay (RFC 9562)."""
    version = number >> (2 + _UUID_TAIL + _UUID_MIDDLE) & 0xF
    variant = number >> _UUID_TAIL & 3
    head, middle = number >> 80, number >> (2 + _UUID_TAIL) & 0xFFF
    free = (head << _UUID_MIDDLE | middle) << _UUID_TAIL | number & (1 << _UUID_TAIL) - 1
    made = permutations.of(b"uuid %d %d" % (version, variant), 1 << 122)(free)
    tail = made & (1 << _UUID_TAIL) - 1
    middle = made >> _UUID_TAIL & 0xFFF
    head = made >> (_UUID_TAIL + _UUID_MIDDLE)
    return head << 80 | version << 76 | middle << 64 | variant << 62 | tail
