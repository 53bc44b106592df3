"""What people, logs and metrics are told of a refresh, whatever it comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from refresh.errors import (
    CutOverError,
    FindingsError,
    HostError,
    LeaseError,
    PermanentError,
    PreflightError,
    RefreshError,
    RequestError,
    SwitchedBackError,
    TransientError,
)
from refresh.mongo.workflow import STEPS
from refresh.watch import words
from tests.refresh.fake_world import SPACE, FakeWorld

WATCH = {"topic_arn": "arn:aws:sns:eu-west-1:111111111111:understudy-staging", "log_group": "/understudy/staging"}
CANARIES = ("anna.smith@example.org", "mongodb://root:hush-hush@shop-prod-0:27017/?tls=true", "0f" * 32, "c2VjcmV0" * 6)


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def refused_refresh(world: FakeWorld) -> None:
    world.parameters.versions.pop("/mongo/admin")


def failing_step(world: FakeWorld, monkeypatch: pytest.MonkeyPatch, error: Exception, name: str = "deliver") -> None:
    def fail(*_unused: object) -> dict[str, object]:
        raise error

    monkeypatch.setattr(type(next(step for step in STEPS if step.name == name)), "run", fail)


def told(world: FakeWorld) -> tuple[str, str]:
    """The one message that was sent."""
    ((topic_arn, subject, message),) = world.telling.published
    assert topic_arn == WATCH["topic_arn"]
    return subject, message


def measured(world: FakeWorld) -> dict[str, float]:
    ((namespace, dimensions, values),) = world.telling.measured
    assert (namespace, dimensions) == ("Understudy", {"Space": SPACE, "Event": "refresh"})
    return values


def events(world: FakeWorld) -> list[dict[str, Any]]:
    assert {group for group, _, _ in world.telling.logged} == {WATCH["log_group"]}
    return [event for _, _, event in world.telling.logged]


def test_a_finished_refresh_is_told_with_its_counts_and_a_link_to_its_report(world: FakeWorld) -> None:
    outputs = world.up(watch=WATCH)
    subject, message = told(world)
    documents = sum(row["written"] for row in outputs["collections"])
    assert documents > 0, "the control"
    assert subject == f"{SPACE}: refresh {outputs['refresh_id']} finished"
    assert f"{documents:,} documents, 0 findings" in message
    assert outputs["data_as_of"] in message
    key = f"reports/{outputs['refresh_id']}/report.html"
    assert f"https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix={key}\n" in message
    assert f"s3://reports/{key}" in message
    assert world.objects.get("reports", key) is not None, "the link leads somewhere"


def test_a_finished_refresh_is_measured(world: FakeWorld) -> None:
    outputs = world.up(watch=WATCH)
    values = measured(world)
    assert values["Failed"] == 0
    assert values["Documents"] == sum(row["written"] for row in outputs["collections"])
    assert values["Findings"] == 0
    assert values["Duration"] == pytest.approx(sum(outputs["phases"].values()), abs=0.1)
    assert 0 < values["DataAge"] <= world.clock.seconds + 3600
    assert "Refused" not in values


def test_every_line_is_logged_as_json_between_a_beginning_and_an_end(world: FakeWorld) -> None:
    outputs = world.up(watch=WATCH)
    logged = events(world)
    assert {(each["id"], each["kind"], each["space"]) for each in logged} == {(outputs["refresh_id"], "refresh", SPACE)}
    assert [each["what"] for each in (logged[0], logged[-1])] == ["begun", "ended"]
    assert logged[-1]["outcome"] == "finished"
    assert logged[-1]["documents"] > 0
    lines = [each["line"] for each in logged if each["what"] == "line"]
    assert lines == [line.strip() for line in world.lines]
    assert {stream for _, stream, _ in world.telling.logged} == {f"refresh/{outputs['refresh_id']}"}
    assert world.telling.asked.count("log") > 1, "not only at the end"


def test_a_refusal_is_told_with_its_reasons_and_is_no_failure(world: FakeWorld) -> None:
    refused_refresh(world)
    with pytest.raises(PreflightError):
        world.up(watch=WATCH)
    subject, message = told(world)
    assert subject.endswith(" refused")
    assert "nothing was changed" in message
    assert "/mongo/admin" in message
    assert "Report: " in message
    assert "s3://reports/reports/" in message
    assert measured(world) == {"Refused": 1}
    assert (events(world)[-1]["outcome"], events(world)[-1]["error"]) == ("refused", "PreflightError")


def test_a_failure_is_told_as_one(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_step(world, monkeypatch, HostError("deliver on i-1: the disk is full"))
    with pytest.raises(HostError):
        world.up(watch=WATCH)
    subject, message = told(world)
    assert subject.endswith(" failed")
    assert "the disk is full" in message
    assert "runbook.md#when-it-stops" in message
    assert measured(world)["Failed"] == 1


def test_findings_are_told_as_given_up(world: FakeWorld) -> None:
    found = [{"kind": "original", "collection": "shop.customers", "path": "email", "count": 2}]
    world.hosts.verify_ends = [(4, {"findings": found})]
    with pytest.raises(FindingsError):
        world.up(watch=WATCH)
    assert told(world)[0].endswith(" abandoned")
    assert "staging is as it was" in told(world)[1]
    assert measured(world)["Failed"] == 1


def test_a_switch_back_is_told_as_one(world: FakeWorld) -> None:
    world.up()
    world.hosts.unhealthy_volumes = {"*"}
    with pytest.raises(CutOverError):
        world.up(trigger="april", watch=WATCH)
    subject, message = told(world)
    assert subject.endswith(" switched back")
    assert "was left again" in message
    assert "runbook.md#staging-switched-back" in message
    assert measured(world)["Failed"] == 1
    assert events(world)[-1]["outcome"] == "switched back"


def test_a_switch_by_hand_is_told_under_its_own_name(world: FakeWorld) -> None:
    world.up()
    former = world.up(trigger="april")
    outputs = world.serve("previous", trigger="april", watch=WATCH)
    subject, message = told(world)
    assert subject == f"{SPACE}: serve serve-1 finished"
    assert "The switch serve-1" in message
    assert outputs["data_as_of"] in message
    assert outputs["data_as_of"] != former["data_as_of"]
    assert "s3://reports/reports/serve-1/" in message
    ((_, dimensions, values),) = world.telling.measured
    assert dimensions["Event"] == "serve"
    assert values["DataAge"] > 0
    assert {stream for _, stream, _ in world.telling.logged} == {"serve/serve-1"}


def test_a_switch_with_nothing_to_go_back_to_is_told_as_a_refusal(world: FakeWorld) -> None:
    world.up()
    with pytest.raises(PreflightError):
        world.serve("previous", watch=WATCH)
    subject, message = told(world)
    assert subject == f"{SPACE}: serve serve-previous refused"
    assert "s3://" not in message, "there is no record of it to lead to"


def test_a_former_volume_that_is_left_again_is_told(world: FakeWorld) -> None:
    world.up()
    former = world.hosts.live
    world.up(trigger="april")
    world.hosts.unhealthy_volumes = {former}
    with pytest.raises(SwitchedBackError):
        world.serve("previous", trigger="april", watch=WATCH)
    assert told(world)[0] == f"{SPACE}: serve serve-1 switched back"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RequestError("trigger", "was used"), "refused"),
        (LeaseError("held"), "refused"),
        (CutOverError("did not switch"), "failed"),
        (SwitchedBackError("not healthy"), "switched back"),
        (TransientError("throttled"), "failed"),
        (KeyError("x"), "failed"),
    ],
)
def test_the_class_of_an_error_decides_what_is_told(error: Exception, outcome: str) -> None:
    assert words.outcome_of(error) == outcome


def test_a_space_that_is_worked_on_is_told_as_a_refusal(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_unused: object) -> None:
        raise LeaseError("another refresh works on this space")

    monkeypatch.setattr("refresh.records.lease.Lease.take", held)
    with pytest.raises(LeaseError):
        world.up(watch=WATCH)
    assert told(world)[0].endswith(" refused")


def test_without_topic_and_log_group_nothing_is_told(world: FakeWorld) -> None:
    world.up()
    assert world.telling.asked == []


@pytest.mark.parametrize("broken", ["log", "publish", "measure", "publish by mistake"])
def test_what_cannot_be_told_is_said_in_a_line_and_changes_nothing(world: FakeWorld, broken: str) -> None:
    world.telling.broken = {broken}
    outputs = world.up(watch=WATCH)
    assert outputs["refresh_id"]
    world.assert_nothing_left()
    said = [line for line in world.lines if "could not be told" in line]
    assert len(said) == 1, "once, and not again with every line"
    assert "anna" not in said[0]
    sent = {"log": world.telling.logged, "publish": world.telling.published, "measure": world.telling.measured}
    assert [name for name, what in sent.items() if not what] == [broken.split(maxsplit=1)[0]], (
        "the other ways are not stopped by it"
    )


@pytest.mark.parametrize("broken", ["log", "publish", "measure", "publish by mistake"])
def test_what_cannot_be_told_never_hides_the_error(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    world.telling.broken = {broken}
    failing_step(world, monkeypatch, HostError("made to fail"))
    with pytest.raises(HostError, match="made to fail"):
        world.up(watch=WATCH)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_value_leaves_for_a_mailbox_or_a_log(world: FakeWorld, monkeypatch: pytest.MonkeyPatch, canary: str) -> None:
    """Errors hold no values by their making; this is the guard behind it, against one that did."""
    failing_step(world, monkeypatch, PermanentError(f"deliver stopped at {canary}, look there"))
    with pytest.raises(PermanentError) as caught:
        world.up(watch=WATCH)
    assert canary in str(caught.value), "the control: it was there to be told"
    everything = f"{told(world)} {world.telling.logged}"
    assert "deliver stopped at" in everything
    assert canary not in everything
    assert "hush-hush" not in everything


def test_of_an_error_that_is_none_of_ours_only_its_class_is_told(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_step(world, monkeypatch, ValueError("Anna Smith"))
    with pytest.raises(ValueError, match="Anna Smith"):
        world.up(watch=WATCH)
    assert "Anna" not in f"{told(world)} {world.telling.logged}"
    assert "ValueError" in told(world)[1]


def test_a_long_reason_is_cut() -> None:
    reason = words.reason_of(PreflightError("r-1", [f"volume {n} is not there" for n in range(500)]))
    assert len(reason) < 1000
    assert "the rest" in reason


def test_ids_and_places_pass_the_guard() -> None:
    text = (
        "snap-0123456789abcdef0 of vol-0123456789abcdef0 in s3://reports/ledger/march-1a2b3c4d.json at shop.customers"
    )
    assert words.harmless(text) == text


@pytest.mark.parametrize(
    ("region", "console"),
    [("eu-west-1", "console.aws.amazon.com"), ("cn-north-1", "console.amazonaws.cn")],
)
def test_a_link_leads_to_the_console_of_its_partition(region: str, console: str) -> None:
    event = words.Event(kind="refresh", event_id="r-1", space="s", region=region, reports_bucket="b")
    assert words.link(event, "k") == f"https://{region}.{console}/s3/object/b?region={region}&prefix=k"


@pytest.mark.parametrize(("seconds", "text"), [(41.6, "42 s"), (192, "3 min 12 s"), (7500, "2 h 5 min")])
def test_a_duration_is_written_for_people(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_every_error_of_a_refresh_has_words() -> None:
    kinds = [each for each in _subclasses(RefreshError) if each not in (RequestError, PreflightError)]
    assert len(kinds) > 10
    event = words.Event(kind="refresh", event_id="r-1", space="s", region="eu-west-1", reports_bucket="b")
    for kind in kinds:
        error = kind("why")
        text = words.message(event, words.outcome_of(error), {"seconds": 1}, "ledger/r-1.json", words.reason_of(error))
        assert "why" in text


def _subclasses(kind: type) -> list[type]:
    return [each for direct in kind.__subclasses__() for each in (direct, *_subclasses(direct))]
