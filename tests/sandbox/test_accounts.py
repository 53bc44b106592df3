"""Two accounts and two regions: what one shares the other may use, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from refresh.aws import Aws
from refresh.boto import sessions
from refresh.ebs.copies import Copying, ensure
from refresh.ebs.snapshots import all_completed, delete, raw, share
from refresh.errors import PermanentError, SourceError
from refresh.holdings import ROLE_TAG, SPACE_TAG, TAKE_TAG, SnapshotOrder
from refresh.places import CopyOrder, Place, ProductionSession
from refresh.poller import Poller, SystemClock
from sandbox.client import Sandbox
from tests.sandbox.other_account import ACCOUNT, EXTERNAL_ID, OWN_ACCOUNT, REGION, OtherAccount, key_policy

pytestmark = pytest.mark.sandbox

TAGS = {SPACE_TAG: "understudy/accounts", "understudy:refresh": "accounts-1", ROLE_TAG: "snapshot", TAKE_TAG: "1"}
Wait = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def environment(sandbox: Sandbox) -> Iterator[None]:
    """Lead this process's own AWS clients to the sandbox."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.env.items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def other(sandbox: Sandbox) -> OtherAccount:
    return OtherAccount(sandbox.record["endpoint"], sandbox.session().client("sts"))


@pytest.fixture(scope="module")
def role(other: OtherAccount) -> str:
    return other.role(f"understudy-{uuid.uuid4().hex[:6]}")


@pytest.fixture(scope="module")
def aws(sandbox: Sandbox, role: str, environment: None) -> Aws:
    return sessions.connect(
        sandbox.record["region"], ProductionSession(role_arn=role, region=REGION, external_id=EXTERNAL_ID)
    )


@pytest.fixture(scope="module")
def own_key(sandbox: Sandbox) -> str:
    return str(sandbox.session().client("kms").create_key()["KeyMetadata"]["Arn"])


def snapshot_of(other: OtherAccount, wait_until: Wait, **volume: Any) -> str:
    """Make a volume in the other account and a tagged snapshot of it."""
    made = other.ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, **volume)["VolumeId"]
    wait_until(lambda: other.ec2.describe_volumes(VolumeIds=[made])["Volumes"][0]["State"] == "available", made)
    tags = [{"ResourceType": "snapshot", "Tags": [{"Key": key, "Value": value} for key, value in TAGS.items()]}]
    taken = str(other.ec2.create_snapshot(VolumeId=made, TagSpecifications=tags)["SnapshotId"])
    found = other.ec2.describe_snapshots
    wait_until(lambda: found(SnapshotIds=[taken])["Snapshots"][0]["State"] == "completed", taken)
    return taken


def code(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def copying(key: str) -> Copying:
    tags = {**TAGS, ROLE_TAG: "copy"}
    return Copying(kms_key_id=key, description="tests", tags=tags, born_with=tags, take=1)


def test_a_snapshot_is_shared_copied_under_our_key_and_deleted_on_each_side(
    aws: Aws, other: OtherAccount, own_key: str, wait_until: Wait, sandbox: Sandbox
) -> None:
    assert aws.source_compute.place() == Place(account_id=ACCOUNT, region=REGION)
    assert aws.compute.place() == Place(account_id=OWN_ACCOUNT, region=sandbox.record["region"])
    snapshot_of(other, wait_until, Encrypted=True, KmsKeyId=other.key(OWN_ACCOUNT))
    original = aws.source_compute.snapshots(TAGS)[-1]
    order = CopyOrder(snapshot_id=original.snapshot_id, region=REGION, kms_key_id=own_key, description="", tags=TAGS)
    with pytest.raises(PermanentError, match="InvalidSnapshot"):  # before it is shared, it is not there for us
        aws.compute.copy_snapshot(order)
    share(aws, original)
    share(aws, original)  # doing so twice is well
    poller = Poller(SystemClock())
    (copied,) = ensure(aws, poller, copying(own_key), [original])
    assert ensure(aws, poller, copying(own_key), [original]) == [copied]  # found by its tags
    assert copied.place == aws.compute.place()
    assert copied.source_volume_id == original.volume_id != copied.volume_id
    shown = sandbox.session().client("ec2").describe_snapshots(SnapshotIds=[copied.snapshot_id])["Snapshots"][0]
    assert (shown["Encrypted"], shown["KmsKeyId"]) == (True, own_key)
    both = raw(aws, {SPACE_TAG: TAGS[SPACE_TAG]})
    assert {each.snapshot_id for each in both} >= {original.snapshot_id, copied.snapshot_id}
    for each in both:
        delete(aws, each)
    assert raw(aws, {SPACE_TAG: TAGS[SPACE_TAG]}) == []
    assert not sandbox.snapshot_file(original.snapshot_id).exists()


def test_a_copy_under_a_key_that_may_not_be_used_fails_in_its_state_alone(
    aws: Aws, other: OtherAccount, own_key: str, wait_until: Wait
) -> None:
    key = other.key()
    taken = snapshot_of(other, wait_until, Encrypted=True, KmsKeyId=key)
    original = next(each for each in aws.source_compute.snapshots(TAGS) if each.snapshot_id == taken)
    share(aws, original)
    assert aws.source_compute.key(key) is not None
    assert aws.compute.key(key) is None
    with pytest.raises(SourceError, match="Given key ID is not accessible"):
        ensure(aws, Poller(SystemClock()), copying(own_key), [original])
    other.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=key_policy(OWN_ACCOUNT))
    assert aws.compute.key(key) is not None
    (copied,) = ensure(aws, Poller(SystemClock()), copying(own_key), [original])  # the failed one is made anew
    assert all_completed([copied], [copied.snapshot_id])
    for each in raw(aws, {SPACE_TAG: TAGS[SPACE_TAG]}):
        delete(aws, each)


def test_what_aws_manages_the_key_of_is_not_shared(aws: Aws, other: OtherAccount, wait_until: Wait) -> None:
    taken = snapshot_of(other, wait_until, Encrypted=True)
    original = next(each for each in aws.source_compute.snapshots(TAGS) if each.snapshot_id == taken)
    key_id = other.ec2.describe_snapshots(SnapshotIds=[taken])["Snapshots"][0]["KmsKeyId"]
    key = aws.source_compute.key(key_id)
    assert key is not None
    assert key.is_aws_managed
    with pytest.raises(SourceError, match="EBS default key cannot be shared"):
        share(aws, original)
    delete(aws, original)


def test_a_volume_of_a_shared_snapshot_is_there_in_its_own_region_and_gone_without_its_key(
    other: OtherAccount, sandbox: Sandbox, wait_until: Wait
) -> None:
    ours = sandbox.session().client("ec2", region_name=REGION)
    taken = snapshot_of(other, wait_until, Encrypted=True, KmsKeyId=other.key())
    asked = {"AvailabilityZone": f"{REGION}a", "SnapshotId": taken}
    assert code(lambda: ours.create_volume(**asked)) == "InvalidSnapshot.NotFound"
    other.ec2.modify_snapshot_attribute(
        SnapshotId=taken, Attribute="createVolumePermission", OperationType="add", UserIds=[OWN_ACCOUNT]
    )
    made = ours.create_volume(**asked)["VolumeId"]  # the call succeeds, as on AWS

    def is_gone() -> bool:
        return made not in {each["VolumeId"] for each in ours.describe_volumes()["Volumes"]}

    wait_until(is_gone, f"{made} to vanish")
    shared = other.key(OWN_ACCOUNT)
    taken = snapshot_of(other, wait_until, Encrypted=True, KmsKeyId=shared)
    other.ec2.modify_snapshot_attribute(
        SnapshotId=taken, Attribute="createVolumePermission", OperationType="add", UserIds=[OWN_ACCOUNT]
    )
    made = ours.create_volume(AvailabilityZone=f"{REGION}a", SnapshotId=taken)["VolumeId"]
    wait_until(lambda: ours.describe_volumes(VolumeIds=[made])["Volumes"][0]["State"] == "available", made)
    ours.delete_volume(VolumeId=made)


def test_a_role_is_taken_by_whom_it_trusts_and_with_the_external_id_alone(sandbox: Sandbox, role: str) -> None:
    region = sandbox.record["region"]
    for side in (
        ProductionSession(role_arn=role, region=REGION),
        ProductionSession(role_arn=role, region=REGION, external_id="another"),
        ProductionSession(role_arn=f"{role}-not-there", region=REGION, external_id=EXTERNAL_ID),
    ):
        with pytest.raises(PermanentError, match="is not authorized to perform: sts:AssumeRole"):
            sessions.connect(region, side).source_compute.place()
    taken = sessions.connect(region, ProductionSession(role_arn=role, region=REGION, external_id=EXTERNAL_ID))
    assert taken.source_compute.place().account_id == ACCOUNT


def test_a_dry_run_asks_for_nothing(aws: Aws, other: OtherAccount) -> None:
    order = SnapshotOrder(instance_id="i-0123456789abcdef0", excluded_volume_ids=[], description="", tags=TAGS)
    before = other.ec2.describe_snapshots()["Snapshots"]
    aws.source_compute.try_create_snapshots(order)
    assert other.ec2.describe_snapshots()["Snapshots"] == before
