"""Rows of the table: log groups and topics."""

from collections.abc import Sequence

from sandbox.plugins.aws.kind import Aws, Kind, Values
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call


def _create_log_group(aws: Aws, inputs: Values, call: Call) -> str:
    tags = {"tags": inputs["tags"]} if inputs.get("tags") else {}
    key = {"kmsKeyId": inputs["kmsKeyId"]} if "kmsKeyId" in inputs else {}
    aws.client("logs").create_log_group(logGroupName=inputs["name"], **tags, **key)
    return str(inputs["name"])


def _retain(aws: Aws, name: str, inputs: Values, call: Call) -> None:
    logs, days = aws.client("logs"), inputs.get("retentionInDays")
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=name)


def _read_log_group(aws: Aws, name: str, known: Values) -> Values | None:
    logs = aws.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((one for one in groups if one["logGroupName"] == name), None)
    if group is None:
        return None
    arn = group["arn"].removesuffix(":*")
    return {
        "name": name,
        "retentionInDays": group.get("retentionInDays", 0),
        **({"kmsKeyId": group["kmsKeyId"]} if group.get("kmsKeyId") else {}),
        "tags": dict(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
        "arn": arn,
    }


def _update_log_group(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if "retentionInDays" in changed:
        _retain(aws, name, new, call)
    logs, arn = aws.client("logs"), aws.arn("logs", f"log-group:{name}")
    change_tags(
        old,
        new,
        lambda wanted: logs.tag_resource(resourceArn=arn, tags=wanted),
        lambda unwanted: logs.untag_resource(resourceArn=arn, tagKeys=unwanted),
    )


def _create_topic(aws: Aws, inputs: Values, call: Call) -> str:
    key = {"KmsMasterKeyId": inputs["kmsMasterKeyId"]} if "kmsMasterKeyId" in inputs else {}
    answer = aws.client("sns").create_topic(Name=inputs["name"], Attributes=key, Tags=tag_list(inputs.get("tags")))
    return str(answer["TopicArn"])


def _read_topic(aws: Aws, arn: str, known: Values) -> Values | None:
    sns = aws.client("sns")
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return {
        "name": arn.rpartition(":")[2],
        "kmsMasterKeyId": attributes.get("KmsMasterKeyId", ""),
        "tags": tag_map(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
        "arn": arn,
        "owner": attributes["Owner"],
    }


def _update_topic(aws: Aws, arn: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    sns = aws.client("sns")
    if "kmsMasterKeyId" in changed:
        value = new.get("kmsMasterKeyId", "")
        sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=value)
    change_tags(
        old,
        new,
        lambda wanted: sns.tag_resource(ResourceArn=arn, Tags=tag_list(wanted)),
        lambda unwanted: sns.untag_resource(ResourceArn=arn, TagKeys=unwanted),
    )


TELLING = {
    "aws:cloudwatch/logGroup:LogGroup": Kind(
        service="logs",
        named="name",
        changes=("retentionInDays",),
        # AWS can change a group's key; the sandbox makes it anew.
        replaces=("name", "kmsKeyId"),
        gives=("arn",),
        create=_create_log_group,
        settle=_retain,
        read=_read_log_group,
        update=_update_log_group,
        delete=lambda aws, made, known, call: aws.client("logs").delete_log_group(logGroupName=made),
    ),
    "aws:sns/topic:Topic": Kind(
        service="sns",
        named="name",
        changes=("kmsMasterKeyId",),
        replaces=("name",),
        gives=("arn", "owner"),
        create=_create_topic,
        read=_read_topic,
        update=_update_topic,
        delete=lambda aws, made, known, call: aws.client("sns").delete_topic(TopicArn=made),
    ),
}
