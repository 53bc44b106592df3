"""The compiled kernel: found, held to its sources, and handed the rules of a collection.

Where there is none, where it was built from other sources than those that lie here, or where `UNDERSTUDY_KERNEL=off`
says so, Python does the work; the outcome is the same, byte for byte.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import bson
from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from bson.errors import BSONError

from anonymizer.bsontypes import DECODE, NULL
from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks import numbers, texts, words
from anonymizer.masks.build import DEFAULT_HOST, DEFAULT_MAX_DAYS
from anonymizer.masks.draw import DROP, Table
from anonymizer.rules.model import FieldRule
from anonymizer.treatment.cases import Conditions, Place, alternatives
from anonymizer.treatment.reference import Reference
from anonymizer.treatment.straightline import needs_context

MODULE = "understudy_kernel"
SWITCH = "UNDERSTUDY_KERNEL"
KERNEL, PYTHON = "kernel", "python"
_SOURCES = Path(__file__).parents[1] / "kernel"

# In the order of `class` in kernel/src/plain.rs.
CLASSES = (
    float, str, dict, list, bytes, Binary, ObjectId, bool, datetime, DatetimeMS, NULL, Regex, Code, int, Timestamp,
    Int64, Decimal128, MaxKey, MinKey,
)  # fmt: skip

# Masks that the kernel has too, and the one parameter that it knows of each.
_NATIVE: dict[str, Callable[[FieldRule], dict[str, Any]]] = {
    "name": lambda rule: {},
    "email": lambda rule: {"host": rule.parameter("host", DEFAULT_HOST)},
    "street": lambda rule: {},
    "phone": lambda rule: {"country": rule.parameter("country") or ""},
    "card": lambda rule: {},
    "date_shift": lambda rule: {"max_days": rule.parameter("max_days", DEFAULT_MAX_DAYS)},
    "token": lambda rule: {},
    "text": lambda rule: {},
}


@functools.cache
def module() -> tuple[ModuleType | None, str]:
    """Give the kernel's module, or None and why there is none."""
    try:
        found = importlib.import_module(MODULE)
    except ModuleNotFoundError:
        return None, "no kernel is installed for this Python"
    except ImportError as error:  # built for another processor or a newer C library
        return None, f"the kernel at hand cannot be loaded here: {error}"
    if sources() != found.SOURCES:
        return None, "the kernel at hand was built from other sources; run `make kernel`"
    return found, ""


def at_work() -> tuple[ModuleType | None, str]:
    """Give the kernel's module, or None and why Python does the work."""
    if os.environ.get(SWITCH, "").lower() in ("off", "0", "no"):
        return None, f"{SWITCH} says so"
    return module()


def engine() -> str:
    """Tell which of the two does the work here: `kernel` or `python`."""
    return KERNEL if at_work()[0] else PYTHON


def sources() -> str:
    """Give the hash of the kernel's sources, as its build.rs does."""
    files = [_SOURCES / name for name in ("Cargo.lock", "Cargo.toml", "build.rs")]
    names = sorted(file.relative_to(_SOURCES).as_posix() for file in [*files, *(_SOURCES / "src").rglob("*.rs")])
    total = hashlib.blake2b()
    for name in names:
        content = (_SOURCES / name).read_bytes() if (_SOURCES / name).exists() else b""
        total.update(name.encode() + len(content).to_bytes(8, "little") + content)
    return total.hexdigest()


def kernel_for(reference: Reference, keyring: Keyring) -> Any | None:
    """Make the kernel of a collection; None where Python is to do the work."""
    found, _ = at_work()
    if found is None:
        return None
    plan = _Plan(reference, keyring)
    return found.Kernel(
        words=_words(),
        places=plan.places,
        copies=not reference.masks,
        begin=reference.source.begin,
        encode=_encode,
    )


def _words() -> dict[str, Any]:
    """Give the tables of masks, so that they stand in one place only."""
    return {
        "first_names": [word.encode() for word in words.FIRST_NAMES],
        "last_names": [word.encode() for word in words.LAST_NAMES],
        "place_starts": [word.encode() for word in words.PLACE_STARTS],
        "place_ends": [word.encode() for word in words.PLACE_ENDS],
        "street_kinds": [word.encode() for word in words.STREET_KINDS],
        "lorem": words.LOREM.encode(),
        "lorem_starts": list(texts._STARTS),  # noqa: SLF001 (the kernel does what that module does)
        "fictitious": {
            code.encode(): [shape.encode() for shape in shapes] for code, shapes in numbers.FICTITIOUS.items()
        },
        "two_digit_codes": {code.encode() for code in numbers._TWO_DIGIT_CODES},  # noqa: SLF001
        "test_prefixes": [  # by a card's first digit
            numbers._TEST_PREFIXES.get(digit, numbers._TEST_PREFIX).encode()  # noqa: SLF001
            for digit in "0123456789"
        ],
    }


class _Plan:
    """The places of a collection, numbered; 0 is the document itself."""

    def __init__(self, reference: Reference, keyring: Keyring) -> None:
        self._compiler = reference.compiler
        self._keyring = keyring
        self.places: list[dict[str, Any]] = []
        self._add(reference.tree)

    def _add(self, node: Place) -> int:
        number = len(self.places)
        self.places.append({})
        table: Table = self._compiler.mask(node.rule) if node.rule else {}
        keys = node.any_key.rule.keys if node.any_key and node.any_key.rule else None
        self.places[number] = {
            "ways": _ways(node, table),
            "action": self._action(node.rule, table) if node.rule and any(table.values()) else None,
            "children": [(key.encode(), self._choice(child)) for key, child in node.children.items()],
            "any": self._choice(node.any_key) if node.any_key else [],
            "keys": self._action(keys, self._compiler.mask(keys)) if keys else None,
            "element": self._add(node.element) if node.element else None,
        }
        return number

    def _choice(self, node: Place) -> list[tuple[list[tuple[bytes, list[bytes]]], int]]:
        return [(_conditions(conditions), self._add(place)) for conditions, place in alternatives(node)]

    def _action(self, rule: FieldRule, table: Table) -> dict[str, Any]:
        name, key, parameter = "", b"", b""
        if rule.mask in ("constant", "null"):
            name, parameter = "constant", _encode(_call(table[str], ""))
        elif rule.mask == "drop":
            name = "drop"
        elif (
            rule.mask in _NATIVE
            and {given for given, _ in rule.parameters} <= (known := _NATIVE[rule.mask](rule)).keys()
        ):
            name, key = rule.mask, self._keyring.for_domain(rule.domain)
            parameter = "".join(map(str, known.values())).encode()
        return {
            "mask": name,
            "key": key,
            "parameter": parameter,
            "text": table.get(str),
            "element": functools.partial(_element, table),
            "asks": bool(rule.parameter("subject")) or needs_context(rule),
        }


def _ways(node: Place, table: Table) -> str:
    """Say in a sign for each class what a place does with it: - nothing, = stays, 0 if empty, > into, ! mask."""
    signs = {kind: "=" if treat is None else "!" for kind, treat in table.items()}
    signs.setdefault(NULL, "=")
    signs.setdefault(dict, "0")
    signs.setdefault(list, "0")
    if node.has_keys():
        signs[dict] = ">"
    if node.element:
        signs[list] = ">"
    return "".join(signs.get(kind, "-") for kind in CLASSES)


def _conditions(conditions: Conditions) -> list[tuple[bytes, list[bytes]]]:
    return [(when.key.encode(), [_encode(value) for value in when.values]) for when in conditions]


def _element(table: Table, document: bytes) -> bytes | None:
    """Mask the one element of a document; None where it is refused, an empty document where it is dropped."""
    (value,) = bson.decode(document, DECODE).values()
    try:
        return _encode(_call(table[value.__class__], value))
    except (Refused, KeyError, BSONError, UnicodeError, OverflowError):
        return None  # Python is handed the whole document then, and says what is wrong with it


def _encode(value: Any) -> bytes:
    return b"\5\0\0\0\0" if value is DROP else bson.encode({"": value}, codec_options=DECODE)


def _call(mask: Callable[[Any], Any] | None, value: Any) -> Any:
    return mask(value) if mask else value
