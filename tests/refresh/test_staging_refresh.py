"""The dynamic resources: when a refresh runs, what is stored, what a preview says."""

from __future__ import annotations

import base64
import functools
import sys
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import UNKNOWN as PULUMI_UNKNOWN

from components import staging_refresh
from components.rules_check import rules_failures
from components.staging_refresh import RefreshSpaceProvider, StagingRefreshProvider
from refresh import orphan, session
from refresh.errors import PreflightError
from tests.refresh.fake_cloud import Killed
from tests.refresh.fake_world import SPACE, STAGING, FakeWorld, inputs
from tests.refresh.test_parts import space_inputs

PROVIDER = {"__provider": "stored by reference"}
ask_once = functools.cache(rules_failures)


@pytest.fixture(autouse=True)
def rules_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The anonymizer is a process of its own, and its answer on the same rules is the same: ask it once for each."""
    monkeypatch.setattr(staging_refresh, "rules_failures", lambda news: ask_once(Frozen(news)))


class Frozen(dict[str, Any]):
    """Inputs known by their rules alone, as `rules_failures` reads them."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self["rules"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and repr(self["rules"]) == repr(other["rules"])


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeWorld:
    """A world that the providers meet without being told: they keep nothing on themselves."""
    made = FakeWorld(tmp_path)
    monkeypatch.setattr(session, "World", made.world)
    monkeypatch.setattr(orphan, "watch", lambda: None)
    monkeypatch.setattr(session, "say", made.lines.append)
    return made


@pytest.mark.parametrize("provider", [StagingRefreshProvider, RefreshSpaceProvider])
def test_providers_are_stored_by_reference_under_a_path_that_stays(provider: type) -> None:
    stored = base64.b64decode(serialize_provider(provider()))
    assert b"components.staging_refresh" in stored
    assert provider.__name__.encode() in stored
    assert len(stored) < 100  # the code is not in it: editing it is no change
    assert vars(provider()) == {}


def created(world: FakeWorld, **changes: Any) -> dict[str, Any]:
    outs = StagingRefreshProvider().create({**inputs(**changes), **PROVIDER}).outs
    assert outs is not None
    return outs


def test_create_refreshes_and_returns_inputs_and_outputs(world: FakeWorld) -> None:
    outs = created(world)
    assert outs["live_volume_id"] == world.hosts.live
    assert set(outs) == set(inputs()) | set(staging_refresh._OUTPUTS)
    world.assert_nothing_left()


@pytest.mark.parametrize(
    "changes",
    [
        {"trigger": "april"},
        {"rules__version": 2.0},
        {"production__role_arn": "arn:aws:iam::222222222222:role/reader"},
        {"production__instance_ids": ["i-0000000000000009"]},
        {"production__instance_ids": PULUMI_UNKNOWN},
    ],
)
def test_a_refresh_is_due_when_trigger_rules_or_source_change(world: FakeWorld, changes: dict[str, Any]) -> None:
    assert StagingRefreshProvider().diff("id", created(world), inputs(**changes)).changes is True


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"documents__verify": {"name": "new", "hash": "new"}},
        {"toolkit__sha256": "f" * 64},
        {"limits__source_lag_seconds": 9.0},
        {"staging__address": "10.9.9.9"},
        {"worker__cache_mib": 512.0},
        {"production__user_parameter": "/other"},
        {"staging__instance_id": PULUMI_UNKNOWN},
    ],
)
def test_nothing_else_makes_one_due(world: FakeWorld, changes: dict[str, Any]) -> None:
    assert StagingRefreshProvider().diff("id", created(world), inputs(**changes)).changes is False


def test_the_order_of_productions_hosts_does_not_matter(world: FakeWorld) -> None:
    news = inputs()
    news["production"]["instance_ids"].reverse()
    assert StagingRefreshProvider().diff("id", created(world), news).changes is False


def test_a_changed_serve_switches_and_no_refresh_runs(world: FakeWorld) -> None:
    provider, first = StagingRefreshProvider(), created(world)
    olds = provider.update("id", first, inputs(trigger="april")).outs
    assert olds is not None
    news = inputs(trigger="april", serve="previous")
    assert provider.diff("id", olds, news).changes is True
    made = len(world.ec2.tokens)
    outs = provider.update("id", olds, {**news, **PROVIDER}).outs
    assert outs == {
        **olds,
        "serve": "previous",
        "serving": "previous",
        "serving_refresh_id": first["refresh_id"],
        "live_volume_id": first["live_volume_id"],
        "previous_volume_ids": [olds["live_volume_id"]],
        "data_as_of": first["data_as_of"],
    }
    assert len(world.ec2.tokens) == made
    healthy = provider.read("id", {**outs, **PROVIDER})
    assert (healthy.outs, healthy.inputs) == ({**outs, **PROVIDER}, news)  # no lost live volume
    assert provider.diff("id", outs, news).changes is False
    again = provider.update("id", outs, inputs(trigger="april")).outs
    assert again == olds


def test_the_preview_of_a_switch_shows_it_or_refuses_it(world: FakeWorld) -> None:
    provider = StagingRefreshProvider()
    created(world)
    nothing = provider.check(inputs(), {**inputs(serve="previous"), **PROVIDER}).failures
    assert [each.property for each in nothing] == ["serve"]
    assert "nothing to go back to" in nothing[0].reason
    world.up(trigger="april")
    world.lines.clear()
    effects, sent = len(world.fate.effects), len(world.hosts.sent)
    olds, news = inputs(trigger="april"), inputs(trigger="april", serve="previous")
    assert provider.check(olds, {**news, **PROVIDER}).failures == []
    text = "\n".join(world.lines)
    assert "Staging switches: serve previous" in text
    assert f"from: {world.hosts.live} (refresh april-" in text
    assert "(refresh march-" in text
    assert (len(world.fate.effects), len(world.hosts.sent)) == (effects, sent)


def test_while_staging_is_held_a_refresh_that_is_due_is_refused(world: FakeWorld) -> None:
    held = inputs(serve="previous")
    for changes in ({"trigger": "may"}, {"production__instance_ids": ["i-0000000000000009"]}):
        refused = StagingRefreshProvider().check(held, {**inputs(serve="previous", **changes), **PROVIDER}).failures
        assert [each.property for each in refused] == ["serve"]
        assert "understudy:serve live" in refused[0].reason
    assert StagingRefreshProvider().check({}, {**held, **PROVIDER}).failures  # a first refresh is none to go back from
    assert StagingRefreshProvider().check(held, {**inputs(trigger="may"), **PROVIDER}).failures == []  # the control
    assert world.fate.effects == []


def test_a_switch_that_died_shows_as_drift_and_is_finished(world: FakeWorld) -> None:
    provider = StagingRefreshProvider()
    first = created(world)
    olds = provider.update("id", first, inputs(trigger="april")).outs
    assert olds is not None
    world.fate.failures["tag"] = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        provider.update("id", olds, inputs(trigger="april", serve="previous"))
    assert world.hosts.live == first["live_volume_id"]
    found = provider.read("id", dict(olds))
    assert found.outs is not None
    assert found.outs["live_volume_id"] == olds["live_volume_id"]
    for serve, live in (("previous", first["live_volume_id"]), ("live", olds["live_volume_id"])):
        news = inputs(trigger="april", serve=serve)
        assert provider.diff("id", found.outs, news).changes is True
        outs = provider.update("id", found.outs, news).outs
        assert outs is not None
        assert world.hosts.live == outs["live_volume_id"] == live


def test_a_state_of_before_switches_were_known_is_completed_without_a_refresh(world: FakeWorld) -> None:
    olds = created(world)
    old = {name: each for name, each in olds.items() if name not in {"serve", "golden", "smoke", "serving"}}
    del old["serving_refresh_id"], old["golden_snapshot_ids"]
    assert StagingRefreshProvider().diff("id", old, inputs()).changes is True
    sent = len(world.hosts.sent)
    outs = StagingRefreshProvider().update("id", old, inputs()).outs
    assert outs is not None
    assert (outs["serving"], outs["serving_refresh_id"]) == ("live", olds["refresh_id"])
    assert len(world.hosts.sent) == sent
    assert StagingRefreshProvider().diff("id", outs, inputs()).changes is False


def test_a_changed_source_waits_for_the_next_trigger(world: FakeWorld) -> None:
    olds = created(world)
    provider, news = StagingRefreshProvider(), inputs(golden__source="golden")
    world.lines.clear()
    assert provider.check(inputs(), {**news, **PROVIDER}).failures == []
    assert any("next understudy:refresh_trigger" in line for line in world.lines)
    sent = len(world.hosts.sent)
    assert provider.update("id", olds, news).outs == {**olds, "golden": news["golden"]}
    assert len(world.hosts.sent) == sent
    world.lines.clear()
    assert provider.check(news, {**inputs(trigger="april", golden__source="golden"), **PROVIDER}).failures == []
    assert any("A reset is due: april-" in line for line in world.lines)


def test_the_preview_of_a_reset_refuses_what_cannot_be(world: FakeWorld) -> None:
    provider, news = StagingRefreshProvider(), inputs(trigger="april", golden__source="golden")
    (refused,) = provider.check(inputs(), {**news, **PROVIDER}).failures
    assert (refused.property, "there is no golden snapshot" in refused.reason) == ("golden.source", True)


def test_a_changed_retention_is_stored_without_a_refresh(world: FakeWorld) -> None:
    olds = created(world)
    news = inputs(retention__retain_live_volume=True)
    sent = len(world.hosts.sent)
    assert StagingRefreshProvider().diff("id", olds, news).changes is True
    outs = StagingRefreshProvider().update("id", olds, news).outs
    assert outs == {**olds, "retention": news["retention"]}
    assert len(world.hosts.sent) == sent


def test_update_refreshes_with_todays_documents_and_toolkit(world: FakeWorld) -> None:
    olds = created(world)
    news = inputs(trigger="april", toolkit__sha256="f" * 64)
    outs = StagingRefreshProvider().update("id", olds, news).outs
    assert outs is not None
    assert outs["previous_volume_ids"] == [olds["live_volume_id"]]
    assert world.live_copy().toolkit_sha256 == "f" * 64


def test_read_notices_a_lost_live_volume_and_the_next_update_makes_it_anew(world: FakeWorld) -> None:
    olds = {**created(world), **PROVIDER}
    healthy = StagingRefreshProvider().read("id", dict(olds))
    assert (healthy.outs, healthy.inputs) == (olds, inputs())
    world.ec2.lose(olds["live_volume_id"])
    lost = StagingRefreshProvider().read("id", dict(olds))
    assert lost.outs is not None
    assert lost.inputs is not None
    assert lost.outs["live_volume_id"] == ""
    assert lost.inputs["live_volume_lost"] is True
    assert StagingRefreshProvider().diff("id", lost.outs, inputs()).changes is True
    world.lines.clear()
    StagingRefreshProvider().check(lost.inputs, {**inputs(), **PROVIDER})
    assert any("A refresh is due" in line for line in world.lines)
    outs = StagingRefreshProvider().update("id", lost.outs, inputs()).outs
    assert outs is not None
    assert outs["live_volume_id"] == world.hosts.live
    world.assert_nothing_left()


def test_check_prints_the_plan_when_one_is_due_and_only_then(world: FakeWorld) -> None:
    provider, news = StagingRefreshProvider(), {**inputs(), **PROVIDER}
    assert provider.check({}, dict(news)).failures == []
    assert any("A refresh is due: march-" in line for line in world.lines)
    assert world.fate.effects == []
    world.lines.clear()
    assert provider.check(inputs(), dict(news)).failures == []
    assert world.lines == []


def test_check_bears_what_is_not_known_yet(world: FakeWorld) -> None:
    news = inputs(staging__instance_id=PULUMI_UNKNOWN, production=PULUMI_UNKNOWN, documents=PULUMI_UNKNOWN)
    news["toolkit"] = PULUMI_UNKNOWN
    result = StagingRefreshProvider().check({}, {**news, **PROVIDER})
    assert result.failures == []
    assert result.inputs["production"] == PULUMI_UNKNOWN  # handed on as it came


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"serve": "last"}, "serve", "live or previous"),
        ({"golden__source": "gold"}, "golden.source", "must be production, golden or the id"),
        ({"trigger": "Not Plain"}, "trigger", "pulumi config set understudy:refresh_trigger"),
        ({"staging__instance_id": inputs()["production"]["instance_ids"][0]}, "staging.instance_id", "production host"),
        ({"rules__databases": {"shop": {"people": {"mode": "mask", "fields": {"a": "nmae"}}}}}, "rules.", "nmae"),
        ({"rules__databases": {"shop": {"people": {"mode": "mask", "fields": {"a..b": "name"}}}}}, "rules.", "a..b"),
        ({"rules__databases": {"shop": {"people": {"mode": "preserve"}}}}, "rules.", "cannot be used in a refresh yet"),
    ],
)
def test_check_names_the_wrong_field(world: FakeWorld, changes: dict[str, Any], field: str, reason: str) -> None:
    failures = StagingRefreshProvider().check({}, {**inputs(**changes), **PROVIDER}).failures
    assert failures
    assert failures[0].property.startswith(field)
    assert reason in f"{failures[0].property} {failures[0].reason}"
    assert world.lines == []  # no plan of what cannot be


def test_a_users_error_comes_without_a_traceback(world: FakeWorld) -> None:
    del world.parameters.versions["/mongo/admin"]
    with pytest.raises(PreflightError) as refused:
        created(world)
    assert sys.tracebacklimit == 0
    assert refused.value.__suppress_context__


def test_delete_removes_everything_and_needs_no_old_hash(world: FakeWorld) -> None:
    outs = created(world)
    StagingRefreshProvider().delete("id", {**outs, **PROVIDER})
    assert world.of_space() == []
    assert world.hosts.live == ""


def test_delete_keeps_the_live_volume_when_told_to(world: FakeWorld) -> None:
    outs = created(world, retention__retain_live_volume=True)
    StagingRefreshProvider().delete("id", outs)
    assert [each.role for each in world.of_space()] == ["live"]
    RefreshSpaceProvider().delete("id", space_inputs(retain_live_volume=True))
    assert [each.role for each in world.of_space()] == ["live"]


def test_the_space_sweeps_what_a_killed_first_refresh_left(world: FakeWorld) -> None:
    outs = RefreshSpaceProvider().create({**space_inputs(), **PROVIDER}).outs
    assert outs == space_inputs()
    world.fate.die_after = 50
    assert world.up_and_die()
    assert world.of_space("quarantine")
    RefreshSpaceProvider().delete(SPACE, outs)
    assert world.of_space() == []


def test_the_space_stores_every_change_and_does_nothing_else(world: FakeWorld) -> None:
    provider, olds = RefreshSpaceProvider(), space_inputs()
    assert provider.diff("id", dict(olds), space_inputs()).changes is False
    news = space_inputs(staging_instance_id="i-0000000000000000c")
    assert provider.diff("id", olds, news).changes is True
    assert provider.update("id", olds, {**news, **PROVIDER}).outs == news
    assert world.fate.effects == []
    assert provider.check({}, {**space_inputs(space=""), **PROVIDER}).failures[0].property == "space"
    assert olds["staging_instance_id"] == STAGING
