"""What production's majority had acknowledged before a refresh asked is in staging; without the wait, not all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from refresh import session
from refresh.mongo import production
from refresh.mongo.context import Context
from refresh.mongo.production import Member, Optime
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
STALL_SECONDS = 4.0
LOST_AT_LEAST = 50
HIDDEN = 2
ROUNDS = 10


@pytest.fixture(scope="module")
def stack(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefreshStack]:
    made = RefreshStack(sandbox, tmp_path_factory.mktemp("complete"))
    with connect_production(sandbox) as client:
        fill_production(client, Shop(sizes=SIZES))
    yield made
    made.remove()


@pytest.fixture
def writers(sandbox: Sandbox, tmp_path: Path) -> Iterator[Path]:
    """The record of writers that keep changing production."""
    record = tmp_path / "acknowledged.jsonl"
    with Writers(lambda: connect_production(sandbox), record, pause_seconds=0.05):
        yield record


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
def test_every_write_acknowledged_before_is_in_staging_ten_times(stack: RefreshStack, writers: Path) -> None:
    for number in range(ROUNDS):
        _wait_for_writes(writers, 30)
        outputs, _ = stack.refresh(_inputs(stack, f"round-{number}"))
        due, lost = _lost(stack, outputs["refresh_id"], writers)
        assert len(due) > 30
        assert lost == []
        assert outputs["findings"] == []


def test_a_source_that_stalls_for_a_while_loses_nothing(stack: RefreshStack, sandbox: Sandbox, writers: Path) -> None:
    """The hidden secondary, the best source, stands still while the snapshot step begins."""
    _wait_for_writes(writers, 30)
    process = stack.start(_inputs(stack, "stalled"))
    assert process.stdout
    timer = threading.Timer(STALL_SECONDS, _signal, (sandbox, "CONT"))
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("[2/"):
            _signal(sandbox, "STOP")
            timer.start()
    timer.join()
    assert process.wait() == 0, "\n".join(lines)
    outputs = json.loads(lines[-1].removeprefix("OUTPUTS "))
    due, lost = _lost(stack, outputs["refresh_id"], writers)
    assert len(due) > 30
    assert lost == []


def test_without_the_wait_some_are_lost(
    stack: RefreshStack, sandbox: Sandbox, writers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same refresh from the same stalled member, but that nobody waits for the commit point."""

    def at_once(context: Context) -> tuple[Member, Optime]:
        members = production.observe(context)
        source = members.sources(60)[0]
        assert source.instance_id == sandbox.production["instance_ids"][HIDDEN]
        _signal(sandbox, "STOP")
        _wait_for_writes(writers, 3 * LOST_AT_LEAST)
        # What was acknowledged up to here counts as before the step: it is what the wait would have waited for.
        context.ledger._values["steps"]["snapshot"]["started_at"] = context.clock.now().isoformat()
        assert members.primary
        assert members.primary.commit_point
        return source, members.primary.commit_point

    monkeypatch.setattr(snapshot, "_source_with_everything", at_once)
    for name, value in sandbox.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    try:
        outputs = session.perform(
            _inputs(stack, "no-wait"), session.World(say=lambda _line: None, reports_folder=stack.folder / "reports")
        )
    finally:
        _signal(sandbox, "CONT")
    _, lost = _lost(stack, outputs["refresh_id"], writers)
    assert len(lost) >= LOST_AT_LEAST
