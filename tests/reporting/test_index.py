"""The index has every event, reads only what is new, and two writers lose none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refresh.errors import FindingsError, HostError, TransientError
from refresh.mongo.workflow import STEPS
from refresh.reporting import files, index
from refresh.reporting.model import Report
from tests.refresh.fake_cloud import FakeClock, FakeObjects, Fate
from tests.refresh.fake_world import FakeWorld
from tests.reporting import made


class Counting(FakeObjects):
    """A bucket that counts what is read, and lets another writer in before a write."""

    def __init__(self) -> None:
        super().__init__(FakeClock(), Fate())
        self.reads: list[str] = []
        self.before_put: dict[str, list[object]] = {}

    def get(self, bucket, key):
        self.reads.append(key)
        return super().get(bucket, key)

    def put(self, bucket, key, body, *, etag=None, absent=False):
        waiting = self.before_put.get(key, [])
        if waiting:
            waiting.pop(0)()
        return super().put(bucket, key, body, etag=etag, absent=absent)


@pytest.fixture
def objects() -> Counting:
    return Counting()


def publish(objects: Counting, report: Report, folder: Path) -> list[str]:
    lines: list[str] = []
    files.publish(objects, "reports", report, folder, lines.append)
    return lines


def ids(objects: Counting) -> list[str]:
    return [each.refresh_id for each in index.read(objects, "reports")]


def test_the_index_has_every_event_the_newest_first(objects: Counting, tmp_path: Path) -> None:
    publish(objects, made.mongo_report(), tmp_path)
    publish(objects, made.mongo_report_of(made.failed_ledger()), tmp_path)
    publish(objects, made.serve_report(), tmp_path)
    publish(objects, made.aurora_report(), tmp_path)
    assert ids(objects) == ["serve-3", "2026-03-02-5b1f9c2a", "2026-03-09-77aa01ff", "20260302-1c2d3e4f"]
    page = (tmp_path / "index.html").read_text()
    stored = objects.get("reports", "reports/index.html")
    assert stored is not None
    assert stored.body.decode() == page
    assert "The verifier found something; the copy was removed." in page
    assert 'href="serve-3/report.html"' in page
    assert json.loads((tmp_path / "index.json").read_text())["version"] == 1


def test_only_what_is_new_is_read(objects: Counting, tmp_path: Path) -> None:
    for number in range(300):
        key = f"reports/old-{number}/report.json"
        objects.put("reports", key, made.serve_report(f"old-{number}").as_json().encode())
    index.write(objects, "reports", tmp_path)
    assert len(ids(objects)) == 300
    objects.reads.clear()
    objects.put("reports", "reports/new/report.json", made.serve_report("new").as_json().encode())
    index.write(objects, "reports", tmp_path)
    assert "new" in ids(objects)
    assert objects.reads.count("reports/new/report.json") == 1
    assert len(objects.reads) <= 5


def test_a_report_that_was_written_over_is_read_again(objects: Counting, tmp_path: Path) -> None:
    publish(objects, made.serve_report(outcome="failed"), tmp_path)
    publish(objects, made.serve_report(), tmp_path)
    assert [each.outcome for each in index.read(objects, "reports")] == ["finished"]


def test_two_writers_lose_no_event_and_no_page(objects: Counting, tmp_path: Path) -> None:
    def another() -> None:
        objects.put("reports", "reports/other/report.json", made.serve_report("other").as_json().encode())
        index.write(objects, "reports", tmp_path / "other")

    for key in (index.JSON_KEY, index.PAGE_KEY):
        objects.objects.clear()
        objects.before_put = {key: [another]}
        objects.put("reports", "reports/mine/report.json", made.serve_report("mine").as_json().encode())
        index.write(objects, "reports", tmp_path)
        assert set(ids(objects)) == {"mine", "other"}
        page = objects.get("reports", index.PAGE_KEY)
        assert page is not None
        assert b">mine<" in page.body
        assert b">other<" in page.body


def test_an_index_that_others_write_all_the_time_fails_no_event(objects: Counting, tmp_path: Path) -> None:
    def another() -> None:
        FakeObjects.put(objects, "reports", index.JSON_KEY, b"{}")

    objects.before_put = {index.JSON_KEY: [another] * 50}
    with pytest.raises(TransientError, match="was written by others 10 times"):
        index.write(objects, "reports", tmp_path)
    told = publish(objects, made.serve_report(), tmp_path)
    assert "reports/index.json was written by others" in told[0]
    assert (tmp_path / "serve-3" / "report.html").exists()


def test_a_refresh_that_was_killed_is_there_from_its_ledger(objects: Counting, tmp_path: Path) -> None:
    ledger = made.mongo_ledger("killed")
    ledger["runs"] = [*ledger["runs"][:5], {**ledger["runs"][5], "end": "", "ended_at": ""}]
    ledger.update(state="running", finished_at="")
    objects.put("reports", "ledger/killed.json", json.dumps(ledger).encode())
    index.write(objects, "reports", tmp_path)
    (found,) = index.read(objects, "reports")
    assert (found.outcome, found.reason_step, found.has_page) == ("unfinished", "verify", False)
    assert "was stopped before its end" in found.reason


def test_a_refresh_that_was_taken_up_again_after_its_report_is_unfinished_again(
    objects: Counting, tmp_path: Path
) -> None:
    failed = made.failed_ledger("again")
    publish(objects, made.mongo_report_of(failed), tmp_path)
    assert [each.outcome for each in index.read(objects, "reports")] == ["abandoned"]
    ledger = {**failed, "state": "running", "attempt": 2, "finished_at": "", "written_at": made.at(9_000)}
    ledger["runs"] = [*failed["runs"], made._run("preflight", 8_990, 9_000) | {"attempt": 2, "end": "", "ended_at": ""}]
    objects.put("reports", "ledger/again.json", json.dumps(ledger).encode())
    index.write(objects, "reports", tmp_path)
    assert [(each.outcome, each.has_page) for each in index.read(objects, "reports")] == [("unfinished", True)]


def test_a_draft_of_rules_is_no_refresh_of_staging(objects: Counting, tmp_path: Path) -> None:
    drafted = made.mongo_ledger("drafted")
    drafted["steps"] = {name: drafted["steps"][name] for name in ("preflight", "snapshot")} | {
        "draft_rules": {"facts": {}}
    }
    objects.put("reports", "ledger/drafted.json", json.dumps(drafted).encode())
    publish(objects, made.mongo_report_of(made.mongo_ledger("later")), tmp_path)
    by_id = {each.refresh_id: each for each in index.read(objects, "reports")}
    assert (by_id["drafted"].outcome, by_id["drafted"].data_as_of) == ("drafted", "")
    assert json.loads((tmp_path / "later" / "report.json").read_text())["changes"] is None
    assert "What did not finish" not in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"refresh_id": "x"}', b'{"kind": "other"}'])
def test_what_cannot_be_read_is_said_and_stops_nothing(objects: Counting, tmp_path: Path, body: bytes) -> None:
    objects.put("reports", "reports/x/report.json", body)
    objects.put("reports", "ledger/x.json", body)
    publish(objects, made.serve_report(), tmp_path)
    assert {each.refresh_id: each.outcome for each in index.read(objects, "reports")} == {
        "serve-3": "finished", "x": "unreadable",
    }  # fmt: skip


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"entries": [{"surprise": 1}]}'])
def test_an_index_that_cannot_be_read_is_made_anew(objects: Counting, tmp_path: Path, body: bytes) -> None:
    objects.put("reports", index.JSON_KEY, body)
    publish(objects, made.serve_report(), tmp_path)
    assert ids(objects) == ["serve-3"]


# -- in a refresh -----------------------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path)


def the_report(world: FakeWorld, trigger: str) -> Report:
    (path,) = world.folder.glob(f"{trigger}-*/report.json")
    return Report.model_validate_json(path.read_bytes())


def test_a_refresh_that_finishes_leaves_who_ran_it_its_rules_and_what_changed(world: FakeWorld) -> None:
    first = world.up()
    fields = {"_id": "keep", "name": "full_name"}
    world.up(trigger="april", rules__databases={"shop": {"customers": {"mode": "mask", "fields": fields}}})
    report = the_report(world, "april")
    assert report.outcome == "finished"
    assert report.runners[0].arn == "arn:aws:sts::111111111111:assumed-role/operator/ann"
    assert [(run.step, run.end) for run in report.runs] == [(step.name, "done") for step in STEPS]
    assert report.changes is not None
    assert report.changes.since == first["refresh_id"]
    assert report.changes.rules == ("changed: shop.customers name: from name to full_name",)
    assert [each.refresh_id for each in index.read(world.objects, "reports")][1] == first["refresh_id"]


def test_a_refresh_that_is_abandoned_leaves_its_findings_and_its_place_in_the_index(world: FakeWorld) -> None:
    findings = [{"kind": "original", "collection": "shop.customers", "path": "name", "count": 3}]
    world.hosts.verify_ends = [(4, {"findings": findings})]
    with pytest.raises(FindingsError):
        world.up()
    report = the_report(world, "march")
    assert (report.outcome, report.reason_step) == ("abandoned", "verify")
    assert report.findings[0].path == "name"
    (entry,) = index.read(world.objects, "reports")
    assert (entry.outcome, entry.findings) == ("abandoned", 3)
    world.up()
    assert the_report(world, "march").outcome == "finished"
    (entry,) = index.read(world.objects, "reports")
    assert (entry.outcome, entry.attempt) == ("finished", 2)
    assert {run.attempt for run in the_report(world, "march").runs} == {1, 2}


def test_a_refresh_that_fails_leaves_the_reason_without_the_message(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_unused: object) -> None:
        raise HostError("made to fail with jane.doe@example.com")

    monkeypatch.setattr("refresh.mongo.steps.restore.Restore.run", fail)
    with pytest.raises(HostError):
        world.up()
    report = the_report(world, "march")
    assert (report.outcome, report.reason, report.reason_step) == ("failed", "A command on a host failed.", "restore")
    written = [path.read_text() for path in world.folder.rglob("*") if path.is_file()]
    assert len(written) == 5  # report as page, JSON and Markdown; the index as page and JSON
    assert not any("jane.doe" in text for text in written)


def test_a_report_that_cannot_be_written_hides_no_failure(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_unused: object) -> None:
        raise HostError("made to fail")

    def refused(*_unused: object) -> None:
        raise TransientError("the bucket is gone")

    monkeypatch.setattr("refresh.mongo.steps.restore.Restore.run", fail)
    monkeypatch.setattr("refresh.reporting.files.publish", refused)
    with pytest.raises(HostError):
        world.up()
    assert any("the report could not be written: the bucket is gone" in line for line in world.lines)


def test_a_disk_that_refuses_fails_no_refresh(world: FakeWorld, tmp_path: Path) -> None:
    world.folder = tmp_path / "no-folder"
    world.folder.write_text("a file where the folder should be")
    outputs = world.up()
    assert world.objects.get("reports", f"reports/{outputs['refresh_id']}/report.html")
    assert any("no-folder" in line and "is in the reports bucket" in line for line in world.lines)


def test_what_else_a_step_notes_does_not_break_its_report() -> None:
    ledger = made.mongo_ledger()
    ledger["steps"] = json.loads(json.dumps(ledger["steps"]))
    facts = {name: step["facts"] for name, step in ledger["steps"].items()}
    facts["anonymize"]["opt_ins"] = [{"namespace": "shop.c", "path": "p", "what": "w", "new": 1}]
    facts["verify"]["checks"][0]["control"]["seconds"] = 3
    ledger["runs"][0]["new"] = 1
    report = made.mongo_report_of(ledger)
    assert report.opt_ins[0].what == "w"
