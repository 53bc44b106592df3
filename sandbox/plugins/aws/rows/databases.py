"""Rows of the table: Aurora clusters and their instances."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, wait
from sandbox.plugins.aws.rows.database_groups import retag_arn, tags_of
from sandbox.plugins.aws.tags import tag_list
from sandbox.plugins.protocol import Call

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
        "tags": tags_of(aws, cluster["DBClusterArn"]),
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
        retag_arn(aws, cluster["DBClusterArn"], old, new)


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
        "tags": tags_of(aws, instance["DBInstanceArn"]),
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
        retag_arn(aws, instance["DBInstanceArn"], old, new)


def _delete_instance(aws: Aws, identifier: str, known: Values, call: Call) -> None:
    aws.client("rds").delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    wait(call, "instance gone", lambda: _instance(aws, identifier) is None)


DATABASES = {
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
