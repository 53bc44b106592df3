"""What every mask in the table keeps to, told once for all of them, and shown to notice a mask that does not."""

from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
import uuid
from datetime import datetime
from functools import partial

import bson
import pytest
from bson import Binary, Code, Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymizer.errors import Refused
from anonymizer.keys import Keyring
from anonymizer.masks.build import build, can_collide
from anonymizer.masks.draw import DROP, Drawing
from anonymizer.masks.parameters import KINDS
from anonymizer.masks.permutation import Permutation
from anonymizer.rules.model import FieldRule
from anonymizer.verification import detectors
from tests.anonymizer.mask_cases import CASES, EXAMPLES, OFFICIAL, MaskCase, text_of

RING, OTHER = Keyring(b"\1" * 32), Keyring(b"\2" * 32)
WHOLE = ("constant", "null", "drop")
# Many numbers of states, and many languages, go one way through the code: some of them stand for all but in the soak.
SOME = [*CASES[:3], *[case for case in CASES[3:] if case not in OFFICIAL[6:] and "locale" not in case.given]]
NOTHING_DRAWN = {HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much}


def apply(table, value, *, sparse=False):
    """Give the pseudonym; a value that may be refused stands for itself then."""
    function = table[type(value)]
    try:
        return value if function is None else function(value)
    except Refused:
        if sparse:
            return None
        raise


def check(case, values, make=build):
    """Hold a mask to what all masks promise.

    Args:
        case: The mask and what it keeps.
        values: Distinct values.
        make: Gives the mask's table from rule and keyring.
    """
    rule, kind = case.rule, KINDS[case.mask]
    table = make(rule, RING)
    made = [apply(table, value, sparse=case.sparse) for value in values]
    assert repr(made) == repr([apply(make(rule, RING), value, sparse=case.sparse) for value in values]), "deterministic"
    pairs = [(value, one) for value, one in zip(values, made, strict=True) if one is not None or case.mask == "null"]
    for value, one in pairs:
        if case.mask not in WHOLE:
            assert type(one) is type(value), "type kept"
        if not kind.fixed_points and can_collide(rule):
            assert one != value, "never itself"
        assert case.kept(value, one), "what must stay"
        if isinstance(one, str) and case.mask not in ("keep", "constant") and not reaches(rule):
            assert not detectors.in_use(detectors.see(one)) & {"email", "phone"}, "reaches nobody"
    if not can_collide(rule):
        assert len({repr(one) for _, one in pairs}) == len({repr(value) for value, _ in pairs}), "injective"


def reaches(rule):
    return any(rule.parameter(name) for name in KINDS[rule.mask].opt_ins) or rule.mask in (
        # Numbers, codes and the words of others, which only by accident read like a telephone number.
        "token", "national_id", "tax_id", "jwt", "iban", "card", "licence_plate", "json", "redact", "url", "postcode",
        "password_hash", "file_name", "company", "uuid",
    )  # fmt: skip


def values_of(case, size=8):
    return st.lists(case.values, min_size=1, max_size=size, unique_by=repr)


def test_every_mask_has_a_case():
    assert {case.mask for case in CASES} == set(KINDS)
    assert len(KINDS) >= 41


@pytest.mark.parametrize("case", SOME, ids=str)
def test_a_mask_keeps_what_it_promises(case):
    @settings(max_examples=4, deadline=None, suppress_health_check=NOTHING_DRAWN, database=None)
    @given(values_of(case))
    def hold(values):
        check(case, values)

    hold()


@pytest.mark.parametrize("case", OFFICIAL, ids=str)
def test_every_number_of_a_state_becomes_a_valid_one(case):
    check(case, [EXAMPLES[case.given["kind"]]])


@pytest.mark.soak
@pytest.mark.sandbox
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_mask_keeps_what_it_promises_over_many_values(case):
    @settings(max_examples=2000, deadline=None, suppress_health_check=NOTHING_DRAWN)
    @given(values_of(case, 40))
    def hold(values):
        check(case, values)

    hold()


def draws(case):
    """Tell whether a case's values are drawn for, and not only rounded or left as they are."""
    return case.mask != "redact" and "decimals" not in case.given


def is_drawn_for(case, value):
    """Tell whether the key matters: texts with hardly a digit become one fixed number or card, whatever the key."""
    return case.mask not in ("phone", "card") or sum("0" <= sign <= "9" for sign in str(value)) >= 4


ODD = [
    *[Decimal128(text) for text in ("1E+6111", "-9.9E+6144", "1E-6176", "NaN", "-Infinity", "-0")],
    *[Decimal128("12345678901234567890123456789012.34"), Decimal128.from_bid(bytes(range(16)))],
    *[Decimal128.from_bid(b"\1" * 14 + tail) for tail in (b"\x63\x1f", b"\x5f\xdf", b"\0\xf8")],
    *[0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("-inf"), 180.0, 0, 1, -1, 2**31 - 1, -(2**31)],
    *[Int64(number) for number in (0, 1, -1, 2**63 - 1, -(2**63), 10**18, 2**31)],
    *[datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999000), DatetimeMS(-(2**63)), DatetimeMS(2**63 - 1)],
    *[Binary(b"ab" * 8, subtype) for subtype in (0, 3, 4, 5, 6, 7, 9, 128)],
    *[b"", b"x", ObjectId(b"\0" * 12), ObjectId(b"\xff" * 12)],
    *["", "\0", " ", "\n", "%", "0" * 400, "²", "٣", "ßİ", "{" * 90],
]  # fmt: skip


@pytest.mark.parametrize("case", SOME, ids=str)
def test_a_mask_treats_any_value_of_its_types_or_refuses_it(case):
    table = build(case.rule, RING, context=lambda path: [])
    for value in ODD:
        if type(value) in table:
            made = apply(table, value, sparse=True)
            assert made is DROP or bson.encode({"": made})


def test_what_is_no_text_in_a_document_does_not_stop_its_text_from_being_redacted():
    rule = FieldRule("redact", "redact", (("of", (("who", FieldRule("name", "name")),)),))
    mask = build(rule, RING, context=lambda path: [Code("Jane Doe"), 7, None, "Ann Lee"])[str]
    assert "Ann" not in mask("Ann wrote to a@b.de")


@pytest.mark.parametrize("case", [case for case in SOME if KINDS[case.mask].keyed and draws(case)], ids=str)
def test_another_key_gives_other_pseudonyms(case):
    @settings(max_examples=1, deadline=None, suppress_health_check=NOTHING_DRAWN, database=None)
    @given(st.lists(case.values.filter(partial(is_drawn_for, case)), min_size=3, max_size=12, unique_by=repr))
    def differ(values):
        one, other = build(case.rule, RING), build(case.rule, OTHER)
        assert repr([apply(one, value, sparse=True) for value in values]) != repr(
            [apply(other, value, sparse=True) for value in values]
        )

    differ()


TAKES_TEXT = [case for case in SOME if "string" in KINDS[case.mask].takes]


@pytest.mark.parametrize("case", TAKES_TEXT, ids=str)
def test_any_text_is_masked_or_refused(case):
    table = build(case.rule, RING)

    @settings(max_examples=5, deadline=None, suppress_health_check=NOTHING_DRAWN, database=None)
    @given(st.text(max_size=40) | st.text('0123456789.:/@- {}[]"<>$%+\n', max_size=40))
    def treat(value):
        made = apply(table, value, sparse=True)
        assert made is None or isinstance(made, str)
        if value == "" and case.mask not in WHOLE:
            assert made in ("", None)

    if table.get(str):
        treat()


# ---- controls: the same check notices what is broken ----

TOKEN = MaskCase("token", text_of(r"[a-z]{12}"))
INJECTIVE = MaskCase("token", text_of(r"[a-z]{12}"), {"injective": True})
WORDS = ["abcdefghijkl", "mnopqrstuvwx", "aaaaaaaaaaaa"]


def broken(function):
    return lambda rule, keyring: {str: function}


def counting():
    calls = iter(range(1000))
    return broken(lambda value: f"{next(calls):012d}")


@pytest.mark.parametrize(
    ("case", "make", "promise"),
    [
        (TOKEN, broken(lambda value: value), "never itself"),
        (TOKEN, broken(lambda value: value.encode()), "type kept"),
        (TOKEN, counting(), "deterministic"),
        (INJECTIVE, broken(lambda value: "x" * 12), "injective"),
        (INJECTIVE, broken(lambda value: f"+49 171 {len(value)}{value[:1].encode().hex()}456"), "reaches nobody"),
        (MaskCase("email", TOKEN.values, {}, lambda value, made: "@" in made), broken(str.upper), "what must stay"),
    ],
)
def test_a_mask_that_breaks_a_promise_is_noticed(case, make, promise, monkeypatch):
    monkeypatch.setitem(globals(), "reaches", lambda rule: False)
    with pytest.raises(AssertionError, match=promise):
        check(case, WORDS, make)


# ---- permutations ----


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(1, 1200), st.binary(max_size=8))
def test_a_permutation_of_a_small_domain_is_one(key, size, tweak):
    permute = Permutation(Drawing(key), tweak, size)
    assert sorted(map(permute, range(size))) == list(range(size))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(2, 900), st.integers(2, 7))
def test_a_permutation_restricted_to_some_numbers_permutes_them(key, size, step):
    permute = Permutation(Drawing(key), b"", size)
    some = [number for number in range(size) if number % step == 0]
    assert sorted(permute(number, lambda number: number % step == 0) for number in some) == some


@settings(max_examples=50, deadline=None)
@given(st.integers(513, 2**300), st.data())
def test_a_permutation_of_a_large_domain_stays_in_it_and_keeps_numbers_apart(size, data):
    permute = Permutation(Drawing(b"\1" * 32), b"x", size)
    numbers = data.draw(st.sets(st.integers(0, size - 1), min_size=2, max_size=20))
    made = {permute(number) for number in numbers}
    assert len(made) == len(numbers)
    assert all(0 <= one < size for one in made)


def test_a_permutation_differs_by_key_tweak_and_size():
    def order(key, tweak, size):
        return [Permutation(Drawing(key), tweak, size)(number) for number in range(10)]

    orders = [order(b"\1" * 32, b"a", 1000), order(b"\2" * 32, b"a", 1000), order(b"\1" * 32, b"b", 1000)]
    orders += [order(b"\1" * 32, b"a", 1001), order(b"\1" * 32, b"a", 300)]
    assert len({repr(one) for one in orders}) == 5


def test_every_first_number_is_as_likely_as_another():
    counts = [0] * 5
    for seed in range(2000):
        counts[Permutation(Drawing(seed.to_bytes(32, "big")), b"", 5)(0)] += 1
    assert all(300 < count < 500 for count in counts)


# ---- what only some masks do ----


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ({"injective": True}, [f"{number:06d}" for number in range(3000)]),
        ({"injective": True}, list(range(100_000, 103_000))),
        ({"injective": True}, [f"{number:08x}" for number in range(3000)]),
    ],
)
def test_an_injective_token_keeps_all_short_ids_apart(given, form):
    table = build(MaskCase("token", st.nothing(), given).rule, RING)
    assert len({table[type(value)](value) for value in form}) == len(form)


@pytest.mark.parametrize(("value", "low", "high"), [("0004-01-10", 1, 9), ("9999-12-31", 9990, 9999)])
def test_the_first_and_the_last_band_of_years_end_with_the_calendar(value, low, high):
    made = build(MaskCase("birth_date", st.nothing(), {"band": 10}).rule, RING)[str](value)
    assert low <= int(made[:4]) <= high


def test_a_short_token_collides_which_is_why_it_says_so():
    rule = MaskCase("token", st.nothing()).rule
    assert can_collide(rule)
    table = build(rule, RING)
    assert len({table[str](f"{number:04d}") for number in range(5000)}) < 5000


def test_a_uuid_and_its_text_become_the_same_one():
    table = build(MaskCase("uuid", st.nothing()).rule, RING)
    made = table[str]("0df078f3-3aa7-4a2e-9696-e0520c1a828a")
    binary = table[Binary]
    assert str(binary(Binary.from_uuid(uuid.UUID("0df078f3-3aa7-4a2e-9696-e0520c1a828a"))).as_uuid()) == made


def test_an_objectid_and_its_text_become_the_same_one():
    table = build(MaskCase("objectid", st.nothing()).rule, RING)
    assert str(table[ObjectId](ObjectId("65a1b2c3d4e5f60718293a4b"))) == table[str]("65a1b2c3d4e5f60718293a4b")


@given(st.lists(st.integers(-(10**8), 10**8), min_size=2, max_size=10, unique=True))
@settings(max_examples=20)
def test_ranks_stay(numbers):
    make = build(MaskCase("rank", st.nothing()).rule, RING)[int]
    assert [number for _, number in sorted((make(number), number) for number in numbers)] == sorted(numbers)


def test_a_dropped_field_is_a_sign_that_no_encoder_takes():
    assert set(map(repr, build(MaskCase("drop", st.nothing()).rule, RING).values())) != {"None"}
    assert build(MaskCase("drop", st.nothing()).rule, RING)[str]("x") is DROP


def redacted(text, document, **given):
    rule = MaskCase("redact", st.nothing(), {"of": ["who", "mail"], **given}).rule
    return build(rule, RING, context=lambda path: document.get(path, []))[str](text)


def test_redacted_text_has_the_pseudonyms_of_its_document():
    document = {"who": ["Jane Doe"], "mail": ["jane@shop.de"]}
    name = build(MaskCase("name", st.nothing()).rule, RING)[str]("Jane Doe")
    mail = build(MaskCase("email", st.nothing()).rule, RING)[str]("jane@shop.de")
    made = redacted("Hello Jane, JANE DOE wrote from jane@shop.de about the bill of Mrs Doe.", document)
    first, last = name.split()
    assert made == f"Hello {first}, {name.upper()} wrote from {mail} about the bill of Mrs {last}."


def test_redacted_text_has_no_address_or_number_of_others():
    text = "Write to bob@mail.com or call +49 171 1234567, IP 10.20.30.40, pay to "
    text += "DE89 3704 0044 0532 0130 00, 4539 1488 0343 6467"
    made = redacted(text, {})
    for part in ("bob", "mail.com", "171 1234567", "10.20", "3704", "1488 0343"):
        assert part not in made
    assert made.startswith("Write to ")
    assert redacted("call +49 171 1234567 or a@b.de", {}, find=["email"]).startswith("call +49 171 1234567 or ")


def test_json_in_a_text_is_refused_where_its_rules_name_no_path():
    table = build(MaskCase("json", st.nothing(), {"fields": {"a.b[]": "name", "m.*": {"mask": "keep"}}}).rule, RING)
    assert table[str]('{"a": {"b": []}, "m": {"x": 1.5}}') == '{"a": {"b": []}, "m": {"x": 1.5}}'
    for wrong in ('{"c": 1}', '{"a": 1}', '{"a": {"b": [1]}}', "[1]", "no json", '{"m": NaN}', '{"m": 1, "m": 2}', "["):
        with pytest.raises(Refused):
            table[str](wrong)
