"""`until: preflight`: a run of Pulumi that says what a doctor would and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.staging_refresh import StagingRefreshProvider
from refresh import orphan, session
from refresh.errors import PreflightError
from tests.refresh.fake_questions import FakeQuestions
from tests.refresh.fake_world import FakeWorld, inputs


@pytest.fixture
def questions() -> FakeQuestions:
    return FakeQuestions()


@pytest.fixture
def world(tmp_path: Path, questions: FakeQuestions, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWorld]:
    made = FakeWorld(tmp_path)
    made.objects.objects["toolkit", "toolkit/t.tar"] = (b"", "etag", 0.0)
    monkeypatch.setattr(session, "World", lambda: replace(made.world(), questions=lambda *_asked: questions))
    monkeypatch.setattr(orphan, "watch", lambda: None)
    return made


def until_preflight(**changes: Any) -> dict[str, Any]:
    return inputs(until="preflight", **changes)


def test_it_tells_the_page_and_leaves_everything_as_it_was(world: FakeWorld) -> None:
    olds = StagingRefreshProvider().create(inputs()).outs
    assert olds is not None
    objects, volumes = dict(world.objects.objects), world.of_space()
    outs = StagingRefreshProvider().update("id", olds, until_preflight(trigger="april")).outs
    assert outs is not None
    assert outs == {**olds, "until": "preflight", "trigger": "april"}
    assert (world.objects.objects, world.of_space()) == (objects, volumes)
    assert world.lines[-1] == "  In order."
    assert any("ok     volumes' key" in line for line in world.lines)


def test_set_back_to_the_end_the_refresh_is_due(world: FakeWorld) -> None:
    stored = StagingRefreshProvider().create(until_preflight()).outs
    assert stored is not None
    assert not stored["live_volume_id"]
    assert StagingRefreshProvider().diff("id", stored, until_preflight()).changes is False
    assert StagingRefreshProvider().diff("id", stored, inputs()).changes is True
    outs = StagingRefreshProvider().update("id", stored, inputs()).outs
    assert outs is not None
    assert outs["live_volume_id"] == world.hosts.live


def test_what_is_wrong_fails_the_run_with_every_reason_and_what_to_do(
    world: FakeWorld, questions: FakeQuestions
) -> None:
    questions.buckets, questions.key_usable = {"toolkit"}, False
    with pytest.raises(PreflightError, match="nothing was made") as refused:
        StagingRefreshProvider().create(until_preflight())
    assert len(refused.value.reasons) == 2
    assert "operator_policy_arn" in str(refused.value)
    assert world.of_space() == []
