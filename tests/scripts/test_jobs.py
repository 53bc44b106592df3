"""anonymize, verify, job-status, job-discard: a job is joined, not started twice, and its end is known for good."""

import hashlib
import json
import os
import subprocess

import pytest

pytestmark = pytest.mark.slow

RULES = '{"version":1}'
SHA = "a" * 64
JOB = {
    "refresh_id": "r-1", "quarantine_volume_id": "vol-0000000a", "candidate_volume_id": "vol-0000000b",
    "toolkit_sha256": SHA, "rules_bucket": "tools", "rules_key": "rules/x.json",
    "rules_sha256": hashlib.sha256(RULES.encode()).hexdigest(), "key_parameter": "/understudy/key",
    "reports_bucket": "reports",
}  # fmt: skip
UNIT = "units/understudy-r-1-anonymize"
WHICH = {"refresh_id": "r-1", "step": "anonymize"}


@pytest.fixture
def worker(host):
    """A host with the toolkit and both volumes open."""
    host.path(f"/opt/understudy/toolkit/{SHA}").mkdir(parents=True)
    for volume in (JOB["quarantine_volume_id"], JOB["candidate_volume_id"]):
        host.put(f"units/understudy-{volume}", "")
        host.state(f"volumes/{volume}").mkdir(parents=True)
    host.put("s3/tools/rules/x.json", RULES)
    host.put("parameters/understudy_key", "k3y" * 20)
    return host


def end_job(worker, state=None, unit=UNIT):
    """The job ends; with no state it was killed."""
    (worker.root / unit).unlink()
    if state is not None:
        (worker.state("r-1/anonymize") / "state.json").write_text(json.dumps(state))


def starts(worker):
    return len(worker.calls("systemd-run"))


def test_a_job_is_started_under_a_name_of_its_own(worker):
    assert worker.answer("anonymize", **JOB)["state"] == "running"
    assert starts(worker) == 1
    assert "--unit=understudy-r-1-anonymize.service" in worker.calls("systemd-run")[0]


def test_a_running_job_is_joined(worker):
    worker.answer("anonymize", **JOB)
    assert worker.answer("anonymize", **JOB)["state"] == "running"
    assert starts(worker) == 1


@pytest.mark.parametrize("state", [{"state": "done", "exit_code": 0}, {"state": "failed", "exit_code": 3}])
def test_a_job_that_has_ended_keeps_its_state(worker, state):
    worker.answer("anonymize", **JOB)
    end_job(worker, state)
    for verb, parameters in (("anonymize", JOB), ("job-status", WHICH)):
        assert worker.answer(verb, **parameters).items() >= state.items()
    assert starts(worker) == 1


def test_a_job_that_died_is_told_from_one_that_failed_and_may_be_started_again(worker):
    worker.answer("anonymize", **JOB)
    end_job(worker)
    told = worker.answer("job-status", **WHICH)
    assert (told["state"], told["exit_code"]) == ("failed", None)
    assert "may be started again" in told["reason"]
    assert worker.answer("anonymize", **JOB)["state"] == "running"
    assert starts(worker) == 2


@pytest.mark.parametrize(
    "changed", [{"rules_sha256": "b" * 64}, {"key_parameter": "/other"}, {"candidate_volume_id": "vol-0000000c"}]
)
def test_a_job_started_with_other_parameters_is_not_joined(worker, changed):
    worker.answer("anonymize", **JOB)
    assert "discard it first" in worker.reason("anonymize", **{**JOB, **changed})
    assert starts(worker) == 1


def test_a_discarded_job_is_stopped_and_forgotten(worker):
    worker.answer("anonymize", **JOB)
    worker.answer("job-discard", **WHICH)
    assert not (worker.root / UNIT).exists()
    assert "no such job" in worker.answer("job-status", **WHICH)["reason"]
    worker.answer("job-discard", **WHICH)  # again is no error


def test_progress_is_passed_on_and_cut_where_run_command_would_cut_it(worker):
    worker.answer("anonymize", **JOB)
    progress = worker.state("r-1/anonymize") / "progress.json"
    progress.write_text('{"read": 7}')
    assert worker.answer("job-status", **WHICH)["progress"] == {"read": 7}
    progress.write_text(json.dumps({"long": "x" * 30_000}))
    assert worker.answer("job-status", **WHICH)["progress"] == {"too_long": True}


def test_rules_that_changed_on_their_way_start_nothing(worker):
    worker.put("s3/tools/rules/x.json", RULES + " ")
    assert "the rules were changed on their way" in worker.reason("anonymize", **JOB)
    assert starts(worker) == 0


def test_a_volume_that_is_not_open_starts_nothing(worker):
    (worker.root / "units/understudy-vol-0000000a").unlink()
    assert "vol-0000000a is not open" in worker.reason("anonymize", **JOB)
    assert starts(worker) == 0


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [(0, "done", None), (3, "failed", "12 paths are not listed"), (1, "failed", "its log is")],
)
def test_the_job_reads_the_key_into_the_anonymizer_and_writes_how_it_ended(worker, code, state, reason):
    worker.answer("anonymize", **JOB)
    package = worker.path(f"/opt/understudy/toolkit/{SHA}/anonymizer")
    package.mkdir()
    (package / "__main__.py").write_text(ANONYMIZER.replace("CODE", str(code)))
    run_job(worker)
    end_job(worker)
    told = worker.answer("job-status", **WHICH)
    assert (told["state"], told["exit_code"]) == (state, code)
    assert reason in told["reason"] if reason else told["reason"] is None
    assert json.loads((worker.root / "s3/uploaded").read_text()) == {"key_characters": 60, "command": "run"}
    assert "s3://reports/jobs/r-1/anonymize.json" in worker.calls("aws")[-1]


def test_a_key_that_cannot_be_read_fails_the_job_by_the_parameters_name(worker):
    worker.answer("anonymize", **{**JOB, "key_parameter": "/no/such"})
    run_job(worker)
    end_job(worker)
    told = worker.answer("job-status", **WHICH)
    assert told["state"] == "failed"
    assert "/no/such" in told["reason"]
    assert "ParameterNotFound" in told["reason"]


def test_no_file_of_a_job_holds_the_key(worker):
    worker.answer("anonymize", **JOB)
    run_job(worker)
    holders = [
        path.name for path in worker.root.rglob("*") if path.is_file() and "k3yk3y" in path.read_text(errors="replace")
    ]
    assert holders == ["understudy_key"]  # the parameter itself is the control


DRAFT = {name: JOB[name] for name in ("refresh_id", "quarantine_volume_id", "toolkit_sha256", "reports_bucket")}
SCAN = """
import sys
options = dict(zip(sys.argv[2:], sys.argv[3:]))
open(options["--output"], "w").write("version: 1")
print("jane.doe@mail.example is no date", file=sys.stderr)
sys.exit(CODE)
"""


@pytest.mark.parametrize(
    ("code", "state", "says"),
    [
        (0, "done", None),
        (5, "failed", "jane.doe@mail.example"),
        (1, "failed", "its log is"),
        (137, "failed", "its log is"),
    ],
)
def test_a_draft_that_ends_otherwise_than_documented_tells_no_word_of_its_log(worker, code, state, says):
    """With status 5 the words are the anonymizer's own, and are the control that they would be found."""
    worker.answer("rules-draft", **DRAFT)
    package = worker.path(f"/opt/understudy/toolkit/{SHA}/anonymizer")
    package.mkdir()
    (package / "__main__.py").write_text(SCAN.replace("CODE", str(code)))
    run_job(worker, "draft")
    end_job(worker, unit="units/understudy-r-1-draft")
    told = worker.answer("job-status", refresh_id="r-1", step="draft")
    assert (told["state"], told["exit_code"]) == (state, code)
    assert says in told["reason"] if says else told["reason"] is None
    assert ("jane.doe" in json.dumps(told)) == (code == 5)
    uploaded = worker.root / "s3/uploaded"
    assert uploaded.exists() == (code == 0)
    assert code or json.loads(uploaded.read_text()) == {"rules": "version: 1"}


ANONYMIZER = """
import json, sys
options = dict(zip(sys.argv[2:], sys.argv[3:]))
result = {"key_characters": len(sys.stdin.read().strip()), "command": sys.argv[1]}
open(options["--result"], "w").write(json.dumps(result))
print("12 paths are not listed", file=sys.stderr)
sys.exit(CODE)
"""


def run_job(worker, step="anonymize"):
    """Run the job's script as systemd would."""
    environment = {"PATH": f"{worker.root / 'bin'}:{os.environ['PATH']}", "FAKES": str(worker.root)}
    subprocess.run(["bash", str(worker.state(f"r-1/{step}") / "job.sh")], env=environment, timeout=60, check=False)
