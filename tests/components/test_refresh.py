"""Refresh: whose the smoke tests are, and what reaches StagingRefresh of the settings."""

from dataclasses import replace
from types import SimpleNamespace

import pulumi
import pytest

from components.refresh import Refresh, RefreshArgs
from tests.components.declared import declared_by
from tests.components.test_components import SETTINGS

WATCH = {"topic_arn": "topic", "log_group": "group"}
LOOKED_AT: list[str] = []


class Part(pulumi.ComponentResource):
    """A component that is there already, with what is asked of it."""

    def __init__(self, name, **attributes):
        super().__init__("test:index:Part", name)
        self.__dict__.update(attributes)


def declare(**settings):
    def program():
        host = SimpleNamespace(instance_id="i-staging", address="10.0.0.5")
        worker = SimpleNamespace(instance_id="i-worker")
        staging = Part("staging", host=host, worker=worker, worker_instance_type="m6i.xlarge", endpoint="10.0.0.5:1")
        args = RefreshArgs(
            settings=replace(SETTINGS, smoke_tests=("./one",), **settings),
            production=SimpleNamespace(instance_ids=["i-1"], role_arn=None),
            staging=staging,
            runbooks=Part("runbooks", documents={}),
            toolkit=Part("toolkit", archive={}),
            reports=Part("reports", bucket_name="reports"),
            access=Part("access", volumes_key=SimpleNamespace(arn="key")),
            watch=Part("watch", inputs=WATCH, look_at=lambda data_as_of, host: LOOKED_AT.append(host)),
        )
        Refresh("refresh", args)

    return declared_by(program)


def inputs(declared):
    return next(inputs for _, inputs in declared.resources.values() if "trigger" in inputs)


@pytest.mark.parametrize(("on_failure", "within", "beside"), [("stay", [], ["./one"]), ("switch-back", ["./one"], [])])
def test_smoke_tests_run_within_the_refresh_or_beside_it_and_never_in_both(on_failure, within, beside):
    declared = declare(on_smoke_failure=on_failure)
    assert inputs(declared)["smoke"] == {"commands": within, "endpoint": "10.0.0.5:1"}
    commands = declared.of_type("command:local:Command")
    assert [one["create"] for one in commands.values()] == beside


def test_what_is_served_and_kept_reaches_the_refresh():
    given = inputs(
        declare(serve="previous", golden=True, refresh_source="snap-0123456789abcdef0", golden_max_age_days=9)
    )
    assert given["serve"] == "previous"
    assert given["golden"] == {"keep": True, "source": "snap-0123456789abcdef0", "accepted_rules": ""}
    assert given["retention"]["golden_max_age_days"] == 9


def test_a_refresh_is_told_where_to_tell_and_staging_is_looked_at():
    LOOKED_AT.clear()
    assert inputs(declare())["watch"] == WATCH
    assert LOOKED_AT == ["i-staging"]


@pytest.mark.parametrize(("until", "tested"), [("end", ["./one"]), ("scan", [])])
def test_smoke_tests_run_only_where_staging_has_new_data(until, tested):
    commands = declare(until=until, on_smoke_failure="stay").of_type("command:local:Command")
    assert [one["create"] for one in commands.values()] == tested
