"""A refresh from one end to the other, in memory: failing, dying and done twice at every point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refresh.aws import Aws
from refresh.errors import CutOverError, FindingsError, HostError, UnlistedPathsError
from refresh.mongo.workflow import STEPS
from refresh.records import ledgers
from refresh.request import RefreshRequest
from tests.refresh.fake_cloud import Killed
from tests.refresh.fake_world import PRODUCTION, STAGING, WORKER, FakeWorld, inputs

NAMES = [step.name for step in STEPS]


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def test_a_first_refresh_brings_production_masked_to_staging_and_leaves_nothing_else(world: FakeWorld) -> None:
    outputs = world.up()
    world.assert_nothing_left()
    assert outputs["live_volume_id"] == world.hosts.live
    assert outputs["source_member"] == "shop-prod-2:27017"  # the hidden one
    assert outputs["findings"] == []
    assert list(outputs["phases"]) == NAMES
    assert world.live_copy().users == ("admin",)


def test_a_second_refresh_keeps_the_former_volume_and_carries_todays_users(world: FakeWorld) -> None:
    first = world.up()["live_volume_id"]
    world.live_copy().users = ("admin", "ann")
    outputs = world.up(trigger="april")
    assert outputs["previous_volume_ids"] == [first]
    assert world.live_copy().users == ("admin", "ann")
    world.assert_nothing_left(previous=1)


def test_former_volumes_beyond_the_retention_are_deleted(world: FakeWorld) -> None:
    world.up()
    world.up(trigger="april")
    third = world.up(trigger="may", retention__previous_volumes=0.0)
    assert third["previous_volume_ids"] == []
    world.assert_nothing_left(previous=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_that_fails_leaves_staging_as_it_was_and_the_next_run_finishes(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    world.up()
    before, effects_before = world.hosts.live, len(world.fate.effects)
    step = next(each for each in STEPS if each.name == name)
    with monkeypatch.context() as patch:
        patch.setattr(type(step), "run", _fail)
        with pytest.raises(HostError, match="made to fail"):
            world.up(trigger="april")
    if NAMES.index(name) <= NAMES.index("cut_over"):
        assert world.hosts.live == before
    world.up(trigger="april")
    world.assert_nothing_left(previous=1)
    assert world.fate.effects[effects_before:].count("create_snapshots") == 1


def _fail(*_unused: object) -> dict[str, object]:
    raise HostError("made to fail")


@pytest.mark.parametrize("name", NAMES)
def test_a_step_done_twice_does_nothing_twice(world: FakeWorld, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    world.up()
    start = len(world.fate.effects)
    step = next(each for each in STEPS if each.name == name)
    once = type(step).run

    def twice(self: object, context: object) -> object:
        once(self, context)  # type: ignore[arg-type]
        return once(self, context)  # type: ignore[arg-type]

    monkeypatch.setattr(type(step), "run", twice)
    world.up(trigger="april")
    world.assert_nothing_left(previous=1)
    done = world.fate.effects[start:]
    assert done.count("create_snapshots") == 1
    assert done.count("create_volume") == 2
    assert done.count("anonymize started") == 1
    assert done.count("switched") == 1


@pytest.mark.slow
def test_killed_anywhere_the_next_run_finishes_with_nothing_twice_and_nothing_left(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    clean.up()
    start = len(clean.fate.effects)
    clean.up(trigger="april")
    for number in range(start, len(clean.fate.effects)):  # dying before an effect is dying after the one before it
        world = FakeWorld(tmp_path / str(number))
        world.up()
        before = world.hosts.live
        world.fate.die_after = number
        where = f"died after {clean.fate.effects[number]} ({number})"
        killed = world.up_and_die(trigger="april")
        assert killed or clean.fate.effects[number] in {"anonymize started", "verify started", "switched"}, where
        assert world.hosts.live in world.ec2.disks, where
        if "switched" not in world.fate.effects[start:]:
            assert world.hosts.live == before, where
        world.up(trigger="april")
        world.assert_nothing_left(previous=1)
        assert len(world.ec2.tokens) == 4, where
        done = world.fate.effects[start:]
        assert done.count("anonymize started") == 1, where
        assert done.count("switched") == 1, where


@pytest.mark.slow
def test_killed_in_a_first_refresh_the_next_one_with_another_trigger_sweeps_what_it_left(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    clean.up()
    for number in range(len(clean.fate.effects)):
        world = FakeWorld(tmp_path / str(number))
        world.fate.die_after = number
        world.up_and_die()
        world.up(trigger="april")
        world.assert_nothing_left(previous=len(world.of_space("previous")))
        assert len(world.of_space("previous")) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_recorded_with_its_seconds(world: FakeWorld, name: str) -> None:
    world.up()
    values = ledgers.read(world.objects, "reports", RefreshRequest.from_inputs(inputs()).refresh_id)
    assert values is not None
    assert values["steps"][name]["done_at"]
    assert values["steps"][name]["seconds"] >= 0


def test_unlisted_paths_are_listed_and_what_held_production_is_removed(world: FakeWorld) -> None:
    world.up()
    before = world.hosts.live
    unlisted = [{"collection": "shop.customers", "path": "nick", "type": "string", "count": 7}]
    world.hosts.anonymize_ends = [(3, {"unlisted": unlisted})]
    with pytest.raises(UnlistedPathsError, match=r"shop\.customers  nick  \(string, 7 times\)"):
        world.up(trigger="april")
    assert world.hosts.live == before
    world.assert_nothing_left()
    world.up(trigger="april")  # control: the same request starts over and finishes
    world.assert_nothing_left(previous=1)


def test_findings_stop_the_refresh_and_remove_the_copy(world: FakeWorld) -> None:
    world.up()
    found = [{"kind": "original", "collection": "shop.customers", "path": "email", "count": 2}]
    world.hosts.verify_ends = [(4, {"findings": found})]
    with pytest.raises(FindingsError, match=r"original: shop\.customers  email  \(2 times\)"):
        world.up(trigger="april")
    world.assert_nothing_left()


def test_a_job_that_died_is_started_again_with_an_empty_candidate(world: FakeWorld) -> None:
    world.hosts.anonymize_ends = [(None, {})]
    world.up()
    assert world.fate.count("anonymize started") == 2
    assert len(world.ec2.tokens) == 3  # quarantine, the candidate thrown away, the candidate
    world.assert_nothing_left()


def test_an_unhealthy_cutover_switches_back_and_the_next_run_tries_it_again(world: FakeWorld) -> None:
    world.up()
    before = world.hosts.live
    world.hosts.unhealthy_volumes = {"*"}
    with pytest.raises(CutOverError, match="switched back"):
        world.up(trigger="april")
    assert world.hosts.live == before
    world.hosts.unhealthy_volumes = set()
    world.up(trigger="april")
    assert world.fate.count("anonymize started") == 2  # one for each refresh: the copy was kept
    world.assert_nothing_left(previous=1)


def test_a_cutover_that_switched_back_is_swept_by_the_next_trigger(world: FakeWorld) -> None:
    world.up()
    world.hosts.unhealthy_volumes = {"*"}
    with pytest.raises(CutOverError):
        world.up(trigger="april")
    world.hosts.unhealthy_volumes = set()
    world.up(trigger="may")
    world.assert_nothing_left(previous=1)


@pytest.mark.parametrize("change", ["key", "anonymizer"])
def test_a_changed_key_or_anonymizer_throws_away_the_copy_and_nothing_else(world: FakeWorld, change: str) -> None:
    world.hosts.unhealthy_volumes = {"*"}
    with pytest.raises(CutOverError):
        world.up()
    world.hosts.unhealthy_volumes = set()
    changes = {}
    if change == "key":
        world.parameters.versions["/understudy/pseudonym-key"] = 2
    else:
        changes = {"toolkit__sha256": "7002" * 16}
    world.up(**changes)
    assert world.fate.count("create_snapshots") == 1
    assert world.fate.count("anonymize started") == 2
    world.assert_nothing_left()
    assert world.live_copy().toolkit_sha256 == changes.get("toolkit__sha256", "7001" * 16)


def test_with_unchanged_hashes_the_copy_is_kept(world: FakeWorld) -> None:
    world.hosts.unhealthy_volumes = {"*"}
    with pytest.raises(CutOverError):
        world.up()
    world.hosts.unhealthy_volumes = set()
    world.up()
    assert world.fate.count("anonymize started") == 1


def test_a_finished_refresh_asked_for_again_does_nothing(world: FakeWorld) -> None:
    first = world.up()
    world.clock.sleep(60)
    sent = len(world.hosts.sent)
    assert world.up() == first
    assert len(world.hosts.sent) == sent


def test_staging_may_be_its_own_worker(world: FakeWorld) -> None:
    for trigger in ("march", "april"):
        world.up(trigger=trigger, worker__instance_id=STAGING)
    assert world.fate.count("stop_instance") == 0
    assert world.fate.count("start_instance") == 0
    world.assert_nothing_left(previous=1)


@pytest.mark.slow
def test_staging_as_its_own_worker_survives_death_anywhere(tmp_path: Path) -> None:
    clean = FakeWorld(tmp_path / "clean")
    clean.up(worker__instance_id=STAGING)
    for number in range(len(clean.fate.effects)):
        world = FakeWorld(tmp_path / str(number))
        world.fate.die_after = number
        world.up_and_die(worker__instance_id=STAGING)
        world.up(worker__instance_id=STAGING)
        world.assert_nothing_left()


def test_a_lost_live_volume_is_made_anew_by_the_same_trigger(world: FakeWorld) -> None:
    first = world.up()
    world.ec2.lose(first["live_volume_id"])
    second = world.up()
    assert second["live_volume_id"] != first["live_volume_id"]
    assert second["refresh_id"] == first["refresh_id"]
    world.assert_nothing_left()


def test_production_is_asked_for_nothing_but_its_check_and_a_snapshot(world: FakeWorld) -> None:
    world.up()
    verbs = {verb for host, verb, _ in world.hosts.sent if host in PRODUCTION}
    assert verbs == {"production-check"}
    others = {verb for host, verb, _ in world.hosts.sent if host in (STAGING, WORKER)}
    assert "production-check" not in others


class _Recorder:
    """Hands calls on and notes their names."""

    def __init__(self, inner: object, names: list[str]) -> None:
        self._inner, self._names = inner, names

    def __getattr__(self, name: str) -> object:
        self._names.append(name)
        return getattr(self._inner, name)


def test_through_productions_session_it_only_looks_and_asks_for_a_snapshot(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute: list[str] = []
    commands: list[str] = []
    connect = world.connect

    def recorded(region: str, role_arn: str) -> Aws:
        aws = connect(region, role_arn)
        source_compute: Any = _Recorder(aws.source_compute, compute)
        source_commands: Any = _Recorder(aws.source_commands, commands)
        return replace(aws, source_compute=source_compute, source_commands=source_commands)

    monkeypatch.setattr(world, "connect", recorded)
    world.up()
    assert set(compute) == {
        *("place", "key", "instance", "volume", "snapshots", "try_create_snapshots", "create_snapshots")
    }
    assert set(commands) == {"send", "outcome"}


def test_no_secret_travels_in_parameters(world: FakeWorld) -> None:
    world.up()
    for _, _, parameters in world.hosts.sent:
        for name, value in parameters.items():
            assert "password" not in name or value.startswith("/"), (name, value)


def test_killed_leaves_the_lease_and_the_dead_holder_is_replaced_at_once(world: FakeWorld) -> None:
    world.fate.die_after = 5
    with pytest.raises(Killed):
        world.up()
    world.fate.revive()
    at = world.clock.seconds
    world.up()
    assert world.clock.seconds - at < 300
    world.assert_nothing_left()
