"""docs/masks.md says what the table of masks says, with examples that the code makes."""

from __future__ import annotations

import re

from anonymizer.masks.parameters import KINDS
from documentation import masks
from documentation.marks import written

PAGE = masks.PAGE.read_text(encoding="utf-8")


def test_the_page_has_every_mask_with_every_parameter_and_an_example():
    sections = dict(re.findall(r"^#### `(\w+)`\n(.*?)(?=^###|\Z)", PAGE, re.MULTILINE | re.DOTALL))
    assert sections.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        assert set(re.findall(r"^\| `(\w+)`", sections[name], re.MULTILINE)) == set(kind.parameters)
        assert "- example: " in sections[name]
        assert kind.gives, name
        assert kind.keeps, name


def test_an_example_that_the_code_does_not_make_is_noticed():
    made = re.search(r"example: .* → `([^`]+)`", PAGE)[1]
    assert written(PAGE.replace(made, "Somebody Else"), masks.TABLES) == PAGE
    assert PAGE.replace(made, "Somebody Else") != PAGE
