"""What `check` says of documents that rules were not written for, without a server."""

from __future__ import annotations

import bson
import pytest

from anonymizer.errors import UsageError
from anonymizer.keys import Keyring
from anonymizer.rules.reader import parse
from anonymizer.scan import remembered
from anonymizer.scan.check import Changes, Comparison

FIELDS = {"_id": "keep", "mail": "email", "points": "keep", "tags[]": "keep", "by.*": "keep"}


def compared(documents, before=None, fields=FIELDS):
    rules = parse({"version": 1, "databases": {"d": {"c": {"mode": "mask", "fields": fields}}}})
    comparison = Comparison(rules.collections["d.c"], Keyring.ephemeral(), before)
    assert comparison.take(b"".join(bson.encode(one) for one in documents)) == len(documents)
    found = Changes()
    comparison.conclude(found)
    return found


def rows(changes):
    return [(one.path, one.type, one.count) for one in changes]


FITTING = {"_id": 1, "mail": "anna@post.example", "points": 3, "tags": ["a"], "by": {"x": 1}}


def test_documents_that_fit_change_nothing():
    found = compared([FITTING])
    assert (found.new, found.changed, found.warnings) == ([], [], [])
    types = {"_id": ["int"], "mail": ["string"], "points": ["int"], "tags[]": ["string"], "by.*": ["int"]}
    assert found.types == {"d.c": types}


def test_a_new_path_is_told_with_the_one_that_it_may_have_been():
    found = compared([{**{key: value for key, value in FITTING.items() if key != "points"}, "point": 3}])
    assert rows(found.new) == [("point", "int", 1)]
    assert "perhaps points under another name" in found.new[0].said
    assert [(one.path, one.near) for one in found.warnings] == [("points", ["point"])]


def test_a_type_that_the_mask_refuses_names_the_mask():
    found = compared([FITTING, {**FITTING, "mail": 7}])
    assert rows(found.changed) == [("mail", "int", 1)]
    assert found.changed[0].said.startswith("its mask email does not take int")


def test_a_type_that_was_not_recorded_is_a_change_and_null_is_none():
    before = {"_id": ["int"], "mail": ["string"], "points": ["int"], "tags[]": ["string"], "by.*": ["int"]}
    assert compared([FITTING, {**FITTING, "points": None}], before).changed == []
    found = compared([FITTING, {**FITTING, "points": "3", "by": {"y": 2.5}}], before)
    assert rows(found.changed) == [("points", "string", 1), ("by.*", "double", 1)]
    assert "was int when last recorded" in found.changed[0].said


def test_what_the_mask_refuses_is_told_once():
    before = {"mail": ["string"]}
    assert rows(compared([{**FITTING, "mail": 7}], before).changed) == [("mail", "int", 1)]


@pytest.mark.parametrize(
    ("before", "gone"), [({"points": ["int"]}, True), ({"mail": ["string"]}, False), (None, False)]
)
def test_a_path_that_was_there_is_gone_and_another_never_occurred(before, gone):
    found = compared([{key: value for key, value in FITTING.items() if key != "points"}], before)
    assert [(one.path, one.gone) for one in found.warnings] == [("points", gone)]


def test_what_is_remembered_is_read_back(tmp_path):
    file = tmp_path / "shape.json"
    assert remembered.load(file) is None
    remembered.save(file, {"d.c": {"ä": ["int"]}})
    assert remembered.load(file) == {"d.c": {"ä": ["int"]}}
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2, "types": {}}', '{"version": 1, "types": {"d.c": 3}}'])
def test_another_file_is_refused(tmp_path, text):
    file = tmp_path / "shape.json"
    file.write_text(text)
    with pytest.raises(UsageError, match="--shape"):
        remembered.load(file)


def test_a_sample_adds_to_what_is_remembered_and_all_documents_replace_it():
    before, now = {"d.c": {"a": ["int"], "b": ["int"]}, "d.e": {}}, {"d.c": {"a": ["string"]}}
    assert remembered.merged(before, now, whole=False) == {"d.c": {"a": ["int", "string"], "b": ["int"]}, "d.e": {}}
    assert remembered.merged(before, now, whole=True) == {"d.c": {"a": ["string"]}, "d.e": {}}
