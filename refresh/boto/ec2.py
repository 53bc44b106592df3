"""EC2 and EBS behind the Protocols of `aws.py`, for either side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from refresh.boto.answers import instance_of, snapshot_of, volume_of
from refresh.boto.arguments import birth_tags, filters, pairs, readable, snapshots_of_instance
from refresh.boto.errors import is_code, wrapped
from refresh.holdings import Instance, Snapshot, SnapshotOrder, Tags, Volume, VolumeOrder
from refresh.places import CopyOrder, Key, Place

_IDENTITY_SECONDS = 5  # a network without a way to STS must not hold a refresh up
SOON = Config(connect_timeout=_IDENTITY_SECONDS, read_timeout=_IDENTITY_SECONDS, retries={"total_max_attempts": 2})
_GONE = ("InvalidVolume.NotFound", "InvalidSnapshot.NotFound", "InvalidInstanceID.NotFound")


class Ec2:
    """Instances, volumes and snapshots of one account."""

    def __init__(self, once: Any, patient: Any, *, client: Callable[..., Any]) -> None:
        """Take a client that tries once, one that retries, and a way to other services.

        Args:
            once: For calls that have no client token: a lost answer must not become a second snapshot.
            patient: For all others.
            client: Makes clients of STS and KMS: the session's own `client`.
        """
        self._once = once
        self._patient = patient
        self._client = client
        self._place: Place | None = None

    def place(self) -> Place:
        """Ask STS which account this is, once."""
        if self._place is None:
            with wrapped("GetCallerIdentity"):
                account_id = str(self._identity()["Account"])
            self._place = Place(account_id=account_id, region=self._region)
        return self._place

    def key(self, key_id: str) -> Key | None:
        """Look a key up; an ARN says in which region it is."""
        region = key_id.split(":")[3] if key_id.startswith("arn:") else self._region
        with wrapped(f"DescribeKey {key_id}"):
            try:
                found = self._client("kms", region_name=region).describe_key(KeyId=key_id)["KeyMetadata"]
            except ClientError as error:
                if is_code(error, "AccessDeniedException", "NotFoundException"):
                    return None
                raise
        return Key(arn=found["Arn"], state=found.get("KeyState", ""), manager=found.get("KeyManager", ""))

    def caller_arn(self) -> str:
        """Ask STS who this is."""
        with wrapped("GetCallerIdentity"):
            return str(self._identity()["Arn"])

    def instance(self, instance_id: str) -> Instance | None:
        """Look an instance up."""
        with wrapped(f"DescribeInstances {instance_id}"):
            try:
                answer = self._patient.describe_instances(InstanceIds=[instance_id])
            except ClientError as error:
                if is_code(error, *_GONE, "InvalidInstanceID.Malformed"):
                    return None
                raise
        found = [entry for group in answer["Reservations"] for entry in group["Instances"]]
        return instance_of(found[0]) if found else None

    def volume(self, volume_id: str) -> Volume | None:
        """Look a volume up."""
        with wrapped(f"DescribeVolumes {volume_id}"):
            try:
                found = self._patient.describe_volumes(VolumeIds=[volume_id])["Volumes"]
            except ClientError as error:
                if is_code(error, *_GONE):
                    return None
                raise
        return volume_of(found[0]) if found else None

    def volumes(self, tags: Tags) -> list[Volume]:
        """Look volumes up by their tags."""
        with wrapped(f"DescribeVolumes with {readable(tags)}"):
            pages = self._patient.get_paginator("describe_volumes").paginate(Filters=filters(tags))
            found = [volume_of(entry) for page in pages for entry in page["Volumes"]]
        return [volume for volume in found if volume.state not in {"deleting", "deleted"}]

    def snapshots(self, tags: Tags) -> list[Snapshot]:
        """Look this account's snapshots up by their tags."""
        with wrapped(f"DescribeSnapshots with {readable(tags)}"):
            pages = self._patient.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=filters(tags))
            return [snapshot_of(entry, self._region) for page in pages for entry in page["Snapshots"]]

    def try_create_snapshots(self, order: SnapshotOrder) -> None:
        """Ask with DryRun, whose answer is an error either way."""
        with wrapped(f"CreateSnapshots of {order.instance_id} (a dry run)"):
            try:
                self._once.create_snapshots(**snapshots_of_instance(order), DryRun=True)
            except ClientError as error:
                if not is_code(error, "DryRunOperation"):
                    raise

    def snapshots_of(self, volume_ids: Sequence[str]) -> list[Snapshot]:
        """Look this account's snapshots up by the volumes that they are of."""
        with wrapped(f"DescribeSnapshots of {', '.join(volume_ids)}"):
            wanted = [{"Name": "volume-id", "Values": list(volume_ids)}]
            pages = self._patient.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=wanted)
            return [snapshot_of(entry, self._region) for page in pages for entry in page["Snapshots"]]

    def create_snapshots(self, order: SnapshotOrder) -> list[Snapshot]:
        """Ask for snapshots of an instance's data volumes at one point in time."""
        with wrapped(f"CreateSnapshots of {order.instance_id}"):
            answer = self._once.create_snapshots(**snapshots_of_instance(order))
        return [snapshot_of(entry, self._region) for entry in answer["Snapshots"]]

    def copy_snapshot(self, order: CopyOrder) -> str:
        """Begin an encrypted copy; boto signs the request to the other region."""
        with wrapped(f"CopySnapshot of {order.snapshot_id} from {order.region}"):
            answer = self._once.copy_snapshot(
                SourceSnapshotId=order.snapshot_id,
                SourceRegion=order.region,
                Encrypted=True,
                KmsKeyId=order.kms_key_id,
                Description=order.description,
                TagSpecifications=birth_tags("snapshot", order.tags),
            )
        return str(answer["SnapshotId"])

    def create_snapshot(self, volume_id: str, description: str, tags: Tags) -> Snapshot:
        """Ask for a snapshot of one volume."""
        with wrapped(f"CreateSnapshot of {volume_id}"):
            answer = self._once.create_snapshot(
                VolumeId=volume_id, Description=description, TagSpecifications=birth_tags("snapshot", tags)
            )
        return snapshot_of(answer, self._region)

    def share_snapshot(self, snapshot_id: str, account_id: str) -> None:
        """Let an account make volumes of a snapshot."""
        with wrapped(f"ModifySnapshotAttribute {snapshot_id} for account {account_id}"):
            self._patient.modify_snapshot_attribute(
                SnapshotId=snapshot_id,
                Attribute="createVolumePermission",
                OperationType="add",
                UserIds=[account_id],
            )

    def create_volume(self, order: VolumeOrder) -> Volume:
        """Make an encrypted gp3 volume."""
        source = {"SnapshotId": order.snapshot_id} if order.snapshot_id else {}
        with wrapped(f"CreateVolume in {order.zone}"):
            answer = self._patient.create_volume(
                AvailabilityZone=order.zone,
                Size=order.size_gib,
                VolumeType="gp3",
                Encrypted=True,
                KmsKeyId=order.kms_key_id,
                ClientToken=order.token,
                TagSpecifications=birth_tags("volume", order.tags),
                **source,
            )
        return volume_of(answer)

    def attach_volume(self, volume_id: str, instance_id: str, device: str) -> None:
        """Attach a volume; a lost answer shows as VolumeInUse and is well when it is on this instance."""
        with wrapped(f"AttachVolume {volume_id} to {instance_id}"):
            try:
                self._once.attach_volume(VolumeId=volume_id, InstanceId=instance_id, Device=device)
            except ClientError as error:
                if not (is_code(error, "VolumeInUse") and self._is_on(volume_id, instance_id)):
                    raise

    def detach_volume(self, volume_id: str, instance_id: str) -> None:
        """Detach a volume; one that is available already is well."""
        with wrapped(f"DetachVolume {volume_id} from {instance_id}"):
            try:
                self._patient.detach_volume(VolumeId=volume_id, InstanceId=instance_id)
            except ClientError as error:
                if not (is_code(error, "IncorrectState", *_GONE) and not self._is_on(volume_id, instance_id)):
                    raise

    def delete_volume(self, volume_id: str) -> None:
        """Delete a volume."""
        with wrapped(f"DeleteVolume {volume_id}"):
            _unless_gone(self._patient.delete_volume, VolumeId=volume_id)

    def delete_snapshot(self, snapshot_id: str) -> None:
        """Delete a snapshot."""
        with wrapped(f"DeleteSnapshot {snapshot_id}"):
            _unless_gone(self._patient.delete_snapshot, SnapshotId=snapshot_id)

    def tag(self, resource_id: str, tags: Tags) -> None:
        """Write tags."""
        with wrapped(f"CreateTags on {resource_id}"):
            self._patient.create_tags(Resources=[resource_id], Tags=pairs(tags))

    def start_instance(self, instance_id: str) -> None:
        """Start an instance."""
        with wrapped(f"StartInstances {instance_id}"):
            self._patient.start_instances(InstanceIds=[instance_id])

    def stop_instance(self, instance_id: str) -> None:
        """Stop an instance."""
        with wrapped(f"StopInstances {instance_id}"):
            self._patient.stop_instances(InstanceIds=[instance_id])

    def _identity(self) -> Any:
        return self._client("sts", config=SOON).get_caller_identity()

    @property
    def _region(self) -> str:
        return str(self._patient.meta.region_name)

    def _is_on(self, volume_id: str, instance_id: str) -> bool:
        volume = self.volume(volume_id)
        return volume is not None and any(each.instance_id == instance_id for each in volume.attachments)


def _unless_gone(call: Callable[..., Any], **arguments: str) -> None:
    try:
        call(**arguments)
    except ClientError as error:
        if not is_code(error, *_GONE):
            raise
