"""What of the pages is generated is what the code gives today."""

import re

import pytest

from components import descriptions
from documentation import reference
from documentation.__main__ import PAGES
from documentation.marks import PageError, table, written
from refresh.mongo.workflow import STEPS

PAGE = reference.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_a_page_is_what_the_code_gives(path):
    page = path.read_text(encoding="utf-8")
    assert written(page, PAGES[path]) == page, "write it anew: python -m documentation"


def test_rows_that_are_missing_or_changed_are_noticed():
    without = re.sub(r"^(\| .*)\|\n", "", PAGE, flags=re.MULTILINE)
    by_hand = re.sub(r"(\n<!-- end -->)", r"\n| `by_hand` | |\1", PAGE)
    assert len({PAGE, without, by_hand}) == 3
    generated = re.findall(r"<!-- generated: .*?<!-- end -->", PAGE, re.DOTALL)
    for page in (without, by_hand):
        assert re.findall(r"<!-- generated: .*?<!-- end -->", written(page, reference.TABLES), re.DOTALL) == generated


def test_a_key_without_a_description_is_named_with_the_line_to_add(monkeypatch):
    left = {name: about for name, about in descriptions.KEYS.items() if name != "vpc_cidr"}
    monkeypatch.setattr(descriptions, "KEYS", left)
    with pytest.raises(PageError) as raised:
        written(PAGE, reference.TABLES)
    line = '"vpc_cidr": "Addresses of staging\'s network, /16 to /24, private.",'
    assert line in str(raised.value)


def test_a_description_of_nothing_is_named(monkeypatch):
    monkeypatch.setattr(descriptions, "OUTPUTS", {**descriptions.OUTPUTS, "gone": "It was."})
    with pytest.raises(PageError, match="gone"):
        written(PAGE, reference.TABLES)


def test_a_step_that_does_not_say_how_it_resumes_is_named(monkeypatch):
    monkeypatch.setattr(type(STEPS[0]), "__doc__", "Ask everything.")
    with pytest.raises(PageError, match="preflight"):
        reference.steps("")


def test_a_table_without_a_mark_is_noticed():
    with pytest.raises(PageError, match="tags"):
        written(PAGE.replace("<!-- generated: tags -->", ""), reference.TABLES)


def test_empty_cells_and_words_make_a_row():
    assert table(("a", "b"), [("1", "")]).splitlines() == ["| a | b |", "|---|---|", "| 1 | |"]
