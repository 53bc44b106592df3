"""The kernel gives what Python gives, byte for byte, for any rules and any bytes; where it is not built, these skip."""

from __future__ import annotations

# ruff: noqa: RUF001, S311, E501 (letters that only look alike are the point; test data; tables)
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import bson
import pytest
from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import Case, CollectionRule, FieldRule, When
from anonymizer.treatment import native
from anonymizer.treatment.program import Program
from tests.anonymizer.mask_cases import CASES

pytestmark = pytest.mark.skipif(native.module()[0] is None, reason=f"{native.module()[1]}: make kernel")

RING = Keyring(b"\7" * 32)
KEYS = ["a", "b", "c", "kind", "_id", "k7", "é", "jane@mail.de", "x" * 40, "$ref", "$id", ""]
WORDS = """jane.doe@mail.de|JANE@MAIL.DE|Jane_Doe@Mail.de|123@4.de|+49 30 1234567|+1 (212) 555-0100|0049 30 12345|00 49 1
    (030) 12 34 56|+1 212-345-6789|212-345-6789|12|0|4539 1488 0343 6467|4539148803436467|12345678901|Müller Straße|Ann
    Ann Lee|Lee, Ann|ANN LEE|ann lee smith jones|Lee, Ann Mary|12 High Street|High Street 12|Hauptstraße 5\nBerlin|X Y 1\n
    2024-05-31|0001-01-01|9999-12-31|2024-02-30|1900-02-29|2000-02-29|deadbeef00|DEADBEEF11|aGVsbG8=|aGVsbG8gdw==|a/b+
    123e4567-e89b-12d3-a456-426614174000|123E4567-E89B-12D3-A456-426614174000|\n\n|. .|ß|ﬁn|İx|ǅ|x\ny|Ünd so|%s %d|日本
    00 1234.555|+33 1+44 20|(212)345-6789 x|a\0b|100%|İ@ı.de|a.b_c-d|١٢٣|²|kind|5|٠٠٠""".replace("\n    ", "|").split(
    "|"
)
WORDS += [kind.example for kind in KINDS.values() if isinstance(kind.example, str)]


def text(rng: random.Random) -> bytes:
    if rng.random() < 0.7:
        made = rng.choice(WORDS)
    else:
        made = "".join(rng.choice("aZé09+-. @_/=\n(ß,\U0001f600") for _ in range(rng.choice([0, 1, 5, 16, 70, 200])))
    data = made.encode()
    if rng.random() < 0.03:
        data += rng.choice([b"\xff", b"\xed\xa0\x80", b"\xc3"])
    return struct.pack("<i", len(data) + 1 + (rng.random() < 0.01)) + data + b"\0"


def number(rng: random.Random) -> int:
    return rng.choice([0, 1, -1, 5, 9, 10**9, 2**31 - 1, -(2**31), rng.randrange(-(2**31), 2**31)])


def long(rng: random.Random) -> int:
    near = [5, 0, 2**63 - 1, -(2**63), 4539148803436467, 10**18, -62135596800000, 253402300799999, 86400000]
    return rng.choice([*near, -62135596800001, 253402300800000, (1e12).__int__() + 7, rng.randrange(-(2**63), 2**63)])


def binary(rng: random.Random) -> bytes:
    data = rng.randbytes(rng.choice([0, 1, 4, 16, 70]))
    return struct.pack("<iB", len(data), rng.choice([0, 0, 2, 3, 4, 4, 5, 6, 7, 9, 128])) + data


def regex(rng: random.Random) -> bytes:
    return (
        rng.choice([b"^a", "é".encode(), b"\xff"]) + b"\0" + rng.choice([b"", b"i", b"imx", b"xi", b"q", b"ii"]) + b"\0"
    )


SCALARS: list[tuple[int, Callable[[random.Random], bytes]]] = [
    (0x01, lambda rng: rng.choice([struct.pack("<d", 5.0), rng.randbytes(8), struct.pack("<Q", 0x7FF0000000000001)])),
    *[(0x02, text)] * 8,
    (0x05, binary), (0x06, lambda rng: b""), (0x07, lambda rng: rng.randbytes(12)),
    (0x08, lambda rng: rng.choice([b"\0", b"\1", b"\1", b"\2"])), *[(0x09, lambda rng: struct.pack("<q", long(rng)))] * 3,
    (0x0A, lambda rng: b""), (0x0B, regex), (0x0C, lambda rng: text(rng) + rng.randbytes(12)), (0x0D, text), (0x0E, text),
    (0x0F, lambda rng: struct.pack("<i", 14 + 5) + b"\2\0\0\0x\0" + b"\5\0\0\0\0"),
    *[(0x10, lambda rng: struct.pack("<i", number(rng)))] * 3, (0x11, lambda rng: rng.randbytes(8)),
    *[(0x12, lambda rng: struct.pack("<q", long(rng)))] * 2, (0x13, lambda rng: rng.randbytes(16)), (0x7F, lambda rng: b""),
    (0xFF, lambda rng: b""),
]  # fmt: skip
COMMON = [row for row in SCALARS if row[0] in (0x01, 0x02, 0x07, 0x09, 0x0A, 0x10, 0x12)]


def document(rng: random.Random, depth: int = 0, *, array: bool = False, odd: bool = False) -> bytes:
    body, keys = b"", list(KEYS[:5] if not odd else KEYS)
    rng.shuffle(keys)
    if depth == 0 and "_id" in keys and rng.random() < 0.9:
        keys.remove("_id")
        keys.insert(0, "_id")
    for at in range(rng.choice([0, 1, 2] if depth else [1, 2, 3, 6])):
        key = str(at).encode() if array else keys[at % len(keys)].encode()
        if odd and rng.random() < 0.05:
            key = rng.choice([b"a", b"\xff", b"01"])
        elif not array and at >= len(keys):
            break
        kind, make = rng.choice(SCALARS if odd else COMMON)
        if depth < 4 and rng.random() < 0.25:
            kind = rng.choice([3, 4])
            value = document(rng, depth + 1, array=kind == 4, odd=odd)
        else:
            value = make(rng)
        body += bytes([kind]) + key + b"\0" + value
    return struct.pack("<i", len(body) + 5) + body + b"\0"


# Masks of the kernel's own, and what it does itself.
MASKS = [
    ("name", {}), ("email", {}), ("email", {"host": "mail.test"}), ("phone", {}), ("phone", {"country": "49"}), ("street", {}),
    ("card", {}), ("date_shift", {}), ("date_shift", {"max_days": 3}), ("date_shift", {"subject": "a"}), ("token", {}),
    ("text", {}), ("constant", {"value": "x"}), ("constant", {"value": 5}), ("constant", {"value": None}), ("null", {}),
    ("drop", {}),
]  # fmt: skip
NATIVE = [FieldRule(name, name, tuple(sorted(parameters.items()))) for name, parameters in MASKS]
# Every mask there is, with all that its parameters change.
KINDS_OF_NUMBERS = ("national_id", "tax_id")
EVERY = [case.rule for case in CASES if case.mask not in KINDS_OF_NUMBERS]
EVERY += [next(case.rule for case in CASES if case.mask == name) for name in KINDS_OF_NUMBERS]
EVERY += [
    FieldRule("redact", "redact", (("of", (("a", FieldRule("name", "name")), ("é", FieldRule("email", "email")))),))
]


def field_rule(rng: random.Random, *, element: bool = False) -> FieldRule:
    chance = rng.random()
    rule = FieldRule("keep") if chance < 0.4 else rng.choice(NATIVE if chance < 0.75 else EVERY)
    if element and rule.mask == "drop":
        rule = FieldRule("null")
    if rng.random() < 0.1:
        values = tuple(rng.sample(["kind", 5, 5.0, True, None, "Ann", 0], 2))
        rule = replace(
            rule, cases=(Case(When(rng.choice(["kind", "a", "é"]), values), field_rule(rng, element=element)),)
        )
    return rule


def rules(rng: random.Random) -> CollectionRule:
    """Give rules that take most of what `document` makes, so that documents pass often enough to be compared."""
    fields: dict[str, FieldRule] = {}
    copies = rng.random() < 0.15
    keep = FieldRule("keep")

    def under(prefix: str, depth: int) -> None:
        for key in [*KEYS[:5], "*"] if rng.random() < 0.8 else rng.sample(["a", "b", "é", "*"], 2):
            path = f"{prefix}{key}"
            element = False
            while True:
                fields[path] = keep if copies else field_rule(rng, element=element)
                if rng.random() > 0.4 or path.endswith("[][]"):
                    break
                path, element = path + "[]", True
            if key == "*" and not copies and rng.random() < 0.2:
                fields[f"{prefix}*"] = replace(fields[f"{prefix}*"], keys=FieldRule("token", "token"))
            whole = fields[path].mask in ("constant", "null", "drop")
            if depth < 2 and rng.random() < 0.4 and not whole:
                under(f"{path}.", depth + 1)

    under("", 0)
    return CollectionRule("d", "c", "copy" if copies else "mask", fields)


@dataclass
class Both:
    """One collection's rules in both engines."""

    rule: CollectionRule
    kernel: Program = field(init=False)
    python: Program = field(init=False)

    def __post_init__(self) -> None:
        self.kernel = Program(self.rule, RING)
        assert self.kernel.engine == "kernel"
        os.environ[native.SWITCH] = "off"
        try:
            self.python = Program(self.rule, RING)
        finally:
            del os.environ[native.SWITCH]
        assert self.python.engine == "python"

    def agree(self, batch: bytes) -> int:
        """Hold the two to each other; gives how many documents the kernel made."""
        made, wanted = self.kernel.treat(batch), self.python.treat(batch)
        assert [as_bytes(one) for one in made] == [as_bytes(one) for one in wanted], (batch, self.rule)
        assert self.kernel.unlisted.counts == self.python.unlisted.counts, (batch, self.rule)
        return len(made) - len(self.kernel._kernel.treat(batch)[3])


def as_bytes(made):
    return made if made is None or isinstance(made, bytes) else bson.encode(made, codec_options=DECODE)


def compare(seed: int, collections: int, documents: int) -> int:
    done = 0
    for number_of in range(collections):
        rng = random.Random(f"{seed}-{number_of}")
        both = Both(rules(rng))
        for _ in range(documents):
            done += both.agree(document(rng, odd=rng.random() < 0.3))
        done += both.agree(b"".join(document(rng) for _ in range(5)))
    return done


TEXT_MASKS = [row for row in MASKS if row[0] not in ("constant", "null", "drop", "keep") and "subject" not in row[1]]


@pytest.fixture(scope="module")
def text_masks() -> Both:
    """All masks of the kernel's own, each under a key of its own."""
    fields = {
        f"m{at}": FieldRule(name, name, tuple(parameters.items())) for at, (name, parameters) in enumerate(TEXT_MASKS)
    }
    return Both(CollectionRule("d", "c", "mask", fields))


@pytest.mark.slow
@settings(max_examples=150)
@given(st.text(max_size=40) | st.text("aB9 +-@./\n,(){}%=", max_size=90) | st.sampled_from(WORDS))
@example("0" * 100)
@example("+1 (212) 345-6789 or 212-345-6789")
@example("ab" * 70)
def test_every_mask_gives_the_same_text(text_masks, value):
    for at in range(len(TEXT_MASKS)):
        text_masks.agree(bson.encode({f"m{at}": value}))


@settings(max_examples=100)
@given(st.integers(-(2**63), 2**63 - 1), st.binary(max_size=90), st.sampled_from([0, 4, 5, 128]))
def test_every_mask_gives_the_same_numbers_dates_and_bytes(text_masks, number, data, subtype):
    small = max(-(2**31), min(2**31 - 1, number))
    values = [
        small,
        Int64(number),
        DatetimeMS(number),
        DatetimeMS(number // 10**6),
        Binary(data, subtype),
        ObjectId(data[:12].ljust(12)),
    ]
    for at in range(len(TEXT_MASKS)):
        for value in values:
            text_masks.agree(bson.encode({f"m{at}": value}))


@pytest.mark.slow
def test_any_rules_over_any_documents():
    assert compare(1, 60, 12) > 100  # the kernel did not hand all of them back


@settings(max_examples=40)
@given(st.data())
def test_bytes_that_were_cut_or_changed_end_as_they_do_in_python(data):
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    both = Both(rules(rng))
    batch = bytearray(b"".join(document(rng) for _ in range(3)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(batch) - 1, 0)))
        if data.draw(st.booleans()) and batch:
            batch[at] = data.draw(st.integers(0, 255))
        else:
            del batch[at:]
    both.agree(bytes(batch))


def test_a_mask_that_fails_fails_in_both(text_masks):
    with pytest.raises(TypeError):
        text_masks.kernel._kernel.treat("no bytes")


def test_a_kernel_of_other_sources_is_not_used(monkeypatch):
    native.module.cache_clear()
    monkeypatch.setattr(native, "sources", lambda: "others")
    try:
        assert native.module() == (None, "the kernel at hand was built from other sources; run `make kernel`")
    finally:
        native.module.cache_clear()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("No module named"), "no kernel is installed for this Python"),
        (ImportError("wrong ELF class"), "the kernel at hand cannot be loaded here: wrong ELF class"),
    ],
)
def test_why_there_is_no_kernel_is_said(monkeypatch, error, said):
    def fail(name):
        raise error

    native.module.cache_clear()
    monkeypatch.setattr(native.importlib, "import_module", fail)
    try:
        assert native.module() == (None, said)
    finally:
        native.module.cache_clear()


def test_rules_are_drawn_from_every_mask():
    drawn = {rule.mask for number_of in range(60) for rule in rules(random.Random(f"1-{number_of}")).fields.values()}
    assert drawn == KINDS.keys()


@pytest.mark.soak
@pytest.mark.sandbox
def test_any_rules_over_a_hundred_thousand_documents():
    assert compare(2, 2500, 40) > 20_000


@pytest.mark.soak
@pytest.mark.sandbox
def test_the_crates_own_tests(tmp_path):
    cargo = shutil.which("cargo", path=f"{os.environ['PATH']}:{Path.home()}/.cargo/bin")
    if not cargo:
        pytest.skip("no cargo")
    names = {"CARGO_TARGET_DIR": str(tmp_path), "PYO3_PYTHON": sys.executable}
    folder = Path(native.__file__).parents[1] / "kernel"
    subprocess.run([cargo, "test", "--locked", "--quiet"], cwd=folder, env={**os.environ, **names}, check=True)
