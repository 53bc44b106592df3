"""Permissions: EC2 says by DryRun whether a call would be allowed, IAM's simulator says it of the rest.

Nothing is dry-run that deletes. A simulator that may not be asked is said to be so; what it would have told shows in
the first refresh then, before staging changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from refresh.errors import RefreshError
from refresh.holdings import SPACE_TAG
from refresh.mongo.examination.case import Case
from refresh.mongo.examination.finding import Finding, in_order, unasked, wrong
from refresh.mongo.examination.questions import Side, Simulated
from refresh.values import UNKNOWN

_STACK_TAG = "understudy:stack"
_REMEDY = "attach the policies of the outputs operator_policy_arn and operator_source_policy_arn to this role"
_PRODUCTION_REMEDY = "production's owner grants it to understudy:production_role_arn (docs/production-elsewhere.md)"


def dry_runs(case: Case) -> Iterator[Finding]:
    """Ask EC2 for the calls of a refresh with DryRun."""
    topic, allowed = "permissions", []
    for side, operation, arguments in _calls(case):
        name = "".join(word.capitalize() for word in operation.split("_"))
        try:
            if case.questions.dry_run(side, operation, arguments):
                allowed.append(name)
            else:
                remedy = _PRODUCTION_REMEDY if side is Side.PRODUCTION else _REMEDY
                yield wrong(topic, f"{name} is not allowed ({side.value} side)", remedy)
        except RefreshError as error:
            yield unasked(topic, f"{name}: {error}")
    if allowed:
        yield in_order(topic, f"EC2 would allow {', '.join(allowed)} (DryRun)")


def _calls(case: Case) -> Iterator[tuple[Side, str, Mapping[str, Any]]]:
    request = case.request
    tags = [{"Key": SPACE_TAG, "Value": request.space}]
    source = next((each for each in case.production_ids if case.aws.source_compute.instance(each)), None)
    if source:
        yield (
            case.source_side,
            "create_snapshots",
            {
                "InstanceSpecification": {"InstanceId": source, "ExcludeBootVolume": True},
                "TagSpecifications": [{"ResourceType": "snapshot", "Tags": tags}],
            },
        )
    if not case.is_up:
        return
    yield (
        Side.OWN,
        "create_volume",
        {
            "AvailabilityZone": request.staging.availability_zone,
            "Size": 1,
            "VolumeType": "gp3",
            "Encrypted": True,
            "KmsKeyId": request.staging.kms_key_id,
            "TagSpecifications": [{"ResourceType": "volume", "Tags": tags}],
        },
    )
    if not request.worker_is_staging:
        yield Side.OWN, "start_instances", {"InstanceIds": [request.worker.instance_id]}


def simulated(case: Case) -> Iterator[Finding]:
    """Ask IAM's simulator for what has no DryRun."""
    topic = "permissions"
    if not case.is_up:
        yield unasked(topic, "of the stack's own resources: they are not there yet")
        return
    me = case.questions.identity(Side.OWN)
    principal = principal_of(me.arn)
    if principal is None:
        yield unasked(topic, f"{me.arn} is neither a role nor a user: IAM's simulator does not judge it")
        return
    allowed = []
    for asked in _wishes(case, me.account_id):
        try:
            judged = case.questions.simulate(principal, asked)
        except RefreshError as error:
            yield unasked(topic, f"IAM's simulator did not answer: {error}")
            return
        if judged:
            allowed.append(asked.action)
        else:
            yield wrong(topic, f"{asked.action} on {asked.resource} is not allowed", _REMEDY)
    if allowed:
        yield in_order(topic, f"IAM would allow {', '.join(allowed)} (simulated)")


def principal_of(arn: str) -> str | None:
    """Return the role or user that a session's ARN is of.

    Args:
        arn: As GetCallerIdentity says it; the path of a role is not in it.

    Returns:
        What IAM's simulator takes; None for the account's root and for federated users.
    """
    session = re.fullmatch(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/.+", arn)
    if session:
        return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    return arn if re.fullmatch(r"arn:[^:]+:iam::\d+:user/.+", arn) else None


def _wishes(case: Case, account_id: str) -> Iterator[Simulated]:
    request = case.request
    partition = request.staging.kms_key_id.split(":")[1] if ":" in request.staging.kms_key_id else "aws"
    ec2 = f"arn:{partition}:ec2:{request.region}"
    own = {f"aws:ResourceTag/{SPACE_TAG}": request.space}
    host = {f"aws:ResourceTag/{_STACK_TAG}": request.space, f"ssm:resourceTag/{_STACK_TAG}": request.space}
    staging = f"{ec2}:{account_id}:instance/{request.staging.instance_id}"
    yield Simulated(action="ec2:AttachVolume", resource=staging, context=host)
    yield Simulated(action="ec2:DetachVolume", resource=f"{ec2}:{account_id}:volume/vol-0", context=own)
    yield Simulated(action="ec2:DeleteVolume", resource=f"{ec2}:{account_id}:volume/vol-0", context=own)
    yield Simulated(action="ec2:DeleteSnapshot", resource=f"{ec2}::snapshot/snap-0", context=own)
    yield Simulated(action="ssm:SendCommand", resource=staging, context=host)
    yield Simulated(
        action="s3:PutObject", resource=f"arn:{partition}:s3:::{request.reports_bucket}/ledger/x.json", context={}
    )
    if request.staging.kms_key_id != UNKNOWN:
        yield Simulated(
            action="kms:CreateGrant",
            resource=request.staging.kms_key_id,
            context={"kms:GrantIsForAWSResource": "true"},
        )


def sharing(case: Case) -> Iterator[Finding]:
    """Say whether production's snapshots can be shared with this account, where production is another one's."""
    if case.source_side is Side.OWN:
        return
    mine, theirs = case.questions.identity(Side.OWN), case.questions.identity(Side.PRODUCTION)
    if mine.account_id == theirs.account_id:
        yield in_order("sharing", "production's role is of this account: nothing has to be shared")
        return
    found = [case.aws.source_compute.instance(each) for each in case.production_ids]
    volume_ids = [volume_id for each in found if each for volume_id in each.data_volume_ids]
    volumes = [each for each in map(case.aws.source_compute.volume, volume_ids) if each]
    if not volumes:
        yield unasked("sharing", "production has no data volume to look at")
        return
    for volume in volumes:
        key = case.questions.key(Side.PRODUCTION, volume.kms_key_id) if volume.kms_key_id else None
        if key is not None and key.is_aws_managed:
            yield wrong(
                "sharing",
                f"{volume.volume_id} is encrypted with {volume.kms_key_id}, which AWS manages: its snapshots cannot be "
                f"shared with account {mine.account_id}",
                "production's owner makes a volume with a customer-managed key (docs/production-elsewhere.md)",
            )
        else:
            how = f"encrypted with {volume.kms_key_id}" if volume.kms_key_id else "not encrypted"
            yield in_order("sharing", f"{volume.volume_id} is {how}: its snapshots can be shared")
