from datetime import datetime, timezone

from sandbox.demo.show import flatten, side_by_side


def test_a_document_is_flattened_to_paths_in_its_own_order():
    document = {"name": "Ute", "addresses": [{"city": "Köln"}], "since": datetime(2024, 3, 1, 9, tzinfo=timezone.utc)}
    assert list(flatten(document)) == [("name", "Ute"), ("addresses[0].city", "Köln"), ("since", "2024-03-01 09:00")]


def test_a_changed_value_is_marked_and_an_equal_one_is_not():
    _, name, points = side_by_side({"name": "Ute", "points": 4}, {"name": "Ada", "points": 4})
    assert name.split() == ["*", "name", "Ute", "Ada"]
    assert points.split() == ["points", "4", "4"]


def test_a_path_that_only_one_side_has_is_shown():
    lines = side_by_side({"old": 1}, {"new": 2})
    assert any("old" in line and "(not there)" in line for line in lines)
    assert any("new" in line and "(not there)" in line for line in lines)


def test_long_values_are_cut():
    assert max(len(line) for line in side_by_side({"body": "x" * 500}, {"body": "y" * 500})) < 130
