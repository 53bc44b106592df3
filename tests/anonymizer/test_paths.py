from __future__ import annotations

import pytest

from anonymizer import paths


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("_id", ("_id",)),
        ("addresses[].street", ("addresses", "[]", "street")),
        ("cards.*.number", ("cards", "*", "number")),
        ("matrix[][].x", ("matrix", "[]", "[]", "x")),
        ("*.*[]", ("*", "*", "[]")),
    ],
)
def test_a_path_is_split_into_names_any_keys_and_elements(text, steps):
    assert paths.parse(text) == steps


@pytest.mark.parametrize(
    "text", ["", ".", "a..b", "a.", ".a", "[]", "a[0]", "a[].", "a[b", "a]", "na*me", "**", " a", "a\0"]
)
def test_a_malformed_path_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        paths.parse(text)


def test_the_tree_keeps_named_keys_apart_from_any_key():
    root = paths.tree({"a.*.x": 1, "a.b": 2, "a": 3, "a[]": 4})
    a = root.children["a"]
    assert (a.rule, a.children["b"].rule) == (3, 2)
    assert a.any_key
    assert a.any_key.children["x"].path == "a.*.x"
    assert a.element
    assert a.element.path == "a[]"
