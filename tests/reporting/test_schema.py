"""The published schema is that of the models, and every kind of event keeps to it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from refresh.reporting.model import Report, schema
from tests.reporting import made

FILE = Path(__file__).parents[2] / "docs" / "report.schema.json"
EVENTS = {
    "refresh": made.mongo_report,
    "interrupted refresh": lambda: made.mongo_report(interrupted=True),
    "abandoned refresh": lambda: made.mongo_report_of(made.failed_ledger()),
    "aurora": made.aurora_report,
    "serve": made.serve_report,
    "switched back": lambda: made.serve_report(outcome="switched back"),
    "reset": lambda: made.serve_report("reset-1", kind="reset"),
}


def valid(values: object) -> bool:
    return jsonschema.Draft202012Validator(json.loads(FILE.read_text())).is_valid(values)


def test_the_published_schema_is_that_of_the_models() -> None:
    """To renew it: python -m refresh.reporting > docs/report.schema.json."""
    assert json.loads(FILE.read_text()) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("event", EVENTS)
def test_a_report_of_each_kind_keeps_to_the_schema_and_reads_back(event: str) -> None:
    report = EVENTS[event]()
    text = report.as_json()
    assert valid(json.loads(text))
    assert Report.model_validate_json(text) == report


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "other"}, {"outcome": "fine"}, {"surprise": 1}, {"findings": [{"value": "x"}]}, {"attempt": "one"}],
)
def test_a_report_that_says_something_else_is_refused(wrong: dict[str, object]) -> None:
    values = json.loads(made.mongo_report().as_json())
    assert valid(values)  # control
    assert not valid({**values, **wrong})


def test_what_is_missing_is_refused() -> None:
    values = json.loads(made.mongo_report().as_json())
    del values["outcome"]
    assert not valid(values)
