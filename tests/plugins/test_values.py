import pytest

from sandbox.plugins.values import UNKNOWN, changes, to_python, to_struct

ASSET = "4dabf18193072939515e22adb298388d"


def test_whole_numbers_are_whole_again_and_nulls_are_gone():
    values = {"size": 8, "ratio": 0.5, "tags": {"n": 1}, "list": [1, "a"], "on": True, "none": None}
    assert to_python(to_struct(values)) == {"size": 8, "ratio": 0.5, "tags": {"n": 1}, "list": [1, "a"], "on": True}
    assert isinstance(to_python(to_struct(values))["size"], int)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": "update"}),
        ({}, {"a": 2}, {"a": "add"}),
        ({"a": 1}, {}, {"a": "delete"}),
        ({"tags": {"Name": "x"}}, {"tags": {"Name": "y"}}, {"tags.Name": "update"}),
        ({"tags": {}}, {"tags": {"understudy:host": "y"}}, {'tags["understudy:host"]': "add"}),
        ({"rules": [{"p": 1}]}, {"rules": [{"p": 2}, {"p": 3}]}, {"rules[0].p": "update", "rules[1]": "add"}),
        ({"id": "i-1"}, {"id": UNKNOWN}, {"id": "update"}),
        ({"file": {ASSET: "s", "hash": "1"}}, {"file": {ASSET: "s", "hash": "2"}}, {"file": "update"}),
    ],
)
def test_a_difference_is_told_as_deep_as_it_is(old, new, expected):
    assert dict(changes(old, new)) == expected
