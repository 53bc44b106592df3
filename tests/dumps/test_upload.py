"""Only what was verified without findings is uploaded, with its tags, and once."""

from __future__ import annotations

import json

import pytest

from dumps.errors import RefusedError, ServerError, UsageError
from dumps.manifest import Prepared
from dumps.upload import TAGS, upload
from tests.dumps import texts
from tests.dumps.preparing import prepared

pytestmark = pytest.mark.sandbox  # moto takes seconds to load
BUCKET = "nwac-test-db-import"


@pytest.fixture
def bucket(monkeypatch):
    import boto3  # noqa: PLC0415
    from moto import mock_aws  # noqa: PLC0415

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def ready(tmp_path):
    prepared(tmp_path, texts.dump(texts.PEOPLE, texts.ROWS), texts.RULES, verify=True)
    return Prepared(tmp_path / "20260101", "shop")


def sent(client) -> dict[str, dict[str, str]]:
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {
        key: {tag["Key"]: tag["Value"] for tag in client.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]}
        for key in keys
    }


def test_a_prepared_dump_is_uploaded_with_its_tags_and_checksum(bucket, ready):
    done = upload(ready, BUCKET, bucket, lambda line: None)
    assert done.key == "20260101/shop.sql.gz"
    assert sent(bucket) == dict.fromkeys(
        ("20260101/shop.manifest.json", "20260101/shop.schema.json", "20260101/shop.sql.gz"), TAGS
    )
    there = bucket.get_object(Bucket=BUCKET, Key=done.key, ChecksumMode="ENABLED")
    assert there["Body"].read() == ready.dump.read_bytes()
    assert there["Metadata"]["sha256"] == done.sha256
    assert there.get("ChecksumSHA256")


def test_a_second_upload_has_nothing_to_do(bucket, ready):
    assert upload(ready, BUCKET, bucket, lambda line: None).new
    assert not upload(ready, BUCKET, bucket, lambda line: None).new
    bucket.delete_object_tagging(Bucket=BUCKET, Key="20260101/shop.sql.gz")
    assert upload(ready, BUCKET, bucket, lambda line: None).new
    assert sent(bucket)["20260101/shop.sql.gz"] == TAGS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: {**found, "findings": [{"kind": "original"}]}, r"1 finding\(s\)"),
        (lambda found: {**found, "checks": []}, "was never verified"),
        (lambda found: {**found, "sha256": "0" * 64}, "is not the file that its manifest is of"),
        (lambda found: {**found, "schema_sha256": "0" * 64}, "is not the schema"),
        (lambda found: {"version": 1}, "is no manifest"),
    ],
)
def test_what_must_not_be_uploaded_is_refused(bucket, ready, change, said):
    found = json.loads(ready.manifest.read_text())
    ready.manifest.write_text(json.dumps(change(found)))
    with pytest.raises(RefusedError, match=said):
        upload(ready, BUCKET, bucket, lambda line: None)
    assert sent(bucket) == {}


def test_errors_of_s3_name_the_object_and_what_to_do(bucket, ready):
    with pytest.raises(
        ServerError, match=r"s3://no-such-bucket/20260101/shop\.sql\.gz: .*NoSuchBucket.*run the same command again"
    ):
        upload(ready, "no-such-bucket", bucket, lambda line: None)


def test_a_dump_in_another_folder_is_refused(bucket, ready, tmp_path):
    moved = ready.folder.rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="YYYYMMDD"):
        upload(Prepared(moved, "shop"), BUCKET, bucket, lambda line: None)
