"""The real AWS behind the Protocols: against moto in this process, and every error of boto wrapped."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from moto import mock_aws

from refresh.aws import Aws, Metric
from refresh.boto import sessions
from refresh.boto.errors import translate, wrapped
from refresh.errors import PermanentError, RefreshError, TransientError, UnreachableHostError
from refresh.holdings import SnapshotOrder, VolumeOrder

pytestmark = pytest.mark.slow

REGION, ZONE = "eu-west-1", "eu-west-1a"
TAGS = {"understudy:space": "s", "understudy:refresh": "r", "understudy:role": "candidate"}


@pytest.fixture(scope="module")
def clients() -> Iterator[Aws]:
    """Made once: that costs more than all that they are asked here."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "made-up")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield sessions.connect(REGION)


@pytest.fixture
def aws(clients: Aws) -> Iterator[Aws]:
    """An empty AWS for each test."""
    with mock_aws():
        yield clients


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Operation")


FOREIGN = [
    each
    for _, each in inspect.getmembers(botocore.exceptions, inspect.isclass)
    if issubclass(each, BotoCoreError | ClientError)
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda each: each.__name__)
def test_no_error_of_boto_comes_through(foreign: type[Exception]) -> None:
    error = foreign.__new__(foreign)
    if isinstance(error, ClientError):
        error = client_error("Any")
    with pytest.raises(RefreshError) as ours, wrapped("DoThing vol-1"):
        raise error
    assert str(ours.value).startswith("DoThing vol-1: ")
    assert ours.value.__cause__ is None
    assert ours.value.__suppress_context__


def test_there_are_errors_to_wrap() -> None:
    assert len(FOREIGN) > 50


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("RequestLimitExceeded", 503, TransientError),
        ("ThrottlingException", 400, TransientError),
        ("ExpiredToken", 400, TransientError),
        ("Whatever", 500, TransientError),
        ("InvalidInstanceId", 400, UnreachableHostError),
        ("UnauthorizedOperation", 403, PermanentError),
        ("InvalidParameterValue", 400, PermanentError),
    ],
)
def test_the_code_decides_whether_asking_again_may_help(code: str, status: int, kind: type[RefreshError]) -> None:
    assert type(translate(client_error(code, status), "DoThing")) is kind


def test_the_snapshot_rate_is_waited_for_as_long_as_ec2_asks() -> None:
    error = translate(client_error("SnapshotCreationPerVolumeRateExceeded"), "CreateSnapshots")
    assert isinstance(error, TransientError)
    assert error.pause_seconds == 15


def test_volumes_are_made_found_attached_detached_tagged_and_deleted(aws: Aws) -> None:
    ec2 = boto3.client("ec2", REGION)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    placement = {"AvailabilityZone": ZONE}
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, Placement=placement)["Instances"][0]
    instance_id = made["InstanceId"]
    order = VolumeOrder(size_gib=3, zone=ZONE, kms_key_id="alias/k", token="t" * 64, tags=TAGS)
    volume = aws.compute.create_volume(order)
    assert [each.volume_id for each in aws.compute.volumes(TAGS)] == [volume.volume_id]
    assert aws.compute.volumes({**TAGS, "understudy:role": "live"}) == []
    assert (volume.size_gib, volume.role, volume.refresh_id) == (3, "candidate", "r")
    aws.compute.attach_volume(volume.volume_id, instance_id, "/dev/sdf")
    attached = aws.compute.volume(volume.volume_id)
    assert attached is not None
    assert attached.attachments[0].instance_id == instance_id
    host = aws.compute.instance(instance_id)
    assert host is not None
    assert host.data_volume_ids == (volume.volume_id,)
    aws.compute.detach_volume(volume.volume_id, instance_id)
    aws.compute.tag(volume.volume_id, {"understudy:role": "live"})
    assert aws.compute.volumes({**TAGS, "understudy:role": "live"})
    aws.compute.delete_volume(volume.volume_id)
    aws.compute.delete_volume(volume.volume_id)
    assert aws.compute.volume(volume.volume_id) is None


def test_a_snapshot_carries_its_tags_from_birth_and_is_found_by_them(aws: Aws) -> None:
    ec2 = boto3.client("ec2", REGION)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    mapping = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 2}}]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, BlockDeviceMappings=mapping)["Instances"][0]
    order = SnapshotOrder(instance_id=made["InstanceId"], excluded_volume_ids=[], description="d", tags=TAGS)
    snapshots = aws.source_compute.create_snapshots(order)
    assert snapshots
    found = aws.source_compute.snapshots(TAGS)
    assert {each.snapshot_id for each in found} == {each.snapshot_id for each in snapshots}
    assert found[0].owner_id == aws.compute.place().account_id
    for each in found:
        aws.compute.delete_snapshot(each.snapshot_id)
        aws.compute.delete_snapshot(each.snapshot_id)
    assert aws.source_compute.snapshots(TAGS) == []


def test_what_does_not_exist_is_none(aws: Aws) -> None:
    assert aws.compute.instance("i-0123456789abcdef0") is None
    assert aws.compute.volume("vol-0123456789abcdef0") is None
    assert aws.parameters.version("/no/such") is None


def test_a_parameter_is_known_by_its_version_only(aws: Aws) -> None:
    ssm = boto3.client("ssm", REGION)
    for number in (1, 2):
        ssm.put_parameter(Name="/k", Value="secret", Type="SecureString", Overwrite=True)
        assert aws.parameters.version("/k") == number


def test_writes_hold_their_conditions(aws: Aws) -> None:
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    boto3.client("s3", REGION).create_bucket(Bucket="reports", **where)
    assert aws.objects.get("reports", "a") is None
    first = aws.objects.put("reports", "a", b"1", absent=True)
    assert first is not None
    assert aws.objects.put("reports", "a", b"2", absent=True) is None
    second = aws.objects.put("reports", "a", b"2", etag=first)
    assert second is not None
    assert aws.objects.put("reports", "a", b"3", etag=first) is None
    stored = aws.objects.get("reports", "a")
    assert stored is not None
    assert (stored.body, stored.etag) == (b"2", second)
    assert 0 <= stored.age_seconds < 60
    assert aws.objects.keys("reports", "") == ["a"]
    assert aws.objects.etags("reports", "") == {"a": second}


def test_a_page_says_that_it_is_one_so_that_a_browser_shows_it(aws: Aws) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": REGION})
    kinds = {
        "a/report.html": "text/html; charset=utf-8",
        "a/report.json": "application/json",
        "a/b": "application/octet-stream",
    }
    for key in kinds:
        aws.objects.put("reports", key, b"1")
    assert {key: s3.head_object(Bucket="reports", Key=key)["ContentType"] for key in kinds} == kinds


def test_a_write_whose_answer_was_lost_counts_by_what_is_stored(aws: Aws) -> None:
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    boto3.client("s3", REGION).create_bucket(Bucket="reports", **where)
    first = aws.objects.put("reports", "a", b"1", absent=True)
    assert aws.objects.put("reports", "a", b"1", absent=True) == first  # the retry of one that had worked


def test_an_outcome_reaches_log_group_topic_and_metrics(aws: Aws) -> None:
    logs, sns, sqs = (boto3.client(service, REGION) for service in ("logs", "sns", "sqs"))
    logs.create_log_group(logGroupName="/understudy")
    for _ in range(2):  # a stream that is there is well
        aws.telling.log("/understudy", "refresh/r-1", '{"what": "begun"}', '{"what": "ended"}')
    written = logs.get_log_events(logGroupName="/understudy", logStreamName="refresh/r-1")["events"]
    assert [each["message"] for each in written] == ['{"what": "begun"}', '{"what": "ended"}'] * 2
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    aws.telling.publish(topic, "s\u2019\n" + "x" * 200, "a message")
    body = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert (body["Subject"], body["Message"]) == ("s? " + "x" * 97, "a message")
    aws.telling.measure("Understudy", {"Space": "s"}, [Metric(name="Duration", value=1.5, unit="Seconds")])
    (metric,) = boto3.client("cloudwatch", REGION).list_metrics(Namespace="Understudy")["Metrics"]
    assert (metric["MetricName"], metric["Dimensions"]) == ("Duration", [{"Name": "Space", "Value": "s"}])


def test_a_topic_that_is_gone_is_named(aws: Aws) -> None:
    with pytest.raises(PermanentError, match="Publish arn:aws:sns:eu-west-1:123456789012:gone: AWS answered NotFound"):
        aws.telling.publish("arn:aws:sns:eu-west-1:123456789012:gone", "s", "m")
