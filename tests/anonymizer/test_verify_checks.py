"""What the verifier compares across documents and by rules of every form: each fault beside its clean control."""

from __future__ import annotations

import math
import random

import pytest
from bson import Binary, Decimal128, Int64, ObjectId

from anonymizer.rules import reader
from anonymizer.rules.model import FieldRule
from anonymizer.verification import formats
from anonymizer.verification.chance import Words, more_than_chance
from anonymizer.verification.control import plant, plant_for_detectors
from anonymizer.verification.digests import Collector, DigestSet, merge
from anonymizer.verification.gathering import Gatherer
from anonymizer.verification.sampled import expected_size
from anonymizer.verification.spots import steps_of, values_at
from anonymizer.verification.task import references
from tests.anonymizer.judging import DIGESTER, Judging

KEPT = FieldRule("keep")
LONG = "s3cr3t-t0ken-of-{}-9f8e7d6c5b4a"


@pytest.fixture
def judging(tmp_path):
    def make(fields, **more):
        return Judging({"_id": "keep", **fields}, tmp_path, **more)

    return make


@pytest.mark.parametrize(
    ("source", "copy", "finding"),
    [
        ({"kind": "email", "v": "a@mail.de"}, {"kind": "email", "v": "x@example.com"}, None),
        ({"kind": "email", "v": "a@mail.de"}, {"kind": "email", "v": "lorem"}, ("format", "v")),
        ({"kind": "gone", "v": "a"}, {"kind": "gone"}, None),
        ({"kind": "gone", "v": "a"}, {"kind": "gone", "v": "a"}, ("dropped", "v")),
        ({"kind": "gone", "v": {"a": [1]}}, {"kind": "gone"}, None),
        ({"kind": 2, "v": "as it is"}, {"kind": 2, "v": "as it is"}, None),
        ({"kind": 2.0, "v": "as it is"}, {"kind": 2.0, "v": "other"}, ("changed", "v")),
        ({"kind": True, "v": "as it is"}, {"kind": True, "v": "as it is"}, ("own_path", "v")),
        ({"v": "free text"}, {"v": "lorem ips"}, None),
        ({"v": "free text"}, {"v": "free text"}, ("own_path", "v")),
    ],
)
def test_the_case_that_holds_in_the_source_decides(judging, source, copy, finding):
    cases = [
        {"when": {"kind": "email"}, "mask": "email"},
        {"when": {"kind": "gone"}, "mask": "drop"},
        {"when": {"kind": [2, "two"]}, "mask": "keep"},
        "text",
    ]
    judged = judging({"kind": "keep", "v": cases}).compare({"_id": 1, **source}, {"_id": 1, **copy})
    assert judged.found() == ({finding} if finding else set())


def test_a_condition_is_about_the_document_that_encloses_an_array(judging):
    fields = {"x[].kind": "keep", "x[].v[]": [{"when": {"kind": "email"}, "mask": "email"}, "keep"]}
    source = {"_id": 1, "x": [{"kind": "email", "v": ["a@mail.de"]}, {"kind": "b", "v": ["same"]}]}
    good = {"_id": 1, "x": [{"kind": "email", "v": ["x@example.com"]}, {"kind": "b", "v": ["same"]}]}
    assert judging(fields).compare(source, good).found() == set()
    bad = {"_id": 1, "x": [{"kind": "email", "v": ["a@mail.de"]}, {"kind": "b", "v": ["same"]}]}
    assert ("own_path", "x[].v[]") in judging(fields).compare(source, bad).found()


def test_masked_keys_are_paired_by_their_order(judging):
    fields = {"m.*": {"keys": "token", "mask": "keep"}}
    source = {"_id": 1, "m": {"alpha": 1, "beta": 2}}
    assert judging(fields).compare(source, {"_id": 1, "m": {"qwert": 1, "zuio": 2}}).found() == set()
    assert judging(fields).compare(source, {"_id": 1, "m": {"alpha": 1, "zuio": 2}}).found() == {("own_path", "m.*")}
    assert judging(fields).compare(source, {"_id": 1, "m": {"qwert": 2, "zuio": 1}}).found() == {("changed", "m.*")}
    assert judging(fields).compare(source, {"_id": 1, "m": {"qwert": 1}}).found() == {("changed", "m.*")}
    added = {"_id": 1, "m": {"qwert": 1, "zuio": 2, "more": 3}}
    assert judging(fields).compare(source, added).found() == {("changed", "m.*")}


def test_an_original_key_is_found_anywhere(tmp_path):
    judged = Judging({"_id": "keep", "m.*": {"keys": "token", "mask": "keep"}, "n": "text"}, tmp_path)
    collector_of(judged, {"_id": 1, "m": {LONG.format("ann"): 1}})
    source = {"_id": 2, "m": {"x1": 1}, "n": "hello"}
    judged.compare(source, {"_id": 2, "m": {"y2": 1}, "n": LONG.format("Ann")})
    assert ("original", "n") in judged.found()


def collector_of(judged, *documents):
    """Gather from documents of the source, as the first phase does, and let the lookout have it."""
    collector = Collector(judged.folder, DIGESTER)
    gatherer = Gatherer(judged.rule, (), collector, judged.recorder, 30)
    for document in documents:
        gatherer.take(document)
    collector.flush()
    merge(judged.folder, judged.folder / "gathered")
    judged.lookout.originals = DigestSet(judged.folder / "gathered", DIGESTER)
    return gatherer


def test_only_what_a_case_masks_is_gathered(tmp_path):
    fields = {"_id": "keep", "kind": "keep", "v": [{"when": {"kind": "t"}, "mask": "token"}, "keep"], "*": "token"}
    judged = Judging(fields, tmp_path)
    gatherer = collector_of(
        judged,
        {"_id": 1, "kind": "t", "v": LONG.format("ann")},
        {"_id": 2, "kind": "k", "v": LONG.format("bob")},
        {"_id": 3, "other": LONG.format("eve")},
    )
    assert gatherer.projection() == {}, "any key may be named anything"
    held = judged.lookout.originals
    assert LONG.format("ann") in held
    assert LONG.format("eve") in held
    assert LONG.format("bob") not in held


def test_one_original_has_one_pseudonym_over_all_paths_of_a_domain(judging):
    fields = {"a": {"mask": "name", "domain": "n"}, "b": {"mask": "name", "domain": "n"}, "c": "city"}
    judged = judging(fields).compare({"_id": 1, "a": "Ann Lee", "c": "Ann Lee"}, {"_id": 1, "a": "Eva X", "c": "Quill"})
    judged.compare({"_id": 2, "b": "Ann Lee"}, {"_id": 2, "b": "Eva X"}).join()
    assert judged.found() == set()
    judged.compare({"_id": 3, "b": "Ann Lee"}, {"_id": 3, "b": "Ida Y"}).join()
    assert {kind for kind, _ in judged.found()} == {"inconsistent"}


def test_two_originals_have_two_pseudonyms_where_the_mask_promises_it(judging):
    fields = {"e": "email", "t": "token"}
    judged = judging(fields).compare(
        {"_id": 1, "e": "a@m.de", "t": "abc"}, {"_id": 1, "e": "x@example.com", "t": "xyz"}
    )
    judged.compare({"_id": 2, "e": "b@m.de", "t": "ac"}, {"_id": 2, "e": "y@example.com", "t": "xy"}).join()
    assert judged.found() == set(), "a token may collide"
    judged.compare({"_id": 3, "e": "c@m.de"}, {"_id": 3, "e": "y@example.com"}).join()
    assert judged.found() == {("not_distinct", "e")}


def names(count, keep):
    rng = random.Random(3)  # noqa: S311 (the same test each time)
    given = [f"Given{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120)]
    for n in range(count):
        old = f"{rng.choice(given)} Family{n}"
        first = old.split(maxsplit=1)[0] if keep(rng) else rng.choice(given)
        yield n, old, f"{first} Other{rng.randrange(10**9)}"


@pytest.mark.parametrize(("kept", "found"), [(0.0, False), (0.05, True), (1.0, True)])
def test_names_that_keep_words_of_their_originals_are_found_and_chance_is_not(judging, kept, found):
    judged = judging({"name": "name"})
    for n, old, new in names(2000, lambda rng: rng.random() < kept):
        judged.compare({"_id": n, "name": old}, {"_id": n, "name": new})
    judged.join()
    assert judged.found() == ({("likeness", "name")} if found else set())


def test_words_are_judged_by_how_often_they_occur():
    words = Words()
    for n in range(100):
        words.add("Anna Berg", f"Anna Tal{n}")
    assert words.chance() == pytest.approx(1.0, abs=0.02), "where all are called Anna, all share it"
    assert not more_than_chance(100, 100, words.chance())
    assert more_than_chance(30, 1000, 0.005)
    assert not more_than_chance(8, 1000, 0.005)
    assert not more_than_chance(0, 0, 0.5)


@pytest.mark.parametrize(("same", "found"), [(3, False), (12, True)])
def test_a_permutation_has_few_fixed_points(judging, same, found):
    judged = judging({"t": {"mask": "token", "injective": True}})
    for n in range(40):
        judged.compare({"_id": n, "t": f"v{n:03d}"}, {"_id": n, "t": f"v{n if n < same else 999 - n:03d}"})
    joined = judged.join()
    assert judged.found() == ({("own_path", "t")} if found else set())
    assert joined.more["own_path"] == {"fixed_points": same}


@pytest.mark.parametrize(("k", "below"), [(2, 0), (3, 2), (4, 5)])
def test_groups_smaller_than_k_are_found_with_their_sizes(tmp_path, k, below):
    judged = Judging({"_id": "keep", "z": "keep", "y": "keep"}, tmp_path, quasi_identifiers=[["z", "y"]], k=k)
    place = judged.places.number("d.c")
    for n, (z, y) in enumerate([("1", 1)] * 2 + [("1", 2)] * 3 + [("2", 1)] * 4):
        key = DIGESTER.digest(f"{z} {y}")
        judged.recorder.add("groups", key, 0, place)
        assert n < 9
    row = judged.join().more["k_anonymity"]["groups"][0]
    assert (row["groups"], row["smallest"], row["k"]) == (3, [2, 3, 4], k)
    assert judged.findings.by_kind()["k_anonymity"] == below


def test_references_are_expected_to_resolve_only_where_their_target_is_whole_or_followed():
    def of(orders, customers):
        fields = {"_id": "keep", "c": {"mask": "keep", "refers_to": "d.customers._id"}}
        raw = {"orders": {**orders, "fields": fields}, "customers": {**customers, "fields": {"_id": "keep"}}}
        parsed = reader.parse({"version": 1, "databases": {"d": raw}})
        return references(parsed, set(parsed.collections))

    both = ({"d.customers": ("_id",)}, {"d.orders": frozenset({"c"})})
    assert of({"mode": "mask"}, {"mode": "mask"}) == both
    assert of({"mode": "mask"}, {"mode": "sample", "share": 0.1}) == ({}, {})
    assert of({"mode": "sample", "share": 0.1, "follow": ["c"]}, {"mode": "sample", "share": 0.1}) == both


def test_a_sample_has_as_many_documents_as_are_drawn():
    def size(whole, *, followed=False, **how):
        raw = {"mode": "sample", "fields": {"_id": "keep"}, **how}
        rule = reader.parse({"version": 1, "databases": {"d": {"c": raw}}}).collections["d.c"]
        return expected_size(rule, whole, followed=followed)

    assert size(1000, count=10) == (10, 10)
    assert size(5, count=10) == (5, 5)
    assert size(1000, followed=True, count=10) == (10, 1000)
    low, high = size(10_000, share=0.1)
    assert 800 < low < 1000 < high < 1200
    assert size(10_000, share=1.0)[1] == 10_000


def test_every_planted_fault_is_found_and_nothing_is_found_where_nothing_is(tmp_path):
    fields = {"_id": "keep", "e": "email", "n": "name", "t": "text", "p": "postcode", "x": "null"}
    original = {"_id": 1, "e": "ann@mail.de", "n": "Ann Lee", "t": "hello you", "p": "12345", "x": 3}
    judged = Judging(fields, tmp_path, [("email", "ann@mail.de")])
    plant(judged.rule, original, 30, judged.lookout, judged.tally, judged.places)
    assert judged.tally.planted == judged.tally.found
    assert judged.tally.planted == {
        "own_path": 3, "identity_values": 1, "formats": 3, "kept_values": 5, "constants": 1, "own_names": 1,
    }  # fmt: skip
    assert judged.findings.total == 0, "what is planted is no finding"
    plant_for_detectors(judged.lookout, judged.findings, judged.tally)
    assert judged.tally.planted["detectors"] == judged.tally.found["detectors"] == 8


def test_a_check_that_cannot_find_is_named(tmp_path):
    judged = Judging({"_id": "keep", "e": "email"}, tmp_path)  # no original was gathered
    plant(judged.rule, {"_id": 1, "e": "ann@mail.de"}, 30, judged.lookout, judged.tally, judged.places)
    assert judged.tally.failed() == ["identity_values"]


def rule(mask, **parameters):
    return FieldRule(mask, mask, tuple(sorted(parameters.items())))


@pytest.mark.parametrize(
    ("shape", "given", "original", "good", "bad"),
    [
        ("said", rule("name"), "Ann", "Eva", ""),
        ("phone", rule("phone"), "+49 30 901820", "+49 30 23125012", "49 30 23125012"),
        ("phone", rule("phone"), "030 901820", "000 123456", "lorem"),
        (
            "iban",
            rule("iban"),
            "DE89 3704 0044 0532 0130 00",
            "DE79 0000 0000 0000 0130 00",
            "DE78 0000 0000 0000 0130 00",
        ),
        ("length", rule("text"), "hello", "lorem", "lorem ipsum"),
        ("token", rule("token"), "ab-12", "xy-34", "xy-345"),
        ("token", rule("token"), Int64(-12), Int64(-99), Int64(-100)),
        ("signs", rule("tax_id"), "DE 136.695 976", "DE 111.111 111", "DE 111.111 11"),
        ("uuid", rule("uuid"), "0df078f3-3aa7-4a2e-9696-e0520c1a828a", "1df078f3-3aa7-4a2e-9696-e0520c1a828a", "1df0"),
        ("objectid", rule("objectid"), "65a1b2c3d4e5f60718293a4b", "75a1b2c3d4e5f60718293a4b", "75a1"),
        ("mac", rule("mac"), "00:1a:2b:3c:4d:5e", "02:1a:2b:3c:4d:5f", "02-1a-2b-3c-4d-5f"),
        ("ip", rule("ip"), "93.184.216.34", "192.0.2.7", "2001:db8::1"),
        ("url", rule("url"), "https://a.de/x", "https://b.example.com/y", "http://b.example.com/y"),
        ("hash", rule("password_hash"), "$2b$12$abc", "$2b$12$xyz", "$1b$12$xyz"),
        ("file", rule("file_name"), "cv/jane.pdf", "ab/wxyz.pdf", "ab/wxyz.doc"),
        ("json", rule("json"), '{"a": 1}', '{"a": 2}', '{"a": '),
        ("jwt", rule("jwt"), "eyJh.eyJz.c2ln", "eyJh.eyJ0.c2lo", "eyJh"),
        ("listed", rule("enum", values=("a", "b")), "a", "b", "c"),
        ("birth_date", rule("birth_date"), "1984-05-31", "1981-02-03", "1985-01-01"),
        ("birth_date", rule("birth_date", band=10), 1984, 1989, 1990),
        ("shifted", rule("date_shift", max_days=10), "2024-05-31", "2024-06-09", "2024-07-09"),
        ("rounded_date", rule("date_round", to="quarter"), "2024-05-31", "2024-04-01", "2024-05-01"),
        ("rounded_date", rule("date_round", to="week"), "2024-05-31", "2024-05-27", "2024-05-28"),
        ("postcode", rule("postcode", keep=3), "69117", "69100", "69110"),
        ("postcode", rule("postcode"), 69117, 69000, 69100),
        ("coordinates", rule("coordinates", decimals=2), 49.40936, 49.41, 49.409),
        ("coordinates", rule("coordinates", shift_km=1), 49.40936, 49.41, 49.5),
        ("amount", rule("noise", percent=10), 1000, 1099, 1200),
        ("amount", rule("noise"), Decimal128("9.90"), Decimal128("10.05"), Decimal128("12.00")),
        ("bucket", rule("bucket", size=100), 1299, 1200, 1250),
        ("bucket", rule("bucket", size=0.5), 1.7, 1.5, 1.6),
        ("ranked", rule("rank", stretch=3), 7, 22, 25),
        ("bytes", rule("binary"), b"abc", b"xyz", b"wxyz"),
    ],
)
def test_a_format_that_is_not_kept_is_seen(shape, given, original, good, bad):
    check = formats.SHAPES[shape]
    assert check(given, original, good)
    assert not check(given, original, bad)


def test_types_are_kept_to_the_subtype_and_emptiness_is_no_original(judging):
    fields = {"a": "token", "b": "noise"}
    judged = judging(fields).compare({"_id": 1, "a": "", "b": 0.0}, {"_id": 1, "a": "", "b": 0.0})
    judged.compare({"_id": 2, "a": None, "b": math.inf}, {"_id": 2, "a": None, "b": math.inf})
    assert judged.found() == set()
    judged.compare({"_id": 3, "a": Binary(b"a" * 16, 4)}, {"_id": 3, "a": Binary(b"b" * 16, 3)})
    assert judged.found() == {("type", "a")}


def test_kept_ids_that_are_identities_elsewhere_are_found(judging, tmp_path):
    judged = Judging({"_id": "keep", "o": "keep"}, tmp_path, [("token", ObjectId(b"a" * 12)), ("token", 10**15 + 7)])
    judged.compare({"_id": 1, "o": ObjectId(b"b" * 12)}, {"_id": 1, "o": ObjectId(b"b" * 12)})
    assert judged.found() == set()
    judged.compare({"_id": 2, "o": ObjectId(b"a" * 12)}, {"_id": 2, "o": ObjectId(b"a" * 12)})
    judged.compare({"_id": Int64(10**15 + 7)}, {"_id": Int64(10**15 + 7)})
    assert judged.found() == {("original", "o"), ("original", "_id")}


def test_values_at_a_path_are_those_within_arrays_and_maps():
    document = {"a": [{"b": 1}, {"b": [2, 3]}], "m": {"x": {"y": 4}, "z": {}}}
    assert values_at(document, ("a", "[]", "b")) == [1, 2, 3]
    assert values_at(document, ("m", frozenset(), "y")) == [4]
    assert values_at(document, ("n",)) == []
    fields = {"m.x": KEPT, "m.*.y": KEPT}
    assert values_at({"m": {"x": {"y": 1}, "z": {"y": 2}}}, steps_of("m.*.y", fields)) == [2], "x has a rule of its own"
