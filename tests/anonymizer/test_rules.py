from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from anonymizer.errors import RulesError, UsageError
from anonymizer.rules import model, reader, rulesfile

ROOT = Path(__file__).resolve().parents[2]


def of(fields, mode="mask"):
    return {"version": 1, "databases": {"d": {"c": {"mode": mode, "fields": fields}}}}


def mistakes(raw):
    with pytest.raises(RulesError) as raised:
        reader.parse(raw)
    return {mistake.where: mistake.message for mistake in raised.value.mistakes}


@pytest.mark.parametrize("name", ["shop", "sample_analytics"])
def test_the_examples_are_valid(name):
    assert reader.parse(rulesfile.read(str(ROOT / "rules" / f"{name}.yaml"))).collections


def test_a_short_form_means_the_same_as_the_long_one():
    short, long = reader.parse(of({"a": "email"})), reader.parse(of({"a": {"mask": "email", "domain": "email"}}))
    assert short.collections == long.collections


def test_an_unknown_mask_names_the_nearest_right_one():
    found = mistakes(of({"e": {"mask": "emial"}}))
    assert "did you mean email" in found["databases.d.c.fields.e.mask"]


def test_an_unknown_parameter_and_an_unknown_mode_name_the_nearest_right_one():
    assert "max_days" in mistakes(of({"e": {"mask": "date_shift", "max_day": 3}}))["databases.d.c.fields.e.max_day"]
    assert "copy" in mistakes({"version": 1, "databases": {"d": {"c": {"mode": "coppy"}}}})["databases.d.c.mode"]


def test_all_mistakes_are_told_at_once():
    raw = of({"a..b": "keep", "b": "nome", "c": {"mask": "date_shift", "max_days": 0}})
    raw["databases"]["admin"] = {"x": {"mode": "drop"}}
    raw["versio"] = 1
    found = mistakes(raw)
    assert {
        "rules.versio",
        "databases.admin",
        "databases.d.c.fields.a..b",
        "databases.d.c.fields.c.max_days",
    } <= found.keys()
    assert len(found) == 5


@pytest.mark.parametrize(
    "raw", [None, [], "x", 3, {}, {"version": 2, "databases": {}}, {"version": True, "databases": {"d": {}}}]
)
def test_what_is_no_rules_at_all_is_refused(raw):
    assert mistakes(raw)


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", True, 3651, None])
def test_days_of_a_shift_are_a_whole_number_in_range(value):
    assert "databases.d.c.fields.a.max_days" in mistakes(of({"a": {"mask": "date_shift", "max_days": value}}))


def test_mail_goes_to_reserved_domains_only():
    assert reader.parse(of({"a": {"mask": "email", "host": "mail.test"}}))
    assert "reserved" in mistakes(of({"a": {"mask": "email", "host": "gmail.com"}}))["databases.d.c.fields.a.host"]


def test_one_domain_belongs_to_one_mask():
    found = mistakes(of({"a": {"mask": "email", "domain": "x"}, "b": {"mask": "token", "domain": "x"}}))
    assert "another mask" in found["databases.d.c.fields.b.domain"]


def test_an_id_is_not_masked_by_what_can_collide():
    assert "unique" in mistakes(of({"_id": "name"}))["databases.d.c.fields._id"]
    assert reader.parse(of({"_id": "token"})).collections["d.c"].masks_id


def test_a_bare_null_is_refused_because_structured_input_loses_it():
    assert "quotes" in mistakes(of({"a": None}))["databases.d.c.fields.a"]
    assert "quotes" in mistakes(of({"a": {"mask": None}}))["databases.d.c.fields.a.mask"]


def test_a_detector_is_silenced_only_with_a_reason():
    assert mistakes(of({"a": {"mask": "keep", "allow": ["phone"]}}))
    assert reader.parse(of({"a": {"mask": "keep", "allow": ["phone"], "reason": "the shop's hotline"}}))


def test_a_path_beneath_one_that_is_replaced_whole_is_refused():
    assert "never occur" in mistakes(of({"a": "null", "a.b": "keep"}))["databases.d.c.fields.a"]


def test_a_copied_collection_lists_its_paths_once():
    assert mistakes(of([], "copy"))
    assert mistakes(of({"a": "keep"}, "copy"))
    assert mistakes(of(["a", "a"], "copy"))


def test_a_key_that_stands_twice_is_refused(tmp_path):
    for name, text in (("r.yaml", "version: 1\nversion: 1\n"), ("r.json", '{"version": 1, "version": 1}')):
        (tmp_path / name).write_text(text)
        with pytest.raises(RulesError, match="twice"):
            rulesfile.read(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "text"), [("r.yaml", "a: [1"), ("r.json", "{"), ("r.yaml", "a: !!python/object:os.x {}")]
)
def test_a_file_that_cannot_be_read_says_on_which_line(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(RulesError, match="line 1"):
        rulesfile.read(str(tmp_path / name))


def test_a_missing_file_is_a_usage_error():
    with pytest.raises(UsageError, match="cannot be read"):
        rulesfile.read("/nowhere/rules.yaml")


def test_the_hash_is_that_of_the_canonical_json_and_bears_pulumis_numbers():
    one, other = of({"a": {"mask": "date_shift", "max_days": 3}}), of({"a": {"max_days": 3.0, "mask": "date_shift"}})
    other["version"] = 1.0
    assert reader.parse(one) == reader.parse(other)
    assert json.loads(model.canonical(other)) == one


def test_yaml_and_json_of_the_same_rules_have_the_same_hash(tmp_path):
    text = (ROOT / "rules" / "shop.yaml").read_text()
    (tmp_path / "r.json").write_bytes(model.canonical(yaml.safe_load(text)))
    assert reader.parse(rulesfile.read(str(tmp_path / "r.json"))) == reader.parse(yaml.safe_load(text))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from(["mode", "fields", "mask"]), inner, max_size=3)
    ),
)


@given(json_like, json_like)
def test_no_structure_ends_in_anything_but_rules_or_mistakes(raw, fields):
    for candidate in (raw, of(fields), {"version": 1, "databases": raw}, of(fields, "copy")):
        with contextlib.suppress(RulesError):
            reader.parse(candidate)


def calls_to_read(count):
    """How many calls it takes to read rules with so many fields."""
    calls = 0

    def count_call(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    raw = of({f"a.b{n}.c": "name" for n in range(count)})
    former = sys.getprofile()
    sys.setprofile(count_call)
    try:
        reader.parse(raw)
    finally:
        sys.setprofile(former)
    return calls


def test_reading_ten_times_the_fields_is_ten_times_the_work():
    assert calls_to_read(300) < 12 * calls_to_read(30)
