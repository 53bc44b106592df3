"""Rows of the table: VPC, subnet, routes, security groups, endpoints."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json, tag_changes, tag_list, tag_map, to_aws, wait
from sandbox.plugins.protocol import Call


def specification(kind: str, tags: Values | None) -> list[dict[str, Any]]:
    """Return tags as EC2 takes them in the call that makes a thing."""
    return [{"ResourceType": kind, "Tags": tag_list(tags)}] if tags else []


def retag(aws: Aws, resource_id: str, old: Values, new: Values) -> None:
    """Set and take away tags of something of EC2."""
    wanted, unwanted = tag_changes(old, new)
    ec2 = aws.client("ec2")
    if wanted:
        ec2.create_tags(Resources=[resource_id], Tags=tag_list(wanted))
    if unwanted:
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": name} for name in unwanted])


def _retag_only(aws: Aws, made: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    retag(aws, made, old, new)


def _create_vpc(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("ec2").create_vpc(
        CidrBlock=inputs["cidrBlock"], TagSpecifications=specification("vpc", inputs.get("tags"))
    )
    return str(answer["Vpc"]["VpcId"])


def _vpc_dns(aws: Aws, vpc_id: str, inputs: Values) -> None:
    for name, default in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
        setting = name[0].upper() + name[1:]
        aws.client("ec2").modify_vpc_attribute(VpcId=vpc_id, **{setting: {"Value": inputs.get(name, default)}})


def _update_vpc(aws: Aws, vpc_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    _vpc_dns(aws, vpc_id, new)
    retag(aws, vpc_id, old, new)


def _read_vpc(aws: Aws, vpc_id: str, known: Values) -> Values | None:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    dns = {
        name: ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)[name[0].upper() + name[1:]]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    groups = ec2.describe_security_groups(Filters=_in_vpc(vpc_id, "group-name", "default"))["SecurityGroups"]
    return {
        **dns,
        "cidrBlock": vpc["CidrBlock"],
        "tags": tag_map(vpc.get("Tags")),
        "arn": aws.arn("ec2", f"vpc/{vpc_id}"),
        "ownerId": aws.account_id(),
        "defaultSecurityGroupId": groups[0]["GroupId"] if groups else "",
    }


def _in_vpc(vpc_id: str, name: str, value: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": name, "Values": [value]}]


def _create_subnet(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("ec2").create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=inputs["availabilityZone"],
        TagSpecifications=specification("subnet", inputs.get("tags")),
    )
    return str(answer["Subnet"]["SubnetId"])


def _set_subnet(aws: Aws, subnet_id: str, inputs: Values, call: Call) -> None:
    public = {"Value": inputs.get("mapPublicIpOnLaunch", False)}
    aws.client("ec2").modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch=public)


def _update_subnet(aws: Aws, subnet_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    _set_subnet(aws, subnet_id, new, call)
    retag(aws, subnet_id, old, new)


def _read_subnet(aws: Aws, subnet_id: str, known: Values) -> Values | None:
    subnet = aws.client("ec2").describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    return {
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "tags": tag_map(subnet.get("Tags")),
        "arn": aws.arn("ec2", f"subnet/{subnet_id}"),
        "ownerId": aws.account_id(),
    }


def _create_route_table(aws: Aws, inputs: Values, call: Call) -> str:
    tags = specification("route-table", inputs.get("tags"))
    answer = aws.client("ec2").create_route_table(VpcId=inputs["vpcId"], TagSpecifications=tags)
    return str(answer["RouteTable"]["RouteTableId"])


def _read_route_table(aws: Aws, table_id: str, known: Values) -> Values | None:
    table = aws.client("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]
    return {
        "vpcId": table["VpcId"],
        "tags": tag_map(table.get("Tags")),
        "arn": aws.arn("ec2", f"route-table/{table_id}"),
        "ownerId": aws.account_id(),
    }


def _associate(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("ec2").associate_route_table(RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"])
    return str(answer["AssociationId"])


def _read_association(aws: Aws, association_id: str, known: Values) -> Values | None:
    tables = aws.client("ec2").describe_route_tables(RouteTableIds=[known["routeTableId"]])["RouteTables"]
    for association in tables[0]["Associations"]:
        if association["RouteTableAssociationId"] == association_id:
            return {"routeTableId": tables[0]["RouteTableId"], "subnetId": association["SubnetId"]}
    return None


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


_ENDPOINT_LISTS = ("routeTableIds", "subnetIds", "securityGroupIds")


def _create_endpoint(aws: Aws, inputs: Values, call: Call) -> str:
    chosen = ("vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled", *_ENDPOINT_LISTS)
    arguments = to_aws({name: inputs[name] for name in chosen if name in inputs})
    if "policy" in inputs:
        arguments["PolicyDocument"] = inputs["policy"]
    tags = specification("vpc-endpoint", inputs.get("tags"))
    answer = aws.client("ec2").create_vpc_endpoint(**arguments, TagSpecifications=tags)
    return str(answer["VpcEndpoint"]["VpcEndpointId"])


def _endpoint(aws: Aws, endpoint_id: str) -> Values | None:
    endpoints = aws.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    return next((one for one in endpoints if one["State"].lower() not in ("deleted", "deleting")), None)


def _endpoint_available(aws: Aws, endpoint_id: str, inputs: Values, call: Call) -> None:
    wait(
        call, "endpoint available", lambda: (_endpoint(aws, endpoint_id) or {}).get("State", "").lower() == "available"
    )


def _read_endpoint(aws: Aws, endpoint_id: str, known: Values) -> Values | None:
    endpoint = _endpoint(aws, endpoint_id)
    if endpoint is None:
        return None
    policy = same_json(known.get("policy"), endpoint.get("PolicyDocument") or json.dumps({}))
    return {
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "policy": policy,
        "tags": tag_map(endpoint.get("Tags")),
        "arn": aws.arn("ec2", f"vpc-endpoint/{endpoint_id}"),
        "state": "available",
        "prefixListId": _prefix_list_id(aws, endpoint["ServiceName"]),
        "ownerId": aws.account_id(),
    }


def _prefix_list_id(aws: Aws, service_name: str) -> str:
    lists = aws.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service_name]}]
    )["PrefixLists"]
    return str(lists[0]["PrefixListId"]) if lists else ""


def _update_endpoint(aws: Aws, endpoint_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    arguments: dict[str, Any] = {}
    if "policy" in changed:
        arguments["PolicyDocument"] = new.get("policy", "")
    for name, word in zip(_ENDPOINT_LISTS, ("RouteTableIds", "SubnetIds", "SecurityGroupIds"), strict=True):
        before, after = set(old.get(name, [])), set(new.get(name, []))
        arguments.update({f"Add{word}": sorted(after - before)} if after - before else {})
        arguments.update({f"Remove{word}": sorted(before - after)} if before - after else {})
    if arguments:
        aws.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, **arguments)
    retag(aws, endpoint_id, old, new)


def _delete_endpoint(aws: Aws, endpoint_id: str, known: Values, call: Call) -> None:
    aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    wait(call, "endpoint gone", lambda: _endpoint(aws, endpoint_id) is None)


NETWORKING = {
    "aws:ec2/vpc:Vpc": Kind(
        service="ec2",
        changes=("enableDnsSupport", "enableDnsHostnames"),
        replaces=("cidrBlock",),
        gives=("arn", "ownerId", "defaultSecurityGroupId"),
        create=_create_vpc,
        settle=lambda aws, made, inputs, call: _vpc_dns(aws, made, inputs),
        read=_read_vpc,
        update=_update_vpc,
        delete=lambda aws, made, known, call: aws.client("ec2").delete_vpc(VpcId=made),
    ),
    "aws:ec2/subnet:Subnet": Kind(
        service="ec2",
        changes=("mapPublicIpOnLaunch",),
        replaces=("vpcId", "cidrBlock", "availabilityZone"),
        gives=("arn", "ownerId"),
        create=_create_subnet,
        settle=_set_subnet,
        read=_read_subnet,
        update=_update_subnet,
        delete=lambda aws, made, known, call: aws.client("ec2").delete_subnet(SubnetId=made),
    ),
    "aws:ec2/routeTable:RouteTable": Kind(
        service="ec2",
        replaces=("vpcId",),
        gives=("arn", "ownerId"),
        create=_create_route_table,
        read=_read_route_table,
        update=_retag_only,
        delete=lambda aws, made, known, call: aws.client("ec2").delete_route_table(RouteTableId=made),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind(
        service="ec2",
        replaces=("subnetId", "routeTableId"),
        create=_associate,
        read=_read_association,
        delete=lambda aws, made, known, call: aws.client("ec2").disassociate_route_table(AssociationId=made),
        tags=False,
        delete_first=True,
    ),
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
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind(
        service="ec2",
        changes=(*_ENDPOINT_LISTS, "policy"),
        replaces=("vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled"),
        gives=("arn", "state", "prefixListId", "ownerId"),
        create=_create_endpoint,
        settle=_endpoint_available,
        read=_read_endpoint,
        update=_update_endpoint,
        delete=_delete_endpoint,
    ),
}
