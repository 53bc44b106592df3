"""Another account of the sandbox's organization, and a production role in it, made by hand as its owner would."""

from __future__ import annotations

import json
from typing import Any

import boto3

ACCOUNT, REGION = "222222222222", "eu-north-1"
OWN_ACCOUNT = "123456789012"
EXTERNAL_ID = "understudy-between-two"
USE = ["kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKeyWithoutPlaintext"]


def trusting(account_id: str, external_id: str = EXTERNAL_ID) -> dict[str, Any]:
    """Return a trust policy for an account that knows an external id."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


def key_policy(*account_ids: str) -> str:
    """Return the policy of a key of the other account that it administers, and that others may use."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    others = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{each}:root"}, "Action": USE, "Resource": "*"}
        for each in account_ids
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [own, *others]})


class OtherAccount:
    """The owner of the other account, and what belongs to it."""

    def __init__(self, endpoint: str, sts: Any, region: str = REGION) -> None:
        self.endpoint, self.region = endpoint, region
        role = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
        given = sts.assume_role(RoleArn=role, RoleSessionName="owner")["Credentials"]
        self.session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=region
        )
        self.environment = {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        }
        self.ec2, self.kms, self.iam = (self.client(name) for name in ("ec2", "kms", "iam"))

    def client(self, service: str) -> Any:
        """Return a client of the other account."""
        return self.session.client(service, endpoint_url=self.endpoint)

    def key(self, *account_ids: str) -> str:
        """Make a key that other accounts may use."""
        made = self.kms.create_key(Policy=key_policy(*account_ids))
        return str(made["KeyMetadata"]["Arn"])

    def role(self, name: str) -> str:
        """Make a role that the sandbox's own account may take with the external id."""
        policy = json.dumps(trusting(OWN_ACCOUNT))
        return str(self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"])
