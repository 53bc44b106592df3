import json

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox


def describe(sandbox, key, secret="unchecked", token=None):  # noqa: S107
    session = boto3.Session(key, secret, token, region_name=sandbox.record["region"])
    return session.client("ec2", endpoint_url=sandbox.record["endpoint"]).describe_instances()


def test_only_keys_of_the_sandbox_are_answered(sandbox):
    assert describe(sandbox, sandbox.env["AWS_ACCESS_KEY_ID"])["Reservations"]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        describe(sandbox, "AKIAIOSFODNN7EXAMPLE")


def test_the_keys_of_an_assumed_role_and_of_a_user_are_known(sandbox):
    sts, iam = sandbox.session().client("sts"), sandbox.session().client("iam")
    iam.create_user(UserName="keyed")
    made = iam.create_access_key(UserName="keyed")["AccessKey"]
    assert describe(sandbox, made["AccessKeyId"])["Reservations"]
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName="assumed", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    role = made["Role"]["Arn"]
    assumed = sts.assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    answer = describe(sandbox, assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"])
    assert answer["Reservations"]
    with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole"):  # it trusts EC2 only
        sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/shop-production", RoleSessionName="tests")
