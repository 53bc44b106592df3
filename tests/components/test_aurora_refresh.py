"""AuroraRefresh: when something is due, which execution is followed, what is stored, what a preview says."""

import base64
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import UNKNOWN as PULUMI_UNKNOWN

from components import aurora_refresh
from components.aurora_refresh import AuroraRefreshProvider
from dumps.schema import fingerprint
from refresh import aurora_session, orphan
from refresh.aurora.current import key_of as current_key
from refresh.aurora.state import serving_key
from refresh.automation import Execution, StepState
from refresh.aws import Stored
from refresh.errors import ExecutionError, PermanentError
from tests.reporting import made

PROVIDER = {"__provider": "stored by reference"}
NOW = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
STEPS = ("Load", "LoadStopped", "LoadSucceeded", "Finish", "Outcome")
SCHEMA = {
    "version": 1,
    "tables": {"people": {"columns": {"id": {"type": "int"}}, "indexes": {}, "foreign_keys": {}, "options": {}}},
    "views": {},
    "triggers": {},
    "routines": {},
    "events": {},
}
MANIFEST = {
    "sha256": "a" * 64,
    "bytes": 1_500_000,
    "sql_bytes": 12_000_000,
    "prepared_at": "2026-11-21T20:00:00+00:00",
    "source": {"file": "iset_intake.sql", "server_version": "8.0.39"},
    "tables": [
        {"table": "people", "mode": "mask", "written": 1200},
        {"table": "sessions", "mode": "empty", "written": 0},
    ],
}


def inputs(**changes):
    return {
        "dump_key": "20261122/iset_intake.sql.gz",
        "expected_sha256": "",
        "accepted_schema": "",
        "serve": "live",
        "migrations": "",
        "document": "NWACTest-DBRefresh",
        "space": "understudy/test",
        "region": "eu-central-1",
        "cluster_id": "nwac-test-db",
        "schema": "iset_intake",
        "import_bucket": "nwac-test-db-import",
        "reports_bucket": "nwac-test-db-import-reports",
        **changes,
    }


class FakeAutomation:
    """Executions that take a step further whenever they are looked at."""

    def __init__(self, objects):
        self.objects, self.found, self.tokens, self.looks = objects, {}, [], {}
        self.ends_as, self.dies_at = "Success", None

    def start(self, document, parameters, token):
        assert document == "NWACTest-DBRefresh"
        self.tokens.append(token)
        return self.add(parameters, "InProgress")

    def add(self, parameters, status, **more):
        execution_id = f"execution-{len(self.found) + 1}"
        at = NOW + timedelta(minutes=len(self.found))
        self.found[execution_id] = Execution(
            execution_id=execution_id, status=status, parameters=dict(parameters), started_at=at, **more
        )
        return execution_id

    def executions(self, document, at_most):
        return list(reversed(self.found))[:at_most]

    def execution(self, execution_id):
        now = self.found[execution_id]
        if now.status != "InProgress":
            return now
        look = self.looks[execution_id] = self.looks.get(execution_id, 0) + 1
        if self.dies_at == look:
            raise KeyboardInterrupt
        if look <= len(STEPS):
            done = [StepState(name=name, status="Success", seconds=float(n)) for n, name in enumerate(STEPS[:look])]
            return replace(now, steps=tuple(done))
        ended = self.end(now)
        self.found[execution_id] = ended
        return ended

    def end(self, now):
        steps = [StepState(name=name, status="Success", seconds=float(n)) for n, name in enumerate(STEPS)]
        if self.ends_as != "Success":
            steps[2] = StepState(name=STEPS[2], status="Failed", seconds=2.0, failure="exitCode is 3, desired: 0.")
            steps[4] = StepState(name="EndAsFailed", status="Failed", failure="the schema drifted")
        outputs = {
            "refreshId": "20261122-1",
            "report": "s3://reports/report",
            "schemaSha256": "f" * 64,
            "endpoint": "db",
        }
        self.write_down(now)
        return replace(
            now,
            status=self.ends_as,
            steps=tuple(steps),
            outputs=outputs if self.ends_as == "Success" else {},
            ended_at=now.started_at + timedelta(seconds=90),
        )

    def write_down(self, execution):
        """Leave what the tasks leave."""
        current = {"execution_id": execution.execution_id, "refresh_id": "20261122-1"}
        report = json.loads(made.aurora_report().as_json())
        restored = {"refresh_id": "restored-1", "report": "s3://reports/report"}
        for key, value in (
            (current_key(AuroraRequestLike), current),
            ("reports/20261122-1/report.json", report),
            (serving_key("nwac-test-db", "iset_intake"), {"data_as_of": "2026-11-21T20:00:00+00:00"}),
            (f"restored/{execution.execution_id}.json", restored),
        ):
            self.objects.stored["nwac-test-db-import-reports", key] = json.dumps(value).encode()


class AuroraRequestLike:
    cluster_id, schema = "nwac-test-db", "iset_intake"


class FakeObjects:
    def __init__(self):
        self.stored = {}

    def get(self, bucket, key):
        body = self.stored.get((bucket, key))
        return None if body is None else Stored(body=body, etag="", age_seconds=0.0)

    def put_dump(self, key, manifest=MANIFEST, schema=SCHEMA):
        for ending, value in (("manifest.json", manifest), ("schema.json", schema)):
            place = key.removesuffix("sql.gz") + ending
            self.stored["nwac-test-db-import", place] = json.dumps(value).encode()


class FakeClock:
    def monotonic(self):
        return 0.0

    def now(self):
        return NOW

    def sleep(self, seconds):
        assert seconds >= 0


class FakeWorld:
    def __init__(self):
        self.objects, self.lines = FakeObjects(), []
        self.automation = FakeAutomation(self.objects)

    def world(self):
        return WORLD(
            automations=lambda region: self.automation,
            objects=lambda region: self.objects,
            clock=FakeClock(),
            say=self.lines.append,
        )

    def preview(self, olds=None, **changes):
        self.lines.clear()
        result = AuroraRefreshProvider().check(olds or {}, {**inputs(**changes), **PROVIDER})
        assert result.failures == []
        return "\n".join(self.lines)


WORLD = aurora_session.World


@pytest.fixture
def world(monkeypatch):
    """A world that the provider meets without being told: it keeps nothing on itself."""
    made = FakeWorld()
    monkeypatch.setattr(aurora_session, "World", made.world)
    monkeypatch.setattr(orphan, "watch", lambda: None)
    return made


def created(world, **changes):
    return AuroraRefreshProvider().create({**inputs(**changes), **PROVIDER}).outs


def updated(olds, **changes):
    return AuroraRefreshProvider().update("id", olds, {**inputs(**changes), **PROVIDER}).outs


def test_the_provider_is_stored_by_reference_under_a_path_that_stays():
    stored = base64.b64decode(serialize_provider(AuroraRefreshProvider()))
    assert b"components.aurora_refresh" in stored
    assert b"AuroraRefreshProvider" in stored
    assert len(stored) < 100
    assert vars(AuroraRefreshProvider()) == {}


def test_create_starts_the_automation_follows_it_and_returns_inputs_and_outputs(world):
    outs = created(world)
    assert set(outs) == set(inputs()) | set(aurora_refresh._OUTPUTS)
    assert (outs["refresh_id"], outs["schema_sha256"]) == ("20261122-1", "f" * 64)
    assert outs["tables"] == {"customer": 599, "film": 1000, "session": 0}
    assert outs["dump_sha256"] == "ab" * 32
    assert outs["swap"]["swap_ms"] == 41
    assert outs["data_as_of"] == "2026-11-21T20:00:00+00:00"
    parameters = world.automation.found[outs["execution_id"]].parameters
    assert parameters["dumpKey"] == "20261122/iset_intake.sql.gz"
    assert parameters["action"] == "refresh"


def test_each_step_is_told_once(world):
    created(world)
    for step in STEPS:
        assert len([line for line in world.lines if line.strip().startswith(f"{step} ")]) == 1, step


@pytest.mark.parametrize(
    "changes",
    [
        {"dump_key": "20261201/iset_intake.sql.gz"},
        {"expected_sha256": "b" * 64},
        {"accepted_schema": "c" * 64},
        {"serve": "previous"},
        {"migrations": "d" * 64},
        {"dump_key": PULUMI_UNKNOWN},
    ],
)
def test_something_is_due_when_dump_hash_schema_migrations_or_what_is_served_change(world, changes):
    olds = created(world)
    assert AuroraRefreshProvider().diff("id", olds, inputs(**changes)).changes is True
    assert aurora_refresh.is_due(olds, inputs(**changes))


def test_nothing_is_due_without_a_change_and_another_change_is_stored_alone(world):
    olds = created(world)
    assert AuroraRefreshProvider().diff("id", olds, inputs()).changes is False
    assert AuroraRefreshProvider().diff("id", olds, inputs(cluster_id="other")).changes is True
    outs = updated(olds, cluster_id="other")
    assert outs == {**olds, "cluster_id": "other"}
    assert len(world.automation.found) == 1


@pytest.mark.parametrize("dies_at", range(1, len(STEPS) + 2))
def test_an_up_that_was_killed_is_followed_by_the_next_and_nothing_is_started_twice(world, dies_at):
    world.automation.dies_at = dies_at
    with pytest.raises(KeyboardInterrupt):
        created(world)
    outs = created(world)
    assert list(world.automation.found) == [outs["execution_id"]]
    assert any("follows execution" in line for line in world.lines)


def test_an_update_that_ended_unseen_is_not_done_again(world):
    olds = created(world)
    unseen = updated(olds, serve="previous")
    again = updated(olds, serve="previous")
    assert again == unseen
    assert len(world.automation.found) == 2


def test_one_of_a_stack_that_is_gone_does_not_count(world):
    created(world)
    world.objects.stored.clear()  # its buckets went with it
    created(world)
    assert len(world.automation.found) == 2


def test_one_since_which_something_else_was_executed_does_not_count(world):
    created(world)
    world.automation.add({"dumpKey": "20260101/x.sql.gz", "action": "refresh"}, "Success")
    created(world)
    assert len(world.automation.found) == 3


def test_back_and_forth_is_done_each_time(world):
    outs = created(world)
    for serve in ("previous", "live", "previous", "live"):
        outs = updated(outs, serve=serve)
    actions = [each.parameters["action"] for each in world.automation.found.values()]
    assert actions == ["refresh", "previous", "refresh", "previous", "refresh"]
    assert len(set(world.automation.tokens)) == 5


def test_a_failed_one_is_tried_again_under_another_token(world):
    world.automation.ends_as = "Failed"
    with pytest.raises(ExecutionError) as failed:
        created(world)
    assert "LoadSucceeded: the schema drifted" in str(failed.value)
    assert "aws ssm get-automation-execution" in str(failed.value)
    assert failed.value.__suppress_context__
    assert sys.tracebacklimit == 0
    world.automation.ends_as = "Success"
    created(world)
    first, second = world.automation.tokens
    assert first != second


def test_one_that_was_started_by_hand_for_the_same_dump_is_followed(world):
    by_hand = world.automation.add({"dumpKey": inputs()["dump_key"]}, "InProgress")
    assert created(world)["execution_id"] == by_hand
    assert world.automation.tokens == []


def test_one_for_something_else_is_in_the_way_and_named(world):
    other = world.automation.add({"dumpKey": "20260101/x.sql.gz"}, "InProgress")
    with pytest.raises(ExecutionError, match=f"{other}, refresh with 20260101/x.sql.gz"):
        created(world)
    assert world.automation.tokens == []


def test_a_time_is_a_point_in_time(world):
    outs = updated(created(world), serve="2026-11-22T10:15:00Z")
    parameters = world.automation.found[outs["execution_id"]].parameters
    assert (parameters["action"], parameters["restoreTo"]) == ("point-in-time", "2026-11-22T10:15:00Z")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"serve": "yesterday"}, "serve"), ({"dump_key": "x.sql"}, "dump_key"), ({"document": ""}, "document")],
)
def test_check_names_the_wrong_field(world, changes, field):
    (failure,) = AuroraRefreshProvider().check({}, {**inputs(**changes), **PROVIDER}).failures
    assert failure.property == field
    assert world.lines == []


def test_check_bears_what_is_not_known_yet(world):
    text = world.preview(import_bucket=PULUMI_UNKNOWN, reports_bucket=PULUMI_UNKNOWN, document=PULUMI_UNKNOWN)
    assert "not there yet" in text


def test_a_preview_shows_dump_tables_and_what_is_replaced_and_starts_nothing(world):
    world.objects.put_dump(inputs()["dump_key"])
    text = world.preview()
    assert "A refresh is due: 20261122/iset_intake.sql.gz" in text
    assert "1.5 MB packed, 12.0 MB of SQL, 2 tables, 1,200 rows" in text
    assert "prepared at 2026-11-21T20:00:00+00:00 from iset_intake.sql" in text
    assert "mask: people" in text
    assert "replaces: schema iset_intake" in text
    assert world.automation.found == {}
    assert world.preview(olds=inputs()) == "", "nothing is due, nothing is said"


def test_a_preview_shows_the_schemas_difference_from_the_last_one_loaded(world):
    world.objects.put_dump(inputs()["dump_key"])
    olds = created(world)
    other = json.loads(json.dumps(SCHEMA))
    other["tables"]["people"]["columns"]["e_mail"] = {"type": "varchar(99)"}
    new = "20261201/iset_intake.sql.gz"
    world.objects.put_dump(new, schema=other)
    text = world.preview(olds=olds, dump_key=new)
    assert "schema: differs from that of 20261122/iset_intake.sql.gz" in text
    assert "e_mail" in text
    assert f"aurora.accepted_schema: {fingerprint(other)}" in text
    assert "the last refresh took 90 s" in text
    taken = world.preview(olds=olds, dump_key=new, accepted_schema=fingerprint(other))
    assert "is refused" not in taken


def test_a_preview_warns_of_a_missing_dump_a_wrong_hash_and_one_that_runs(world):
    assert "manifest.json is not there" in world.preview()
    world.objects.put_dump(inputs()["dump_key"])
    assert "it will be refused" in world.preview(expected_sha256="b" * 64)
    assert "it will be refused" not in world.preview(expected_sha256="a" * 64)
    world.automation.add({"dumpKey": "20260101/x.sql.gz"}, "InProgress")
    assert "! execution execution-1 is running" in world.preview()


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        ("previous", "goes back to the schema that was live before"),
        ("last-known-good", "tagged as last known good"),
        ("2026-11-22T10:15:00Z", "makes: a cluster beside nwac-test-db"),
    ],
)
def test_a_preview_of_a_way_back_says_where_to(world, serve, said):
    assert said in world.preview(olds=inputs(), serve=serve)


def test_what_somebody_elses_refresh_brought_is_found_by_a_pulumi_refresh_and_makes_nothing_due(world):
    olds = created(world)
    later = "2026-11-25T20:00:00+00:00"
    key = "nwac-test-db-import-reports", serving_key("nwac-test-db", "iset_intake")
    world.objects.stored[key] = json.dumps({"data_as_of": later}).encode()
    seen = AuroraRefreshProvider().read("id", olds)
    assert seen.outs == {**olds, "data_as_of": later}
    assert set(seen.inputs) == set(inputs())
    assert AuroraRefreshProvider().diff("id", seen.outs, inputs()).changes is False


def test_a_bucket_that_cannot_be_asked_is_no_drift(world, monkeypatch):
    olds = created(world)

    def get(bucket, key):
        raise PermanentError("GetObject: it is gone")

    monkeypatch.setattr(world.objects, "get", get)
    assert AuroraRefreshProvider().read("id", olds).outs == olds
