"""`until: scan`, in memory: a draft is handed out, what was restored goes, and staging stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.staging_refresh import StagingRefreshProvider, is_due
from refresh.errors import HostError
from refresh.holdings import SPACE_TAG
from refresh.mongo.planning import runs
from refresh.mongo.workflow import DRAFTING
from refresh.records import ledgers
from refresh.request import RefreshRequest
from tests.refresh.fake_hosts import DRAFT
from tests.refresh.fake_world import SPACE, WORKER, FakeWorld, inputs

NAMES = [step.name for step in DRAFTING]


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def drafts_of(world: FakeWorld) -> list[str]:
    return [body.decode() for (_, key), (body, *_) in world.objects.objects.items() if key.endswith("/rules.yaml")]


def assert_nothing_is_there(world: FakeWorld) -> None:
    world.clock.sleep(60)
    assert world.of_space() == []
    assert world.ec2.snapshots({SPACE_TAG: SPACE}) == []
    assert world.hosts.jobs == {}
    worker = world.ec2.instance(WORKER)
    assert worker is not None
    assert worker.state == "stopped"


def test_a_first_scan_hands_out_the_draft_and_leaves_nothing(world: FakeWorld) -> None:
    assert world.up(until="scan") == {}
    assert drafts_of(world) == [DRAFT]
    (file,) = world.folder.rglob("rules.yaml")
    assert file.read_text() == DRAFT
    assert world.hosts.live == ""
    assert_nothing_is_there(world)
    assert "anonymize" not in world.fate.effects
    assert any("1 left to decide" in line for line in world.lines)


def test_a_scan_leaves_a_staging_that_serves_as_it_was(world: FakeWorld) -> None:
    world.up()
    before = world.hosts.live
    world.up(trigger="april", until="scan")
    assert world.hosts.live == before
    world.assert_nothing_left(previous=0)
    assert world.up(trigger="april")["live_volume_id"] != before  # the refresh with the same trigger is another one


@pytest.mark.parametrize("name", NAMES)
def test_a_step_that_fails_is_gone_on_with(world: FakeWorld, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    step = next(each for each in DRAFTING if each.name == name)
    with monkeypatch.context() as patch:
        patch.setattr(type(step), "run", _fail)
        with pytest.raises(HostError, match="made to fail"):
            world.up(until="scan")
    world.up(until="scan")
    assert drafts_of(world) == [DRAFT]
    assert_nothing_is_there(world)
    assert world.fate.effects.count("create_snapshots") == 1


def _fail(*_unused: object) -> dict[str, object]:
    raise HostError("made to fail")


def test_a_scan_that_fails_says_so_and_is_tried_again(world: FakeWorld) -> None:
    world.hosts.draft_ends = [(5, {})]
    with pytest.raises(HostError, match=r"draft_rules of refresh .* failed: ended with 5"):
        world.up(until="scan")
    world.up(until="scan")
    assert drafts_of(world) == [DRAFT]


def test_a_job_that_died_is_started_again(world: FakeWorld) -> None:
    world.hosts.draft_ends = [(None, {})]
    world.up(until="scan")
    assert world.fate.effects.count("draft started") == 2


def test_the_end_is_part_of_what_makes_a_refresh_due() -> None:
    before = {**inputs(), "live_volume_id": "vol-1"}
    assert is_due(before, inputs(until="scan"))
    assert not is_due(before, inputs(until="end"))  # a state from before there was `until`
    assert not is_due(inputs(until="scan"), inputs(until="scan"))


def test_a_scan_that_is_done_is_not_done_again_although_nothing_serves() -> None:
    provider, values = StagingRefreshProvider(), inputs(until="scan")
    stored = {**values, "serving": "live"}
    assert not provider.diff("", stored, values).changes
    assert provider.diff("", stored, inputs(until="end")).changes


def test_it_has_an_id_of_its_own_and_all_others_keep_theirs() -> None:
    asked = ({}, {"until": "end"}, {"until": "scan"})
    plain, end, scan = (RefreshRequest.from_inputs(inputs(**more)).refresh_id for more in asked)
    assert plain == end != scan


def test_a_draft_is_no_run_that_staging_serves_or_that_foretells_the_next(world: FakeWorld) -> None:
    world.up(until="scan")
    drafted = ledgers.read_all(world.objects, "reports")
    assert len(drafted) == 1
    assert runs.finished(drafted) == []
    world.up(trigger="april")
    assert [run.refresh_id[:5] for run in runs.finished(ledgers.read_all(world.objects, "reports"))] == ["april"]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["die_before", "die_after"])
def test_what_is_killed_anywhere_is_gone_on_with(world: FakeWorld, tmp_path: Path, when: str) -> None:
    world.up(until="scan")
    killed = 0
    for number, effect in enumerate(world.fate.effects):
        one = FakeWorld(tmp_path / f"{when}-{number}")
        setattr(one.fate, when, number)
        killed += one.up_and_die(until="scan")
        one.up(until="scan")
        assert drafts_of(one) == [DRAFT], effect
        assert_nothing_is_there(one)
    assert killed > 15
