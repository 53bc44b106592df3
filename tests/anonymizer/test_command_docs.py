"""docs/anonymizer.md says everything about the command, and nothing that is not so."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from anonymizer import errors
from anonymizer.commands import VERBS, add_parsers, check, verify

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "anonymizer.md").read_text(encoding="utf-8")


def table(title):
    """The first and the second column of a section's table."""
    text = re.search(rf"^#+ {title}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1] for row in rows[2:]}


def parsers(parser):
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from parsers(inner)


@pytest.fixture(scope="module")
def command():
    parser = argparse.ArgumentParser()
    add_parsers(parser.add_subparsers(), "")
    return parser


def test_every_verb_is_documented():
    assert [verb.strip("`") for verb in table("Verbs")] == list(VERBS)


def test_every_option_is_documented(command):
    options = {option for one in parsers(command) for action in one._actions for option in action.option_strings}
    documented = {option for cell in table("Options") for option in re.findall(r"`(--[a-z-]+)`", cell)}
    assert documented == options - {"-h", "--help"}


def test_every_exit_code_is_documented():
    kinds = [errors.UsageError, errors.UnlistedError, errors.ServerError, errors.Interrupted]
    codes = {0, verify.EXIT_FINDINGS, check.EXIT_CHANGED, *(kind.exit_code for kind in kinds)}
    assert {int(code) for code in table("Exit codes")} == codes
