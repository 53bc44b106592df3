"""The ledger keeps each run of each step, and who worked on it."""

from __future__ import annotations

import pytest

from refresh.errors import RefreshError, TransientError
from refresh.records import ledgers, runs
from refresh.records.ledger import Ledger
from refresh.records.provenance import ROOT, job, runner
from refresh.reporting import reasons
from refresh.reporting.ledgers import ended
from tests.refresh.fake_cloud import FakeClock, FakeObjects, Fate

ANN, BOB = {"arn": "arn:ann", "host": "a"}, {"arn": "arn:bob", "host": "a"}


@pytest.fixture
def objects() -> FakeObjects:
    return FakeObjects(FakeClock(), Fate())


def opened(objects: FakeObjects, ran_by: dict[str, str] = ANN) -> Ledger:
    return Ledger.open(
        objects, "reports", objects.clock, refresh_id="march-1", fencing=1, about={"space": "s", "ran_by": ran_by}
    )


def ends(ledger: Ledger) -> list[tuple[str, int, str, str]]:
    return [(run["step"], run["attempt"], run["end"], run["reason"]) for run in ledger.values["runs"]]


def test_each_run_of_a_step_is_kept_with_how_it_ended(objects: FakeObjects) -> None:
    ledger = opened(objects)
    ledger.begin("verify")
    objects.clock.sleep(5)
    ledger.interrupt("verify", 5, "HostError")
    ledger.begin("verify")
    objects.clock.sleep(7)
    ledger.finish("verify", 7, {})
    assert ends(ledger) == [("verify", 1, "failed", "HostError"), ("verify", 1, "done", "")]
    first, second = ledger.values["runs"]
    assert first["ended_at"] == second["begun_at"]
    assert second["ended_at"] > second["begun_at"]


def test_a_run_that_was_killed_is_known_when_the_ledger_is_opened_again(objects: FakeObjects) -> None:
    ledger = opened(objects)
    ledger.begin("anonymize")
    objects.clock.sleep(30)
    ledger.note("anonymize", begun=True)
    objects.clock.sleep(9_000)  # killed; nobody is there
    again = opened(objects)
    again.begin("anonymize")
    killed, now = again.values["runs"]
    assert (killed["end"], now["end"]) == ("interrupted", "")
    assert killed["begun_at"] < killed["ended_at"] < now["begun_at"]  # it ends when it was last heard of


def test_the_next_attempt_keeps_the_runs_of_the_one_before(objects: FakeObjects) -> None:
    ledger = opened(objects)
    ledger.begin("verify")
    ledger.interrupt("verify", 1, "FindingsError")
    ledger.close(ledgers.ABANDONED)
    ledger.start_over()
    ledger.begin("verify")
    assert [run[:3] for run in ends(ledger)] == [("verify", 1, "failed"), ("verify", 2, "")]


def test_the_list_of_runs_is_bounded() -> None:
    found: runs.Runs = []
    for number in range(250):
        runs.begin(found, f"step-{number}", 1, "now")
    assert [found[0]["step"], len(found)] == ["step-50", 200]


def test_everybody_who_worked_on_it_is_named_once(objects: FakeObjects) -> None:
    opened(objects)
    opened(objects)
    values = opened(objects, BOB).values
    assert [each["arn"] for each in values["runners"]] == ["arn:ann", "arn:bob"]
    assert "ran_by" not in values


def test_a_ledger_of_an_earlier_version_is_opened(objects: FakeObjects) -> None:
    objects.put(
        "reports", "ledger/march-1.json",
        b'{"refresh_id": "march-1", "state": "running", "attempt": 1, "fencing": 0, "started_at": "", "steps": {}}',
    )  # fmt: skip
    assert opened(objects).values["runs"] == []


def test_who_runs_is_named_with_commit_and_versions_and_trouble_in_asking_is_no_error() -> None:
    def refused() -> str:
        raise TransientError("no way to STS")

    found = runner(lambda: "arn:aws:iam::1:user/ann")
    assert found["arn"] == "arn:aws:iam::1:user/ann"
    assert {"python", "pulumi"} <= set(found["versions"])
    assert len(found["code_sha256"]) == 64
    assert bool(found["commit"]) == (ROOT / ".git").exists()
    assert runner(refused)["arn"] == ""


def test_a_job_of_github_actions_is_named_by_its_address() -> None:
    known = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/staging", "GITHUB_RUN_ID": "7"}
    assert job(known) == "https://github.com/shop/staging/actions/runs/7"
    assert job({}) == job({**known, "GITHUB_RUN_ID": ""}) == ""


def _all_errors(kind: type[RefreshError] = RefreshError) -> set[str]:
    return {kind.__name__}.union(*(_all_errors(each) for each in kind.__subclasses__()))


def test_every_error_has_a_sentence_for_the_report() -> None:
    assert _all_errors() <= set(reasons.SENTENCES)


@pytest.mark.parametrize(
    ("state", "reason", "outcome"),
    [
        ("finished", "", "finished"),
        ("running", "HostError", "failed"),
        ("abandoned", "FindingsError", "abandoned"),
        ("abandoned", "CutOverError", "switched back"),
        ("running", "SwitchedBackError", "switched back"),
        ("running", "CutOverError", "failed"),
    ],
)
def test_the_outcome_is_that_of_the_latest_run(state: str, reason: str, outcome: str) -> None:
    run = {"step": "verify", "attempt": 1, "end": "failed" if reason else "done", "reason": reason}
    found = ended({"state": state, "attempt": 1, "runs": [run]})
    assert found[0] == outcome
    said = "SwitchedBackError" if outcome == "switched back" else reason
    assert found[1] == (reasons.SENTENCES[said] if reason else "")
