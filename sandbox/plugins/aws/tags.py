"""Tags as Pulumi has them, as AWS's services want them, and the calls from what was to what is wanted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Values


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return tags as most of AWS's services want them."""
    return [{"Key": name, "Value": value} for name, value in (tags or {}).items()]


def tag_map(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Return tags as Pulumi has them. AWS's own are not anyone's to declare."""
    return {tag["Key"]: tag["Value"] for tag in tags or [] if not tag["Key"].startswith("aws:")}


def change_tags(
    old: Values, new: Values, add: Callable[[dict[str, str]], object], take: Callable[[list[str]], object]
) -> None:
    """Go from the tags of former inputs to those of new ones.

    Args:
        old: The former inputs.
        new: The new inputs.
        add: Called with the tags to set, if there are any.
        take: Called with the names of the tags to take away, if there are any.
    """
    before, after = old.get("tags") or {}, new.get("tags") or {}
    wanted = {name: value for name, value in after.items() if before.get(name) != value}
    unwanted = [name for name in before if name not in after]
    if wanted:
        add(wanted)
    if unwanted:
        take(unwanted)


def specification(kind: str, tags: Values | None) -> list[dict[str, Any]]:
    """Return tags as EC2 takes them in the call that makes a thing."""
    return [{"ResourceType": kind, "Tags": tag_list(tags)}] if tags else []


def retag(aws: Aws, resource_id: str, old: Values, new: Values) -> None:
    """Set and take away tags of something of EC2."""
    ec2 = aws.client("ec2")
    change_tags(
        old,
        new,
        lambda wanted: ec2.create_tags(Resources=[resource_id], Tags=tag_list(wanted)),
        lambda unwanted: ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": name} for name in unwanted]),
    )
