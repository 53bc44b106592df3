from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def s3(sandbox):
    client = sandbox.session().client("s3")
    client.create_bucket(Bucket="tests", CreateBucketConfiguration={"LocationConstraint": sandbox.record["region"]})
    return client


def attempt(put, **options):
    try:
        put(Bucket="tests", **options)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return 200


def test_of_many_writers_of_a_new_key_one_wins(s3):
    with ThreadPoolExecutor(16) as pool:
        for round_number in range(10):
            put = [
                pool.submit(attempt, s3.put_object, Key=f"new-{round_number}", Body=str(n).encode(), IfNoneMatch="*")
                for n in range(16)
            ]
            statuses = sorted(one.result() for one in put)
            assert statuses == [200] + [412] * 15


def test_of_many_writers_over_a_known_version_one_wins(s3):
    with ThreadPoolExecutor(16) as pool:
        tag = s3.put_object(Bucket="tests", Key="known", Body=b"first")["ETag"]
        for _ in range(10):
            put = [
                pool.submit(attempt, s3.put_object, Key="known", Body=f"{tag}-{n}".encode(), IfMatch=tag)
                for n in range(16)
            ]
            assert sorted(one.result() for one in put) == [200] + [412] * 15
            tag = s3.head_object(Bucket="tests", Key="known")["ETag"]


def test_a_conditional_write_over_nothing_and_a_conditional_delete_are_refused(s3):
    assert attempt(s3.put_object, Key="absent", Body=b"x", IfMatch='"0"') == 404
    tag = s3.put_object(Bucket="tests", Key="kept", Body=b"x")["ETag"]
    assert attempt(s3.delete_object, Key="kept", IfMatch='"0"') == 412
    assert attempt(s3.delete_object, Key="kept", IfMatch=tag) == 200
