"""Refreshes on real disks and real servers, without Pulumi: the scripts, the anonymizer and the sandbox as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from refresh import serve_session, session
from refresh.aws import Aws
from refresh.boto import sessions
from refresh.mongo.workflow import STEPS
from sandbox.client import Sandbox
from tests.e2e.stack import take_away
from tests.refresh.stack import RefreshStack

pytestmark = pytest.mark.sandbox

DOMAIN = "corp-secret.example"
DOCUMENTS = 2000
PLANS = {
    "preflight": "preflight:",
    "snapshot": "snapshot:",
    "restore": "restore:",
    "open_quarantine": "open quarantine:",
    "anonymize": "anonymize:",
    "verify": "verify:",
    "golden": "golden:",
    "deliver": "deliver:",
    "cut_over": "cut over:",
    "smoke": "smoke tests:",
    "retire": "retire:",
}


@pytest.fixture(autouse=True)
def environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead this process's own AWS clients to the sandbox."""
    for name, value in sandbox.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefreshStack]:
    made = RefreshStack(sandbox, tmp_path_factory.mktemp("refresh"))
    with made.primary() as client:
        client.drop_database("shop")
        people = [
            {"_id": number, "name": f"Anna Berg{number}", "email": f"person.{number}@{DOMAIN}", "number": number}
            for number in range(DOCUMENTS)
        ]
        client.shop.customers.insert_many(people)
    yield made
    made.remove()
    with made.primary() as client:
        client.drop_database("shop")


def test_a_refresh_killed_in_every_step_is_finished_by_the_next_run(stack: RefreshStack) -> None:
    golden, smoke = {"keep": True}, {"commands": ["true"], "endpoint": "10.77.1.10:27017"}
    inputs = stack.inputs("first", golden=golden, smoke=smoke)
    for step in STEPS:
        lines = stack.refresh_killed_in(inputs, PLANS[step.name])
        assert lines[-1].startswith("[")
    outputs, lines = stack.refresh(inputs)
    assert list(outputs["phases"]) == [step.name for step in STEPS], lines
    assert stack.volumes() == {"live": [outputs["live_volume_id"]]}
    assert stack.snapshots() == []
    assert len(stack.snapshots("golden")) == 1
    assert stack.state_of(stack.worker_id) in {"stopping", "stopped"}
    with stack.staging() as staging:
        assert staging.shop.customers.count_documents({}) == DOCUMENTS
        assert staging.shop.customers.count_documents({"email": {"$regex": DOMAIN}}) == 0
    with stack.primary() as production:  # the control of the line above
        assert production.shop.customers.count_documents({"email": {"$regex": DOMAIN}}) == DOCUMENTS
    report = json.loads((stack.folder / "reports" / outputs["refresh_id"] / "report.json").read_text())
    assert report["collections"][0]["masked"] > 0
    assert report["findings"] == []


def test_with_its_best_source_stalled_it_takes_another_and_carries_stagings_users(
    stack: RefreshStack, sandbox: Sandbox
) -> None:
    with stack.staging() as staging:
        staging.admin.command("createUser", "ann", pwd="a-password", roles=[{"role": "read", "db": "shop"}])
    before = stack.volumes()["live"]
    hidden = sandbox.production["instance_ids"][2]
    _signal_mongod(sandbox, hidden, "STOP")
    calls: list[str] = []
    try:
        outputs = session.perform(stack.inputs("second"), _recording(stack, calls))
    finally:
        _signal_mongod(sandbox, hidden, "CONT")
    assert outputs["source_member"].split(":")[0] == sandbox.production["private_ips"][1]
    assert stack.volumes() == {"live": [outputs["live_volume_id"]], "previous": before}
    with stack.staging() as staging:
        assert staging.admin.command("usersInfo", "ann")["users"]
    # Production is only read: this is all that its session was asked for in a whole refresh.
    assert set(calls) == {
        "GetCallerIdentity",
        "DescribeKey",
        "DescribeInstances",
        "DescribeVolumes",
        "DescribeSnapshots",
        "CreateSnapshots",
        f"SendCommand {stack.documents['production-check']['name']}",
        "GetCommandInvocation",
    }


def _recording(stack: RefreshStack, calls: list[str]) -> session.World:
    """Return a world in which production's session notes the calls that leave this process."""
    environment = stack.sandbox.env

    def sandboxed() -> boto3.Session:
        return boto3.Session(
            environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], region_name=stack.region
        )

    def note(params: dict[str, Any], model: Any, **_unused: Any) -> None:
        document = json.loads(params["body"]).get("DocumentName", "") if model.name == "SendCommand" else ""
        calls.append(f"{model.name} {document}".strip())

    def connect(_region: str, _role_arn: str) -> Aws:
        production = sandboxed()
        production.events.register("before-call.*.*", note)
        return sessions.assemble(sandboxed(), production)

    return session.World(connect=connect, reports_folder=stack.folder / "reports")


def test_a_health_check_that_fails_leaves_staging_on_what_it_served(stack: RefreshStack, sandbox: Sandbox) -> None:
    inputs = stack.inputs("third")
    unpinned = {**stack.documents["staging-cutover"], "hash": "0" * 64}
    _, lines = stack.refresh({**inputs, "documents": {**stack.documents, "staging-cutover": unpinned}}, fails=True)
    assert "staging-cutover" in lines[-1]  # a document with another hash than the pinned one is never run
    candidate = stack.volumes()["candidate"][0]
    folder = f"/var/lib/understudy/volumes/{candidate}/db"
    assert sandbox.exec(stack.staging_id, ["sh", "-c", f"rm {folder}/WiredTiger.turtle"]).returncode == 0
    _, lines = stack.refresh(inputs, fails=True)
    assert "switched back" in "\n".join(lines)
    with stack.staging() as staging:
        assert staging.shop.customers.count_documents({}) == DOCUMENTS


@pytest.mark.soak  # tests/e2e/test_serving.py does it by `pulumi up`
def test_back_and_forward_with_todays_users(stack: RefreshStack) -> None:
    """What staging's servers make of it: a member of a set opened alone for its users, and a member again."""
    latest = stack.volumes()["live"]
    (former,) = stack.volumes()["previous"]
    with stack.staging() as staging:
        staging.admin.command("createUser", "bob", pwd="a-password", roles=[{"role": "read", "db": "shop"}])
        staging.shop.written.insert_one({"_id": 1})
    for value, live in (("previous", [former]), ("live", latest)):
        outputs = serve_session.serve(stack.inputs("second", serve=value), _world(stack))
        assert [outputs["live_volume_id"]] == stack.volumes()["live"] == live
        with stack.staging() as staging:
            assert staging.admin.command("usersInfo", "bob")["users"]
            assert staging.shop.customers.count_documents({}) == DOCUMENTS
            assert staging.shop.written.count_documents({}) == (live == latest)
            staging.shop.served.insert_one({"by": live})  # it is a primary, and takes writes


def test_with_its_live_volume_gone_staging_is_made_anew_from_the_golden_copy(
    stack: RefreshStack, sandbox: Sandbox
) -> None:
    """With a live volume, whose users and rank are kept, it is in tests/e2e/test_serving.py."""
    (live,), (former,) = stack.volumes()["live"], stack.volumes()["previous"]
    take_away(sandbox, stack.staging_id, live)
    reset, lines = stack.refresh(stack.inputs("reset", golden={"keep": False, "source": "golden"}))
    assert stack.volumes() == {"live": [reset["live_volume_id"]], "previous": [former]}, lines
    with stack.staging() as staging:
        assert staging.shop.list_collection_names() == ["customers"]
        assert staging.shop.customers.count_documents({}) == DOCUMENTS


def _world(stack: RefreshStack) -> session.World:
    return session.World(reports_folder=stack.folder / "reports")


def test_a_path_that_no_rule_names_is_listed_and_everything_of_that_refresh_goes(stack: RefreshStack) -> None:
    live = stack.volumes()["live"]
    with stack.primary() as production:
        production.shop.customers.update_many({"_id": {"$lt": 7}}, {"$set": {"nick": "Annie"}})
    try:
        _, lines = stack.refresh(stack.inputs("fourth"), fails=True)
    finally:
        with stack.primary() as production:
            production.shop.customers.update_many({}, {"$unset": {"nick": ""}})
    said = "\n".join(lines)
    assert "shop.customers  nick" in said
    assert "7 times" in said
    assert "Annie" not in said
    assert stack.volumes()["live"] == live
    assert set(stack.volumes()) <= {"live", "previous"}
    assert stack.snapshots() == []


def test_bad_input_is_refused_before_anything_is_made(stack: RefreshStack, sandbox: Sandbox) -> None:
    """What the other side really answers; tests/refresh/test_preflight.py has every reason, in a world of its own."""
    given = stack.inputs("x")
    wrong_password = "/production/mongo/wrong-password"
    sandbox.session().client("ssm").put_parameter(
        Name=wrong_password, Value="not-the-password", Type="SecureString", Overwrite=True
    )
    member = sandbox.production["instance_ids"][0]
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("does not exist", {"pseudonym_key_parameter": "/understudy/no-such-key"}),
        (
            "/production/mongo/nobody",
            {"production": {**given["production"], "user_parameter": "/production/mongo/nobody"}},
        ),
        (
            "authentication failed for the user named by /production/mongo/understudy",
            {"production": {**given["production"], "password_parameter": wrong_password}},
        ),
        ("is a production host", {"worker": {**given["worker"], "instance_id": member}}),
        ("Give a trigger that was not used before", {"trigger": "first"}),
    ]
    volumes, snapshots = stack.volumes(), stack.snapshots()
    for expected, changes in wrong:
        _, lines = stack.refresh(stack.inputs(**{"trigger": "wrong", **changes}), fails=True)
        said = "\n".join(lines)
        assert expected in said
        assert "not-the-password" not in said
    assert (stack.volumes(), stack.snapshots()) == (volumes, snapshots)


@pytest.mark.soak
def test_staging_can_be_its_own_worker(stack: RefreshStack, sandbox: Sandbox, tmp_path: Path) -> None:
    """One instance instead of two: nothing is detached, and the host that serves runs on."""
    alone = RefreshStack(sandbox, tmp_path, worker_is_staging=True)
    first, _ = alone.refresh(alone.inputs("alone-first"))
    second, lines = alone.refresh(alone.inputs("alone-second"))
    assert second["findings"] == [], lines
    assert alone.volumes() == {"live": [second["live_volume_id"]], "previous": [first["live_volume_id"]]}
    assert alone.snapshots() == []
    assert alone.state_of(alone.staging_id) == "running"
    with alone.staging() as staging:
        assert staging.shop.customers.count_documents({}) == DOCUMENTS
        assert staging.shop.customers.count_documents({"email": {"$regex": DOMAIN}}) == 0
    alone.remove()


def test_removing_the_space_removes_every_volume_and_snapshot(stack: RefreshStack) -> None:
    stack.refresh_killed_in(stack.inputs("fifth"), PLANS["anonymize"])
    assert {"quarantine", "candidate", "live"} <= set(stack.volumes())
    space = {
        "space": f"understudy/{stack.name}",
        "region": stack.region,
        "reports_bucket": f"{stack.name}-reports",
        "staging_instance_id": stack.staging_id,
        "worker_instance_id": stack.worker_id,
        "documents": stack.documents,
    }
    assert stack.snapshots("golden")
    session.remove(space)
    assert stack.volumes() == {}
    assert stack.snapshots() == stack.snapshots("golden") == []


def _signal_mongod(sandbox: Sandbox, instance_id: str, signal: str) -> None:
    done = sandbox.exec(instance_id, ["sh", "-c", f"kill -{signal} $(pidof mongod)"])
    assert done.returncode == 0, done.stderr
