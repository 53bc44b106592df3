"""Rows of the table: VPC, subnets and routes."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values
from sandbox.plugins.aws.tags import retag, specification, tag_map
from sandbox.plugins.protocol import Call


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


NETWORKS = {
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
}
