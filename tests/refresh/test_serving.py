"""Switching staging by hand: back, forward, refused, killed anywhere."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from refresh.errors import CutOverError, HostError, PreflightError, SwitchedBackError
from refresh.records import ledgers
from tests.refresh.fake_world import PRODUCTION, STAGING, FakeWorld


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def two_refreshes(world: FakeWorld) -> tuple[str, str]:
    """Refresh twice; return the former volume and the live one."""
    return world.up()["live_volume_id"], world.up(trigger="april")["live_volume_id"]


def told(world: FakeWorld, event: str) -> dict[str, Any]:
    stored = world.objects.get("reports", f"reports/{event}/report.json")
    assert stored is not None
    return dict(json.loads(stored.body))


def roles(world: FakeWorld) -> dict[str, str]:
    return {each.role: each.volume_id for each in world.of_space()}


def test_previous_goes_back_and_live_forward_without_production(world: FakeWorld) -> None:
    former, latest = two_refreshes(world)
    sent, made = len(world.hosts.sent), len(world.ec2.tokens)
    back = world.serve("previous")
    assert world.hosts.live == back["live_volume_id"] == former
    assert roles(world) == {"live": former, "previous": latest}
    assert back["previous_volume_ids"] == [latest]
    assert (back["serving"], back["serving_refresh_id"].startswith("march-")) == ("previous", True)
    forward = world.serve("live")
    assert world.hosts.live == forward["live_volume_id"] == latest
    assert roles(world) == {"live": latest, "previous": former}
    assert {host for host, _, _ in world.hosts.sent[sent:]} == {STAGING}
    assert len(world.ec2.tokens) == made
    assert world.roles[-2:] == ["", ""]  # production's role is not even taken


def test_each_switch_has_a_report_of_its_own(world: FakeWorld) -> None:
    former, latest = two_refreshes(world)
    back, forward = world.serve("previous"), world.serve("live")
    first, second = told(world, "serve-1"), told(world, "serve-2")
    assert (first["kind"], first["outcome"]) == ("serve", "finished")
    assert first["service"]["reason"] == "understudy:serve previous"
    assert (first["service"]["volume_id"], first["service"]["former_volume_id"]) == (former, latest)
    assert (first["service"]["serves"], first["service"]["served"]) == (
        back["serving_refresh_id"],
        forward["serving_refresh_id"],
    )
    assert first["data_as_of"] == back["data_as_of"] < forward["data_as_of"] == second["data_as_of"]
    assert first["unavailable_ms"] == second["unavailable_ms"] == 700
    assert first["notes"] == []
    assert first["finished_at"] <= second["started_at"]
    assert world.objects.get("reports", "reports/serve-1/test-report.md")


def test_the_users_of_today_are_those_of_the_former_volume_too(world: FakeWorld) -> None:
    two_refreshes(world)
    world.live_copy().users = ("admin", "ann")
    world.serve("previous")
    assert world.live_copy().users == ("admin", "ann")


def test_a_former_volume_that_was_detached_is_attached_before_staging_stops(world: FakeWorld) -> None:
    former, _ = two_refreshes(world)
    world.hosts.mounts.pop(former)
    world.ec2.detach_volume(former, STAGING)
    world.clock.sleep(5)
    assert not world.ec2.disks[former].volume.attachments or world.ec2.volume(former).attachments == ()  # type: ignore[union-attr]
    world.serve("previous")
    assert world.hosts.live == former


def test_with_nothing_to_go_back_to_it_is_refused_and_nothing_changed(world: FakeWorld) -> None:
    live = world.up()["live_volume_id"]
    effects = len(world.fate.effects)
    with pytest.raises(PreflightError, match=r"nothing to go back to.*understudy:serve live"):
        world.serve("previous")
    assert set(world.fate.effects[effects:]) == {"put lease.json"}
    assert world.hosts.live == live


def test_with_the_latest_volume_gone_there_is_nothing_to_go_forward_to(world: FakeWorld) -> None:
    _, latest = two_refreshes(world)
    world.serve("previous")
    world.clock.sleep(60)
    world.ec2.lose(latest)
    with pytest.raises(PreflightError, match="nothing to go forward to"):
        world.serve("live")


def test_from_a_live_volume_that_was_lost_it_goes_back_to_the_former_one(world: FakeWorld) -> None:
    former, latest = two_refreshes(world)
    world.clock.sleep(60)
    world.ec2.lose(latest)
    world.serve("previous")
    assert world.hosts.live == former
    assert told(world, "serve-1")["notes"][0]["kind"] == "users_not_carried"


def test_a_former_volume_that_is_unhealthy_is_left_again_and_told(world: FakeWorld) -> None:
    former, latest = two_refreshes(world)
    world.hosts.unhealthy_volumes = {former}
    with pytest.raises(SwitchedBackError, match=f"serves {latest}.*understudy:serve live"):
        world.serve("previous")
    assert world.hosts.live == latest
    assert told(world, "serve-1")["outcome"] == "switched back"
    assert told(world, "serve-1")["service"]["volume_id"] == latest
    assert former in told(world, "serve-1")["reason"]
    world.hosts.unhealthy_volumes = set()
    world.serve("previous")  # the control; another event
    assert told(world, "serve-2")["outcome"] == "finished"


def test_users_that_cannot_be_carried_stop_it_before_anything_changes(world: FakeWorld) -> None:
    _, latest = two_refreshes(world)
    world.fate.failures["staging-deliver"] = [HostError("staging-deliver failed: the mongod of that volume ended")]
    with pytest.raises(HostError):
        world.serve("previous")
    assert world.hosts.live == latest
    failed = told(world, "serve-1")
    assert (failed["outcome"], failed["service"]["volume_id"]) == ("failed", latest)
    assert "the mongod of that volume ended" in failed["reason"]
    world.serve("previous")
    assert told(world, "serve-1")["outcome"] == "finished"  # the same event went on


def test_a_volume_that_was_not_closed_in_order_keeps_its_own_users(world: FakeWorld) -> None:
    former, _ = two_refreshes(world)
    world.hosts.unclean_volumes = {former}
    world.serve("previous")
    assert world.hosts.live == former
    assert told(world, "serve-1")["notes"][0]["kind"] == "users_not_carried"


def test_after_a_rollback_the_next_refresh_keeps_what_was_served_as_the_way_back(world: FakeWorld) -> None:
    former, latest = two_refreshes(world)
    world.serve("previous")
    outputs = world.up(trigger="may")
    assert outputs["previous_volume_ids"] == [former]
    assert latest not in world.ec2.disks
    world.assert_nothing_left(previous=1)
    world.serve("previous")
    assert world.hosts.live == former


@pytest.mark.slow
def test_killed_anywhere_the_same_switch_is_finished_by_the_next_run(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    two_refreshes(clean)
    start = len(clean.fate.effects)
    clean.serve("previous")
    assert "switched" in clean.fate.effects[start:]
    for number in range(start, len(clean.fate.effects)):
        world = FakeWorld(tmp_path / str(number))
        former, latest = two_refreshes(world)
        world.fate.die_after = number
        where = f"died after {clean.fate.effects[number]} ({number})"
        assert world.serve_and_die("previous") or clean.fate.effects[number] == "switched", where
        outputs = world.serve("previous")
        assert world.hosts.live == outputs["live_volume_id"] == former, where
        assert roles(world) == {"live": former, "previous": latest}, where
        assert world.fate.effects[start:].count("switched") == 1, where
        assert told(world, "serve-1")["service"]["volume_id"] == former, where
        assert world.objects.keys("reports", "reports/serve-2") == [], where
        assert world.objects.keys("reports", "serving/") == ["serving/serve-1.json"], where


@pytest.mark.slow
def test_killed_anywhere_one_may_think_better_of_it(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    two_refreshes(clean)
    start = len(clean.fate.effects)
    clean.serve("previous")
    for number in range(start, len(clean.fate.effects), 2):
        world = FakeWorld(tmp_path / str(number))
        former, latest = two_refreshes(world)
        world.fate.die_after = number
        world.serve_and_die("previous")
        world.serve("live")
        assert world.hosts.live == latest, number
        assert roles(world) == {"live": latest, "previous": former}, number
        first = ledgers.read(world.objects, "reports", "serve-1", "serving/")
        assert first is None or first["state"] != "running", number


def test_a_refresh_that_died_behind_its_cutover_can_be_gone_back_from(world: FakeWorld) -> None:
    former = world.up()["live_volume_id"]
    world.fate.failures["smoke test"] = [HostError("made to fail")]
    with pytest.raises(HostError):
        world.up(trigger="april")
    april = world.hosts.live
    assert april != former
    world.serve("previous")
    assert world.hosts.live == former
    outputs = world.up(trigger="april")  # cut over once more, tested on its own data
    assert outputs["live_volume_id"] == world.hosts.live == april
    assert world.tested[-1][2] == april
    world.assert_nothing_left(previous=1)


def test_production_is_never_asked(world: FakeWorld) -> None:
    two_refreshes(world)
    sent = len(world.hosts.sent)
    world.serve("previous")
    assert not {host for host, _, _ in world.hosts.sent[sent:]} & set(PRODUCTION)


# -- smoke tests that switch back ------------------------------------------------------------


def test_a_failing_smoke_test_switches_back_and_the_next_up_tries_again(world: FakeWorld) -> None:
    former = world.up()["live_volume_id"]
    world.test_ends = ["it ended with status 1"]
    with pytest.raises(SwitchedBackError, match=r"smoke test 1 of 1 failed: it ended with status 1.*switched back"):
        world.up(trigger="april")
    assert world.hosts.live == former
    assert [each.role for each in world.of_space() if each.volume_id == former] == ["live"]
    assert {each.role for each in world.of_space()} == {"live", "candidate"}  # nothing of production is left
    assert {each.role for each in world.ec2.snapshots({})} == {"golden"}
    event = world.tested[-1][1]["UNDERSTUDY_REFRESH_ID"]
    built = told(world, event)
    assert (built["kind"], built["outcome"]) == ("refresh", "switched back")
    assert built["switched_back"][0]["unavailable_ms"] == 700
    assert built["volumes"]["live"] == former
    outputs = world.up(trigger="april")
    assert outputs["live_volume_id"] == world.hosts.live != former
    assert world.fate.count("anonymize started") == 2  # one a refresh: the copy was kept
    assert told(world, event)["outcome"] == "finished"
    assert len(told(world, event)["switched_back"]) == 1
    world.assert_nothing_left(previous=1)


def test_after_a_switch_back_a_new_trigger_starts_over(world: FakeWorld) -> None:
    former = world.up()["live_volume_id"]
    world.test_ends = ["it ended with status 1"]
    with pytest.raises(SwitchedBackError):
        world.up(trigger="april")
    outputs = world.up(trigger="may")
    assert outputs["previous_volume_ids"] == [former]
    world.assert_nothing_left(previous=1)


def test_at_a_first_refresh_there_is_nothing_to_switch_back_to(world: FakeWorld) -> None:
    world.test_ends = ["it ended with status 1"]
    with pytest.raises(CutOverError, match="no former volume") as failed:
        world.up()
    assert not isinstance(failed.value, SwitchedBackError)
    live = world.hosts.live
    assert live
    assert world.up()["live_volume_id"] == live
    world.assert_nothing_left()


def test_smoke_tests_are_told_of_staging(world: FakeWorld) -> None:
    world.up(smoke__commands=["one", "two"])
    assert [each[0] for each in world.tested] == ["one", "two"]
    told_of = world.tested[0][1]
    assert told_of["UNDERSTUDY_ENDPOINT"] == "10.1.0.10:27017"
    assert told_of["UNDERSTUDY_CA_CERTIFICATE"].startswith("-----BEGIN")
    assert told_of["UNDERSTUDY_DATA_AS_OF"].startswith("2026-03-01")


@pytest.mark.slow
def test_killed_while_it_switches_back_the_next_run_switches_back_or_has_tried_again(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    clean.up()
    start = len(clean.fate.effects)
    clean.test_ends = ["it ended with status 1"]
    with pytest.raises(SwitchedBackError):
        clean.up(trigger="april")
    effects = clean.fate.effects
    behind = max(number for number, name in enumerate(effects) if name == "smoke test")
    assert behind > start
    for number in range(behind, len(effects)):
        world = FakeWorld(tmp_path / str(number))
        former = world.up()["live_volume_id"]
        world.test_ends = ["it ended with status 1"]
        world.fate.die_after = number
        where = f"died after {effects[number]} ({number})"
        with contextlib.suppress(SwitchedBackError):  # where it died behind the last effect that counts
            world.up_and_die(trigger="april")
        for _ in range(2):  # the first run may still have to switch back, and says so
            try:
                world.up(trigger="april")
            except SwitchedBackError:
                assert world.hosts.live == former, where
        world.assert_nothing_left(previous=1)
        served = world.hosts.live
        assert served != former, where
        assert world.tested[-1][2] == served, where  # what serves in the end was tested itself
