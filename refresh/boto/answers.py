"""EC2's answers as the values of `aws.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from refresh.holdings import Attachment, Instance, Snapshot, Volume


def _tags(pairs: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs or ()}


def volume_of(entry: Mapping[str, Any]) -> Volume:
    """Read an entry of DescribeVolumes, or the answer of CreateVolume."""
    attachments = tuple(
        Attachment(instance_id=each.get("InstanceId", ""), device=each.get("Device", ""), state=each["State"])
        for each in entry.get("Attachments", ())
        if each["State"] != "detached"
    )
    return Volume(
        volume_id=entry["VolumeId"],
        state=entry["State"],
        size_gib=int(entry["Size"]),
        created_at=entry["CreateTime"],
        attachments=attachments,
        kms_key_id=_key_of(entry),
        tags=_tags(entry.get("Tags")),
    )


def _key_of(entry: Mapping[str, Any]) -> str:
    """Return the key of an encrypted volume."""
    return str(entry.get("KmsKeyId") or "unknown") if entry.get("Encrypted") else ""


def snapshot_of(entry: Mapping[str, Any], region: str) -> Snapshot:
    """Read an entry of DescribeSnapshots, or of the answer of CreateSnapshots."""
    return Snapshot(
        snapshot_id=entry["SnapshotId"],
        volume_id=entry["VolumeId"],
        state=entry.get("State", "pending"),
        size_gib=int(entry["VolumeSize"]),
        started_at=entry["StartTime"],
        owner_id=str(entry.get("OwnerId", "")),
        message=entry.get("StateMessage", ""),
        progress=entry.get("Progress", ""),
        region=region,
        full_bytes=int(entry.get("FullSnapshotSizeInBytes") or 0),
        tags=_tags(entry.get("Tags")),
    )


def instance_of(entry: Mapping[str, Any]) -> Instance:
    """Read an entry of DescribeInstances."""
    return Instance(
        instance_id=entry["InstanceId"],
        state=entry["State"]["Name"],
        zone=entry["Placement"]["AvailabilityZone"],
        root_device=entry.get("RootDeviceName", ""),
        devices={
            each["DeviceName"]: each["Ebs"]["VolumeId"]
            for each in entry.get("BlockDeviceMappings", ())
            if "Ebs" in each
        },
        kind=entry.get("InstanceType", ""),
    )
