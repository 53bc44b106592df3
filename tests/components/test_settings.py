import pytest

from components.aurora_settings import EXAMPLE
from components.config_keys import KEYS
from components.settings import SettingsError, check_settings


@pytest.fixture
def given(tmp_path):
    """Raw values of a configuration that is right."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("version: 1\ndatabases: {}\n")
    return {
        **dict.fromkeys(key.name for key in KEYS),
        "production_tags": '{"Role": "mongodb"}',
        "production_user_parameter": "/production/mongo/understudy",
        "production_password_parameter": "/production/mongo/understudy/password",
        "pseudonym_key_parameter": "/understudy/pseudonym-key",
        "ami_id": "ami-0123456789abcdef0",
        "availability_zone": "eu-central-1a",
        "rules_path": str(rules),
        "refresh_trigger": "first",
        "toolkit_path": str(tmp_path),
    }


def check(given, region="eu-central-1"):
    names = [name for name, raw in given.items() if raw is not None]
    return check_settings("understudy", "test", region, given, names)


def problems_of(given, **arguments):
    with pytest.raises(SettingsError) as caught:
        check(given, **arguments)
    return str(caught.value)


def test_a_right_configuration_becomes_settings_with_defaults(given):
    settings = check(given)

    assert settings.space == "understudy/test"
    assert settings.production_tags == {"Role": "mongodb"}
    assert (settings.worker, settings.staging_volume_gib, settings.retain_live_volume) == ("dedicated", 0, False)
    assert settings.staging_user_parameter == "/mongo/admin"
    assert settings.rules == {"version": 1, "databases": {}}


def test_settings_cannot_be_changed(given):
    settings = check(given)
    with pytest.raises(AttributeError):
        settings.worker = "staging"


def test_every_problem_is_told_at_once_with_key_value_rule_and_example(given):
    message = problems_of({**given, "ami_id": "debian", "worker": "some", "staging_volume_gib": "many"})

    assert "3 problems" in message
    assert "understudy:ami_id\n    got: 'debian'\n    rule: must be the id of an AMI" in message
    assert "example: ami-0123456789abcdef0" in message
    assert "understudy:worker\n    got: 'some'\n    rule: must be one of dedicated, staging" in message
    assert "understudy:staging_volume_gib\n    got: 'many'\n    rule: must be a whole number from 0 to 65536" in message


def test_an_unknown_key_is_named_with_the_nearest_right_one(given):
    message = problems_of({**given, "refresh_triger": "x"})
    assert "understudy:refresh_triger" in message
    assert "the nearest one is understudy:refresh_trigger" in message


def test_a_missing_trigger_is_named_with_what_it_is_for(given):
    message = problems_of({**given, "refresh_trigger": None})
    assert "understudy:refresh_trigger\n    got: nothing\n    rule: must be set" in message
    assert "asks for a refresh" in message


def test_no_trigger_is_needed_before_a_made_production_can_be_refreshed_from(given):
    settings = check({**given, "production": "create", "production_tags": None, "refresh_trigger": None})
    assert settings.refresh_trigger is None


def test_a_stack_with_the_second_refresh_may_do_without_the_first(given):
    aurora = {**given, "refresh_trigger": None, "aurora": EXAMPLE}
    assert check(aurora).refresh_trigger is None


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        ({"production_tags": None}, "production_instance_ids", "which instances are production"),
        ({"production_instance_ids": '["i-0123456789abcdef0"]'}, "production_tags", "which of them is meant"),
        ({"production": "create"}, "production_tags", "makes production itself"),
        ({"availability_zone": "us-east-1a"}, "availability_zone", "which is eu-central-1"),
        ({"staging_user_parameter": "/production/mongo/understudy"}, "staging_user_parameter", "of its own"),
        ({"staging_access_cidrs": '["0.0.0.0/0"]'}, "staging_access_cidrs", "0.0.0.0/0"),
        ({"staging_access_cidrs": "10.0.0.0/8"}, "staging_access_cidrs", "must be a list"),
        ({"vpc_cidr": "8.8.0.0/16"}, "vpc_cidr", "private"),
        ({"vpc_cidr": "10.0.0.0/28"}, "vpc_cidr", "/16 to /24"),
        ({"refresh_trigger": "Today!"}, "refresh_trigger", "a-z, 0-9 and -"),
        ({"step_timeout_minutes": '{"anonymize": "long"}'}, "step_timeout_minutes", "minutes of anonymize"),
        ({"production_instance_ids": '["db-1"]', "production_tags": None}, "production_instance_ids", "'db-1' is none"),
        ({"toolkit_path": "/nowhere"}, "toolkit_path", "make setup"),
        ({"rules_path": "/nowhere.yaml"}, "rules_path", "cannot be read"),
        ({"retain_live_volume": "yes"}, "retain_live_volume", "true or false"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_the_reason(given, change, key, reason):
    message = problems_of({**given, **change})
    assert f"understudy:{key}\n" in message
    assert reason in message
    assert "1 problem;" in message


def test_a_missing_region_is_a_problem_like_any_other(given):
    assert "aws:region" in problems_of(given, region=None)


def test_a_rules_file_that_is_no_yaml_is_named_with_its_line(given, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\ndatabases:\n  shop: [\n")
    assert f"{broken}:4: " in problems_of({**given, "rules_path": str(broken)})


def test_production_in_another_region_needs_a_document_there(given):
    message = problems_of({**given, "production_region": "eu-north-1"})
    assert "understudy:production_document\n    got: nothing\n    rule: must be set with production_region" in message
    named = check({**given, "production_region": "eu-north-1", "production_document": "reviewed"})
    assert (named.production_region, named.production_document) == ("eu-north-1", "reviewed")
    assert check({**given, "production_region": "eu-central-1"}).production_document is None  # the stack's own region


def test_an_external_id_belongs_to_a_role(given):
    role = "arn:aws:iam::111122223333:role/understudy"
    assert "must not be set without production_role_arn" in problems_of({**given, "production_external_id": "word"})
    assert check({**given, "production_external_id": "word", "production_role_arn": role}).production_external_id


@pytest.mark.parametrize("name", ["production_role_arn", "production_region", "production_document"])
def test_a_production_that_the_stack_makes_is_nowhere_else(given, name):
    values = {
        "production_role_arn": "arn:aws:iam::111122223333:role/understudy",
        "production_region": "eu-central-1",
        "production_document": "reviewed",
    }
    message = problems_of({**given, "production": "create", "production_tags": None, name: values[name]})
    assert f"understudy:{name}" in message
    assert "must not be set with `production: create`" in message


def test_production_without_encryption_is_refused_unless_accepted(given):
    assert check(given).production_unencrypted == "refuse"
    assert check({**given, "production_unencrypted": "accept"}).production_unencrypted == "accept"
