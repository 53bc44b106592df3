"""Bad input is refused with every reason at once, before anything is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refresh.errors import DeadlineError, LeaseError, PermanentError, PreflightError, RequestError, VersionError
from refresh.process import ProcessIdentity
from tests.refresh.fake_world import PRODUCTION, STAGING, WORKER, FakeWorld

Change = Callable[[FakeWorld], None]


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def members(**more: Any) -> Change:
    return lambda world: [member.more.update(more) for member in world.hosts.members.values()] and None


def all_members(**values: Any) -> Change:
    def change(world: FakeWorld) -> None:
        for member in world.hosts.members.values():
            if member.state != "PRIMARY":
                for name, value in values.items():
                    setattr(member, name, value)

    return change


def no_primary(world: FakeWorld) -> None:
    world.hosts.members[PRODUCTION[0]].state = "RECOVERING"


def trouble(reason: str) -> Change:
    def change(world: FakeWorld) -> None:
        for member in world.hosts.members.values():
            member.trouble = reason

    return change


def no_parameter(world: FakeWorld) -> None:
    del world.parameters.versions["/understudy/pseudonym-key"]


def stopped_staging(world: FakeWorld) -> None:
    world.ec2.instances[STAGING] = replace(world.ec2.instances[STAGING], zone="eu-west-1b")


def old_staging(world: FakeWorld) -> None:
    world.hosts.staging_version = "5.0.9"


def no_worker(world: FakeWorld) -> None:
    del world.ec2.instances[WORKER]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (members(replica_set=None), "is no replica set"),
        (no_primary, "no primary among production.instance_ids"),
        (all_members(healthy=False), "no healthy secondary"),
        (all_members(state="RECOVERING"), "no healthy secondary"),
        (all_members(lag_seconds=31.0), "31 s behind"),
        (trouble("authentication failed for the user named by /p/user"), "authentication failed"),
        (trouble("the SSM parameter /p/user does not exist"), "/p/user does not exist"),
        (no_parameter, "/understudy/pseudonym-key (understudy:pseudonym_key_parameter) does not exist"),
        (members(encrypted=True), "encrypted storage engine"),
        (members(sharded=True), "sharded cluster"),
        (members(layout="lvm"), "keeps its data on lvm"),
        (members(index_builds=1), "is building an index"),
        (members(volume_ids=["vol-1", "vol-2"]), "on 2 EBS volumes and does not say where each is mounted"),
        (members(volume_ids=[]), "on no EBS volume that could be found"),
        (members(layout="raid"), "keeps its data on raid: only plain file systems"),
        (members(engine="inMemory"), "storage engine 'inMemory'"),
        (members(data_bytes=95 * 1024**3), "understudy:staging_volume_gib 106"),
        (stopped_staging, "use one zone"),
        (old_staging, "older than production's 6.0.5"),
        (no_worker, f"worker host {WORKER} does not exist"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_made(world: FakeWorld, change: Change, expected: str) -> None:
    change(world)
    with pytest.raises(PreflightError, match="cannot start, and nothing was made") as refused:
        world.up()
    assert expected in str(refused.value)
    assert world.of_space() == []
    assert world.fate.count("create_snapshots") == 0
    assert world.fate.count("start_instance") == 0


def test_every_reason_is_told_at_once(world: FakeWorld) -> None:
    for change in (no_parameter, no_worker, members(sharded=True)):
        change(world)
    with pytest.raises(PreflightError) as refused:
        world.up()
    assert len(refused.value.reasons) == 3


@pytest.mark.parametrize("host", ["staging", "worker"])
def test_a_production_host_is_neither_staging_nor_worker(world: FakeWorld, host: str) -> None:
    with pytest.raises(RequestError, match="is a production host"):
        world.up(**{f"{host}__instance_id": PRODUCTION[1]})


@pytest.mark.parametrize("trigger", ["", "With Blanks", "x" * 41, "-a"])
def test_a_trigger_must_be_a_short_plain_word(world: FakeWorld, trigger: str) -> None:
    with pytest.raises(RequestError, match="trigger"):
        world.up(trigger=trigger)


def test_the_trigger_of_an_earlier_finished_refresh_is_refused(world: FakeWorld) -> None:
    world.up()
    world.up(trigger="april")
    with pytest.raises(RequestError, match="Give a trigger that was not used before"):
        world.up()


def test_another_refresh_under_way_is_named(world: FakeWorld) -> None:
    other = world.world()
    alive = ProcessIdentity.current()
    lease = replace(other, identity=alive).lease(world.connect("", ""), "reports", "april-1")
    with lease, pytest.raises(LeaseError, match=rf"april-1 by process {alive.pid}"):
        world.up()
    world.up()  # control: given back, it can be taken


def test_a_healthy_hidden_secondary_is_the_first_choice_then_the_least_lagging(world: FakeWorld) -> None:
    world.hosts.members[PRODUCTION[1]].lag_seconds = 1
    world.hosts.members[PRODUCTION[2]].lag_seconds = 5
    assert world.up()["source_member"] == "shop-prod-2:27017"
    world.hosts.members[PRODUCTION[2]].hidden = False
    assert world.up(trigger="april")["source_member"] == "shop-prod-1:27017"


def test_a_silent_member_is_left_out(world: FakeWorld) -> None:
    world.hosts.members[PRODUCTION[2]].stalled = True
    assert world.up()["source_member"] == "shop-prod-1:27017"
    assert any("did not answer and is left out" in line for line in world.lines)


def test_a_member_that_does_not_catch_up_gives_way_to_another(world: FakeWorld) -> None:
    world.hosts.members[PRODUCTION[2]].behind_until = 10_000
    assert world.up()["source_member"] == "shop-prod-1:27017"


def test_no_snapshot_is_asked_for_while_no_secondary_has_everything(world: FakeWorld) -> None:
    for instance_id in PRODUCTION[1:]:
        world.hosts.members[instance_id].behind_until = 10_000
    with pytest.raises(DeadlineError, match="understudy:source_lag_limit_seconds"):
        world.up()
    assert world.fate.count("create_snapshots") == 0


def test_a_primary_lost_after_preflight_stops_the_snapshot(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    send = world.hosts.send

    def losing(instance_id: str, document: Any, parameters: Any) -> str:
        if world.fate.count("production-check") == len(PRODUCTION):
            no_primary(world)
        return send(instance_id, document, parameters)

    monkeypatch.setattr(world.hosts, "send", losing)
    with pytest.raises(PermanentError, match="was not asked for"):
        world.up()


def test_a_worker_with_another_mongodb_is_refused_before_it_opens_productions_files(world: FakeWorld) -> None:
    world.hosts.worker_version = "7.0.2"
    with pytest.raises(VersionError, match=r"mongod 7\.0\.2, production 6\.0\.5"):
        world.up()
    assert world.fate.count("quarantine-open") == 0
    assert world.of_space() == []


def test_unhealthy_staging_is_refused_since_its_users_could_not_be_carried(world: FakeWorld) -> None:
    world.up()
    world.hosts.healthy = False
    with pytest.raises(PreflightError, match="authentication failed"):
        world.up(trigger="april")


def test_expired_raw_data_of_any_refresh_is_swept(world: FakeWorld) -> None:
    world.fate.die_after = 40
    assert world.up_and_die()
    assert world.of_space("quarantine")
    world.clock.sleep(25 * 3600)
    world.up()  # the same refresh: its own raw data is too old, so it starts from a new snapshot
    assert world.fate.count("create_snapshots") == 2
    world.assert_nothing_left()
