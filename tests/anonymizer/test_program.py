from __future__ import annotations

# ruff: noqa: DTZ001 (dates in BSON decode to naive UTC)
from datetime import datetime

import bson
import pytest
from bson import DBRef, Int64, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from anonymizer import rawbson
from anonymizer.bsontypes import DECODE
from anonymizer.keys import Keyring
from anonymizer.rules import reader
from anonymizer.treatment import native
from anonymizer.treatment.program import Program

RING = Keyring(b"\1" * 32)


@pytest.fixture(params=["kernel", "off"], autouse=True)
def engine(request, monkeypatch):
    """Every promise is held by both engines."""
    if request.param == "kernel" and native.module()[0] is None:
        pytest.skip(native.module()[1])
    monkeypatch.setenv(native.SWITCH, request.param)
    return request.param


def program(fields, mode="mask"):
    raw = {"version": 1, "databases": {"d": {"c": {"mode": mode, "fields": fields}}}}
    return Program(reader.parse(raw).collections["d.c"], RING)


def treat(fields, *documents, mode="mask"):
    made = program(fields, mode)
    treated = list(made.treat(b"".join(d if isinstance(d, bytes) else bson.encode(d) for d in documents)))
    if mode == "mask":
        treated = [bson.decode(row, DECODE) if isinstance(row, bytes) else row for row in treated]
    return treated, {(path, kind): count for (_, path, kind), count in made.unlisted.counts.items()}


def element(kind, key, value):
    return bytes([kind]) + key + b"\0" + value


def document(*elements):
    body = b"".join(elements)
    return (len(body) + 5).to_bytes(4, "little") + body + b"\0"


def test_what_is_listed_is_kept_or_masked_and_nothing_is_unlisted():
    (made,), unlisted = treat(
        {"_id": "keep", "a.b[].c": "name", "m.*.n": "card"},
        {"_id": 1, "a": {"b": [{"c": "Ann Lee"}]}, "m": {"k1": {"n": "4539148803436467"}}},
    )
    assert unlisted == {}
    assert made["_id"] == 1
    assert made["a"]["b"][0]["c"] != "Ann Lee"
    assert made["m"]["k1"]["n"].startswith("424242")


@pytest.mark.parametrize("mode", ["mask", "copy"])
def test_every_unlisted_path_is_told_with_type_and_count(mode):
    fields = ["_id", "a.b", "t[]"]
    _, unlisted = treat(
        fields if mode == "copy" else dict.fromkeys(fields, "keep"),
        {"_id": 1, "x": 5, "a": {"b": 1, "new": {"deep": [1.5]}}},
        {"_id": 2, "x": 6, "a": 3, "t": "no array"},
        {"_id": 3, "a": {"b": {"inner": 1}}, "t": [{"o": True}, 1]},
        mode=mode,
    )
    assert unlisted == {
        ("x", "int"): 2,
        ("a.new.deep[]", "double"): 1,
        ("a", "int"): 1,
        ("t", "string"): 1,
        ("a.b.inner", "int"): 1,
        ("t[].o", "bool"): 1,
    }


def test_a_type_that_the_mask_does_not_take_is_unlisted():
    _, unlisted = treat(
        {"_id": "keep", "e": "email", "d": "date_shift"},
        {"_id": 1, "e": 5, "d": "next week"},
        {"_id": 2, "e": {"x": "y"}},
    )
    assert unlisted == {("e", "int"): 1, ("d", "string"): 1, ("e.x", "string"): 1}


def test_null_may_stand_where_a_document_may():
    _, unlisted = treat(
        {"_id": "keep", "a.b": "name", "t[]": "keep"},
        {"_id": 1, "a": None, "t": None},
        {"_id": 2, "a": {"b": None}, "t": [None]},
    )
    assert unlisted == {}


def test_what_is_empty_may_stand_wherever_a_path_leads():
    empty = {"_id": 1, "a": [], "b": {}, "c": [{}, []]}
    assert treat({"_id": "keep", "a.b": "name", "b[]": "keep", "c[]": "name"}, empty) == ([empty], {})
    assert treat({"_id": "keep"}, empty)[1] == {
        ("a", "array"): 1,
        ("b", "object"): 1,
        ("c[]", "object"): 1,
        ("c[]", "array"): 1,
    }


def test_keys_that_may_be_values_are_not_shown():
    keys = [
        "jane@mail.de",
        "0df078f33aa74a2e9696e0520c1a828a",
        "Jane Doe",
        "elena",
        "+49301234567",
        "a b",
        "x" * 60,
        "1234567",
    ]
    _, unlisted = treat(
        {"_id": "keep"}, {"_id": 1, **dict.fromkeys(keys, 1)}, {"_id": 2, "m": {"secret@x.de": {"ok_name": 1}}}
    )
    assert {path for path, _ in unlisted} == {"*", "m.*.ok_name"}


def test_an_unlisted_id_is_told_without_its_value():
    _, unlisted = treat({"a": "keep"}, {"_id": "jane@mail.de", "a": 1})
    assert unlisted == {("_id", "string"): 1}


def test_many_keys_side_by_side_are_a_map():
    made = program({"_id": "keep"})
    for n in range(3000):
        made.treat(
            bson.encode(
                {"_id": 1, "m": {f"user{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}": {"v": 1}}}
            )
        )
    assert [(row["path"], row["count"]) for row in made.unlisted.rows()] == [("m.*.v", 3000)]


def test_a_reference_is_a_document_like_any_other():
    (made,), unlisted = treat(
        {"_id": "keep", "r.$ref": "keep", "r.$id": "token"}, {"_id": 1, "r": DBRef("users", ObjectId(b"a" * 12))}
    )
    assert unlisted == {}
    made = made["r"].as_doc()
    assert made["$ref"] == "users"
    assert made["$id"] != ObjectId(b"a" * 12)
    assert treat({"_id": "keep", "r": "keep"}, {"_id": 1, "r": DBRef("users", 1, "db", note="x")})[1] == {
        ("r.$ref", "string"): 1,
        ("r.$id", "int"): 1,
        ("r.$db", "string"): 1,
        ("r.note", "string"): 1,
    }


def test_null_and_constant_replace_whole_documents():
    (made,), unlisted = treat(
        {"_id": "keep", "a": "null", "b": {"mask": "constant", "value": "x"}},
        {"_id": 1, "a": {"z": [1]}, "b": [1, {"q": 2}]},
    )
    assert (made, unlisted) == ({"_id": 1, "a": None, "b": "x"}, {})


def test_dates_move_with_the_subject_of_their_own_document():
    days = [datetime(2024, 1, 1, 3, 4), datetime(2024, 6, 1, 5, 6)]
    fields = {"_id": "keep", "who": "token", "at[]": {"mask": "date_shift", "subject": "who"}}
    (one, two), _ = treat(fields, {"_id": 1, "who": "u1", "at": days}, {"_id": 2, "who": "u2", "at": days})
    assert one["at"][1] - one["at"][0] == days[1] - days[0]
    assert one["at"] != two["at"]
    assert one["at"] != days


def test_a_repeated_key_cannot_hide_a_value():
    hidden = document(
        element(0x10, b"_id", b"\1\0\0\0"),
        element(3, b"a", bson.encode({"secret": 1})),
        element(0x10, b"a", b"\2\0\0\0"),
    )
    assert treat(["_id", "a"], hidden, mode="copy")[1] == {("a", "object"): 1}
    assert ("a", "repeated key") in treat({"_id": "keep", "a": "keep"}, hidden)[1]


def test_types_that_decoding_loses_are_copied_as_bytes_and_refused_where_masked():
    old = document(
        element(0x10, b"_id", b"\1\0\0\0"),
        element(6, b"u", b""),
        element(0x0E, b"s", b"\2\0\0\0x\0"),
        element(0x0C, b"p", b"\2\0\0\0x\0" + b"i" * 12),
    )
    assert treat(["_id", "u", "s", "p"], old, mode="copy") == ([old], {})
    made, unlisted = treat(dict.fromkeys(["_id", "u", "s", "p"], "keep"), old)
    assert made == [None]
    assert unlisted == {("u", "undefined"): 1, ("s", "symbol"): 1, ("p", "dbPointer"): 1}


def test_text_that_is_no_utf8_is_copied_as_bytes_and_refused_where_masked():
    bad = document(element(0x10, b"_id", b"\1\0\0\0"), element(2, b"t", b"\3\0\0\0\xff\xfe\0"))
    assert treat(["_id", "t"], bad, mode="copy") == ([bad], {})
    assert treat({"_id": "keep", "t": "text"}, bad)[1] == {("t", "invalid UTF-8"): 1}


def test_a_document_that_decoding_changes_in_any_other_way_does_not_pass():
    odd = document(element(0x10, b"_id", b"\1\0\0\0"), element(4, b"t", document(element(0x10, b"name", b"\1\0\0\0"))))
    made, unlisted = treat({"_id": "keep", "t[]": "keep"}, odd)
    assert made == [None]
    assert unlisted


def test_one_odd_document_does_not_change_how_the_others_are_treated():
    old = document(element(0x10, b"_id", b"\1\0\0\0"), element(6, b"u", b""))
    made, unlisted = treat({"_id": "keep", "u": "name"}, {"_id": 2, "u": "Ann Lee"}, old, {"_id": 3, "u": "Ann Lee"})
    assert made[0]["u"] == made[2]["u"] != "Ann Lee"
    assert unlisted == {("u", "undefined"): 1}


def test_documents_of_a_batch_are_treated_as_each_would_be_alone():
    """They go through the masks path by path, all at once."""
    fields = {
        "_id": "keep", "kind": "keep", "name": "name", "gone": "drop", "tags[]": "token", "in.name": "name",
        "in.list[].mail": "email", "in.list[].n": "keep", "m.*": {"mask": "text", "keys": "token"},
        "v": [{"when": {"kind": "text"}, "mask": "text"}, "token"],
    }  # fmt: skip
    rows = [
        {"_id": 1, "kind": "text", "name": "Ann Lee", "v": "Ann", "in": {"list": [{"mail": "a@b.de", "n": 1}]}},
        {"_id": 2, "kind": "x", "v": "Ann", "gone": 5, "in": {"name": None, "list": []}, "m": {"a": "b", "c": "d"}},
        {
            "name": "Bo Li",
            "_id": 3,
            "tags": ["t1", "", "t1"],
            "in": {"list": [{"n": 2}, {"mail": "c@d.de"}], "name": "Al"},
        },
        {"_id": 4, "m": {}, "v": "Ann"},
    ]
    together, unlisted = treat(fields, *rows)
    assert unlisted == {}
    assert [list(row.items()) for row in together] == [list(treat(fields, row)[0][0].items()) for row in rows]
    assert len({row["v"] for row in together if "v" in row}) == 2
    _, unlisted = treat(fields, *rows, {"_id": 5, "in": {"list": [{"n": 1, "new": 2}]}, "late": 1})
    assert unlisted == {("in.list[].new", "int"): 1, ("late", "int"): 1}


def test_the_engine_is_told(engine):
    assert program({"_id": "keep"}).engine == {"kernel": "kernel", "off": "python"}[engine]


def test_a_sibling_decides_as_it_stands_in_the_source():
    value = [
        {"when": {"kind": "email"}, "mask": "email"},
        {"when": {"kind": ["phone", 2, True]}, "mask": "phone"},
        "text",
    ]
    fields = {"_id": "keep", "kind": "token", "c[].kind": {"mask": "constant", "value": "email"}, "c[].value": value}
    rows = [
        {"kind": kind, "value": "jane@mail.de"}
        for kind in ("email", "phone", 2.0, True, 1, "else", None, {"kind": "email"})
    ]
    (made,), unlisted = treat(fields, {"_id": 1, "c": [*rows, {"value": "jane@mail.de"}]})
    masked = [row["value"] for row in made["c"]]
    assert unlisted == {}
    assert masked[0].endswith("@example.com")
    assert masked[1] == masked[2] == masked[3] == "0000000"
    assert all(len(text) == 12 and "@" not in text for text in masked[4:])


def test_a_sibling_decides_about_the_elements_of_an_array_too():
    value = [{"when": {"kind": "secret"}, "mask": "token"}, "keep"]
    (one, two), unlisted = treat(
        {"_id": "keep", "kind": "keep", "v[]": value},
        {"_id": 1, "v": ["abc123"], "kind": "secret"},
        {"_id": 2, "kind": "open", "v": ["abc123"]},
    )
    assert (unlisted, one["v"] != ["abc123"], two["v"]) == ({}, True, ["abc123"])


def test_the_keys_of_a_map_are_masked_and_its_values_too():
    fields = {"_id": "keep", "m.total": "keep", "m.*": {"mask": "email", "keys": "email"}}
    (made,), unlisted = treat(
        fields, {"_id": 1, "m": {"jane@mail.de": "jane@mail.de", "total": 3, "bob@mail.de": None}}
    )
    (jane, total, bob) = made["m"].items()
    assert (unlisted, total) == ({}, ("total", 3))
    assert jane[0] == jane[1] != "jane@mail.de"
    assert bob[0] not in ("bob@mail.de", jane[0])


def test_two_keys_that_become_one_are_refused():
    fields = {"_id": "keep", "m.*": {"mask": "keep", "keys": "first_name"}}
    found = {chr(97 + n % 26) + chr(97 + n // 26): 1 for n in range(400)}
    assert treat(fields, {"_id": 1, "m": found})[1] == {("m.*", "repeated key"): 1}


def test_a_dropped_field_is_not_there():
    assert treat({"_id": "keep", "a": "drop", "b.c": "drop"}, {"_id": 1, "a": [{"x": 1}], "b": {"c": 2}}) == (
        [{"_id": 1, "b": {}}],
        {},
    )


def test_a_mask_sees_its_document_as_it_is_in_the_source():
    note = {"mask": "redact", "of": ["who"]}
    (made,), unlisted = treat(
        {"_id": "keep", "who": "name", "note": note}, {"_id": 1, "who": "Ann Lee", "note": "Ann Lee!"}
    )
    assert unlisted == {}
    assert "Ann" not in made["note"]


def test_nothing_of_an_unchecked_copy_is_looked_at():
    raw = {"version": 1, "databases": {"d": {"c": {"mode": "copy", "unchecked": True}}}}
    made = Program(reader.parse(raw).collections["d.c"], RING)
    batch = bson.encode({"_id": 1, "new": 2})
    assert (made.treat(batch), made.unlisted.rows()) == ([batch], [])


@pytest.mark.parametrize("mode", ["mask", "copy"])
@pytest.mark.parametrize("ids", ["first", "last", "none", "mixed"])
def test_many_documents_at_once_become_what_each_becomes_alone(mode, ids):
    text = bson.encode({"": "Some words that are masked, or not."})[6:-1]
    parts = {"first": (b"_id", b"a"), "last": (b"a", b"_id"), "none": (b"a", b"b")}
    order = [parts[ids if ids != "mixed" else list(parts)[number % 3]] for number in range(1500)]
    raws = [document(element(2, one, text), element(2, other, text)) for one, other in order]
    fields = ["_id", "a", "b"] if mode == "copy" else {"_id": "keep", "a": "text", "b": "keep"}
    at_once, alone = program(fields, mode), program(fields, mode)
    made = at_once.treat(b"".join(raws))
    assert len(made) == len(raws)
    assert list(made) == [one for raw in raws for one in alone.treat(raw)]
    assert not at_once.unlisted.counts
    assert (list(made) == raws) == (mode == "copy"), "the control: something was masked"


@pytest.mark.parametrize("mode", ["mask", "copy"])
@pytest.mark.parametrize(
    "raw",
    [
        b"\0\0\0\0",
        b"\4\0\0\0\0",
        b"\xff\0\0\0\0",
        b"abc",
        bson.encode({"_id": 1})[:-2],
        b"\x10\0\0\0\2a\0\xf0\xff\xff\xffx\0\0\0\0",
        bson.encode({"_id": 1})[:-1] + b"\0secret\0",
    ],
)
def test_what_is_no_bson_is_told_and_ends(raw, mode):
    fields = ["_id", "a"] if mode == "copy" else {"_id": "keep", "a": "keep"}
    assert ("", "malformed document") in treat(fields, bson.encode({"_id": 1}) + raw, mode=mode)[1]


def test_nesting_beyond_all_measure_is_no_fault():
    deep = bson.encode({"_id": 1})
    for _ in range(3000):
        deep = document(element(3, b"a", deep))
    assert treat({"a": "keep"}, deep)[1]
    assert treat(["a"], deep, mode="copy")[1] == {("a", "object"): 1}


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.binary(min_size=12, max_size=12).map(ObjectId),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="abcdefg", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)
documents = st.dictionaries(st.text(alphabet="abcdefg", min_size=1, max_size=2), values, max_size=5)


def leaves(value, path=""):
    if isinstance(value, dict) and (value or not path):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [leaf for inner in value for leaf in leaves(inner, f"{path}[]")]
    return [(path, value)]


@given(documents)
def test_a_document_passes_unchanged_when_all_its_paths_are_listed_and_never_when_one_is_not(given_document):
    listed = {path for path, value in leaves(given_document)}
    empty = {path for path, value in leaves(given_document) if isinstance(value, (dict, list))}
    whole = sorted(listed | {"_id"})
    raw = bson.encode({"_id": 1, **given_document})
    assert treat(whole, raw, mode="copy") == ([raw], {})
    (kept,), unlisted = treat(dict.fromkeys(whole, "keep"), raw)
    assert bson.encode(kept) == raw
    assert unlisted == {}
    for path, value in leaves(given_document):
        if value is not None and path not in empty:
            rest = [other for other in whole if other != path]
            assert treat(rest, raw, mode="copy")[1] or any(p == path and v is None for p, v in leaves(given_document))


@given(documents)
def test_the_walk_over_bytes_sees_what_decoding_sees(given_document):
    raw = bson.encode(given_document)
    assert [e.key for e in rawbson.elements(raw)] == list(given_document)
    assert list(rawbson.documents(raw + raw)) == [raw, raw]
