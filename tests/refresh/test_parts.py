"""Request, commands, poller, release, sweep, report, plan and orphan, each by itself."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refresh import orphan, session
from refresh.aws import Outcome
from refresh.commands import Commands
from refresh.errors import DeadlineError, HostError, ReleaseError, RequestError, TransientError
from refresh.holdings import ROLE_TAG, SPACE_TAG
from refresh.hosts import Document
from refresh.mongo import plan
from refresh.mongo.workflow import STEPS
from refresh.poller import Poller
from refresh.reporting.model import Report
from refresh.reporting.text import as_text
from refresh.request import RefreshRequest
from refresh.values import UNKNOWN
from tests.refresh.fake_cloud import FakeClock
from tests.refresh.fake_world import PRODUCTION, SPACE, STAGING, WORKER, FakeWorld, inputs


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


# -- request ------------------------------------------------------------


def test_the_refresh_id_depends_on_trigger_rules_and_source_alone() -> None:
    first = RefreshRequest.from_inputs(inputs()).refresh_id
    assert first.startswith("march-")
    assert len(first) == len("march-") + 8
    unchanged = [
        inputs(toolkit__sha256="f" * 64),
        inputs(worker__cache_mib=512.0),
        inputs(limits__source_lag_seconds=9.0),
    ]
    assert {RefreshRequest.from_inputs(each).refresh_id for each in unchanged} == {first}
    reordered = inputs(production__instance_ids=list(reversed(PRODUCTION)))
    assert RefreshRequest.from_inputs(reordered).refresh_id == first
    changed = [
        inputs(trigger="april"),
        inputs(rules__version=2.0),
        inputs(production__role_arn="arn:aws:iam::222222222222:role/reader"),
        inputs(production__instance_ids=list(PRODUCTION[:2])),
    ]
    assert len({RefreshRequest.from_inputs(each).refresh_id for each in changed} | {first}) == 5


def test_numbers_from_pulumi_are_whole_again() -> None:
    request = RefreshRequest.from_inputs(inputs(limits__step_timeout_minutes={"anonymize": 90.0}))
    assert request.limits.step_timeout_minutes == {"anonymize": 90}
    assert request.rules["version"] == 1
    assert isinstance(request.rules["version"], int)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"staging__volume_gib": 1.5}, "staging.volume_gib"),
        ({"limits__source_lag_seconds": 0.0}, "limits.source_lag_seconds"),
        ({"production__instance_ids": []}, "production.instance_ids"),
        ({"documents": "none"}, "documents"),
        ({"staging__address": None}, "staging.address"),
        ({"limits__step_timeout_minutes": {"anonymize": "soon"}}, "limits.step_timeout_minutes.anonymize"),
    ],
)
def test_a_wrong_input_is_named_with_its_whole_path(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as wrong:
        RefreshRequest.from_inputs(inputs(**changes))
    assert wrong.value.field == field


# -- commands and poller ------------------------------------------------------------


class OneAnswer:
    """A Run Command that answers one thing."""

    def __init__(self, **outcome: Any) -> None:
        values = {"status": "Success", "detail": "", "exit_code": 0, "stdout": "", "stderr": "", **outcome}
        self.answer = Outcome(**values)

    def send(self, *_unused: Any) -> str:
        return "command-1"

    def outcome(self, *_unused: Any) -> Outcome:
        return self.answer


def commands(port: Any) -> Commands:
    return Commands(port=port, poller=Poller(FakeClock()), documents={"verb": Document(name="doc", hash="h")})


def test_the_answer_is_the_last_line_of_stdout() -> None:
    assert commands(OneAnswer(stdout='log\n{"a": 1}\n')).run("i-1", "verb") == {"a": 1}


def test_the_reason_is_the_scripts_last_line_on_stderr_not_the_agents() -> None:
    stderr = "works\nvolume vol-1 is blank\nfailed to run commands: exit status 1"
    with pytest.raises(HostError, match=r"verb on i-1 failed: volume vol-1 is blank$"):
        commands(OneAnswer(status="Failed", exit_code=1, stderr=stderr)).run("i-1", "verb")


def test_a_cut_answer_is_an_error_and_no_half_truth() -> None:
    with pytest.raises(HostError, match="AWS cuts at 24,000"):
        commands(OneAnswer(stdout='{"a": ' + "1" * 23_994)).run("i-1", "verb")


def test_a_timed_out_script_is_told_as_that() -> None:
    with pytest.raises(HostError, match="Execution Timed Out"):
        commands(OneAnswer(status="TimedOut", detail="Execution Timed Out", stderr="half a log")).run("i-1", "verb")


def test_an_unknown_verb_is_refused_before_sending() -> None:
    with pytest.raises(HostError, match="no document of that verb"):
        commands(OneAnswer()).run("i-1", "other")


def test_waiting_ends_at_its_deadline_and_names_the_setting() -> None:
    clock = FakeClock()
    poller = Poller(clock)
    poller.limit(30, "Raise understudy:step_timeout_minutes")
    with pytest.raises(DeadlineError, match=r"gave up waiting for it\. Raise understudy:step_timeout_minutes"):
        poller.wait_for("it", lambda: None)
    assert 30 <= clock.seconds < 31


def test_transient_trouble_does_not_end_a_wait() -> None:
    answers: list[Any] = [TransientError("throttled"), None, "there"]

    def ask() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Poller(FakeClock()).wait_for("it", ask) == "there"


def test_a_transient_error_is_tried_again_and_a_call_is_not_doubled(world: FakeWorld) -> None:
    world.fate.failures["create_snapshots"] = [TransientError("SnapshotCreationPerVolumeRateExceeded", 15.0)]
    world.fate.failures["attach_volume"] = [TransientError("throttled"), TransientError("throttled")]
    world.up()
    world.assert_nothing_left()
    assert len(world.ec2.tokens) == 2


# -- release and sweep ------------------------------------------------------------


def space_inputs(**changes: Any) -> dict[str, Any]:
    values = inputs()
    return {
        "space": SPACE,
        "region": "eu-west-1",
        "reports_bucket": "reports",
        "staging_instance_id": STAGING,
        "worker_instance_id": WORKER,
        "documents": values["documents"],
        "retain_live_volume": False,
        **changes,
    }


def test_what_lacks_a_tag_is_left_alone(world: FakeWorld) -> None:
    world.up()
    foreign = world.of_space("live")[0]
    world.ec2.disks["vol-0000feed"] = replace(world.ec2.disks[foreign.volume_id])
    world.ec2.disks["vol-0000feed"].volume = replace(
        foreign, volume_id="vol-0000feed", attachments=(), tags={SPACE_TAG: SPACE, ROLE_TAG: "previous"}
    )
    with pytest.raises(ReleaseError, match="vol-0000feed lacks the tags understudy:refresh"):
        session.remove(space_inputs(), world.world())
    assert [each.volume_id for each in world.of_space()] == ["vol-0000feed"]  # the rest is gone all the same


def test_a_failed_release_names_the_id_and_the_command(world: FakeWorld) -> None:
    live = world.up()["live_volume_id"]
    world.fate.failures["delete_volume"] = [HostError("AWS said no")]
    with pytest.raises(ReleaseError, match=f"aws ec2 delete-volume --region eu-west-1 --volume-id {live}"):
        session.remove(space_inputs(), world.world())


def test_removing_a_space_removes_everything_of_it_and_stops_staging(world: FakeWorld) -> None:
    world.up()
    world.up(trigger="april")
    world.fate.die_after = len(world.fate.effects) + 45
    assert world.up_and_die(trigger="may")
    assert world.of_space("quarantine")
    assert world.ec2.snapshots({SPACE_TAG: SPACE})
    session.remove(space_inputs(), world.world())
    assert world.of_space() == []
    assert world.ec2.snapshots({SPACE_TAG: SPACE}) == []
    assert world.hosts.live == ""
    assert set(PRODUCTION) <= set(world.ec2.instances)
    assert len(world.ec2.disks) == 6  # production's own


def test_the_live_volume_stays_when_asked_to(world: FakeWorld) -> None:
    live = world.up()["live_volume_id"]
    session.remove(space_inputs(retain_live_volume=True), world.world())
    assert [(each.volume_id, each.state) for each in world.of_space()] == [(live, "available")]


def test_a_stack_made_anew_with_the_trigger_of_before_gets_volumes_of_its_own(world: FakeWorld) -> None:
    world.up()
    session.remove(space_inputs(), world.world())
    world.objects.objects.clear()  # the reports bucket went with the stack, and the ledger with it
    world.hosts.live = ""
    world.up()  # AWS still remembers the client tokens of the first time
    assert len(world.ec2.tokens) == 4


def test_a_space_in_which_nothing_was_ever_made_is_removed_without_a_command(world: FakeWorld) -> None:
    session.remove(space_inputs(), world.world())
    assert world.hosts.sent == []


# -- report and plan ------------------------------------------------------------


def test_the_report_is_in_the_bucket_and_here_and_never_says_anonymised(world: FakeWorld) -> None:
    outputs = world.up()
    folder = world.folder / outputs["refresh_id"]
    text = (folder / "test-report.md").read_text()
    values = json.loads((folder / "report.json").read_text())
    stored = world.objects.get("reports", f"reports/{outputs['refresh_id']}/test-report.md")
    assert stored is not None
    assert stored.body.decode() == text
    assert outputs["report"] == f"s3://reports/reports/{outputs['refresh_id']}/report.html"
    assert f"pseudonymised under rules {values['hashes']['rules']}" in text
    assert "anonymised" not in text.replace("pseudonymised", "")
    assert "| shop.customers | mask | 10 | 10 | 0 | 0 | 10 |" in text
    assert "| masked by | kernel |" in text
    assert "- shop.customers email: keeps its real mail domain" in text
    assert "- view names dropped: shop.recent (shop.audit_log)" in text
    assert "| identity values | 10 | 40 | 2 | 2 | 0 |" in text
    assert values["source"]["data_as_of"] in text
    assert sum(values["phases"].values()) > 0
    assert as_text(Report.model_validate(values)) == text


def planned(world: FakeWorld, **changes: Any) -> str:
    return "\n".join(plan.lines(RefreshRequest.from_inputs(inputs(**changes)), world.connect, world.clock))


def test_the_plan_tells_source_age_collections_and_what_is_kept_and_deleted(world: FakeWorld) -> None:
    first = world.up()["live_volume_id"]
    second = world.up(trigger="april")["live_volume_id"]
    world.clock.sleep(7200)
    sent, effects = len(world.hosts.sent), len(world.fate.effects)
    text = planned(world, trigger="may")
    assert f"source: {PRODUCTION[0]} (running), vol-00000000 of 100 GiB" in text
    assert "2.0 h old" in text or "2.1 h old" in text
    assert "mask: shop.customers" in text
    assert f"keeps as the way back: {second}" in text
    assert f"deletes: {first}" in text
    assert "the last refresh took" in text
    assert f"{len(STEPS)}. retire:" in text
    assert (len(world.hosts.sent), len(world.fate.effects)) == (sent, effects)  # it only looked


def test_the_plan_warns_of_a_used_trigger(world: FakeWorld) -> None:
    world.up()
    world.up(trigger="april")
    assert "has finished before: it will be refused" in planned(world)


def test_the_plan_bears_what_is_not_known_yet_and_what_cannot_be_asked(world: FakeWorld) -> None:
    unknown = planned(world, production__instance_ids=UNKNOWN, staging__instance_id=UNKNOWN, reports_bucket=UNKNOWN)
    assert "production's hosts are not known yet" in unknown

    def broken(*_unused: Any) -> Any:
        raise TransientError("no connection")

    told = plan.lines(RefreshRequest.from_inputs(inputs()), broken, world.clock)
    assert told[-1] == "  (nothing could be looked up: no connection)"


# -- live volume and orphan ------------------------------------------------------------


def test_a_missing_or_detached_live_volume_is_noticed(world: FakeWorld) -> None:
    outputs = {**inputs(), **world.up()}
    assert session.is_live(outputs, world.world())
    world.hosts.mounts.clear()
    world.ec2.detach_volume(outputs["live_volume_id"], STAGING)
    world.clock.sleep(5)
    assert not session.is_live(outputs, world.world())
    world.ec2.lose(outputs["live_volume_id"])
    assert not session.is_live(outputs, world.world())


def test_an_orphan_ends_itself_when_its_standard_input_hangs_up() -> None:
    reader, writer = os.pipe()
    ended: list[int] = []
    thread = orphan.watch(reader, ended.append)
    thread.join(0.05)
    assert thread.is_alive()  # control: not before
    os.close(writer)
    thread.join(5)
    assert ended == [orphan.EXIT_STATUS]
    os.close(reader)
