"""When what follows a refresh is part of the stack."""

from types import SimpleNamespace

import pulumi
import pytest

import components.refresh
from components.refresh import Refresh, RefreshArgs
from tests.components.declared import declared_by


class Anything(pulumi.ComponentResource):
    """Stands for a resource of any kind."""

    refresh_id = None

    def __init__(self, name, *_rest):
        super().__init__("test:index:Anything", name)


@pytest.mark.parametrize(("until", "tested"), [("end", ["refresh-smoke-test"]), ("scan", [])])
def test_smoke_tests_run_only_where_staging_has_new_data(monkeypatch, until, tested):
    made = []
    monkeypatch.setattr(components.refresh, "RefreshSpace", Anything)
    monkeypatch.setattr(components.refresh, "StagingRefresh", Anything)
    monkeypatch.setattr(components.refresh, "SmokeTests", lambda name, *_rest: made.append(name))
    for name in ("_space", "_refresh", "_smoke_tests"):
        monkeypatch.setattr(components.refresh, name, lambda *_: None)

    def program():
        names = ("production", "staging", "runbooks", "toolkit", "reports", "access")
        settings = SimpleNamespace(refresh_trigger="first", until=until)
        Refresh("refresh", RefreshArgs(settings=settings, **{name: Anything(name) for name in names}))

    declared_by(program)
    assert made == tested
