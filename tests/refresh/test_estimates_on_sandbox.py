"""What the preview foretells beside what the next refresh then takes, while production grows; `make soak` runs it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from pymongo import ReadPreference

from refresh.boto import sessions
from refresh.mongo import plan
from refresh.mongo.planning.look_up import LookUp
from refresh.poller import SystemClock
from refresh.request import RefreshRequest
from sandbox.client import Sandbox
from tests.refresh.stack import RefreshStack

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

FIRST = 20_000
GROWTH = (4 * FIRST, 8 * FIRST)
FACTOR = 1.5
BATCH = 10_000


@pytest.fixture
def stack(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RefreshStack]:
    for name, value in sandbox.env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    made = RefreshStack(sandbox, tmp_path_factory.mktemp("estimates"))
    with made.primary() as client:
        client.drop_database("shop")
    yield made
    made.remove()
    with made.primary() as client:
        client.drop_database("shop")


def grow(stack: RefreshStack, documents: int) -> None:
    """Let production's collection have so many documents, on the majority of its members."""
    with stack.primary() as client:
        people = client.shop.customers
        for start in range(people.count_documents({}), documents, BATCH):
            people.insert_many(
                [
                    {
                        "_id": number,
                        "name": f"Anna Berg{number}",
                        "email": f"person.{number}@corp-secret.example",
                        "number": number,
                        "batch": os.urandom(400).hex(),  # snappy does not make it smaller
                    }
                    for number in range(start, min(start + BATCH, documents))
                ]
            )

    wait_for_checkpoint(stack, documents)


def wait_for_checkpoint(stack: RefreshStack, documents: int) -> None:
    """Let the member that is backed up have it on disk: production's backups are older than its last checkpoint."""
    with stack.production(2) as hidden:
        people = hidden.shop.get_collection("customers", read_preference=ReadPreference.SECONDARY_PREFERRED)
        while people.count_documents({}) < documents:
            time.sleep(0.2)
        hidden.admin.command("fsync")


def backed_up(stack: RefreshStack) -> str:
    """Take a snapshot of a member's data, as production's own backups do."""
    hidden = stack.ec2.describe_instances(InstanceIds=[stack.sandbox.production["instance_ids"][2]])
    found = hidden["Reservations"][0]["Instances"][0]
    volume_id = next(
        each["Ebs"]["VolumeId"]
        for each in found["BlockDeviceMappings"]
        if each["DeviceName"] != found["RootDeviceName"]
    )
    made = stack.ec2.create_snapshot(VolumeId=volume_id, Description="nightly")["SnapshotId"]
    stack.ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[made], WaiterConfig={"Delay": 1})
    return str(made)


def test_the_preview_foretells_the_next_refresh_within_a_factor_while_production_grows(stack: RefreshStack) -> None:
    grow(stack, FIRST)
    first, _ = stack.refresh(stack.inputs("size-0"))
    told = [f"{FIRST:,} documents: took {sum(first['phases'].values()):.1f} s"]
    for number, documents in enumerate(GROWTH, start=1):
        grow(stack, documents)
        backup = backed_up(stack)
        request = RefreshRequest.from_inputs(stack.inputs(f"size-{number}"))
        lines = plan.lines(request, sessions.connect, SystemClock())
        foretold = LookUp(request=request, aws=sessions.connect(stack.region), clock=SystemClock())
        assert foretold.estimate
        assert foretold.expected
        stack.ec2.delete_snapshot(SnapshotId=backup)
        outputs, _ = stack.refresh(stack.inputs(f"size-{number}"))
        took = sum(outputs["phases"].values())
        told.append(
            f"{documents:,} documents: foretold {foretold.estimate.total_seconds:.1f} s for "
            f"{foretold.expected.documents:,}, took {took:.1f} s; foretold {_rounded(foretold.estimate.seconds)}; "
            f"took {_rounded(outputs['phases'])}; {foretold.expected.based_on}"
        )
        print("\n".join(["", *lines, *told]))  # noqa: T201 - what docs/performance.md quotes
        assert max(took / foretold.estimate.total_seconds, foretold.estimate.total_seconds / took) <= FACTOR, told
        assert any("takes about" in line for line in lines)


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in seconds.items()}
