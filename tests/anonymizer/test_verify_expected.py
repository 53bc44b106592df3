"""The verifier's table of masks: complete, and of one mind with what the masks declare."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from anonymizer.masks.checks import DETECTORS
from anonymizer.masks.parameters import KINDS
from anonymizer.rules.model import FieldRule
from anonymizer.verification import expected, formats
from anonymizer.verification.expected import ALL_DETECTORS, EXPECTED, Own

ROOT = Path(__file__).resolve().parents[2] / "anonymizer"


def given(name):
    return FieldRule(name, name, tuple(sorted(KINDS[name].given.items())))


def test_every_mask_is_in_the_table_and_nothing_else_is():
    assert set(EXPECTED) == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_table_expects_what_the_mask_declares(name):
    kind, found = KINDS[name], EXPECTED[name]
    assert (found.own is Own.NEVER) != kind.fixed_points or name in ("noise", "null", "drop"), "zero stays; or is gone"
    assert found.distinct == (not kind.collides) or name == "keep"
    assert set(found.distinct_if) == set(kind.injective_if)
    assert found.gone == kind.whole
    assert found.shape in formats.SHAPES
    assert set(found.few_if) | {first for first, _ in found.noisy_if} <= set(kind.parameters)
    assert set(kind.opt_ins) <= {first for first, _ in found.noisy_if} | {"injective"}


def test_detectors_can_be_silenced_each_by_its_name():
    assert set(DETECTORS) == set(ALL_DETECTORS)
    rule = FieldRule("keep", parameters=(("allow", ("iban",)), ("reason", "the shop's own")))
    assert expected.silenced(rule) == {"iban"}
    assert expected.silenced(FieldRule("email", "email", (("deliverable", True),))) == {"email"}
    assert expected.silenced(FieldRule("email", "email")) == set()


def test_an_injective_form_may_have_fixed_points_and_is_looked_for_only_where_it_is_long():
    assert expected.own(FieldRule("token", "t", (("injective", True),))) is Own.BY_CHANCE
    assert expected.own(FieldRule("token", "t")) is Own.NEVER
    assert expected.own(FieldRule("phone", "p", (("injective", True),))) is Own.NEVER, "three digits longer"
    assert expected.forms(FieldRule("phone", "p", (("deliverable", True), ("injective", True)))) == "token"
    assert expected.steady(FieldRule("date_shift", "d"))
    assert not expected.steady(FieldRule("date_shift", "d", (("subject", "_id"),)))


def test_the_verifier_shares_no_code_with_masks_and_transfer():
    foreign = ("masks", "treatment", "transfer", "keys", "scan")
    for file in sorted((ROOT / "verification").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [f"{node.module}.{one.name}" for one in node.names] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[:2] not in [["anonymizer", one] for one in foreign], (file.name, name)
