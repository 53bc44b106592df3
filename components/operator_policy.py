"""What whoever runs a refresh may do, as an IAM policy. Plain Python.

It covers a refresh on a stack that is there, not the making of the stack's network, roles and keys, which an
administrator does once. Every statement that makes, moves or deletes something is bound to the stack's tags, and tags
cannot be put on what others made: CreateTags works only within the call that makes a thing, and to change the role of
what carries the stack's tag already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.host_policies import Place, Statement, allow, deny, policy
from refresh.holdings import SPACE_TAG

_STACK_TAG = "understudy:stack"
# What a refresh changes on a thing that it made; all other tags stay as they were born.
_CHANGING_TAGS = ["understudy:role", "understudy:expires-at", "understudy:refresh", "Name"]
_BIRTHS = ["CreateVolume", "CreateSnapshot"]
_ENDS = ["ec2:DeleteVolume", "ec2:DeleteSnapshot"]


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
    """Return the policy for the runner of a refresh; production's side is in `source_policy`."""
    return policy(
        [
            *_look(),
            *_run_documents(scope),
            *_make(scope),
            *_use(scope),
            *_files(scope),
            *_deny(scope),
        ]
    )


def _look() -> list[Statement]:
    actions = [
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeVolumes",
        "ec2:DescribeSnapshots",
        "servicequotas:GetServiceQuota",
        "ssm:DescribeInstanceInformation",
        "ssm:DescribeParameters",
        "ssm:GetCommandInvocation",
        "ssm:ListCommands",
        "ssm:ListCommandInvocations",
        "sts:GetCallerIdentity",
    ]
    return [allow("Look", actions, "*")]


def _run_documents(scope: OperatorScope) -> list[Statement]:
    hosts = {"StringEquals": {f"ssm:resourceTag/{_STACK_TAG}": scope.space}}
    return [
        allow("Documents", ["ssm:SendCommand", "ssm:DescribeDocument", "ssm:GetDocument"], list(scope.document_arns)),
        allow("DocumentsOnOwnHosts", "ssm:SendCommand", scope.place.arn("ec2", "instance/*"), hosts),
        allow("CancelOwn", "ssm:CancelCommand", "*"),
    ]


def _make(scope: OperatorScope) -> list[Statement]:
    volumes = scope.place.arn("ec2", "volume/*")
    snapshots = f"arn:{scope.place.partition}:ec2:{scope.place.region}::snapshot/*"
    own = {"StringEquals": {f"aws:ResourceTag/{SPACE_TAG}": scope.space}}
    retag = {**own, "ForAllValues:StringEquals": {"aws:TagKeys": _CHANGING_TAGS}}
    return [
        allow(
            "VolumeBorn", "ec2:CreateVolume", volumes, {"StringEquals": {f"aws:RequestTag/{SPACE_TAG}": scope.space}}
        ),
        allow("Births", "ec2:CreateTags", [volumes, snapshots], {"StringEquals": {"ec2:CreateAction": _BIRTHS}}),
        allow(
            "GoldenBorn",
            "ec2:CreateSnapshot",
            snapshots,
            {"StringEquals": {f"aws:RequestTag/{SPACE_TAG}": scope.space}},
        ),
        allow("Roles", "ec2:CreateTags", [volumes, snapshots], retag),
        allow(
            "Expiry", "ec2:DeleteTags", volumes, {**own, "ForAllValues:StringEquals": {"aws:TagKeys": _CHANGING_TAGS}}
        ),
        # Volumes of our own snapshots, golden snapshots of our own volumes, and the end of either.
        allow("Own", ["ec2:CreateVolume", "ec2:CreateSnapshot", *_ENDS], [volumes, snapshots], own),
    ]


def _use(scope: OperatorScope) -> list[Statement]:
    instances, volumes = scope.place.arn("ec2", "instance/*"), scope.place.arn("ec2", "volume/*")
    own_host = {"StringEquals": {f"aws:ResourceTag/{_STACK_TAG}": scope.space}}
    own_volume = {"StringEquals": {f"aws:ResourceTag/{SPACE_TAG}": scope.space}}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    moves = ["ec2:AttachVolume", "ec2:DetachVolume"]
    key_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
    return [
        allow("MoveVolume", moves, volumes, own_volume),
        allow("MoveVolumeAtHost", moves, instances, own_host),
        allow("Worker", ["ec2:StartInstances", "ec2:StopInstances"], instances, own_host),
        allow("VolumesKey", key_actions, scope.volumes_key_arn),
        allow("VolumesKeyGrant", "kms:CreateGrant", scope.volumes_key_arn, for_aws),
    ]


def _files(scope: OperatorScope) -> list[Statement]:
    objects = [f"{scope.reports_arn}/*", f"{scope.toolkit_arn}/rules/*"]
    return [
        allow("Lists", "s3:ListBucket", [scope.reports_arn, scope.toolkit_arn]),
        allow("Files", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], objects),
    ]


def _deny(scope: OperatorScope) -> list[Statement]:
    """Return what stays shut whatever else the principal may do: these are what the tags above rest on."""
    ec2 = f"arn:{scope.place.partition}:ec2:{scope.place.region}"
    mark = {"ForAnyValue:StringEquals": {"aws:TagKeys": [SPACE_TAG, _STACK_TAG]}}
    after_birth = {**mark, "Null": {"ec2:CreateAction": "true"}}
    return [
        deny("NoTagging", "ec2:CreateTags", f"{ec2}:*:*", after_birth),
        deny("NoUntagging", "ec2:DeleteTags", f"{ec2}:*:*", mark),
        deny("NoDirectReads", "ebs:*", "*"),
    ]
