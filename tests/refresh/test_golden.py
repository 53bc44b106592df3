"""Golden snapshots: kept of verified copies, gone by count and age, and a staging that is made of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refresh import session
from refresh.errors import FindingsError, PreflightError, SwitchedBackError
from refresh.holdings import AS_OF_TAG, ROLE_TAG, RULES_TAG, SPACE_TAG
from refresh.mongo import plan
from refresh.request import RefreshRequest
from tests.refresh.fake_world import PRODUCTION, SPACE, STAGING, FakeWorld, inputs
from tests.refresh.test_parts import space_inputs

DAY = 86_400.0


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def reset(world: FakeWorld, trigger: str = "reset", **changes: Any) -> dict[str, Any]:
    return world.up(trigger=trigger, golden__source="golden", **changes)


def ids(world: FakeWorld) -> list[str]:
    return [each.snapshot_id for each in world.golden()]


def test_a_refresh_keeps_its_verified_copy_without_users(world: FakeWorld) -> None:
    outputs = world.up()
    (golden,) = world.golden()
    assert outputs["golden_snapshot_ids"] == [golden.snapshot_id]
    assert golden.tags[RULES_TAG] == RefreshRequest.from_inputs(inputs()).rules_sha256
    assert golden.tags[AS_OF_TAG] == outputs["data_as_of"]
    assert golden.tags[SPACE_TAG] == SPACE
    copy = world.ec2.shots[golden.snapshot_id][2]
    assert copy.users == ()  # type: ignore[attr-defined]
    assert world.live_copy().users == ("admin",)  # the control


def test_none_is_kept_where_none_is_asked_for_or_verification_fails(world: FakeWorld) -> None:
    world.up(golden__keep=False)
    world.hosts.verify_ends = [(4, {"findings": [{"kind": "original", "collection": "c", "path": "p", "count": 1}]})]
    with pytest.raises(FindingsError):
        world.up(trigger="april")
    assert world.golden() == []


def test_they_go_by_count_and_by_age(world: FakeWorld) -> None:
    for trigger in ("one", "two", "three"):
        world.up(trigger=trigger, retention__golden_snapshots=2.0)
    assert len(world.golden()) == 2
    newest = ids(world)[-1]
    world.clock.sleep(31 * DAY)
    world.up(trigger="four", retention__golden_snapshots=9.0, retention__golden_max_age_days=30.0)
    assert len(world.golden()) == 1
    assert ids(world) != [newest]


def test_former_volumes_go_by_age(world: FakeWorld) -> None:
    world.up()
    world.clock.sleep(8 * DAY)
    second = world.up(trigger="april", retention__previous_volumes=3.0, retention__previous_volumes_max_age_days=9.0)
    assert len(second["previous_volume_ids"]) == 1
    world.clock.sleep(2 * DAY)
    third = world.up(trigger="may", retention__previous_volumes=3.0, retention__previous_volumes_max_age_days=9.0)
    assert third["previous_volume_ids"] == [second["live_volume_id"]]


def test_a_reset_serves_the_golden_copy_with_todays_users_and_asks_nothing_of_production(world: FakeWorld) -> None:
    first = world.up()
    world.live_copy().users = ("admin", "ann")
    world.live_copy().rules_sha256 = "spoilt by tests"
    sent, started = len(world.hosts.sent), world.fate.count("start_instance")
    outputs = reset(world)
    assert world.hosts.live == outputs["live_volume_id"] != first["live_volume_id"]
    assert world.live_copy().users == ("admin", "ann")
    assert world.live_copy().rules_sha256 == first["rules_sha256"] == outputs["rules_sha256"]
    assert outputs["data_as_of"] == first["data_as_of"]
    assert outputs["collections"] == first["collections"]
    assert outputs["previous_volume_ids"] == [first["live_volume_id"]]
    assert {host for host, _, _ in world.hosts.sent[sent:]} == {STAGING}
    assert not {host for host, _, _ in world.hosts.sent[sent:]} & set(PRODUCTION)
    assert world.fate.count("start_instance") == started  # not even the worker
    assert world.fate.count("create_snapshots") == 1
    assert world.roles[-1] == ""
    world.assert_nothing_left(previous=1)
    stored = world.objects.get("reports", f"reports/{outputs['refresh_id']}/report.json")
    assert stored is not None
    built = json.loads(stored.body)
    assert (built["kind"], built["outcome"], built["unavailable_ms"]) == ("reset", "finished", 700)
    assert built["service"]["golden_snapshot_id"] == ids(world)[0]


def test_a_reset_can_be_gone_back_from(world: FakeWorld) -> None:
    first = world.up()["live_volume_id"]
    latest = reset(world)["live_volume_id"]
    assert world.serve("previous")["live_volume_id"] == first
    assert world.serve("live")["live_volume_id"] == latest


def test_without_a_golden_snapshot_a_reset_is_refused(world: FakeWorld) -> None:
    world.up(golden__keep=False)
    live, made = world.hosts.live, len(world.ec2.tokens)
    with pytest.raises(PreflightError, match=r"no golden snapshot.*understudy:golden to true"):
        reset(world)
    assert (world.hosts.live, len(world.ec2.tokens)) == (live, made)
    with pytest.raises(PreflightError, match="snap-00000bad is no golden snapshot"):
        world.up(trigger="reset", golden__source="snap-00000bad")


def test_one_made_under_other_rules_is_refused_unless_they_are_accepted_by_name(world: FakeWorld) -> None:
    rules = world.up()["rules_sha256"]
    changed = {"rules__databases__shop__customers__fields": {"_id": "keep", "name": "drop"}}
    made = len(world.ec2.tokens)
    with pytest.raises(PreflightError, match=f"other rules.*accepted_golden_rules {rules}"):
        reset(world, **changed)
    assert len(world.ec2.tokens) == made
    assert reset(world, **changed, golden__accepted_rules=rules)["rules_sha256"] == rules


def test_a_named_one_may_be_of_another_space_and_a_raw_snapshot_is_none(world: FakeWorld) -> None:
    world.up()
    (golden,) = world.golden()
    other = world.up(trigger="second", space="understudy/second", golden__source=golden.snapshot_id)
    assert other["data_as_of"]
    raw, at, content = world.ec2.shots[golden.snapshot_id]
    world.ec2.shots["snap-0000babe"] = (
        type(raw)(**{**vars(raw), "snapshot_id": "snap-0000babe", "tags": {**raw.tags, ROLE_TAG: "snapshot"}}),
        at,
        content,
    )
    with pytest.raises(PreflightError, match="is no golden snapshot"):
        world.up(trigger="reset", golden__source="snap-0000babe")


def test_a_reset_whose_smoke_test_fails_switches_back_and_is_tried_again(world: FakeWorld) -> None:
    first = world.up()["live_volume_id"]
    world.test_ends = ["it ended with status 1"]
    with pytest.raises(SwitchedBackError):
        reset(world)
    assert world.hosts.live == first
    event = world.tested[-1][1]["UNDERSTUDY_REFRESH_ID"]
    stored = world.objects.get("reports", f"reports/{event}/report.json")
    assert stored is not None
    assert json.loads(stored.body)["outcome"] == "switched back"
    assert reset(world)["previous_volume_ids"] == [first]
    world.assert_nothing_left(previous=1)


@pytest.mark.slow
def test_a_reset_killed_anywhere_is_finished_by_the_next_run(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    clean.up()
    start = len(clean.fate.effects)
    reset(clean)
    for number in range(start, len(clean.fate.effects)):
        world = FakeWorld(tmp_path / str(number))
        world.up()
        world.fate.die_after = number
        where = f"died after {clean.fate.effects[number]} ({number})"
        killed = world.up_and_die(trigger="reset", golden__source="golden")
        assert killed or clean.fate.effects[number] == "switched", where
        reset(world)
        world.assert_nothing_left(previous=1)
        assert len(world.ec2.tokens) == 3, where  # quarantine and candidate of the refresh, candidate of the reset
        assert world.fate.effects[start:].count("switched") == 1, where


def test_the_plan_of_the_next_refresh_says_what_serves_and_which_golden_snapshot_goes(world: FakeWorld) -> None:
    world.up()
    outputs = reset(world)
    request = RefreshRequest.from_inputs(inputs(trigger="next"))
    text = "\n".join(plan.lines(request, world.connect, world.clock))
    assert f"staging serves {outputs['refresh_id']}, data as of {outputs['data_as_of']}" in text
    assert f"{ids(world)[0]} (march-" in text


def test_destroy_sweeps_golden_snapshots_and_a_new_trigger_does_not(world: FakeWorld) -> None:
    world.up()
    before = ids(world)
    world.fate.die_after = len(world.fate.effects) + 15
    assert world.up_and_die(trigger="april")
    world.up(trigger="may", retention__golden_snapshots=9.0)
    assert set(before) < set(ids(world))
    session.remove(space_inputs(), world.world())
    assert world.golden() == []
    assert world.of_space() == []
