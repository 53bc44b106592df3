"""Rows of the table: SSM documents."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json
from sandbox.plugins.aws.tags import change_tags, tag_list, tag_map
from sandbox.plugins.protocol import Call, PluginError

_RENEWED = ("hash", "documentVersion", "latestVersion", "defaultVersion")


def _create(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("ssm").create_document(
        Name=inputs["name"],
        Content=inputs["content"],
        DocumentType=inputs["documentType"],
        DocumentFormat=inputs.get("documentFormat", "JSON"),
        TargetType=inputs.get("targetType", "/"),
        Tags=tag_list(inputs.get("tags")),
    )
    return str(inputs["name"])


def _accounts(inputs: Values) -> list[str]:
    return [one for one in inputs.get("permissions", {}).get("account_ids", "").split(",") if one]


def _share(aws: Aws, name: str, inputs: Values, call: Call) -> None:
    if _accounts(inputs):
        aws.client("ssm").modify_document_permission(
            Name=name, PermissionType="Share", AccountIdsToAdd=_accounts(inputs)
        )


def _read(aws: Aws, name: str, known: Values) -> Values | None:
    ssm = aws.client("ssm")
    document = ssm.describe_document(Name=name)["Document"]
    content = ssm.get_document(Name=name, DocumentFormat=document["DocumentFormat"])["Content"]
    tags = ssm.list_tags_for_resource(ResourceType="Document", ResourceId=name)["TagList"]
    return {
        "name": name,
        "content": same_json(known.get("content"), content),
        "documentType": document["DocumentType"],
        "documentFormat": document["DocumentFormat"],
        "targetType": document.get("TargetType", "/"),
        "tags": tag_map(tags),
        "arn": aws.arn("ssm", f"document/{name}"),
        "hash": document["Hash"],
        "hashType": document["HashType"],
        "documentVersion": document["DocumentVersion"],
        "latestVersion": document["LatestVersion"],
        "defaultVersion": document["DefaultVersion"],
        "status": document["Status"],
        "schemaVersion": document["SchemaVersion"],
    }


def _update(aws: Aws, name: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    ssm = aws.client("ssm")
    if "content" in changed:
        ssm.update_document_default_version(Name=name, DocumentVersion=_version_with(aws, name, new))
    if "permissions" in changed:
        _change_shares(aws, name, set(_accounts(old)), set(_accounts(new)))
    change_tags(
        old,
        new,
        lambda wanted: ssm.add_tags_to_resource(ResourceType="Document", ResourceId=name, Tags=tag_list(wanted)),
        lambda unwanted: ssm.remove_tags_from_resource(ResourceType="Document", ResourceId=name, TagKeys=unwanted),
    )


def _version_with(aws: Aws, name: str, new: Values) -> str:
    """Return the version with a content: a new one, or the former one that had it and is not made again."""
    ssm = aws.client("ssm")
    try:
        answer = ssm.update_document(
            Name=name, Content=new["content"], DocumentVersion="$LATEST", TargetType=new.get("targetType", "/")
        )
        return str(answer["DocumentDescription"]["DocumentVersion"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "DuplicateDocumentContent":
            raise
    kind = new.get("documentFormat", "JSON")
    for number in range(1, int(ssm.describe_document(Name=name)["Document"]["LatestVersion"]) + 1):
        content = ssm.get_document(Name=name, DocumentVersion=str(number), DocumentFormat=kind)["Content"]
        if same_json(new["content"], content) == new["content"]:
            return str(number)
    raise PluginError(f"{name} has a version with this content already, which is not to be found among its versions")


def _change_shares(aws: Aws, name: str, before: set[str], after: set[str]) -> None:
    aws.client("ssm").modify_document_permission(
        Name=name,
        PermissionType="Share",
        AccountIdsToAdd=sorted(after - before),
        AccountIdsToRemove=sorted(before - after),
    )


def _delete(aws: Aws, name: str, known: Values, call: Call) -> None:
    """Delete the document; AWS wants its shares taken back first."""
    if _accounts(known):
        _change_shares(aws, name, set(_accounts(known)), set())
    aws.client("ssm").delete_document(Name=name)


DOCUMENTS = {
    "aws:ssm/document:Document": Kind(
        service="ssm",
        changes=("content", "permissions", "targetType"),
        replaces=("name", "documentType", "documentFormat"),
        gives=(
            "arn",
            "hash",
            "hashType",
            "documentVersion",
            "latestVersion",
            "defaultVersion",
            "status",
            "schemaVersion",
        ),
        create=_create,
        settle=_share,
        read=_read,
        update=_update,
        delete=_delete,
        renews={"content": _RENEWED},
    ),
}
