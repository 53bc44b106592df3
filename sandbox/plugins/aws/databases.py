"""Rows of the table: Aurora clusters with their instances and groups."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, tag_changes, tag_list, tag_map, wait
from sandbox.plugins.protocol import Call


def _retag(aws: Aws, arn: str, old: Values, new: Values) -> None:
    wanted, unwanted = tag_changes(old, new)
    rds = aws.client("rds")
    if wanted:
        rds.add_tags_to_resource(ResourceName=arn, Tags=tag_list(wanted))
    if unwanted:
        rds.remove_tags_from_resource(ResourceName=arn, TagKeys=unwanted)


def _tags(aws: Aws, arn: str) -> dict[str, str]:
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
        "tags": _tags(aws, arn),
        "arn": arn,
    }


def _update_subnet_group(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if {"subnetIds", "description"} & set(changed):
        aws.client("rds").modify_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=new.get("description", "Managed by Pulumi"),
            SubnetIds=new["subnetIds"],
        )
    _retag(aws, aws.arn("rds", f"subgrp:{name}"), old, new)


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
        "tags": _tags(aws, arn),
        "arn": arn,
    }


def _update_parameter_group(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if "parameters" in changed:
        _set_parameters(aws, name, new, call)
    _retag(aws, aws.arn("rds", f"cluster-pg:{name}"), old, new)


# Inputs of a cluster that are one argument of its call, by Pulumi's name.
_CLUSTER = {
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "masterUsername": "MasterUsername",
    "masterPassword": "MasterUserPassword",
    "port": "Port",
    "storageEncrypted": "StorageEncrypted",
    "kmsKeyId": "KmsKeyId",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "dbClusterParameterGroupName": "DBClusterParameterGroupName",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
}
_CLUSTER_CHANGES = (
    "engineVersion",
    "masterPassword",
    "port",
    "backupRetentionPeriod",
    "dbClusterParameterGroupName",
    "vpcSecurityGroupIds",
    "copyTagsToSnapshot",
)


def _cluster_arguments(inputs: Values, names: Sequence[str]) -> dict[str, Any]:
    return {_CLUSTER[name]: inputs[name] for name in names if name in _CLUSTER and name in inputs}


def _create_cluster(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("rds").create_db_cluster(
        DBClusterIdentifier=inputs["clusterIdentifier"],
        Tags=tag_list(inputs.get("tags")),
        **_cluster_arguments(inputs, list(_CLUSTER)),
    )
    return str(inputs["clusterIdentifier"])


def _cluster(aws: Aws, identifier: str) -> Values | None:
    answer = found(lambda: aws.client("rds").describe_db_clusters(DBClusterIdentifier=identifier))
    return answer["DBClusters"][0] if answer and answer["DBClusters"] else None


def _cluster_available(aws: Aws, identifier: str, inputs: Values, call: Call) -> None:
    wait(call, "cluster available", lambda: (_cluster(aws, identifier) or {}).get("Status") == "available")


def _read_cluster(aws: Aws, identifier: str, known: Values) -> Values | None:
    cluster = _cluster(aws, identifier)
    if cluster is None:
        return None
    return {
        "clusterIdentifier": identifier,
        "engine": cluster["Engine"],
        "masterUsername": cluster["MasterUsername"],
        "port": cluster["Port"],
        "storageEncrypted": cluster["StorageEncrypted"],
        "backupRetentionPeriod": cluster["BackupRetentionPeriod"],
        "tags": _tags(aws, cluster["DBClusterArn"]),
        "arn": cluster["DBClusterArn"],
        "clusterResourceId": cluster["DbClusterResourceId"],
        "endpoint": cluster["Endpoint"],
        "readerEndpoint": cluster.get("ReaderEndpoint", ""),
        "engineVersionActual": cluster["EngineVersion"],
    }


def _update_cluster(aws: Aws, identifier: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    arguments = _cluster_arguments(new, changed)
    if arguments:
        aws.client("rds").modify_db_cluster(DBClusterIdentifier=identifier, ApplyImmediately=True, **arguments)
        _cluster_available(aws, identifier, new, call)
    cluster = _cluster(aws, identifier)
    if cluster:
        _retag(aws, cluster["DBClusterArn"], old, new)


def _delete_cluster(aws: Aws, identifier: str, known: Values, call: Call) -> None:
    final = known.get("finalSnapshotIdentifier")
    how = (
        {"FinalDBSnapshotIdentifier": final} if final else {"SkipFinalSnapshot": known.get("skipFinalSnapshot", False)}
    )
    aws.client("rds").delete_db_cluster(DBClusterIdentifier=identifier, **how)
    wait(call, "cluster gone", lambda: _cluster(aws, identifier) is None)


def _create_instance(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=inputs["identifier"],
        DBClusterIdentifier=inputs["clusterIdentifier"],
        DBInstanceClass=inputs["instanceClass"],
        Engine=inputs["engine"],
        PubliclyAccessible=inputs.get("publiclyAccessible", False),
        Tags=tag_list(inputs.get("tags")),
    )
    return str(inputs["identifier"])


def _instance(aws: Aws, identifier: str) -> Values | None:
    answer = found(lambda: aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier))
    return answer["DBInstances"][0] if answer and answer["DBInstances"] else None


def _instance_available(aws: Aws, identifier: str, inputs: Values, call: Call) -> None:
    wait(call, "instance available", lambda: (_instance(aws, identifier) or {}).get("DBInstanceStatus") == "available")


def _read_instance(aws: Aws, identifier: str, known: Values) -> Values | None:
    instance = _instance(aws, identifier)
    if instance is None:
        return None
    return {
        "identifier": identifier,
        "clusterIdentifier": instance["DBClusterIdentifier"],
        "instanceClass": instance["DBInstanceClass"],
        "engine": instance["Engine"],
        "tags": _tags(aws, instance["DBInstanceArn"]),
        "arn": instance["DBInstanceArn"],
        "dbiResourceId": instance["DbiResourceId"],
    }


def _update_instance(aws: Aws, identifier: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if {"instanceClass", "publiclyAccessible"} & set(changed):
        aws.client("rds").modify_db_instance(
            DBInstanceIdentifier=identifier,
            DBInstanceClass=new["instanceClass"],
            PubliclyAccessible=new.get("publiclyAccessible", False),
            ApplyImmediately=True,
        )
        _instance_available(aws, identifier, new, call)
    instance = _instance(aws, identifier)
    if instance:
        _retag(aws, instance["DBInstanceArn"], old, new)


def _delete_instance(aws: Aws, identifier: str, known: Values, call: Call) -> None:
    aws.client("rds").delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    wait(call, "instance gone", lambda: _instance(aws, identifier) is None)


DATABASES = {
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
    "aws:rds/cluster:Cluster": Kind(
        service="rds",
        named="clusterIdentifier",
        changes=(*_CLUSTER_CHANGES, "skipFinalSnapshot", "finalSnapshotIdentifier"),
        replaces=(
            "clusterIdentifier",
            "engine",
            "masterUsername",
            "storageEncrypted",
            "kmsKeyId",
            "dbSubnetGroupName",
        ),
        gives=("arn", "clusterResourceId", "endpoint", "readerEndpoint", "engineVersionActual"),
        create=_create_cluster,
        settle=_cluster_available,
        read=_read_cluster,
        update=_update_cluster,
        delete=_delete_cluster,
    ),
    "aws:rds/clusterInstance:ClusterInstance": Kind(
        service="rds",
        named="identifier",
        changes=("instanceClass", "publiclyAccessible"),
        replaces=("identifier", "clusterIdentifier", "engine"),
        gives=("arn", "dbiResourceId"),
        create=_create_instance,
        settle=_instance_available,
        read=_read_instance,
        update=_update_instance,
        delete=_delete_instance,
    ),
}
