"""The scripts that the automation runs, called as SSM calls them, against AWS's answers made up."""

import importlib.util
import io
import json
import pathlib

import jsonschema
import pytest
from botocore.exceptions import ClientError

ROOT = pathlib.Path(__file__).parents[2]
FOLDER, SCHEMA = ROOT / "scripts/automation", ROOT / "docs/report.schema.json"
EXECUTION = "00000000-0000-4000-8000-1234567890ab"


def script(name, monkeypatch, **clients):
    """Load a script; its boto3 gives these clients."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if clients:
        monkeypatch.setattr(module.boto3, "client", clients.__getitem__)
    if hasattr(module, "time"):
        monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    return module


class FakeS3:
    def __init__(self, **objects):
        self.objects = {key: json.dumps(value).encode() for key, value in objects.items()}

    def get_object(self, Bucket, Key):  # noqa: N803 - boto3's names
        return {"Body": io.BytesIO(self.objects[Key])}

    def put_object(self, Bucket, Key, Body):  # noqa: N803
        self.objects[Key] = Body


def asked(**changes):
    return {
        "bucket": "reports",
        "cluster_id": "nwac-test-db",
        "schema": "intake",
        "endpoint": "db.example",
        "action": "refresh",
        "execution_id": EXECUTION,
        **changes,
    }


CURRENT = "state/aurora/nwac-test-db/intake/current.json"


def test_the_outcome_is_that_of_the_report(monkeypatch):
    objects = {
        CURRENT: {"execution_id": EXECUTION, "refresh_id": "20261122-1"},
        "reports/20261122-1/report.json": {"aurora": {"schema_sha256": "f" * 64}},
    }
    outcome = script("read_outcome", monkeypatch, s3=FakeS3(**objects)).handler(asked(), None)
    assert outcome == {
        "refresh_id": "20261122-1",
        "report": "s3://reports/reports/20261122-1/report.html",
        "schema_sha256": "f" * 64,
        "endpoint": "db.example",
    }


def test_the_outcome_of_another_execution_is_nobodys(monkeypatch):
    module = script("read_outcome", monkeypatch, s3=FakeS3(**{CURRENT: {"execution_id": "x", "refresh_id": "y"}}))
    with pytest.raises(RuntimeError, match="by execution x meanwhile"):
        module.handler(asked(), None)


def test_a_restored_cluster_is_written_down_told_and_read_as_the_outcome(monkeypatch):
    s3, told = FakeS3(), []
    sns = type("Sns", (), {"publish": lambda self, **message: told.append(message)})()
    events = {
        **asked(topic_arn="topic", restored_id="nwac-test-db-12", restore_to="2026-11-22T10:15:00Z", port="3306"),
        "reader_endpoint": "reader.example",
    }
    script("record_restored", monkeypatch, s3=s3, sns=sns).handler(events, None)
    outcome = script("read_outcome", monkeypatch, s3=s3).handler(asked(action="point-in-time"), None)
    assert outcome["refresh_id"] == "restored-1234567890ab"
    report = json.loads(s3.objects[outcome["report"].removeprefix("s3://reports/")])
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    assert (report["service"]["served"], report["aurora"]["cluster_id"]) == ("nwac-test-db", "nwac-test-db-12")
    assert json.loads(told[0]["Message"])["port"] == 3306
    assert told[0]["TopicArn"] == "topic"


def test_the_same_execution_names_the_restored_cluster_the_same_and_within_awss_limit(monkeypatch):
    handler = script("name_restored", monkeypatch).handler
    events = {"cluster_id": "c" * 60, "execution_id": EXECUTION, "restore_to": "2026-11-22T10:15:00Z"}
    named = handler(events, None)["cluster_id"]
    assert named == handler(events, None)["cluster_id"]
    assert len(named) <= 63
    assert named != handler({**events, "execution_id": "11111111-0000"}, None)["cluster_id"]
    with pytest.raises(ValueError, match="restoreTo"):
        handler({**events, "restore_to": ""}, None)


class FakeRds:
    def __init__(self, *members):
        self.members, self.deleted = members, []

    def describe_db_clusters(self, **arguments):
        if not self.members:
            raise ClientError({"Error": {"Code": "DBClusterNotFoundFault", "Message": "no"}}, "DescribeDBClusters")
        return {"DBClusters": [{"DBClusterMembers": [{"DBInstanceIdentifier": one} for one in self.members]}]}

    def delete_db_instance(self, **arguments):
        self.deleted.append(arguments["DBInstanceIdentifier"])

    def delete_db_cluster(self, **arguments):
        self.deleted.append(arguments["DBClusterIdentifier"])


def test_what_was_half_restored_goes_instances_first_and_nothing_is_no_error(monkeypatch):
    rds = FakeRds("copy-1", "copy-2")
    assert script("remove_restored", monkeypatch, rds=rds).handler({"cluster_id": "copy"}, None)
    assert rds.deleted == ["copy-1", "copy-2", "copy"]
    none = script("remove_restored", monkeypatch, rds=FakeRds()).handler({"cluster_id": "copy"}, None)
    assert none == {"deleted": []}


def task(number, code, family="load", command=("load",), **more):
    return {
        "taskArn": f"arn:task/cluster/{number}",
        "taskDefinitionArn": f"arn:task-definition/{family}:3",
        "lastStatus": "STOPPED",
        "createdAt": number,
        "containers": [{"exitCode": code} if code is not None else {}],
        "overrides": {"containerOverrides": [{"command": list(command)}]},
        **more,
    }


class FakeEcs:
    def __init__(self, *tasks, ends_after=0):
        self.tasks, self.stopped, self.looks, self.ends_after = tasks, [], 0, ends_after

    def list_tasks(self, **arguments):
        return {"taskArns": [one["taskArn"] for one in self.tasks]}

    def get_paginator(self, name):
        return type("Pages", (), {"paginate": lambda _self, **arguments: [self.list_tasks()]})()

    def stop_task(self, **arguments):
        self.stopped.append(arguments["task"])

    def describe_tasks(self, **arguments):
        self.looks += 1
        status = "STOPPED" if self.looks > self.ends_after else "DEPROVISIONING"
        return {"tasks": [{**one, "lastStatus": status} for one in self.tasks]}


class FakeLogs:
    def __init__(self, **streams):
        self.streams = streams

    def get_log_events(self, logGroupName, logStreamName, limit):  # noqa: N803
        if logStreamName not in self.streams:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no"}}, "GetLogEvents")
        return {"events": [{"message": line} for line in self.streams[logStreamName]]}


def reason(monkeypatch, *tasks, **streams):
    events = {"cluster": "c", "started_by": EXECUTION, "container": "task", "log_group": "/log", "load_family": "load"}
    module = script("end_as_failed", monkeypatch, ecs=FakeEcs(*tasks), logs=FakeLogs(**streams))
    with pytest.raises(RuntimeError) as failed:
        module.handler(events, None)
    return str(failed.value)


def test_a_failed_execution_says_what_its_task_said(monkeypatch):
    lines = ["[1/4] check object", "understudy: load: the schema differs:", "  - people.phone is new"]
    told = reason(monkeypatch, task(1, 3), **{"load/task/1": lines})
    assert told == "the refresh failed: load: the schema differs:\n  - people.phone is new"


def test_what_the_users_image_said_is_pointed_at_and_not_repeated(monkeypatch):
    lines = ["Duplicate entry 'jane@example.com'"]
    told = reason(monkeypatch, task(2, 1, "migrations", ("node", "run.js")), **{"migrations/task/2": lines})
    assert "node run.js ended with 1; its output is stream migrations/task/2 of log group /log" in told
    assert "jane" not in told


def test_a_task_that_did_not_run_says_why(monkeypatch):
    assert "CannotPullContainerError" in reason(monkeypatch, task(1, None, stoppedReason="CannotPullContainerError"))


def test_tasks_that_went_well_and_the_one_that_records_the_failure_are_not_the_reason(monkeypatch):
    streams = {
        "load/task/3": ["understudy: fail: no refresh was begun"],
        "load/task/2": ["understudy: finish: 1 finding"],
    }
    told = reason(monkeypatch, task(1, 0), task(2, 4), task(3, 2, command=("fail",)), **streams)
    assert told == "the refresh failed: finish: 1 finding"
    assert "no task failed" in reason(monkeypatch)


def test_every_task_of_the_execution_is_stopped_and_waited_for(monkeypatch):
    ecs = FakeEcs(task(1, 0), task(2, 0), ends_after=3)
    answer = script("stop_tasks", monkeypatch, ecs=ecs).handler({"cluster": "c", "started_by": EXECUTION}, None)
    assert answer == {"stopped": ["arn:task/cluster/1", "arn:task/cluster/2"]} == {"stopped": ecs.stopped}
    assert ecs.looks == 4


class Spoken:
    """CloudWatch and SNS: what they were called with."""

    def __init__(self, error=None):
        self.calls, self.error = [], error

    def put_metric_data(self, **call):
        if self.error:
            raise self.error
        self.calls.append(call)

    publish = put_metric_data


TOLD = {
    "topic_arn": "arn:topic",
    "cluster_id": "nwac-test-db",
    "schema": "intake",
    "execution_id": EXECUTION,
    "namespace": "Understudy",
    "metric": "Failed",
    "dimensions": {"Space": "understudy/test"},
    "kinds": {"refresh": "aurora-refresh", "previous": "aurora-serve"},
}


def test_a_failure_that_no_task_could_tell_is_told_and_measured_all_the_same(monkeypatch):
    cloudwatch, sns = Spoken(), Spoken()
    script("tell_failed", monkeypatch, cloudwatch=cloudwatch, sns=sns).handler({**TOLD, "action": "previous"}, None)
    (datum,) = cloudwatch.calls[0]["MetricData"]
    assert (cloudwatch.calls[0]["Namespace"], datum["MetricName"], datum["Value"]) == ("Understudy", "Failed", 1)
    assert {one["Name"]: one["Value"] for one in datum["Dimensions"]} == {
        "Space": "understudy/test",
        "Event": "aurora-serve",
    }
    assert sns.calls[0]["Subject"] == "previous of intake on nwac-test-db: failed"
    assert EXECUTION in sns.calls[0]["Message"]


def test_a_metric_that_cannot_be_put_keeps_no_message_back(monkeypatch):
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutMetricData")
    module = script("tell_failed", monkeypatch, cloudwatch=Spoken(refused), sns=(sns := Spoken()))
    with pytest.raises(ClientError):
        module.handler({**TOLD, "action": "refresh"}, None)
    assert len(sns.calls) == 1


def test_a_point_in_time_that_failed_is_told_and_is_no_failure_of_refreshes(monkeypatch):
    cloudwatch, sns = Spoken(), Spoken()
    module = script("tell_failed", monkeypatch, cloudwatch=cloudwatch, sns=sns)
    module.handler({**TOLD, "action": "point-in-time"}, None)
    assert (cloudwatch.calls, len(sns.calls)) == ([], 1)
