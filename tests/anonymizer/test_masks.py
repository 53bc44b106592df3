from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
import base64
import re
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import stdnum.luhn
from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import assume, example, given
from hypothesis import strategies as st

from anonymizer.bsontypes import NAMES
from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks import draw, numbers
from anonymizer.masks.build import build
from anonymizer.masks.luhn import check_digit, of_number
from anonymizer.rules.model import FieldRule
from anonymizer.verification import detectors

RING, OTHER = Keyring(b"\1" * 32), Keyring(b"\2" * 32)


def mask(name, value, ring=RING, domain=None, **parameters):
    return build(FieldRule(name, domain or name, tuple(parameters.items())), ring)[type(value)](value)


text = st.text(min_size=1, max_size=60)
emails = st.from_regex(
    r"[a-zA-Z0-9]{1,12}([._-][a-zA-Z0-9]{1,8})?(\+[a-z]{1,4})?@[a-z]{2,8}\.(com|de|co\.uk)", fullmatch=True
)
phones = st.from_regex(
    r"(\+|00)(1|7|20|33|44|46|48|49|61|353|971)[ ]?\(?[1-9][0-9]{1,3}\)?([ -]?[0-9]{2,4}){2,3}", fullmatch=True
)
cards = st.from_regex(r"[3-6][0-9]{3}([ -]?)[0-9]{4}\1[0-9]{4}\1[0-9]{1,7}", fullmatch=True)
moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
VALUES = {
    "name": text,
    "email": emails | text,
    "phone": phones | text,
    "street": text,
    "card": cards | text | st.integers(10**12, 10**18).map(Int64),
    "token": text
    | st.integers(-(2**31), 2**31 - 1)
    | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | st.binary(min_size=1, max_size=80)
    | st.binary(min_size=12, max_size=12).map(ObjectId)
    | st.uuids().map(Binary.from_uuid),
    "text": text | st.text(min_size=1, max_size=5000),
    "date_shift": moments | st.integers(-(2**62), 2**62).map(DatetimeMS) | st.dates().map(str),
}
any_value = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


@given(any_value)
def test_a_mask_keeps_the_type_and_never_returns_its_input(case):
    name, value = case
    masked = mask(name, value)
    assert type(masked) is type(value)
    assert masked != value


@given(any_value)
def test_the_same_key_and_domain_give_the_same_pseudonym(case):
    name, value = case
    assert mask(name, value) == mask(name, value)


def test_a_remembered_pseudonym_is_not_made_again_until_it_is_forgotten(monkeypatch):
    monkeypatch.setattr(draw, "_MOST_KNOWN", 2)
    asked = []

    def make(value):
        asked.append(value)
        return value[::-1]

    mask = draw.remembered(make)
    long = "Springfield" * 20
    values = ["Berlin", "Berlin", "Rome", "Berlin", "Oslo", "Berlin", long, long]
    assert [mask(value) for value in values] == [value[::-1] for value in values]
    assert asked == ["Berlin", "Rome", "Oslo", "Berlin", long, long], "two are kept, and none that is long"


def test_what_masks_draw_is_blake2b_of_key_and_value():
    drawing = draw.Drawing(bytes(range(32)))  # the expected bytes are those of coreutils' b2sum
    assert drawing.draw(b"value")[:16].hex() == "6a69e76cfadcdbc67318167f472bc2e0"
    assert drawing.draw(b"value", 1)[:16].hex() == "3ddf5bfc6700b5621ebf0e7248e172d5"
    assert drawing.after(b"va")(b"lue") == drawing.draw(b"value")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(size):
    with pytest.raises(ValueError, match="another length"):
        draw.Drawing(bytes(size))


def test_another_key_and_another_domain_give_other_pseudonyms():
    values = [f"some.body{n}@shop.de" for n in range(50)]
    for name in ("name", "email", "token", "street", "text"):
        first = [mask(name, value) for value in values]
        assert sum(a == b for a, b in zip(first, [mask(name, v, ring=OTHER) for v in values], strict=True)) < 5
        assert sum(a == b for a, b in zip(first, [mask(name, v, domain="other") for v in values], strict=True)) < 5


@pytest.mark.parametrize("name", ["name", "email", "phone", "street", "card", "token", "text", "date_shift"])
def test_null_and_the_empty_text_stay(name):
    table = build(FieldRule(name, name), RING)
    assert table[type(None)] is None
    assert table[str]("") == ""


# ---- people ----


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Ann", r"[A-Z][a-z]+"),
        ("Elizabeth Ray", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        ("ELIZABETH RAY", r"[A-Z]+ [A-Z]+"),
        ("elizabeth ray", r"[a-z]+ [a-z]+"),
        ("Ray, Elizabeth", r"[A-Z][a-z]+, [A-Z][a-z]+"),
        ("Ann Mary Lee Ray", r"([A-Z][a-z]+ ){3}[A-Z][a-z]+"),
    ],
)
def test_a_name_has_as_many_words_cased_and_ordered_alike(value, shape):
    assert re.fullmatch(shape, mask("name", value))


def test_a_name_is_the_same_person_however_it_is_cased():
    assert mask("name", "JOHN DOE") == mask("name", "John Doe").upper()


@given(emails)
def test_an_email_goes_to_a_reserved_domain(value):
    masked = mask("email", value)
    assert detectors.is_reserved(masked)
    assert detectors.EMAIL.fullmatch(masked)
    assert mask("email", value, host="mail.shop.test").lower().endswith("@mail.shop.test")


@given(emails)
def test_an_email_in_other_case_keeps_its_person(value):
    assert mask("email", value.upper()) == mask("email", value.lower()).upper()


@given(emails)
def test_an_email_in_mixed_case_stays_apart_in_a_unique_index(value):
    assume(value not in (value.lower(), value.upper()))
    assert mask("email", value).lower() != mask("email", value.lower())


def test_an_email_joins_its_words_as_the_original():
    assert re.fullmatch(r"[a-z]+_[a-z]+_[0-9a-f]{14}@example\.com", mask("email", "jane_doe@mail.de"))
    assert re.fullmatch(r"[a-z]+[0-9a-f]{14}@example\.com", mask("email", "jane@mail.de"))


def test_emails_of_many_do_not_collide():
    assert len({mask("email", f"p{n}@mail.de") for n in range(20_000)}) == 20_000


def test_a_street_keeps_its_number_where_it_was_and_its_lines():
    assert re.fullmatch(r"\d+ \w+ \w+", mask("street", "12 High Street"))
    assert re.fullmatch(r"\w+ \w+ \d+", mask("street", "Hauptstraße 12"))
    assert mask("street", "9286 Bethany Glens\nVasqueztown, CO 22939").count("\n") == 1


# ---- numbers ----


@given(phones)
@example("+1 212 867 5309")
@example("+44 7911 123456")
@example("+49 (0)30 901820")
@example("0033 1 42 68 53 00")
@example("+20(1000-0000000000")
@example("+20 10 234-567-8901")
@example("+49 (469-132-6354")
def test_an_international_phone_keeps_its_country_and_reaches_nobody(value):
    masked = mask("phone", value)
    digits = masked.lstrip("+0") if masked.startswith(("+", "00")) else ""
    code = numbers.country_code("".join(re.findall(r"\d", value.removeprefix("00").removeprefix("+"))))
    assert "".join(re.findall(r"\d", digits)).startswith(code)
    assert detectors.in_use(detectors.see(masked)) == set()


@pytest.mark.parametrize(
    "value", ["+1 (212) 867-5309", "+44 20 7123 4567", "+49 30 1234567 0", "+33 6 12 34 56 78", "+48 601 234 567"]
)
def test_a_phone_keeps_its_grouping(value):
    assert re.sub(r"\d", "0", mask("phone", value)) == re.sub(r"\d", "0", value)


def test_a_phone_without_a_country_takes_the_one_the_rule_says_or_cannot_exist():
    assert re.sub(r"\d", "0", mask("phone", "(212) 867-5309")) == "(000) 000-0000"
    assert mask("phone", "(212) 867-5309").startswith("(000)")
    assert re.fullmatch(r"\(\d{3}\) 555-01\d\d", mask("phone", "(212) 867-5309", country="1"))


@given(st.text(alphabet="0123456789 ()-+", min_size=1, max_size=25))
@example("000-+00000000")
@example("8 0152 45-78-35")
@example("12345 234-567-8901")
@example("033 (9 336-193-9358 5574")
def test_whatever_looks_like_a_phone_becomes_one_that_reaches_nobody(value):
    assert "phone" not in detectors.in_use(detectors.see(mask("phone", value)))


def luhn(digits):
    doubled = [sum(divmod(2 * int(d), 10)) if place % 2 else int(d) for place, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


@given(cards)
@example("4539 1488 0343 6467")
@example("3782-8224-6310-005")
def test_a_card_keeps_length_and_grouping_passes_luhn_and_is_a_test_card(value):
    masked = mask("card", value)
    digits = re.sub(r"\D", "", masked)
    assert re.sub(r"\d", "0", masked) == re.sub(r"\d", "0", value)
    assert luhn(digits)
    assert detectors.is_test_card(digits)


def test_a_card_as_a_number_stays_a_number_of_as_many_digits():
    masked = mask("card", Int64(4539148803436467))
    assert isinstance(masked, Int64)
    assert len(str(masked)) == 16
    assert luhn(str(masked))
    with pytest.raises(Refused):
        mask("card", 1234)


@pytest.mark.parametrize("size", [12, 16, 17, 18, 19, 5000])
def test_a_card_of_any_length_keeps_it_and_passes_luhn(size):
    made = mask("card", "4" * size)
    assert made.startswith("424242")
    assert len(made) == size
    assert made[-1] == check_digit(made[:-1]) == stdnum.luhn.calc_check_digit(made[:-1])


@given(st.integers(1, 10**16 - 1))
def test_check_digits_are_those_of_the_standards_library(number):
    assert str(of_number(number)) == check_digit(str(number)) == stdnum.luhn.calc_check_digit(str(number))


@given(st.integers(10**11, 10**18))
def test_a_negative_card_number_with_its_first_digits_kept_ends(number):
    table = build(FieldRule("card", "card", (("keep_bin", True),)), RING)
    with suppress(Refused):
        assert table[Int64](Int64(-number)) != -number


def test_the_last_four_of_a_card_stay_four():
    assert re.fullmatch(r"\*{4} \d{4}", mask("card", "**** 6467"))


# ---- tokens ----


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("0df078f33aa74a2e9696e0520c1a828a", r"[0-9a-f]{32}"),
        ("0DF078F33AA74A2E", r"[0-9A-F]{16}"),
        ("371138", r"\d{6}"),
        ("ORD-2024-ab", r"[A-Z]{3}-\d{4}-[a-z]{2}"),
        ("fmiller", r"[a-z]{7}"),
        ("Ωmega", r"[a-z]{5}"),
        ("--", "xx"),
        ("%s0", r"%[a-z]\d"),
    ],
)
def test_a_token_keeps_length_and_alphabet(value, shape):
    assert re.fullmatch(shape, mask("token", value))


@given(st.uuids(), st.booleans())
def test_a_uuid_stays_one_of_its_version(value, upper):
    given_text = str(value).upper() if upper else str(value)
    masked = mask("token", given_text)
    assert (uuid.UUID(masked).version, uuid.UUID(masked).variant) == (value.version, value.variant)
    assert masked == (masked.upper() if upper else masked.lower())
    binary = mask("token", Binary.from_uuid(value))
    assert (binary.subtype, binary.as_uuid().version) == (4, value.version)


@given(st.binary(min_size=1, max_size=100))
def test_base64_stays_base64_of_as_many_bytes(value):
    encoded = base64.b64encode(value).decode()
    assume(set(encoded) & set("+/="))
    assert len(base64.b64decode(mask("token", encoded), validate=True)) == len(value)


@given(st.integers(-(2**31), 2**31 - 1))
@example(0)
@example(2**31 - 1)
@example(-(2**31))
def test_a_number_keeps_sign_digits_and_range(value):
    masked = mask("token", value)
    assert len(str(abs(masked))) == len(str(abs(value)))
    assert abs(masked) <= 2**31 - 1
    assert masked < 0 or value >= 0


@given(st.binary(min_size=1, max_size=70), st.sampled_from([0, 2, 5, 128]))
def test_bytes_keep_length_and_subtype(value, subtype):
    masked = mask("token", Binary(value, subtype) if subtype else value)
    assert len(masked) == len(value)
    assert getattr(masked, "subtype", 0) == subtype


@pytest.mark.parametrize("subtype", [6, 7])
def test_bytes_with_a_structure_of_their_own_are_refused(subtype):
    with pytest.raises(Refused):
        mask("token", Binary(b"abc", subtype))


# ---- dates ----


@given(moments, st.integers(1, 400))
def test_a_date_moves_by_at_most_the_days_of_its_rule(value, days):
    moved = abs(mask("date_shift", value, max_days=days) - value)
    assert timedelta(0) < moved <= timedelta(days=days)


@given(st.dates())
def test_a_day_stays_a_day(day):
    masked = mask("date_shift", datetime(day.year, day.month, day.day))
    assert (masked.hour, masked.minute, masked.second, masked.microsecond) == (0, 0, 0, 0)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", mask("date_shift", str(day)))


def test_dates_of_one_subject_keep_the_time_between_them():
    table = build(FieldRule("date_shift", "d", (("max_days", 90), ("subject", "who"))), RING, lambda: "somebody")
    first, second = datetime(2024, 1, 5, 10, 30, 1), datetime(2024, 3, 7, 9, 15, 2)
    assert table[datetime](second) - table[datetime](first) == second - first


@pytest.mark.parametrize("value", ["yesterday", "2024-13-01", "2024-01-01T10:00:00"])
def test_text_that_is_no_day_is_refused(value):
    with pytest.raises(Refused):
        mask("date_shift", value)


# ---- texts and constants ----


@given(st.text(min_size=1, max_size=9000))
def test_text_keeps_its_length_and_its_lines_and_none_of_its_words(value):
    masked = mask("text", value)
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in value.split("\n")]
    assert set(masked.lower()) <= set("abcdefghijklmnopqrstuvwxyz \n")


def test_constant_and_null_replace_whatever_is_there():
    for kind in NAMES:
        assert build(FieldRule("constant", "", (("value", 5),)), RING)[kind](object()) == 5
        assert build(FieldRule("null"), RING)[kind](object()) is None
    assert isinstance(build(FieldRule("constant", "", (("value", 2**40),)), RING)[str]("x"), Int64)
