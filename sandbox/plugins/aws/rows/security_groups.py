"""Rows of the table: security groups and their rules."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values
from sandbox.plugins.aws.tags import retag, specification, tag_map
from sandbox.plugins.protocol import Call


def _create_group(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("ec2").create_security_group(
        GroupName=inputs["name"],
        Description=inputs.get("description", "Managed by Pulumi"),
        VpcId=inputs["vpcId"],
        TagSpecifications=specification("security-group", inputs.get("tags")),
    )
    return str(answer["GroupId"])


def _set_rules(aws: Aws, group_id: str, inputs: Values, call: Call) -> None:
    """Make the group's rules exactly those of the inputs; a new group comes with one that lets everything out."""
    ec2 = aws.client("ec2")
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    for side, present, add, take in (
        ("ingress", group["IpPermissions"], "authorize_security_group_ingress", "revoke_security_group_ingress"),
        ("egress", group["IpPermissionsEgress"], "authorize_security_group_egress", "revoke_security_group_egress"),
    ):
        wanted = [_permission(group_id, rule) for rule in inputs.get(side, [])]
        if present:
            getattr(ec2, take)(GroupId=group_id, IpPermissions=present)
        if wanted:
            getattr(ec2, add)(GroupId=group_id, IpPermissions=wanted)


def _permission(group_id: str, rule: Values) -> dict[str, Any]:
    note = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [*rule.get("securityGroups", []), *([group_id] if rule.get("self") else [])]
    return {
        "IpProtocol": rule["protocol"],
        "FromPort": rule["fromPort"],
        "ToPort": rule["toPort"],
        "IpRanges": [{"CidrIp": cidr, **note} for cidr in rule.get("cidrBlocks", [])],
        "PrefixListIds": [{"PrefixListId": one, **note} for one in rule.get("prefixListIds", [])],
        "UserIdGroupPairs": [{"GroupId": one, **note} for one in groups],
    }


def _update_group(aws: Aws, group_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if {"ingress", "egress"} & set(changed):
        _set_rules(aws, group_id, new, call)
    retag(aws, group_id, old, new)


def _read_group(aws: Aws, group_id: str, known: Values) -> Values | None:
    group = aws.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    return {
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group["VpcId"],
        "tags": tag_map(group.get("Tags")),
        "arn": aws.arn("ec2", f"security-group/{group_id}"),
        "ownerId": group["OwnerId"],
        **{side: _rules_now(group, side, known) for side in ("ingress", "egress")},
    }


def _rules_now(group: Values, side: str, known: Values) -> list[Any]:
    """Return the rules as they were declared, if AWS has those; otherwise what AWS has, so that drift shows."""
    present = group["IpPermissions" if side == "ingress" else "IpPermissionsEgress"]
    declared = list(known.get(side, []))
    wanted = [_permission(group["GroupId"], rule) for rule in declared]
    same = sorted(one for rule in present for one in _flat(rule)) == sorted(
        one for rule in wanted for one in _flat(rule)
    )
    return declared if same else [_declared(rule) for rule in present]


def _flat(rule: Values) -> list[str]:
    """Return one line for each peer of a rule: AWS merges rules for the same port."""
    port = f"{rule['IpProtocol']} {rule.get('FromPort')} {rule.get('ToPort')}"
    peers = [one["CidrIp"] for one in rule.get("IpRanges", [])]
    peers += [one["PrefixListId"] for one in rule.get("PrefixListIds", [])]
    peers += [one["GroupId"] for one in rule.get("UserIdGroupPairs", [])]
    return [f"{port} {peer}" for peer in peers]


def _declared(rule: Values) -> dict[str, Any]:
    return {
        "protocol": rule["IpProtocol"],
        "fromPort": rule.get("FromPort", 0),
        "toPort": rule.get("ToPort", 0),
        "cidrBlocks": [one["CidrIp"] for one in rule.get("IpRanges", [])],
        "prefixListIds": [one["PrefixListId"] for one in rule.get("PrefixListIds", [])],
        "securityGroups": [one["GroupId"] for one in rule.get("UserIdGroupPairs", [])],
    }


SECURITY_GROUPS = {
    "aws:ec2/securityGroup:SecurityGroup": Kind(
        service="ec2",
        named="name",
        changes=("ingress", "egress"),
        replaces=("name", "description", "vpcId"),
        gives=("arn", "ownerId"),
        create=_create_group,
        settle=_set_rules,
        read=_read_group,
        update=_update_group,
        delete=lambda aws, made, known, call: aws.client("ec2").delete_security_group(GroupId=made),
    ),
}
