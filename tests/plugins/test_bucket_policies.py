"""How the sandbox judges by bucket policies, on the import bucket's own."""

import json

import pytest
from botocore.exceptions import ClientError

from components.aurora_policies import only_scrubbed
from sandbox.cloud.bucket_policies import asked_by, judge

BUCKET = "arn:aws:s3:::dumps"
TAGS = "Environment=test&DataClass=scrubbed"


def judged(method, query="", tagging="", body=b""):
    url, headers = f"http://127.0.0.1/dumps/key?{query}", {"x-amz-tagging": tagging} if tagging else {}
    asked = asked_by(method, url, headers, body)
    return judge(only_scrubbed(BUCKET), asked, f"{BUCKET}/key").name


def tag_set(**tags):
    rows = "".join(f"<Tag><Key>{name}</Key><Value>{value}</Value></Tag>" for name, value in tags.items())
    return f'<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>{rows}</TagSet></Tagging>'.encode()


def test_what_says_that_it_is_scrubbed_gets_in_and_all_else_does_not():
    assert judged("PUT", tagging=TAGS) == "NEUTRAL"
    assert judged("PUT") == "DENIED"
    assert judged("PUT", tagging="DataClass=scrubbed") == "DENIED"
    assert judged("PUT", tagging="Environment=production&DataClass=scrubbed") == "DENIED"


def test_tags_can_be_added_and_not_taken_away():
    assert judged("PUT", "tagging", body=tag_set(Environment="test", DataClass="scrubbed", X="y")) == "NEUTRAL"
    assert judged("PUT", "tagging", body=tag_set(X="y")) == "DENIED"


def test_a_part_of_an_upload_carries_no_tags_and_is_refused_as_on_aws():
    assert judged("POST", "uploads", tagging=TAGS) == "NEUTRAL"
    assert judged("PUT", "partNumber=1&uploadId=1") == "DENIED"


def test_reading_is_nothing_that_the_policy_speaks_of():
    assert {judged("GET"), judged("HEAD"), judged("GET", "tagging")} == {"NEUTRAL"}


@pytest.mark.sandbox
def test_the_sandboxs_s3_judges_so(sandbox):
    s3 = sandbox.session().client("s3")
    s3.create_bucket(Bucket="judged", CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_bucket_policy(Bucket="judged", Policy=json.dumps(only_scrubbed("arn:aws:s3:::judged")))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="judged", Key="raw", Body=b"raw")
    s3.put_object(Bucket="judged", Key="scrubbed", Body=b"scrubbed", Tagging=TAGS)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="judged")["Contents"]] == ["scrubbed"]
    unknown = only_scrubbed("arn:aws:s3:::judged")
    unknown["Statement"][0]["Condition"] = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    with pytest.raises(ClientError, match="does not judge by IpAddress aws:SourceIp"):
        s3.put_bucket_policy(Bucket="judged", Policy=json.dumps(unknown))
    s3.delete_object(Bucket="judged", Key="scrubbed")
    s3.delete_bucket(Bucket="judged")
