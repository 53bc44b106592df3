"""What production's owner allows, as IAM and KMS policies: who may take the role, what it may do, who may use a key.

Plain Python, with nothing of Pulumi, so that a test can read the policies as IAM does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.host_policies import Place, Statement, allow, deny, policy
from components.source_policy import production_statements
from refresh.holdings import SPACE_TAG


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What production's owner consents to.

    Attributes:
        place: Partition, region and account of production.
        staging_account_id: The account of the stack.
        staging_region: The region of the stack, into which snapshots are copied.
        principal_arns: Who in that account may take the role and use the keys; empty for all whom that account lets.
        external_id: What whoever takes the role has to know of, so that nobody is led to take it for somebody else.
        space: `<project>/<stack>`: every snapshot carries it from birth, and nothing without it is touched.
        instance_ids: The members of the replica set.
        key_arns: The keys of their volumes, which are customer managed: others cannot be shared.
    """

    place: Place
    staging_account_id: str
    staging_region: str
    principal_arns: Sequence[str]
    external_id: str
    space: str
    instance_ids: Sequence[str]
    key_arns: Sequence[str]

    @property
    def principals(self) -> list[str]:
        """Who in the stack's account is meant."""
        whole = f"arn:{self.place.partition}:iam::{self.staging_account_id}:root"
        return list(self.principal_arns) or [whole]


def trust(consent: Consent) -> dict[str, Any]:
    """Return the role's trust policy."""
    return policy(
        [
            {
                "Sid": "StagingWithItsExternalId",
                "Effect": "Allow",
                "Principal": {"AWS": consent.principals},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": consent.external_id}},
            }
        ]
    )


def permissions(consent: Consent, document_arn: str) -> dict[str, Any]:
    """Return what the role may do: look, run the one document, ask for snapshots, share and delete these.

    Args:
        consent: What the owner consents to.
        document_arn: The document in production's own account.
    """
    return policy(
        [
            *_look(consent, document_arn),
            *production_statements(consent.place, consent.space, consent.instance_ids, document_arn),
            *_share(consent),
            *_deny(consent),
        ]
    )


def key_statements(consent: Consent) -> list[Statement]:
    """Return what the policy of each key of production's volumes has to allow besides what it allows already.

    `kms:DescribeKey` is for the preflight; all else goes through EC2, on behalf of whoever copies a snapshot.
    """
    regions = sorted({consent.place.region, consent.staging_region})
    through_ec2 = {"StringEquals": {"kms:ViaService": [f"ec2.{region}.amazonaws.com" for region in regions]}}
    use = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"]
    whom = {"Principal": {"AWS": consent.principals}}
    for_aws = {**through_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        {**allow("StagingLooks", "kms:DescribeKey", "*"), **whom},
        {**allow("StagingCopiesSnapshots", use, "*", through_ec2), **whom},
        {**allow("StagingCopiesByGrant", "kms:CreateGrant", "*", for_aws), **whom},
    ]


def as_json(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """Write a policy as IAM takes it."""
    return json.dumps(document, separators=(",", ":"))


def _look(consent: Consent, document_arn: str) -> list[Statement]:
    looks = [
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ec2:DescribeSnapshots",
        "ssm:GetCommandInvocation",
    ]
    here = {"StringEquals": {"aws:RequestedRegion": consent.place.region}}
    keys = [allow("LookAtKeys", "kms:DescribeKey", list(consent.key_arns))] if consent.key_arns else []
    return [
        allow("Look", looks, "*", here),
        allow("LookAtDocument", "ssm:DescribeDocument", document_arn),
        *keys,
    ]


def _share(consent: Consent) -> list[Statement]:
    """Let snapshots that a refresh took be shared with the stack's account, and with no other."""
    condition = {
        "StringEquals": {
            f"aws:ResourceTag/{SPACE_TAG}": consent.space,
            "ec2:Add/userId": consent.staging_account_id,
        }
    }
    snapshots = f"arn:{consent.place.partition}:ec2:{consent.place.region}::snapshot/*"
    return [allow("SnapshotShared", "ec2:ModifySnapshotAttribute", snapshots, condition)]


def _deny(consent: Consent) -> list[Statement]:
    """Return what stays shut whatever else the role is given later: these are what its tags rest on."""
    marks = {"ForAnyValue:StringEquals": {"aws:TagKeys": [SPACE_TAG]}}
    after_birth = {**marks, "Null": {"ec2:CreateAction": "true"}}
    ec2 = f"arn:{consent.place.partition}:ec2:{consent.place.region}:*:*"
    return [
        deny("NoTagging", "ec2:CreateTags", ec2, after_birth),
        deny("NoUntagging", "ec2:DeleteTags", ec2, marks),
        deny("NoDirectReads", "ebs:*", "*"),
    ]
