"""Orders and tags as EC2's arguments."""

from __future__ import annotations

from typing import Any

from refresh.holdings import SnapshotOrder, Tags


def snapshots_of_instance(order: SnapshotOrder) -> dict[str, Any]:
    """Return an order as the arguments of CreateSnapshots."""
    which: dict[str, Any] = {"InstanceId": order.instance_id, "ExcludeBootVolume": True}
    if order.excluded_volume_ids:
        which["ExcludeDataVolumeIds"] = list(order.excluded_volume_ids)
    return {
        "InstanceSpecification": which,
        "Description": order.description,
        "TagSpecifications": birth_tags("snapshot", order.tags),
    }


def filters(tags: Tags) -> list[dict[str, Any]]:
    """Return tags as the filters of a describe call."""
    return [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]


def pairs(tags: Tags) -> list[dict[str, str]]:
    """Return tags as CreateTags takes them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def birth_tags(kind: str, tags: Tags) -> list[dict[str, Any]]:
    """Return tags as the call takes them that makes a thing of some kind."""
    return [{"ResourceType": kind, "Tags": pairs(tags)}]


def readable(tags: Tags) -> str:
    """Return tags as messages name them."""
    return ", ".join(f"{name}={value}" for name, value in tags.items())
