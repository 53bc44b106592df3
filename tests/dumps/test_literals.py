# ruff: noqa: E501 (cases and SQL stay on one line; nothing here is anybody's input or secret)
"""Values become literals and literals values, for every type of column."""

from __future__ import annotations

from datetime import datetime

import pytest
from bson import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.rules.model import KEEP, FieldRule
from dumps import definitions, literals, values
from dumps.masking import Session
from dumps.rows import pattern
from dumps.verify_values import decoder


def column(definition: str):
    return definitions.table(f"CREATE TABLE `t` (`c` {definition}) DEFAULT CHARSET=utf8mb4").columns["c"]


@given(st.binary(max_size=60), st.booleans())
def test_bytes_survive_being_written_and_read(data, backslash):
    literal = literals.written(data, backslash=backslash)
    assert literals.said(literal, backslash=backslash) == (data, "")
    row = pattern(2, (0, 1), backslash=backslash).fullmatch(b"(" + literal + b",1),")
    assert row is not None
    assert row.groups()[1] == literal


@given(st.text(max_size=40), st.booleans())
def test_the_verifier_reads_a_text_as_the_scrubber_wrote_it(text, backslash):
    own = column("text")
    out = values.of(own, "utf8mb4", backslash=backslash).write(text)
    assert out is not None
    assert decoder(own, KEEP, "utf8mb4", backslash=backslash)(out) == text


@given(st.binary(min_size=1, max_size=40))
def test_bytes_in_digits_are_read_by_both(data):
    own = column("varbinary(99)")
    out = values.of(own, "utf8mb4", backslash=True).write(data)
    assert values.of(own, "utf8mb4", backslash=True).read(out) == data
    assert decoder(own, KEEP, "utf8mb4", backslash=True)(out) == data


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001
def test_moments_survive(moment):
    own = values.of(column("datetime(6)"), "utf8mb4", backslash=True)
    assert own.read(own.write(moment)) == moment


@pytest.mark.parametrize(
    ("definition", "literal", "value"),
    [
        ("varchar(9)", rb"'a\'b\\\n\0\Z\%'", "a'b\\\n\0\x1a\\%"),
        ("varchar(9)", b"'it''s'", "it's"),
        ("varchar(9)", b'"say ""x"""', 'say "x"'),
        ("varchar(9) CHARACTER SET latin1", b"_binary '\xe9\x80'", "é€"),
        ("varchar(9) CHARACTER SET latin1", b"0xE980", "é€"),
        ("varchar(9)", b"_latin1 '\xe9'", "é"),
        ("varchar(9)", "'😀'".encode(), "😀"),
        ("int", b"-5", -5),
        ("bigint unsigned", b"9223372036854775807", 2**63 - 1),
        ("bit(10)", b"b'1000000001'", 513),
        ("bit(10)", b"'\x02\x01'", 513),
        ("bit(8)", b"'1'", 49),
        ("bit(8)", b"_binary '1'", 49),
        ("decimal(10,2)", b"-1.50", Decimal128("-1.50")),
        ("double", b"1.5e-7", 1.5e-7),
        ("date", b"'2024-02-29'", datetime(2024, 2, 29)),  # noqa: DTZ001
        ("timestamp(3)", b"'2024-02-29 01:02:03.456'", datetime(2024, 2, 29, 1, 2, 3, 456000)),  # noqa: DTZ001
        ("year", b"1999", 1999),
        ("blob", b"x'00ff'", b"\0\xff"),
        ("blob", rb"_binary '\0a'", b"\0a"),
        ("date", b"'0000-00-00'", None),
    ],
)
def test_each_form_of_a_literal_is_read_by_scrubber_and_verifier_alike(definition, literal, value):
    own = column(definition)
    assert values.of(own, "utf8mb4", backslash=True).read(literal) == value
    assert decoder(own, KEEP, "utf8mb4", backslash=True)(literal) == value


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("varchar(3)", "four"), ("char(4)", "end "), ("varchar(9) CHARACTER SET latin1", "Łódź"), ("varchar(9) CHARACTER SET utf8mb3", "😀"),
        ("tinytext", "x" * 256), ("tinytext", "é" * 128), ("enum('a','b')", "c"), ("set('a','b')", "a,c"), ("tinyint", 128),
        ("smallint unsigned", -1), ("decimal(4,2)", Decimal128("100")), ("decimal(4,2) unsigned", Decimal128("-1")),
        ("timestamp", datetime(2039, 1, 1)), ("time", "839:00:00"), ("time", "1:99:00"), ("binary(2)", b"abc"), ("bit(2)", 4),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_what_does_not_fit_a_column_is_told(definition, value):
    assert values.of(column(definition), "utf8mb4", backslash=True).write(value) is None


def test_texts_for_binary_columns_go_to_masks_of_text():
    own = values.of(column("binary(20)"), "utf8mb4", backslash=True, takes=frozenset((str,)))
    assert own.read(b"0x6140622E64650000") == "a@b.de"
    assert own.write("c@d.de") == b"0x6340642E6465" + b"00" * 14
    assert decoder(column("binary(20)"), FieldRule("email"), "utf8mb4", backslash=True)(b"0x61400000") == "a@"


def test_a_session_tells_how_values_are_written():
    assert Session() == Session("utf8mb4", backslash=True)
