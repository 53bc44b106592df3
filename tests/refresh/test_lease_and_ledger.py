"""One at a time: lease, fencing, ledger."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from refresh.errors import LeaseError, LedgerError, TransientError
from refresh.process import ProcessIdentity, _started
from refresh.records.lease import EXPIRY_SECONDS, HEARTBEAT_SECONDS, KEY, Lease
from refresh.records.ledger import Ledger
from refresh.records.ledgers import FINISHED, read
from tests.refresh.fake_cloud import FakeClock, FakeObjects, Fate

ELSEWHERE = ProcessIdentity(host="elsewhere", boot_id="another boot", pid=7, pid_started="1")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def objects(clock: FakeClock) -> FakeObjects:
    return FakeObjects(clock, Fate())


def lease_of(objects: FakeObjects, identity: ProcessIdentity | None = None) -> Lease:
    return Lease(objects, "reports", "march-1", objects.clock, identity=identity, beats=False)


def ledger_of(objects: FakeObjects, fencing: int = 1) -> Ledger:
    return Ledger.open(
        objects, "reports", objects.clock, refresh_id="march-1", fencing=fencing, about={"trigger": "march"}
    )


def test_a_held_lease_is_refused_and_a_given_back_one_is_taken_with_a_higher_number(objects: FakeObjects) -> None:
    with lease_of(objects) as first, pytest.raises(LeaseError, match="under way: march-1 by process"):
        lease_of(objects).take()
    with lease_of(objects) as second:
        assert second.fencing == first.fencing + 1


def test_a_dead_process_of_this_boot_is_replaced_at_once(objects: FakeObjects) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    me = ProcessIdentity.current()
    held = ProcessIdentity(host=me.host, boot_id=me.boot_id, pid=child.pid, pid_started=_started(child.pid) or "")
    lease_of(objects, held).take()
    with pytest.raises(LeaseError):  # control: while it lives
        lease_of(objects).take()
    child.kill()
    child.wait()
    lease_of(objects).take()


def test_a_process_with_a_reused_pid_is_not_taken_for_the_holder() -> None:
    me = ProcessIdentity.current()
    assert not me.is_known_dead()
    assert ProcessIdentity(host=me.host, boot_id=me.boot_id, pid=os.getpid(), pid_started="1").is_known_dead()


def test_a_holder_elsewhere_is_replaced_only_after_its_expiry(objects: FakeObjects) -> None:
    lease_of(objects, ELSEWHERE).take()
    objects.clock.sleep(EXPIRY_SECONDS - 1)
    with pytest.raises(LeaseError):
        lease_of(objects).take()
    objects.clock.sleep(2)
    lease_of(objects).take()


def test_a_lease_taken_over_stops_its_former_holder(objects: FakeObjects) -> None:
    former = lease_of(objects, ELSEWHERE)
    former.take()
    objects.clock.sleep(EXPIRY_SECONDS + 1)
    lease_of(objects).take()
    with pytest.raises(LeaseError, match="was lost"):
        former.check()


def test_a_heartbeat_that_cannot_be_written_in_time_loses_the_lease(objects: FakeObjects) -> None:
    lease = lease_of(objects)
    lease.take()
    objects.fate.failures[f"put {KEY}"] = [TransientError("no answer") for _ in range(100)]
    objects.clock.sleep(EXPIRY_SECONDS - 1)
    lease.check()
    objects.clock.sleep(2)
    with pytest.raises(LeaseError, match="could not be written in time"):
        lease.check()


def test_heartbeats_keep_it(objects: FakeObjects) -> None:
    with lease_of(objects) as lease:
        for _ in range(20):
            objects.clock.sleep(HEARTBEAT_SECONDS + 1)
            lease.check()
        with pytest.raises(LeaseError):
            lease_of(objects).take()


def test_a_lease_that_is_none_is_said_to_be_so(objects: FakeObjects) -> None:
    objects.put("reports", KEY, b"no JSON")
    with pytest.raises(LedgerError, match="is not a lease"):
        lease_of(objects).take()


def test_the_ledger_refuses_a_lower_fencing_number(objects: FakeObjects) -> None:
    ledger_of(objects, fencing=3)
    with pytest.raises(LeaseError, match="fencing 3 over 2"):
        ledger_of(objects, fencing=2)


def test_a_ledger_written_by_somebody_else_is_not_written_over(objects: FakeObjects) -> None:
    former = ledger_of(objects, fencing=1)
    ledger_of(objects, fencing=2).begin("snapshot")
    with pytest.raises(LedgerError, match="was written by somebody else"):
        former.begin("restore")
    values = read(objects, "reports", "march-1")
    assert values is not None
    assert list(values["steps"]) == ["snapshot"]


def test_what_a_step_noted_outlives_its_interruption(objects: FakeObjects) -> None:
    ledger = ledger_of(objects)
    ledger.begin("snapshot")
    ledger.note("snapshot", source="a")
    again = ledger_of(objects, fencing=2)
    assert again.facts("snapshot") == {"source": "a"}
    assert not again.is_done("snapshot")
    again.begin("snapshot")
    again.finish("snapshot", 1.5, {"snapshot_id": "snap-1"})
    again.begin("restore")
    again.interrupt("restore", 2.0, "HostError")
    again.finish("restore", 1.0, {})
    assert again.values["steps"]["restore"]["seconds"] == 3.0
    assert again.is_done("snapshot")


def test_a_new_attempt_forgets_steps_and_counts_on(objects: FakeObjects) -> None:
    ledger = ledger_of(objects)
    ledger.finish("snapshot", 1.0, {"snapshot_id": "snap-1"})
    ledger.close(FINISHED)
    ledger.start_over()
    assert (ledger.attempt, ledger.state, ledger.is_done("snapshot")) == (2, "running", False)
    assert ledger_of(objects, fencing=2).attempt == 2


def test_a_ledger_that_is_none_is_said_to_be_so(objects: FakeObjects) -> None:
    objects.put("reports", "ledger/march-1.json", b"[]")
    with pytest.raises(LedgerError, match="is not the ledger of refresh march-1"):
        ledger_of(objects)
