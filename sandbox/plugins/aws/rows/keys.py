"""Rows of the table: keys and their aliases."""

from collections.abc import Sequence

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json
from sandbox.plugins.aws.tags import change_tags
from sandbox.plugins.protocol import Call


def _tag_list(tags: Values) -> list[dict[str, str]]:
    """Return tags as KMS wants them."""
    return [{"TagKey": name, "TagValue": value} for name, value in tags.items()]


def _create_key(aws: Aws, inputs: Values, call: Call) -> str:
    tags = _tag_list(inputs.get("tags", {}))
    policy = {"Policy": inputs["policy"]} if "policy" in inputs else {}
    answer = aws.client("kms").create_key(Description=inputs.get("description", ""), Tags=tags, **policy)
    return str(answer["KeyMetadata"]["KeyId"])


def _rotate(aws: Aws, key_id: str, inputs: Values, call: Call) -> None:
    kms = aws.client("kms")
    (kms.enable_key_rotation if inputs.get("enableKeyRotation") else kms.disable_key_rotation)(KeyId=key_id)


def _read_key(aws: Aws, key_id: str, known: Values) -> Values | None:
    kms = aws.client("kms")
    key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    if key["KeyState"] == "PendingDeletion":
        return None
    tags = kms.list_resource_tags(KeyId=key_id)["Tags"]
    policy = kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    return {
        "description": key["Description"],
        "policy": same_json(known.get("policy"), policy),
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        "arn": key["Arn"],
        "keyId": key["KeyId"],
    }


def _update_key(aws: Aws, key_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    kms = aws.client("kms")
    if "description" in changed:
        kms.update_key_description(KeyId=key_id, Description=new.get("description", ""))
    if "policy" in new and "policy" in changed:
        kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=new["policy"])
    if "enableKeyRotation" in changed:
        _rotate(aws, key_id, new, call)
    change_tags(
        old,
        new,
        lambda wanted: kms.tag_resource(KeyId=key_id, Tags=_tag_list(wanted)),
        lambda unwanted: kms.untag_resource(KeyId=key_id, TagKeys=unwanted),
    )


def _delete_key(aws: Aws, key_id: str, known: Values, call: Call) -> None:
    days = known.get("deletionWindowInDays", 30)
    aws.client("kms").schedule_key_deletion(KeyId=key_id, PendingWindowInDays=days)


def _create_alias(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("kms").create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
    return str(inputs["name"])


def _read_alias(aws: Aws, name: str, known: Values) -> Values | None:
    pages = aws.client("kms").get_paginator("list_aliases").paginate()
    alias = next((one for page in pages for one in page["Aliases"] if one["AliasName"] == name), None)
    return alias and {"name": name, "targetKeyId": alias["TargetKeyId"], "arn": alias["AliasArn"]}


def _update_alias(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    aws.client("kms").update_alias(AliasName=name, TargetKeyId=new["targetKeyId"])


KEYS = {
    "aws:kms/key:Key": Kind(
        service="kms",
        changes=("description", "enableKeyRotation", "deletionWindowInDays", "policy"),
        gives=("arn", "keyId"),
        create=_create_key,
        settle=_rotate,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
    ),
    "aws:kms/alias:Alias": Kind(
        service="kms",
        changes=("targetKeyId",),
        replaces=("name",),
        gives=("arn",),
        create=_create_alias,
        read=_read_alias,
        update=_update_alias,
        delete=lambda aws, made, known, call: aws.client("kms").delete_alias(AliasName=made),
        tags=False,
    ),
}
