"""Rows of the table: roles, policies and instance profiles."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, same_json
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call


def _text(document: Any) -> str:
    """Return a policy as text: boto3 decodes some answers and leaves others as they came."""
    return unquote(document) if isinstance(document, str) else json.dumps(document)


def _create_role(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("iam").create_role(
        RoleName=inputs["name"], AssumeRolePolicyDocument=inputs["assumeRolePolicy"], Tags=tag_list(inputs.get("tags"))
    )
    return str(inputs["name"])


def _read_role(aws: Aws, name: str, known: Values) -> Values | None:
    role = aws.client("iam").get_role(RoleName=name)["Role"]
    return {
        "name": name,
        "assumeRolePolicy": same_json(known.get("assumeRolePolicy"), _text(role["AssumeRolePolicyDocument"])),
        "tags": tag_map(role.get("Tags")),
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
    }


def _update_role(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    iam = aws.client("iam")
    if "assumeRolePolicy" in changed:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=new["assumeRolePolicy"])
    change_tags(
        old,
        new,
        lambda wanted: iam.tag_role(RoleName=name, Tags=tag_list(wanted)),
        lambda unwanted: iam.untag_role(RoleName=name, TagKeys=unwanted),
    )


def _put_role_policy(aws: Aws, inputs: Values) -> str:
    aws.client("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _read_role_policy(aws: Aws, made: str, known: Values) -> Values | None:
    role, name = made.split(":", 1)
    answer = aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": same_json(known.get("policy"), _text(answer["PolicyDocument"]))}


def _delete_role_policy(aws: Aws, made: str, known: Values, call: Call) -> None:
    role, name = made.split(":", 1)
    aws.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


def _create_profile(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("iam").create_instance_profile(InstanceProfileName=inputs["name"], Tags=tag_list(inputs.get("tags")))
    return str(inputs["name"])


def _fill_profile(aws: Aws, name: str, inputs: Values, call: Call) -> None:
    aws.client("iam").add_role_to_instance_profile(InstanceProfileName=name, RoleName=inputs["role"])


def _read_profile(aws: Aws, name: str, known: Values) -> Values | None:
    profile = aws.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    roles = [role["RoleName"] for role in profile["Roles"]]
    return {
        "name": name,
        "role": roles[0] if roles else "",
        "tags": tag_map(profile.get("Tags")),
        "arn": profile["Arn"],
        "uniqueId": profile["InstanceProfileId"],
    }


def _update_profile(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    iam = aws.client("iam")
    if "role" in changed:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=old["role"])
        _fill_profile(aws, name, new, call)
    change_tags(
        old,
        new,
        lambda wanted: iam.tag_instance_profile(InstanceProfileName=name, Tags=tag_list(wanted)),
        lambda unwanted: iam.untag_instance_profile(InstanceProfileName=name, TagKeys=unwanted),
    )


def _delete_profile(aws: Aws, name: str, known: Values, call: Call) -> None:
    iam = aws.client("iam")
    profile = found(lambda: iam.get_instance_profile(InstanceProfileName=name))
    for role in profile["InstanceProfile"]["Roles"] if profile else []:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


def _create_policy(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("iam").create_policy(
        PolicyName=inputs["name"],
        PolicyDocument=inputs["policy"],
        Description=inputs.get("description", ""),
        Tags=tag_list(inputs.get("tags")),
    )
    return str(answer["Policy"]["Arn"])


def _read_policy(aws: Aws, arn: str, known: Values) -> Values | None:
    iam = aws.client("iam")
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return {
        "name": policy["PolicyName"],
        "policy": same_json(known.get("policy"), _text(version["Document"])),
        "tags": tag_map(policy.get("Tags")),
        "arn": arn,
        "policyId": policy["PolicyId"],
    }


def _update_policy(aws: Aws, arn: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    iam = aws.client("iam")
    if "policy" in changed:
        _drop_former_versions(aws, arn)
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=new["policy"], SetAsDefault=True)
    change_tags(
        old,
        new,
        lambda wanted: iam.tag_policy(PolicyArn=arn, Tags=tag_list(wanted)),
        lambda unwanted: iam.untag_policy(PolicyArn=arn, TagKeys=unwanted),
    )


def _drop_former_versions(aws: Aws, arn: str) -> None:
    """Delete all versions but the one in force: AWS keeps five, and deletes no policy that has more than one."""
    iam = aws.client("iam")
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


def _delete_policy(aws: Aws, arn: str, known: Values, call: Call) -> None:
    _drop_former_versions(aws, arn)
    aws.client("iam").delete_policy(PolicyArn=arn)


ROLES = {
    "aws:iam/role:Role": Kind(
        service="iam",
        named="name",
        changes=("assumeRolePolicy",),
        replaces=("name",),
        gives=("arn", "uniqueId"),
        create=_create_role,
        read=_read_role,
        update=_update_role,
        delete=lambda aws, made, known, call: aws.client("iam").delete_role(RoleName=made),
    ),
    "aws:iam/rolePolicy:RolePolicy": Kind(
        service="iam",
        named="name",
        changes=("policy",),
        replaces=("name", "role"),
        create=lambda aws, inputs, call: _put_role_policy(aws, inputs),
        read=_read_role_policy,
        update=lambda aws, made, old, new, changed, call: _put_role_policy(aws, new),
        delete=_delete_role_policy,
        tags=False,
    ),
    "aws:iam/instanceProfile:InstanceProfile": Kind(
        service="iam",
        named="name",
        changes=("role",),
        replaces=("name",),
        gives=("arn", "uniqueId"),
        create=_create_profile,
        settle=_fill_profile,
        read=_read_profile,
        update=_update_profile,
        delete=_delete_profile,
    ),
    "aws:iam/policy:Policy": Kind(
        service="iam",
        named="name",
        changes=("policy",),
        replaces=("name", "description"),
        gives=("arn", "policyId"),
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
    ),
}
