"""Pulumi.staging.yaml documents the configuration: every key is in it, explained, and what stands there is right."""

import json
import pathlib
import re

import pytest
import yaml
from pydantic import BaseModel

from components.aurora_settings import AuroraSettings
from components.config_keys import KEYS, REQUIRED

ROOT = pathlib.Path(__file__).parents[2]
TEMPLATE = (ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8")
LINES = TEMPLATE.splitlines()


def line_of(key):
    return next((n for n, line in enumerate(LINES) if re.match(rf"  (# )?understudy:{key}:", line)), None)


@pytest.mark.parametrize("key", [key.name for key in KEYS])
def test_every_key_is_in_the_template_below_a_comment(key):
    number = line_of(key)
    assert number is not None, f"{key} is not explained in Pulumi.staging.yaml"
    above = LINES[number - 1].strip()
    # Two keys that belong together (user and password, two instance types) share a comment.
    assert above.startswith(("#", "understudy:")), f"{key} has no comment"


def test_the_template_names_no_key_that_is_not_there():
    named = set(re.findall(r"^  (?:# )?understudy:(\w+):", TEMPLATE, flags=re.MULTILINE))
    assert named == {key.name for key in KEYS}


def as_raw(value):
    """Return a value as Pulumi hands it over: texts as they are, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def without_marks():
    """The template with every key that it shows in comments, a structured one with all that is below it."""
    lines, inside = [], False
    for line in LINES:
        inside = line.startswith("  #   ") if inside else bool(re.match(r"  # understudy:\w+:$", line))
        shown = inside or re.match(r"  # understudy:\w+:", line)
        lines.append(line.replace("# ", "", 1) if shown else line)
    return "\n".join(lines)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_what_the_template_says_is_a_value_that_is_taken(key):
    values = yaml.safe_load(without_marks())["config"]
    key.parse(as_raw(values[f"understudy:{key.name}"]))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_the_example_in_an_error_is_a_value_that_is_taken(key):
    key.parse(key.example)


def test_a_default_in_the_template_is_the_default():
    values = yaml.safe_load(TEMPLATE)["config"]
    changed = {"refresh_trigger", "production_tags", "staging_access_cidrs"}
    for key in KEYS:
        raw = values.get(f"understudy:{key.name}")
        if raw is not None and key.default is not REQUIRED and key.name not in changed:
            assert key.parse(as_raw(raw)) == key.default, key.name


def test_the_template_shows_every_setting_of_the_second_refresh():
    shown = without_marks()
    names = set(settings_in(AuroraSettings))
    assert {"import_bucket", "rotation_lambda_arn", "memory_mib"} <= names, "the control"
    assert [name for name in names if not re.search(rf"\b{name}:", shown)] == []


def settings_in(model):
    """The names of a model's settings and of those within them."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_in(field.annotation)
