"""What rules may say beyond a mask for a path: cases, keys, references, samples, and the schema of all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from anonymizer.errors import RulesError
from anonymizer.rules import json_schema, reader, rulesfile
from anonymizer.rules.model import Case, FieldRule, OptIn, Sample, When

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "rules").glob("*.yaml"))


def whole(**collections):
    return {"version": 1, "databases": {"d": collections}}


def of(fields, **more):
    return whole(c={"mode": "mask", "fields": fields, **more})


def fields(raw):
    return reader.parse(raw).collections["d.c"].fields


def mistakes(raw):
    with pytest.raises(RulesError) as raised:
        reader.parse(raw)
    return {mistake.where: mistake.message for mistake in raised.value.mistakes}


def test_cases_are_tried_in_order_and_end_in_a_rule_that_always_holds():
    raw = of({"kind": "keep", "v": [{"when": {"kind": ["a", 1]}, "mask": "email", "domain": "m"}, "text"]})
    assert fields(raw)["v"] == FieldRule("text", "text", cases=(Case(When("kind", ("a", 1)), FieldRule("email", "m")),))


@pytest.mark.parametrize(
    ("cases", "where", "said"),
    [
        ([], "v", "empty"),
        ([{"when": {"kind": "a"}, "mask": "email"}], "v[0]", "no when"),
        ([{"mask": "email"}, "text"], "v[0]", "no when"),
        ([{"when": {}, "mask": "email"}, "text"], "v[0].when", "one key"),
        ([{"when": {"kind": {}}, "mask": "email"}, "text"], "v[0].when.kind", "value"),
        ([{"when": {"kidn": "a"}, "mask": "email"}, "text"], "v[0].when", "did you mean kind"),
        ([{"when": {"kind": "a"}, "mask": "emial"}, "text"], "v[0].mask", "did you mean email"),
        ({"when": {"kind": "a"}, "mask": "email"}, "v.when", "list of cases"),
    ],
)
def test_a_wrong_case_says_what_is_wrong(cases, where, said):
    assert said in mistakes(of({"kind": "keep", "v": cases}))[f"databases.d.c.fields.{where}"]


def test_a_condition_looks_beside_the_value_in_its_own_document():
    raw = of({"x[].kind": "keep", "x[].v": [{"when": {"kind": "a"}, "mask": "email"}, "text"]})
    assert fields(raw)["x[].v"].cases[0].when == When("kind", ("a",))


def test_keys_of_a_map_are_masked_as_text_at_a_path_that_ends_in_any_key():
    assert fields(of({"p.*": {"keys": "token", "mask": "keep"}}))["p.*"].keys == FieldRule("token", "token")
    assert "ends in *" in mistakes(of({"p": {"keys": "token", "mask": "keep"}}))["databases.d.c.fields.p.keys"]
    assert "unknown" in mistakes(of({"p.*": {"keys": "tokn", "mask": "keep"}}))["databases.d.c.fields.p.*.keys.mask"]


def test_a_reference_must_lead_to_a_path_that_is_masked_alike():
    users = {"mode": "mask", "fields": {"_id": {"mask": "token", "domain": "user"}, "x": "keep"}}

    def said(mask, to):
        orders = {"mode": "mask", "fields": {"u": {**mask, "refers_to": to}}}
        return mistakes(whole(users=users, orders=orders))["databases.d.orders.fields.u.refers_to"]

    same = {"mask": "token", "domain": "user"}
    good = whole(users=users, orders={"mode": "mask", "fields": {"u": {**same, "refers_to": "d.users._id"}}})
    assert reader.parse(good).collections["d.orders"].fields["u"].refers_to == "d.users._id"
    assert "another mask" in said({"mask": "keep"}, "d.users._id")
    assert "no path" in said(same, "d.users.y")
    assert "did you mean" in said(same, "d.user._id")
    assert "no collection" in said(same, "nothing")


def test_a_sample_has_a_share_or_a_count_and_follows_references():
    listed = {"u": {"mask": "keep", "refers_to": "d.users._id"}}
    users = {"mode": "mask", "fields": {"_id": "keep"}}
    raw = whole(users=users, c={"mode": "sample", "share": 0.1, "follow": ["u"], "fields": listed})
    assert reader.parse(raw).collections["d.c"].sample == Sample(0.1, None, ("u",))
    for wrong in ({}, {"share": 0.1, "count": 3}):
        raw = whole(users=users, c={"mode": "sample", "fields": listed, **wrong})
        assert "exactly one" in mistakes(raw)["databases.d.c"]
    for wrong in ({"share": 0}, {"share": 1.5}, {"count": 0}, {"count": True}, {"count": "3"}):
        raw = whole(users=users, c={"mode": "sample", "fields": listed, **wrong})
        assert f"databases.d.c.{next(iter(wrong))}" in mistakes(raw)
    raw = whole(users=users, c={"mode": "sample", "count": 5, "follow": ["w"], "fields": listed | {"w": "keep"}})
    assert "refers to nothing" in mistakes(raw)["databases.d.c.follow"]
    assert reader.parse(whole(users=users, c={"mode": "sample", "count": 5.0, "fields": listed}))


def test_what_passes_unchecked_is_an_opt_in():
    found = reader.parse(whole(c={"mode": "copy", "unchecked": True}))
    assert found.collections["d.c"].unchecked
    assert found.opt_ins == (OptIn("d.c", "", "copied unchecked: nothing of it was looked at"),)
    assert "no fields" in mistakes(whole(c={"mode": "copy", "unchecked": True, "fields": ["a"]}))["databases.d.c"]
    assert "list of all paths" in mistakes(whole(c={"mode": "copy", "unchecked": False}))["databases.d.c.fields"]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"mask": "email", "hosts": "kept", "deliverable": True}, "may reach people"),
        ({"mask": "phone", "injective": True, "deliverable": True}, "telephone numbers"),
        ({"mask": "card", "keep_bin": True}, "card numbers"),
        ({"mask": "iban", "keep_bank": True}, "accounts"),
        ({"mask": "ip", "prefix4": 0}, "IPv4 addresses"),
        ([{"when": {"x": 1}, "mask": "tax_id", "kind": "de_vat", "injective": True}, "text"], "tax numbers"),
        ({"mask": "json", "fields": {"a": {"mask": "card", "keep_bin": True}}}, "card numbers"),
    ],
)
def test_what_could_reach_somebody_is_an_opt_in_with_its_path(rule, what):
    (found,) = reader.parse(of({"a": rule, "x": "keep"})).opt_ins
    assert (found.namespace, found.path) == ("d.c", "a")
    assert what in found.what
    assert reader.parse(of({"a": "email", "x": "keep"})).opt_ins == ()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"mask": "email", "hosts": "kept"}, "deliverable: true"),
        ({"mask": "email", "hosts": {"shop.de": "shop.com"}}, "deliverable: true"),
        ({"mask": "phone", "deliverable": True}, "injective"),
        ({"mask": "card", "injective": True}, "keep_bin"),
        ({"mask": "iban", "injective": True}, "keep_bank"),
        ({"mask": "coordinates", "decimals": 1, "shift_km": 2}, "two ways"),
        ({"mask": "national_id"}, "needs kind"),
    ],
)
def test_parameters_that_go_together_are_told(rule, said):
    assert said in mistakes(of({"a": rule}))["databases.d.c.fields.a"]


def test_redaction_has_the_rules_of_the_paths_it_looks_at():
    found = fields(of({"name": "name", "note": {"mask": "redact", "of": ["name"]}}))["note"]
    assert found.parameter("of") == (("name", FieldRule("name", "name")),)
    where = "databases.d.c.fields.note.of"
    assert "did you mean name" in mistakes(of({"name": "name", "note": {"mask": "redact", "of": ["nmae"]}}))[where]
    assert "no text" in mistakes(of({"at": "binary", "note": {"mask": "redact", "of": ["at"]}}))[where]


def test_json_inside_a_text_has_rules_of_its_own():
    found = fields(of({"a": {"mask": "json", "fields": {"b[].c": "email", "d": "keep"}}}))["a"]
    assert found.parameter("fields") == (("b[].c", FieldRule("email", "email")), ("d", FieldRule("keep")))
    cases = [{"when": {"k": 1}, "mask": "email"}, "text"]
    wrong = mistakes(of({"a": {"mask": "json", "fields": {"k": "keep", "v": cases}}}))
    assert "no cases" in wrong["databases.d.c.fields.a.fields.v"]
    wrong = mistakes(of({"a": {"mask": "json", "fields": {"b..c": "emial"}}}))
    assert {"databases.d.c.fields.a.fields.b..c", "databases.d.c.fields.a.fields.b..c.mask"} == wrong.keys()


def test_an_id_may_have_an_injective_form():
    assert "unique" in mistakes(of({"_id": "phone"}))["databases.d.c.fields._id"]
    assert fields(of({"_id": {"mask": "phone", "injective": True}}))["_id"].parameter("injective")


def test_every_rule_can_be_hashed_and_compared():
    raw = of({"a": {"mask": "enum", "values": ["x", "y"]}, "b": {"mask": "json", "fields": {"c": "name"}}})
    assert len({*fields(raw).values(), *fields(raw).values()}) == 2


def test_a_collection_of_todays_staging_is_preserved_as_it_is():
    assert reader.parse(whole(c={"mode": "preserve"})).collections["d.c"].mode == "preserve"
    assert "no meaning" in mistakes(whole(c={"mode": "preserve", "fields": {"a": "keep"}}))["databases.d.c.fields"]


def test_a_subject_of_a_collection_is_that_of_its_dates_unless_they_say_another():
    found = fields(
        of({"u": "keep", "w": "keep", "a": "date_shift", "b": {"mask": "date_shift", "subject": "w"}}, subject="u")
    )
    assert (found["a"].parameter("subject"), found["b"].parameter("subject")) == ("u", "w")
    assert found["u"].parameter("subject") is None
    assert "did you mean user" in mistakes(of({"user": "keep"}, subject="usr"))["databases.d.c.subject"]


def test_quasi_identifiers_come_with_a_k():
    found = reader.parse(of({"a": "keep", "b": "keep"}, quasi_identifiers=[["a", "b"]], k=5)).collections["d.c"]
    assert (found.quasi_identifiers, found.k) == ((("a", "b"),), 5)
    assert "go together" in mistakes(of({"a": "keep"}, k=5))["databases.d.c"]
    assert "databases.d.c.k" in mistakes(of({"a": "keep"}, quasi_identifiers=[["a"]], k=1))
    wrong = mistakes(of({"abc": "keep"}, quasi_identifiers=[["abd"]], k=2))
    assert "did you mean abc" in wrong["databases.d.c.quasi_identifiers[0]"]


def test_a_key_for_one_run_is_said_at_the_top():
    assert reader.parse({**of({"a": "keep"}), "ephemeral": True}).ephemeral
    assert not reader.parse(of({"a": "keep"})).ephemeral
    assert "true or false" in mistakes({**of({"a": "keep"}), "ephemeral": "yes"})["ephemeral"]


def test_an_element_of_an_array_cannot_be_dropped():
    assert fields(of({"a": "drop"}))["a"].mask == "drop"
    assert "array" in mistakes(of({"a[]": "drop"}))["databases.d.c.fields.a[]"]
    assert "unique" in mistakes(of({"_id": "drop"}))["databases.d.c.fields._id"]


# ---- lines ----

WRONG = """\
version: 1
databases:
  shop:
    customers:
      mode: mask
      fields:
        email: {mask: emial}
        kind: keep
        value:
          - {when: {kind: a}, mask: email}
          - {mask: date_shift, max_day: 3}
"""


def test_every_mistake_names_file_and_line(tmp_path):
    (tmp_path / "r.yaml").write_text(WRONG)
    with pytest.raises(RulesError) as raised:
        reader.parse(rulesfile.read(str(tmp_path / "r.yaml")))
    assert [(one.line, one.where.rpartition("fields.")[2]) for one in raised.value.mistakes] == [
        (7, "email.mask"),
        (11, "value[1].max_day"),
    ]
    assert str(raised.value.mistakes[0]).startswith(
        f"{tmp_path}/r.yaml:7: databases.shop.customers.fields.email.mask: "
    )


def test_lines_are_known_in_json_too(tmp_path):
    (tmp_path / "r.json").write_text(json.dumps(yaml.safe_load(WRONG), indent="\t"))
    with pytest.raises(RulesError) as raised:
        reader.parse(rulesfile.read(str(tmp_path / "r.json")))
    assert all(one.line > 5 for one in raised.value.mistakes)


def test_a_date_in_a_rule_stays_the_text_that_was_written(tmp_path):
    (tmp_path / "r.yaml").write_text(
        "version: 1\ndatabases: {d: {c: {mode: mask, fields: {a: {mask: constant, value: 2024-05-31}}}}}\n"
    )
    assert (
        reader.parse(rulesfile.read(str(tmp_path / "r.yaml"))).collections["d.c"].fields["a"].parameter("value")
        == "2024-05-31"
    )


# ---- schema ----


@cache
def schema():
    """A validator of the schema, which is checked itself."""
    kind = jsonschema.validators.validator_for(json_schema.schema())
    kind.check_schema(json_schema.schema())
    return kind(json_schema.schema())


def test_the_schema_is_current():
    assert (ROOT / "rules/schema.json").read_text() == json_schema.text()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_name_the_schema_and_fit_it(example):
    text = example.read_text()
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    schema().validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "raw",
    [
        of({"a": "emial"}),
        of({"a": {"mask": "date_shift", "max_days": 0}}),
        of({"a": {"mask": "email", "max_days": 3}}),
        whole(c={"mode": "copi"}),
        whole(c={"mode": "sample", "share": 2, "fields": {"a": "keep"}}),
        whole(c={"mode": "drop", "fields": {}}),
        {"version": 2, "databases": {}},
    ],
)
def test_what_rules_refuse_the_schema_refuses(raw):
    assert mistakes(raw)
    with pytest.raises(jsonschema.ValidationError):
        schema().validate(raw)


def test_checking_rules_loads_neither_driver_nor_words():
    code = (
        "import sys; from anonymizer.rules import reader, rulesfile; reader.parse(rulesfile.read('rules/shop.yaml'));"
        "print([name for name in ('bson', 'pymongo', 'stdnum', 'anonymizer.masks.words') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
