"""A script of the automation: remove a cluster that could not be restored to the end."""

from typing import Any

import boto3
from botocore.exceptions import ClientError


def handler(events: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Delete the cluster of this execution with its instances; one that is not there is well.

    Args:
        events: `cluster_id`, the restored one's, never the live one's.

    Returns:
        What is being deleted.
    """
    rds, cluster_id = boto3.client("rds"), events["cluster_id"]
    try:
        members = rds.describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]["DBClusterMembers"]
    except ClientError as error:
        if error.response["Error"]["Code"] in {"DBClusterNotFoundFault", "DBClusterNotFound"}:
            return {"deleted": []}
        raise
    instances = [member["DBInstanceIdentifier"] for member in members]
    for instance in instances:
        rds.delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=cluster_id, SkipFinalSnapshot=True)
    return {"deleted": [*instances, cluster_id]}
