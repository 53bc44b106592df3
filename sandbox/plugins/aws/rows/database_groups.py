"""Rows of the table: what Aurora clusters are made with: subnet groups and parameter groups."""

from collections.abc import Sequence

from sandbox.plugins.aws.kind import Aws, Kind, Values
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call


def retag_arn(aws: Aws, arn: str, old: Values, new: Values) -> None:
    """Set and take away tags of something of RDS."""
    rds = aws.client("rds")
    change_tags(
        old,
        new,
        lambda wanted: rds.add_tags_to_resource(ResourceName=arn, Tags=tag_list(wanted)),
        lambda unwanted: rds.remove_tags_from_resource(ResourceName=arn, TagKeys=unwanted),
    )


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    """Return the tags of something of RDS."""
    return tag_map(aws.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def _create_subnet_group(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("rds").create_db_subnet_group(
        DBSubnetGroupName=inputs["name"].lower(),
        DBSubnetGroupDescription=inputs.get("description", "Managed by Pulumi"),
        SubnetIds=inputs["subnetIds"],
        Tags=tag_list(inputs.get("tags")),
    )
    return str(inputs["name"].lower())


def _read_subnet_group(aws: Aws, name: str, known: Values) -> Values | None:
    group = aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]
    present = [one["SubnetIdentifier"] for one in group["Subnets"]]
    declared = list(known.get("subnetIds", []))
    arn = aws.arn("rds", f"subgrp:{name}")
    return {
        "name": name,
        "description": group["DBSubnetGroupDescription"],
        "subnetIds": declared if sorted(declared) == sorted(present) else present,
        "vpcId": group["VpcId"],
        "tags": tags_of(aws, arn),
        "arn": arn,
    }


def _update_subnet_group(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if {"subnetIds", "description"} & set(changed):
        aws.client("rds").modify_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=new.get("description", "Managed by Pulumi"),
            SubnetIds=new["subnetIds"],
        )
    retag_arn(aws, aws.arn("rds", f"subgrp:{name}"), old, new)


def _create_parameter_group(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=inputs["name"].lower(),
        DBParameterGroupFamily=inputs["family"],
        Description=inputs.get("description", "Managed by Pulumi"),
        Tags=tag_list(inputs.get("tags")),
    )
    return str(inputs["name"].lower())


def _set_parameters(aws: Aws, name: str, inputs: Values, call: Call) -> None:
    parameters = [
        {
            "ParameterName": one["name"],
            "ParameterValue": one["value"],
            "ApplyMethod": one.get("applyMethod", "immediate"),
        }
        for one in inputs.get("parameters", [])
    ]
    if parameters:
        aws.client("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=parameters)


def _read_parameter_group(aws: Aws, name: str, known: Values) -> Values | None:
    groups = aws.client("rds").describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)
    (group,) = groups["DBClusterParameterGroups"]
    arn = aws.arn("rds", f"cluster-pg:{name}")
    return {
        "name": name,
        "family": group["DBParameterGroupFamily"],
        "description": group["Description"],
        "tags": tags_of(aws, arn),
        "arn": arn,
    }


def _update_parameter_group(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if "parameters" in changed:
        _set_parameters(aws, name, new, call)
    retag_arn(aws, aws.arn("rds", f"cluster-pg:{name}"), old, new)


DATABASE_GROUPS = {
    "aws:rds/subnetGroup:SubnetGroup": Kind(
        service="rds",
        named="name",
        changes=("subnetIds", "description"),
        replaces=("name",),
        gives=("arn", "vpcId"),
        create=_create_subnet_group,
        read=_read_subnet_group,
        update=_update_subnet_group,
        delete=lambda aws, made, known, call: aws.client("rds").delete_db_subnet_group(DBSubnetGroupName=made),
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Kind(
        service="rds",
        named="name",
        changes=("parameters",),
        replaces=("name", "family", "description"),
        gives=("arn",),
        create=_create_parameter_group,
        settle=_set_parameters,
        read=_read_parameter_group,
        update=_update_parameter_group,
        delete=lambda aws, made, known, call: aws.client("rds").delete_db_cluster_parameter_group(
            DBClusterParameterGroupName=made
        ),
    ),
}
