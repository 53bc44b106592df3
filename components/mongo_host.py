"""MongoHost: an instance that can run MongoDB and that nobody logs in to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class DataVolume:
    """A data volume that lives with its host.

    Only for hosts whose data is theirs to keep. Staging's data volumes are made and moved by the refresh.
    """

    size_gib: int
    protect: bool = True


@dataclass(frozen=True, kw_only=True)
class MongoHostArgs:
    """Arguments of a MongoHost.

    Attributes:
        ami_id: Image with mongod, mongosh, the AWS command and the SSM agent.
        instance_type: EC2 instance type.
        availability_zone: Zone of the subnet, where a data volume has to be too.
        subnet_id: A private subnet.
        private_ip: Its fixed address there.
        security_group_id: Its only security group.
        instance_profile: Name of its instance profile.
        kms_key_arn: Key of its volumes.
        tags: Tags of everything in it.
        data_volume: None for a host without a data volume of its own.
    """

    ami_id: str
    instance_type: str
    availability_zone: str
    subnet_id: pulumi.Input[str]
    private_ip: str
    security_group_id: pulumi.Input[str]
    instance_profile: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    data_volume: DataVolume | None = None


class MongoHost(pulumi.ComponentResource):
    """An instance with an encrypted root disk, IMDSv2 only, no public address, no key pair; perhaps a data volume."""

    def __init__(self, name: str, args: MongoHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the host; see MongoHostArgs."""
        super().__init__("understudy:components:MongoHost", name, None, opts)
        tags = {"Name": name, **args.tags}
        self.instance = aws.ec2.Instance(
            f"{name}-instance",
            ami=args.ami_id,
            instance_type=args.instance_type,
            subnet_id=args.subnet_id,
            private_ip=args.private_ip,
            vpc_security_group_ids=[args.security_group_id],
            associate_public_ip_address=False,
            iam_instance_profile=args.instance_profile,
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            root_block_device={
                "encrypted": True,
                "kms_key_id": args.kms_key_arn,
                "volume_type": "gp3",
                "delete_on_termination": True,
                "tags": tags,
            },
            tags=tags,
            # Its address is fixed, so the old one has to be gone before the new one can come.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.instance_id: pulumi.Output[str] = self.instance.id
        self.address: pulumi.Output[str] = self.instance.private_ip
        if args.data_volume:
            self._attach(name, args, args.data_volume, tags)
        self.register_outputs({"instance_id": self.instance_id, "address": self.address})

    def _attach(self, name: str, args: MongoHostArgs, data: DataVolume, tags: Mapping[str, str]) -> None:
        volume = aws.ebs.Volume(
            f"{name}-data",
            availability_zone=args.availability_zone,
            size=data.size_gib,
            type="gp3",
            encrypted=True,
            kms_key_id=args.kms_key_arn,
            tags={**tags, "Name": f"{name}-data"},
            opts=pulumi.ResourceOptions(parent=self, protect=data.protect),
        )
        aws.ec2.VolumeAttachment(
            f"{name}-data-attachment",
            volume_id=volume.id,
            instance_id=self.instance_id,
            device_name="/dev/sdf",
            # A mounted volume does not detach: it stays busy until the host lets go of it, or is stopped.
            stop_instance_before_detaching=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
