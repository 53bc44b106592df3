"""What whoever runs a refresh may do, as an IAM policy. Plain Python.

It covers a refresh on a stack that is there, not the making of the stack's network, roles and keys, which an
administrator does once. Every statement that makes, moves or deletes something is bound to the stack's tags, and tags
cannot be put on what others made: CreateTags works only within the call that makes a thing, and to change the role of
what carries the stack's tag already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.host_policies import Place, Statement, policy

_SPACE_TAG = "understudy:space"
_STACK_TAG = "understudy:stack"
# What a refresh changes on a thing that it made; all other tags stay as they were born.
_CHANGING_TAGS = ["understudy:role", "understudy:expires-at", "understudy:refresh", "Name"]


@dataclass(frozen=True, kw_only=True)
class ProductionSource:
    """Where production is, and the keys of its volumes."""

    place: Place
    key_arns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class OperatorScope:
    """What the operator's policy is bound to.

    Attributes:
        place: Partition, region and account.
        space: `<project>/<stack>`, the value of the stack's tags.
        document_arns: The stack's SSM documents.
        production_document_arn: The one among them that runs on production.
        production_instance_ids: Production's instances; empty where they are another account's.
        production_role_arn: The role that reaches another account's production, or None.
        reports_arn: The bucket with lease, ledger and reports.
        toolkit_arn: The bucket with toolkit and rules.
        volumes_key_arn: The key of staging's volumes.
        production_source: Where production is and what encrypts its volumes, where that is known.
    """

    place: Place
    space: str
    document_arns: Sequence[str]
    production_document_arn: str
    production_instance_ids: Sequence[str]
    production_role_arn: str | None
    reports_arn: str
    toolkit_arn: str
    volumes_key_arn: str
    production_source: ProductionSource | None = None


def operator_policy(scope: OperatorScope) -> dict[str, Any]:
    """Return the policy for the runner of a refresh."""
    return policy(
        [
            *_look(),
            *_run_documents(scope),
            *_production(scope),
            *_copy(scope),
            *_production_keys(scope),
            *_make(scope),
            *_use(scope),
            *_files(scope),
            *_deny(scope),
        ]
    )


def _allow(
    sid: str, actions: str | list[str], resources: str | Sequence[str], condition: Mapping[str, Any] | None = None
) -> Statement:
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _look() -> list[Statement]:
    actions = [
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeVolumes",
        "ec2:DescribeSnapshots",
        "ssm:DescribeInstanceInformation",
        "ssm:GetCommandInvocation",
        "ssm:ListCommands",
        "ssm:ListCommandInvocations",
        "sts:GetCallerIdentity",
    ]
    return [_allow("Look", actions, "*")]


def _run_documents(scope: OperatorScope) -> list[Statement]:
    hosts = {"StringEquals": {f"ssm:resourceTag/{_STACK_TAG}": scope.space}}
    return [
        _allow("Documents", ["ssm:SendCommand", "ssm:DescribeDocument", "ssm:GetDocument"], list(scope.document_arns)),
        _allow("DocumentsOnOwnHosts", "ssm:SendCommand", scope.place.arn("ec2", "instance/*"), hosts),
        _allow("CancelOwn", "ssm:CancelCommand", "*"),
    ]


def _production(scope: OperatorScope) -> list[Statement]:
    if scope.production_role_arn:
        return [_allow("Production", "sts:AssumeRole", scope.production_role_arn)]
    if not scope.production_instance_ids:
        return []
    return production_statements(scope.place, scope.space, scope.production_instance_ids, scope.production_document_arn)


def production_statements(place: Place, space: str, instance_ids: Sequence[str], document_arn: str) -> list[Statement]:
    """Return what a refresh does to production: one read-only document, and snapshots that carry its tags."""
    instances = [place.arn("ec2", f"instance/{instance_id}") for instance_id in instance_ids]
    snapshots = f"arn:{place.partition}:ec2:{place.region}::snapshot/*"
    return [
        _allow("ProductionCheck", "ssm:SendCommand", [document_arn, *instances]),
        _allow("SnapshotOf", "ec2:CreateSnapshots", [*instances, place.arn("ec2", "volume/*")]),
        _allow(
            "SnapshotBorn", "ec2:CreateSnapshots", snapshots, {"StringEquals": {f"aws:RequestTag/{_SPACE_TAG}": space}}
        ),
        _allow("SnapshotTags", "ec2:CreateTags", snapshots, {"StringEquals": {"ec2:CreateAction": "CreateSnapshots"}}),
        _allow(
            "SnapshotGone", "ec2:DeleteSnapshot", snapshots, {"StringEquals": {f"aws:ResourceTag/{_SPACE_TAG}": space}}
        ),
    ]


def _copy(scope: OperatorScope) -> list[Statement]:
    """Return what copies snapshots here from production's account and region: CopySnapshot is judged by both."""
    if scope.production_source is None or scope.production_source.place == scope.place:
        return []
    there = scope.production_source.place
    source = f"arn:{there.partition}:ec2:{there.region}::snapshot/*"
    copies = f"arn:{scope.place.partition}:ec2:{scope.place.region}::snapshot/*"
    born = {"StringEquals": {f"aws:RequestTag/{_SPACE_TAG}": scope.space}}
    return [
        _allow("CopyFrom", "ec2:CopySnapshot", source, {"StringEquals": {"ec2:Owner": there.account_id}}),
        _allow("CopyBorn", "ec2:CopySnapshot", copies, born),
        _allow("CopyTags", "ec2:CreateTags", copies, {"StringEquals": {"ec2:CreateAction": "CopySnapshot"}}),
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
        _allow("ProductionKeys", "kms:DescribeKey", keys),
        _allow("ProductionKeysUse", use, keys, through_ec2),
        _allow("ProductionKeysGrant", "kms:CreateGrant", keys, for_aws),
    ]


def _make(scope: OperatorScope) -> list[Statement]:
    volumes = scope.place.arn("ec2", "volume/*")
    snapshots = f"arn:{scope.place.partition}:ec2:{scope.place.region}::snapshot/*"
    own = {"StringEquals": {f"aws:ResourceTag/{_SPACE_TAG}": scope.space}}
    retag = {**own, "ForAllValues:StringEquals": {"aws:TagKeys": _CHANGING_TAGS}}
    return [
        _allow(
            "VolumeBorn", "ec2:CreateVolume", volumes, {"StringEquals": {f"aws:RequestTag/{_SPACE_TAG}": scope.space}}
        ),
        _allow("VolumeFrom", "ec2:CreateVolume", snapshots, own),
        _allow("VolumeTags", "ec2:CreateTags", volumes, {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}),
        _allow("Roles", "ec2:CreateTags", [volumes, snapshots], retag),
        _allow(
            "Expiry", "ec2:DeleteTags", volumes, {**own, "ForAllValues:StringEquals": {"aws:TagKeys": _CHANGING_TAGS}}
        ),
        _allow("Gone", ["ec2:DeleteVolume", "ec2:DeleteSnapshot"], [volumes, snapshots], own),
    ]


def _use(scope: OperatorScope) -> list[Statement]:
    instances, volumes = scope.place.arn("ec2", "instance/*"), scope.place.arn("ec2", "volume/*")
    own_host = {"StringEquals": {f"aws:ResourceTag/{_STACK_TAG}": scope.space}}
    own_volume = {"StringEquals": {f"aws:ResourceTag/{_SPACE_TAG}": scope.space}}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    moves = ["ec2:AttachVolume", "ec2:DetachVolume"]
    key_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
    return [
        _allow("MoveVolume", moves, volumes, own_volume),
        _allow("MoveVolumeAtHost", moves, instances, own_host),
        _allow("Worker", ["ec2:StartInstances", "ec2:StopInstances"], instances, own_host),
        _allow("VolumesKey", key_actions, scope.volumes_key_arn),
        _allow("VolumesKeyGrant", "kms:CreateGrant", scope.volumes_key_arn, for_aws),
    ]


def _files(scope: OperatorScope) -> list[Statement]:
    objects = [f"{scope.reports_arn}/*", f"{scope.toolkit_arn}/rules/*"]
    return [
        _allow("Lists", "s3:ListBucket", [scope.reports_arn, scope.toolkit_arn]),
        _allow("Files", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], objects),
    ]


def _deny(scope: OperatorScope) -> list[Statement]:
    """Return what stays shut whatever else the principal may do: these are what the tags above rest on."""
    ec2 = f"arn:{scope.place.partition}:ec2:{scope.place.region}"
    mark = {"ForAnyValue:StringEquals": {"aws:TagKeys": [_SPACE_TAG, _STACK_TAG]}}
    after_birth = {**mark, "Null": {"ec2:CreateAction": "true"}}
    return [
        {
            "Sid": "NoTagging",
            "Effect": "Deny",
            "Action": "ec2:CreateTags",
            "Resource": f"{ec2}:*:*",
            "Condition": after_birth,
        },
        {
            "Sid": "NoUntagging",
            "Effect": "Deny",
            "Action": "ec2:DeleteTags",
            "Resource": f"{ec2}:*:*",
            "Condition": mark,
        },
        {"Sid": "NoDirectReads", "Effect": "Deny", "Action": "ebs:*", "Resource": "*"},
    ]
