"""The real ports against moto, in this process."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from refresh.aurora import boto
from refresh.aurora.dump import hash_of
from refresh.errors import PermanentError

pytestmark = pytest.mark.sandbox

REGION = "eu-west-1"


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto.connect(REGION)


def test_dumps_are_read_by_etag_and_tagged(ports: Any) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="import", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="import", Key="a", Body=b"x" * 3_000_000, Tagging="DataClass=scrubbed&Team=x")
    head = ports.objects.head("import", "a")
    assert (head.size, head.tags) == (3_000_000, {"DataClass": "scrubbed", "Team": "x"})
    stream = ports.objects.open("import", "a", head.etag)
    assert hash_of(stream)[1] == 3_000_000
    ports.objects.tag("import", "a", {**head.tags, "LastKnownGood": "shop"})
    assert ports.objects.head("import", "a").tags["LastKnownGood"] == "shop"
    assert ports.objects.head("import", "b") is None
    s3.put_object(Bucket="import", Key="a", Body=b"other")
    with pytest.raises(PermanentError, match="GetObject s3://import/a"):
        ports.objects.open("import", "a", head.etag)


def test_a_secret_is_read_and_one_of_another_form_is_named(ports: Any) -> None:
    client = boto3.client("secretsmanager", region_name=REGION)
    text = json.dumps({"username": "admin", "password": "hush-hush"})
    assert ports.secrets.credentials(client.create_secret(Name="a", SecretString=text)["ARN"]) == ("admin", "hush-hush")
    other = client.create_secret(Name="b", SecretString="hush-hush")["ARN"]
    with pytest.raises(PermanentError, match="username and password") as caught:
        ports.secrets.credentials(other)
    assert "hush-hush" not in str(caught.value)


def test_an_outcome_is_logged_and_published(ports: Any) -> None:
    logs = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="/aurora")
    topic = boto3.client("sns", region_name=REGION).create_topic(Name="t")["TopicArn"]
    for _ in range(2):
        ports.outcomes.log("/aurora", "refresh/r-1", "said")
    events = logs.get_log_events(logGroupName="/aurora", logStreamName="refresh/r-1")["events"]
    assert [each["message"] for each in events] == ["said", "said"]
    ports.outcomes.publish(topic, "s" * 200, "text")


def test_a_clone_is_made_of_a_cluster(ports: Any) -> None:
    rds = boto3.client("rds", region_name=REGION)
    rds.create_db_cluster(
        DBClusterIdentifier="test", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="hush-hush"
    )
    assert ports.clusters.clone_status("test-clone") is None
    ports.clusters.clone("test", "test-clone", {"understudy:refresh": "r-1"})
    assert ports.clusters.clone_status("test-clone") == "available"
