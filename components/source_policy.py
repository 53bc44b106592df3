"""What whoever runs a refresh may do to production, and with its snapshots and keys, as an IAM policy. Plain Python.

It is a policy of its own, beside the operator's: IAM takes 6,144 characters in one.
"""

from collections.abc import Sequence
from typing import Any

from components.host_policies import Place, Statement, allow, policy
from components.operator_policy import OperatorScope
from refresh.holdings import SPACE_TAG


def source_policy(scope: OperatorScope) -> dict[str, Any]:
    """Return the policy about production, for the runner of a refresh."""
    return policy([*_production(scope), *_copy(scope), *_production_keys(scope)])


def _production(scope: OperatorScope) -> list[Statement]:
    if scope.production_role_arn:
        return [allow("Production", "sts:AssumeRole", scope.production_role_arn)]
    if not scope.production_instance_ids:
        return []
    return production_statements(scope.place, scope.space, scope.production_instance_ids, scope.production_document_arn)


def _copy(scope: OperatorScope) -> list[Statement]:
    """Return what copies snapshots here from production's account and region: CopySnapshot is judged by both."""
    if scope.production_source is None or scope.production_source.place == scope.place:
        return []
    there = scope.production_source.place
    source = f"arn:{there.partition}:ec2:{there.region}::snapshot/*"
    copies = f"arn:{scope.place.partition}:ec2:{scope.place.region}::snapshot/*"
    born = {"StringEquals": {f"aws:RequestTag/{SPACE_TAG}": scope.space}}
    return [
        allow("CopyFrom", "ec2:CopySnapshot", source, {"StringEquals": {"ec2:Owner": there.account_id}}),
        allow("CopyBorn", "ec2:CopySnapshot", copies, born),
        allow("CopyTags", "ec2:CreateTags", copies, {"StringEquals": {"ec2:CreateAction": "CopySnapshot"}}),
    ]


def _production_keys(scope: OperatorScope) -> list[Statement]:
    """Return what reads snapshots under production's keys, through EC2 alone; the keys' own policies must agree."""
    if scope.production_source is None or not scope.production_source.key_arns:
        return []
    keys = list(scope.production_source.key_arns)
    regions = sorted({scope.production_source.place.region, scope.place.region})
    through_ec2 = {"StringEquals": {"kms:ViaService": [f"ec2.{region}.amazonaws.com" for region in regions]}}
    for_aws = {**through_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    use = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"]
    return [
        allow("ProductionKeys", "kms:DescribeKey", keys),
        allow("ProductionKeysUse", use, keys, through_ec2),
        allow("ProductionKeysGrant", "kms:CreateGrant", keys, for_aws),
    ]


def production_statements(place: Place, space: str, instance_ids: Sequence[str], document_arn: str) -> list[Statement]:
    """Return what a refresh does to production: one read-only document, and snapshots that carry its tags."""
    instances = [place.arn("ec2", f"instance/{instance_id}") for instance_id in instance_ids]
    snapshots = f"arn:{place.partition}:ec2:{place.region}::snapshot/*"
    return [
        allow("ProductionCheck", "ssm:SendCommand", [document_arn, *instances]),
        allow("SnapshotOf", "ec2:CreateSnapshots", [*instances, place.arn("ec2", "volume/*")]),
        allow(
            "SnapshotBorn", "ec2:CreateSnapshots", snapshots, {"StringEquals": {f"aws:RequestTag/{SPACE_TAG}": space}}
        ),
        allow("SnapshotTags", "ec2:CreateTags", snapshots, {"StringEquals": {"ec2:CreateAction": "CreateSnapshots"}}),
        allow(
            "SnapshotGone", "ec2:DeleteSnapshot", snapshots, {"StringEquals": {f"aws:ResourceTag/{SPACE_TAG}": space}}
        ),
    ]
