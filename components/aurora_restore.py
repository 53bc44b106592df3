"""The automation's way back to a point in time: a new cluster beside the live one, with its groups and readers. Pure.

Aurora restores no cluster in place. The restored one gets parameter group, subnet group and security groups of the live
one, which AWS would otherwise leave at their defaults, and as many instances; its endpoint is recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components import aurora_scripts as scripts
from components.aurora_steps import EXECUTION, Step, script_step, wait_step
from refresh.holdings import SPACE_TAG

RESTORED = "{{ NameRestored.clusterId }}"
_FAILURE = "step:RemoveRestored"
_RESTORE_SECONDS = 4 * 3600
_INSTANCE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class RestoreTarget:
    """What a restored cluster is made with.

    Attributes:
        engine: The live cluster's engine.
        subnet_group: Its subnet group.
        parameter_group: Its cluster parameter group.
        security_group_ids: Its security groups.
        instance_class: Class of the instances.
        instances: How many: one writer, the others readers.
    """

    engine: str
    subnet_group: str
    parameter_group: str
    security_group_ids: Sequence[str]
    instance_class: str
    instances: int


def restore_steps(target: RestoreTarget, request: Mapping[str, Any], *, goes_to: str) -> Iterator[Step]:
    """Yield the steps.

    Args:
        target: What the cluster is made with.
        request: What tasks are asked for: cluster_id, space, reports_bucket and topic_arn of it are used.
        goes_to: The step after these.
    """
    named = {"cluster_id": request["cluster_id"], "execution_id": EXECUTION, "restore_to": "{{ restoreTo }}"}
    yield {
        **script_step("NameRestored", scripts.NAME_RESTORED, named),
        "onFailure": "step:StopTasks",
        "outputs": [{"Name": "clusterId", "Selector": "$.Payload.cluster_id", "Type": "String"}],
    }
    for step in _made(target, request):
        yield {"onFailure": _FAILURE, **step}
    told = ("endpoint", "reader_endpoint", "port")
    payload = {
        "bucket": request["reports_bucket"],
        "topic_arn": request["topic_arn"],
        "cluster_id": request["cluster_id"],
        "execution_id": EXECUTION,
        "restore_to": "{{ restoreTo }}",
        "restored_id": RESTORED,
        **{name: "{{ DescribeRestored." + name + " }}" for name in told},
    }
    recorded = script_step("RecordRestored", scripts.RECORD_RESTORED, payload)
    yield {**recorded, "onFailure": _FAILURE, "nextStep": goes_to}
    removed = script_step("RemoveRestored", scripts.REMOVE_RESTORED, {"cluster_id": RESTORED})
    yield {**removed, "onFailure": "step:StopTasks", "nextStep": "StopTasks"}


def _made(target: RestoreTarget, request: Mapping[str, Any]) -> Iterator[Step]:
    asked = {"Service": "rds", "Api": "DescribeDBClusters", "DBClusterIdentifier": RESTORED}
    yield _restore(target, request)
    yield wait_step("ClusterRestored", asked, "$.DBClusters[0].Status", "available", _RESTORE_SECONDS)
    for number in range(1, target.instances + 1):
        yield _instance(target, request, number)
    for number in range(1, target.instances + 1):
        look = {"Service": "rds", "Api": "DescribeDBInstances", "DBInstanceIdentifier": f"{RESTORED}-{number}"}
        yield wait_step(
            f"Instance{number}Available", look, "$.DBInstances[0].DBInstanceStatus", "available", _INSTANCE_SECONDS
        )
    yield {
        "name": "DescribeRestored",
        "action": "aws:executeAwsApi",
        "inputs": asked,
        "outputs": [
            {"Name": "endpoint", "Selector": "$.DBClusters[0].Endpoint", "Type": "String"},
            {"Name": "reader_endpoint", "Selector": "$.DBClusters[0].ReaderEndpoint", "Type": "String"},
            {"Name": "port", "Selector": "$.DBClusters[0].Port", "Type": "Integer"},
        ],
    }


def _restore(target: RestoreTarget, request: Mapping[str, Any]) -> Step:
    return {
        "name": "RestoreCluster",
        "action": "aws:executeAwsApi",
        "inputs": {
            "Service": "rds",
            "Api": "RestoreDBClusterToPointInTime",
            "SourceDBClusterIdentifier": request["cluster_id"],
            "DBClusterIdentifier": RESTORED,
            "RestoreToTime": "{{ restoreTo }}",
            "DBSubnetGroupName": target.subnet_group,
            "DBClusterParameterGroupName": target.parameter_group,
            "VpcSecurityGroupIds": list(target.security_group_ids),
            "Tags": _tags(request),
        },
    }


def _instance(target: RestoreTarget, request: Mapping[str, Any], number: int) -> Step:
    return {
        "name": f"CreateInstance{number}",
        "action": "aws:executeAwsApi",
        "inputs": {
            "Service": "rds",
            "Api": "CreateDBInstance",
            "DBInstanceIdentifier": f"{RESTORED}-{number}",
            "DBClusterIdentifier": RESTORED,
            "DBInstanceClass": target.instance_class,
            "Engine": target.engine,
            "PubliclyAccessible": False,
            "Tags": _tags(request),
        },
    }


def _tags(request: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the tags of what is restored: by the first it may be removed, by the second it is told from a clone."""
    tags = {SPACE_TAG: request["space"], "understudy:restored-from": request["cluster_id"]}
    return [{"Key": key, "Value": value} for key, value in tags.items()]
