"""Rows of the table: ECS clusters and task definitions."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values
from sandbox.plugins.aws.tags import change_tags
from sandbox.plugins.protocol import Call

_GONE = "INACTIVE"


def _tag_list(tags: Values | None) -> list[dict[str, str]]:
    """Return tags as ECS wants them: unlike elsewhere, its names are small."""
    return [{"key": name, "value": value} for name, value in (tags or {}).items()]


def _tag_map(tags: Sequence[Values] | None) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags or []}


def _retag(aws: Aws, arn: str, old: Values, new: Values) -> None:
    ecs = aws.client("ecs")
    change_tags(
        old,
        new,
        lambda wanted: ecs.tag_resource(resourceArn=arn, tags=_tag_list(wanted)),
        lambda unwanted: ecs.untag_resource(resourceArn=arn, tagKeys=unwanted),
    )


def _retag_only(aws: Aws, made: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    _retag(aws, made, old, new)


def _create_cluster(aws: Aws, inputs: Values, call: Call) -> str:
    answer = aws.client("ecs").create_cluster(clusterName=inputs["name"], tags=_tag_list(inputs.get("tags")))
    return str(answer["cluster"]["clusterArn"])


def _read_cluster(aws: Aws, arn: str, known: Values) -> Values | None:
    clusters = aws.client("ecs").describe_clusters(clusters=[arn], include=["TAGS"])["clusters"]
    if not clusters or clusters[0]["status"] == _GONE:
        return None
    return {"name": clusters[0]["clusterName"], "tags": _tag_map(clusters[0].get("tags")), "arn": arn}


# Inputs of a task definition that are arguments of the call as they are.
_PLAIN = ("family", "cpu", "memory", "networkMode", "requiresCompatibilities", "executionRoleArn", "taskRoleArn")


def _register(aws: Aws, inputs: Values, call: Call) -> str:
    arguments: dict[str, Any] = {name: inputs[name] for name in _PLAIN if name in inputs}
    if "ephemeralStorage" in inputs:
        arguments["ephemeralStorage"] = {"sizeInGiB": inputs["ephemeralStorage"]["sizeInGib"]}
    answer = aws.client("ecs").register_task_definition(
        containerDefinitions=json.loads(inputs["containerDefinitions"]),
        tags=_tag_list(inputs.get("tags")),
        **arguments,
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _read_definition(aws: Aws, arn: str, known: Values) -> Values | None:
    answer = aws.client("ecs").describe_task_definition(taskDefinition=arn, include=["TAGS"])
    definition = answer["taskDefinition"]
    if definition.get("status") == _GONE:
        return None
    return {
        **{name: definition[name] for name in ("family", "cpu", "memory") if name in definition},
        "tags": _tag_map(answer.get("tags")),
        "arn": arn,
        "arnWithoutRevision": arn.rpartition(":")[0],
        "revision": definition["revision"],
    }


CONTAINERS = {
    "aws:ecs/cluster:Cluster": Kind(
        service="ecs",
        named="name",
        replaces=("name",),
        gives=("arn",),
        create=_create_cluster,
        read=_read_cluster,
        update=_retag_only,
        delete=lambda aws, made, known, call: aws.client("ecs").delete_cluster(cluster=made),
    ),
    # A definition never changes; another one is another revision of its family.
    "aws:ecs/taskDefinition:TaskDefinition": Kind(
        service="ecs",
        replaces=(*_PLAIN, "containerDefinitions", "ephemeralStorage"),
        gives=("arn", "arnWithoutRevision", "revision"),
        create=_register,
        read=_read_definition,
        update=_retag_only,
        delete=lambda aws, made, known, call: aws.client("ecs").deregister_task_definition(taskDefinition=made),
    ),
}
