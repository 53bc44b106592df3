"""Rows of the table: SSM documents."""

from collections.abc import Sequence

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json, tag_changes, tag_list, tag_map
from sandbox.plugins.protocol import Call

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
        version = ssm.update_document(
            Name=name, Content=new["content"], DocumentVersion="$LATEST", TargetType=new.get("targetType", "/")
        )
        ssm.update_document_default_version(
            Name=name, DocumentVersion=version["DocumentDescription"]["DocumentVersion"]
        )
    if "permissions" in changed:
        _change_shares(aws, name, set(_accounts(old)), set(_accounts(new)))
    wanted, unwanted = tag_changes(old, new)
    if wanted:
        ssm.add_tags_to_resource(ResourceType="Document", ResourceId=name, Tags=tag_list(wanted))
    if unwanted:
        ssm.remove_tags_from_resource(ResourceType="Document", ResourceId=name, TagKeys=unwanted)


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
