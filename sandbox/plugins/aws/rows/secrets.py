"""Rows of the table: secrets, their first version, and their rotation."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, to_aws
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call

_LONGEST_RECOVERY_DAYS = 30


def _create_secret(aws: Aws, inputs: Values, call: Call) -> str:
    key = {"KmsKeyId": inputs["kmsKeyId"]} if "kmsKeyId" in inputs else {}
    answer = aws.client("secretsmanager").create_secret(
        Name=inputs["name"], Description=inputs.get("description", ""), Tags=tag_list(inputs.get("tags")), **key
    )
    return str(answer["ARN"])


def _described(aws: Aws, arn: str) -> Values | None:
    secret: Values = aws.client("secretsmanager").describe_secret(SecretId=arn)
    return None if secret.get("DeletedDate") else secret


def _read_secret(aws: Aws, arn: str, known: Values) -> Values | None:
    secret = _described(aws, arn)
    return secret and {
        "name": secret["Name"],
        "description": secret.get("Description", ""),
        "tags": tag_map(secret.get("Tags")),
        "arn": arn,
    }


def _update_secret(aws: Aws, arn: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    manager = aws.client("secretsmanager")
    if {"description", "kmsKeyId"} & set(changed):
        key = {"KmsKeyId": new["kmsKeyId"]} if "kmsKeyId" in new else {}
        manager.update_secret(SecretId=arn, Description=new.get("description", ""), **key)
    change_tags(
        old,
        new,
        lambda wanted: manager.tag_resource(SecretId=arn, Tags=tag_list(wanted)),
        lambda unwanted: manager.untag_resource(SecretId=arn, TagKeys=unwanted),
    )


def _delete_secret(aws: Aws, arn: str, known: Values, call: Call) -> None:
    days = known.get("recoveryWindowInDays", _LONGEST_RECOVERY_DAYS)
    how: dict[str, Any] = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    aws.client("secretsmanager").delete_secret(SecretId=arn, **how)


def _put_version(aws: Aws, inputs: Values) -> str:
    answer = aws.client("secretsmanager").put_secret_value(
        SecretId=inputs["secretId"], SecretString=inputs["secretString"]
    )
    return f"{inputs['secretId']}|{answer['VersionId']}"


def _read_version(aws: Aws, made: str, known: Values) -> Values | None:
    """Say whether the version is there; its value is nobody's to read here."""
    arn, _, version = made.rpartition("|")
    secret = _described(aws, arn)
    if secret is None or version not in secret.get("VersionIdsToStages", {}):
        return None
    return {"secretId": arn, "arn": arn, "versionId": version}


def _leave_version(aws: Aws, made: str, known: Values, call: Call) -> None:
    """Do nothing: a version goes with its secret, and the current one cannot be taken away."""


def _rotate(aws: Aws, inputs: Values) -> str:
    aws.client("secretsmanager").rotate_secret(
        SecretId=inputs["secretId"],
        RotationLambdaARN=inputs["rotationLambdaArn"],
        RotationRules=to_aws(inputs["rotationRules"]),
        RotateImmediately=inputs.get("rotateImmediately", True),
    )
    return str(inputs["secretId"])


def _read_rotation(aws: Aws, arn: str, known: Values) -> Values | None:
    secret = _described(aws, arn)
    if secret is None or not secret.get("RotationEnabled"):
        return None
    return {"secretId": arn, "rotationLambdaArn": secret["RotationLambdaARN"], "rotationEnabled": True}


SECRETS = {
    "aws:secretsmanager/secret:Secret": Kind(
        service="secretsmanager",
        named="name",
        changes=("description", "kmsKeyId", "recoveryWindowInDays"),
        replaces=("name",),
        gives=("arn",),
        create=_create_secret,
        read=_read_secret,
        update=_update_secret,
        delete=_delete_secret,
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Kind(
        service="secretsmanager",
        changes=("secretString",),
        replaces=("secretId",),
        gives=("arn", "versionId"),
        create=lambda aws, inputs, call: _put_version(aws, inputs),
        read=_read_version,
        update=lambda aws, made, old, new, changed, call: _put_version(aws, new),
        delete=_leave_version,
        tags=False,
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Kind(
        service="secretsmanager",
        changes=("rotationLambdaArn", "rotationRules", "rotateImmediately"),
        replaces=("secretId",),
        gives=("rotationEnabled",),
        create=lambda aws, inputs, call: _rotate(aws, inputs),
        read=_read_rotation,
        update=lambda aws, made, old, new, changed, call: _rotate(aws, new),
        delete=lambda aws, made, known, call: aws.client("secretsmanager").cancel_rotate_secret(SecretId=made),
        tags=False,
    ),
}
