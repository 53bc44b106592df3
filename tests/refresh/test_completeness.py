"""What production's majority had acknowledged before a refresh asked is in staging; without the wait, not all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from refresh import session
from refresh.mongo import production
from refresh.mongo.context import Context
from refresh.mongo.production import Member, Optime, ReplicaSet
from refresh.mongo.steps import snapshot
from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.record import Write, missing_writes, read_record
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import DATABASE, Shop, Sizes
from sandbox.demo.writers import Writers
from tests.refresh.stack import PROJECT, RefreshStack

pytestmark = pytest.mark.sandbox

SIZES = Sizes(customers=700, orders=500, tickets=300, sessions=100, products=100, audit_log=100)
STALL_SECONDS = 2.0
LOST_AT_LEAST = 50
HIDDEN = 2
ROUNDS = 10
SNAPSHOT_TAKEN = "[3/"  # the next step begins: what is written from here on only keeps the machine busy


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefreshStack]:
    made = RefreshStack(sandbox, tmp_path_factory.mktemp("complete"))
    with connect_production(sandbox) as client:
        fill_production(client, Shop(sizes=SIZES))
    yield made
    made.remove()


Chooser = Callable[[Context, ReplicaSet], tuple[Member, Optime]]
WITH_THE_WAIT = snapshot._source_with_everything


@dataclass
class Written:
    """The record of writers that keep changing production, and a way to end them."""

    record: Path
    end: Callable[[], None]


@pytest.fixture
def writers(sandbox: Sandbox, tmp_path: Path) -> Iterator[Written]:
    record = tmp_path / "acknowledged.jsonl"
    with Writers(lambda: connect_production(sandbox), record, pause_seconds=0.05) as writing:
        yield Written(record, writing.ask_to_stop)


def _inputs(stack: RefreshStack, trigger: str) -> dict[str, Any]:
    rules = yaml.safe_load((PROJECT / "rules" / "shop.yaml").read_text())
    return stack.inputs(trigger, rules=rules)


def _lost(stack: RefreshStack, refresh_id: str, record: Path) -> tuple[list[Write], list[Write]]:
    """Return the writes that had been acknowledged when the snapshot step began, and those that staging lacks."""
    body = stack.s3.get_object(Bucket=f"{stack.name}-reports", Key=f"ledger/{refresh_id}.json")["Body"].read()
    began_at = datetime.fromisoformat(json.loads(body)["steps"]["snapshot"]["started_at"]).timestamp()
    writes = read_record(record)
    due = [write for write in writes if write.at < began_at or write.kind == "doubt"]
    with stack.staging() as staging:
        return due, missing_writes(due, (2**32, 0), staging[DATABASE])


def _wait_for_writes(record: Path, more: int) -> None:
    wanted = len(read_record(record)) + more
    deadline = time.monotonic() + 60
    while len(read_record(record)) < wanted:
        assert time.monotonic() < deadline, "the writers write no more"
        time.sleep(0.05)


def _signal(sandbox: Sandbox, signal: str) -> None:
    hidden = sandbox.production["instance_ids"][HIDDEN]
    done = sandbox.exec(hidden, ["sh", "-c", f"kill -{signal} $(pidof mongod)"])
    assert done.returncode == 0, done.stderr


@pytest.mark.soak
def test_every_write_acknowledged_before_is_in_staging_ten_times(stack: RefreshStack, writers: Written) -> None:
    for number in range(ROUNDS):
        _wait_for_writes(writers.record, 30)
        outputs, _ = stack.refresh(_inputs(stack, f"round-{number}"))
        due, lost = _lost(stack, outputs["refresh_id"], writers.record)
        assert len(due) > 30
        assert lost == []
        assert outputs["findings"] == []


@pytest.fixture
def refresh_from_the_hidden_one(
    stack: RefreshStack, sandbox: Sandbox, writers: Written, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., dict[str, Any]]]:
    """Run a refresh whose best source, the hidden secondary, stands still while production acknowledges many writes.

    `choose` is how a source is chosen then. What was acknowledged up to there counts as before the snapshot step: a
    process that stands still has none of it.
    """
    for name, value in sandbox.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)

    def stalled(context: Context, choose: Chooser) -> tuple[Member, Optime]:
        members = production.observe(context)
        assert members.sources(60)[0].instance_id == sandbox.production["instance_ids"][HIDDEN]
        _signal(sandbox, "STOP")
        _wait_for_writes(writers.record, 3 * LOST_AT_LEAST)
        context.ledger._values["steps"]["snapshot"]["started_at"] = context.clock.now().isoformat()
        return choose(context, members)

    def say(line: str) -> None:
        if line.startswith(SNAPSHOT_TAKEN):
            writers.end()

    def refresh(trigger: str, choose: Chooser) -> dict[str, Any]:
        monkeypatch.setattr(snapshot, "_source_with_everything", lambda context: stalled(context, choose))
        world = session.World(say=say, reports_folder=stack.folder / "reports")
        return session.perform(_inputs(stack, trigger), world)

    yield refresh
    _signal(sandbox, "CONT")


def test_a_source_that_stalls_for_a_while_loses_nothing(
    stack: RefreshStack, sandbox: Sandbox, writers: Written, refresh_from_the_hidden_one: Callable[..., dict[str, Any]]
) -> None:
    goes_on = threading.Timer(STALL_SECONDS, _signal, (sandbox, "CONT"))

    def as_it_is(context: Context, _members: object) -> tuple[Member, Optime]:
        goes_on.start()
        source, point = WITH_THE_WAIT(context)
        assert source.instance_id == sandbox.production["instance_ids"][HIDDEN], "it was waited for"
        return source, point

    outputs = refresh_from_the_hidden_one("stalled", as_it_is)
    goes_on.join()
    due, lost = _lost(stack, outputs["refresh_id"], writers.record)
    assert len(due) > 3 * LOST_AT_LEAST, "the control: these are what it lacked when it was chosen"
    assert lost == []


@pytest.mark.soak  # the test above is its sibling; tests/scripts/test_on_hosts.py waits for an optime
def test_without_the_wait_some_are_lost(
    stack: RefreshStack, writers: Written, refresh_from_the_hidden_one: Callable[..., dict[str, Any]]
) -> None:
    """The control of the test above: the same, but that nobody waits for the commit point."""

    def at_once(_context: Context, members: ReplicaSet) -> tuple[Member, Optime]:
        assert members.primary
        assert members.primary.commit_point
        return members.sources(60)[0], members.primary.commit_point

    outputs = refresh_from_the_hidden_one("no-wait", at_once)
    _, lost = _lost(stack, outputs["refresh_id"], writers.record)
    assert len(lost) >= LOST_AT_LEAST
