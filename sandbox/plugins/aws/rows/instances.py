"""Rows of the table: instances."""

from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, to_aws, wait
from sandbox.plugins.aws.tags import retag, specification, tag_map
from sandbox.plugins.protocol import Call, PluginError

_ROOT_DEVICE = "/dev/xvda"
# AWS takes the size from the AMI; the sandbox has no AMIs to look at, and its volumes take no space for what is not
# written.
_ROOT_GIB = 8


def _create_instance(aws: Aws, inputs: Values, call: Call) -> str:
    root = {name: value for name, value in inputs.get("rootBlockDevice", {}).items() if name != "tags"}
    network = {
        "DeviceIndex": 0,
        "DeleteOnTermination": True,
        "SubnetId": inputs["subnetId"],
        "AssociatePublicIpAddress": inputs.get("associatePublicIpAddress", False),
        "Groups": inputs.get("vpcSecurityGroupIds", []),
        **({"PrivateIpAddress": inputs["privateIp"]} if "privateIp" in inputs else {}),
    }
    arguments: dict[str, Any] = {
        "ImageId": inputs["ami"],
        "InstanceType": inputs["instanceType"],
        "MinCount": 1,
        "MaxCount": 1,
        "NetworkInterfaces": [network],
        "TagSpecifications": [
            *specification("instance", inputs.get("tags")),
            *specification("volume", inputs.get("rootBlockDevice", {}).get("tags")),
        ],
    }
    if root:
        arguments["BlockDeviceMappings"] = [
            {"DeviceName": _ROOT_DEVICE, "Ebs": {"VolumeSize": _ROOT_GIB, **to_aws(root)}}
        ]
    if "iamInstanceProfile" in inputs:
        arguments["IamInstanceProfile"] = {"Name": inputs["iamInstanceProfile"]}
    if "metadataOptions" in inputs:
        arguments["MetadataOptions"] = to_aws(inputs["metadataOptions"])
    return str(aws.client("ec2").run_instances(**arguments)["Instances"][0]["InstanceId"])


def _instance(aws: Aws, instance_id: str) -> Values | None:
    """Return the instance, or None once it is on its way out."""
    answer = found(lambda: aws.client("ec2").describe_instances(InstanceIds=[instance_id]))
    instances = [one for reservation in (answer or {}).get("Reservations", []) for one in reservation["Instances"]]
    return next((one for one in instances if one["State"]["Name"] not in ("shutting-down", "terminated")), None)


def state_of(aws: Aws, instance_id: str) -> str:
    """Return an instance's state; one that is not there any more is terminated."""
    instance = _instance(aws, instance_id)
    return str(instance["State"]["Name"]) if instance else "terminated"


def _instance_running(aws: Aws, instance_id: str, inputs: Values, call: Call) -> None:
    wait(call, f"{instance_id} running", lambda: _running(aws, instance_id))


def _running(aws: Aws, instance_id: str) -> bool:
    state = state_of(aws, instance_id)
    if state == "terminated":
        raise PluginError(f"{instance_id} ended by itself while it was starting")
    return state == "running"


def _read_instance(aws: Aws, instance_id: str, known: Values) -> Values | None:
    """Read what is declared; whether the instance runs is no part of that: refreshes stop and start the worker."""
    instance = _instance(aws, instance_id)
    if instance is None:
        return None
    return {
        "ami": instance["ImageId"],
        "instanceType": instance["InstanceType"],
        "subnetId": instance["SubnetId"],
        "privateIp": instance["PrivateIpAddress"],
        # moto leaves the instance's own list empty where the groups came with its network interface.
        "vpcSecurityGroupIds": [group["GroupId"] for group in instance["NetworkInterfaces"][0]["Groups"]],
        "tags": tag_map(instance.get("Tags")),
        "arn": aws.arn("ec2", f"instance/{instance_id}"),
        "availabilityZone": instance["Placement"]["AvailabilityZone"],
        "instanceState": instance["State"]["Name"],
        "primaryNetworkInterfaceId": instance["NetworkInterfaces"][0]["NetworkInterfaceId"],
        "privateDns": instance.get("PrivateDnsName", ""),
    }


def _update_instance(aws: Aws, made: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    ec2 = aws.client("ec2")
    if "instanceType" in changed:
        _change_type(aws, made, new["instanceType"], call)
    if "vpcSecurityGroupIds" in changed:
        interface = (_instance(aws, made) or {})["NetworkInterfaces"][0]["NetworkInterfaceId"]
        ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, Groups=new["vpcSecurityGroupIds"])
    if "metadataOptions" in changed:
        ec2.modify_instance_metadata_options(InstanceId=made, **to_aws(new["metadataOptions"]))
    if "iamInstanceProfile" in changed:
        _change_profile(aws, made, new["iamInstanceProfile"])
    if "rootBlockDevice" in changed:
        _retag_root(aws, made, old["rootBlockDevice"], new["rootBlockDevice"])
    retag(aws, made, old, new)


def _change_type(aws: Aws, instance_id: str, instance_type: str, call: Call) -> None:
    """Change the type as EC2 demands it: only while the instance is stopped. It runs afterwards if it ran before."""
    ec2, ran = aws.client("ec2"), state_of(aws, instance_id) == "running"
    ec2.stop_instances(InstanceIds=[instance_id])
    wait(call, f"{instance_id} stopped", lambda: state_of(aws, instance_id) == "stopped")
    ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": instance_type})
    if ran:
        ec2.start_instances(InstanceIds=[instance_id])
        wait(call, f"{instance_id} running", lambda: _running(aws, instance_id))


def _change_profile(aws: Aws, instance_id: str, profile: str) -> None:
    ec2 = aws.client("ec2")
    of_it = [{"Name": "instance-id", "Values": [instance_id]}]
    present = ec2.describe_iam_instance_profile_associations(Filters=of_it)["IamInstanceProfileAssociations"]
    if present:
        association = present[0]["AssociationId"]
        ec2.replace_iam_instance_profile_association(AssociationId=association, IamInstanceProfile={"Name": profile})
    else:
        ec2.associate_iam_instance_profile(InstanceId=instance_id, IamInstanceProfile={"Name": profile})


def _retag_root(aws: Aws, instance_id: str, old: Values, new: Values) -> None:
    instance = _instance(aws, instance_id) or {}
    for mapping in instance.get("BlockDeviceMappings", []):
        if mapping["DeviceName"] == instance.get("RootDeviceName", _ROOT_DEVICE):
            retag(aws, mapping["Ebs"]["VolumeId"], old, new)


def _delete_instance(aws: Aws, instance_id: str, known: Values, call: Call) -> None:
    aws.client("ec2").terminate_instances(InstanceIds=[instance_id])
    wait(call, f"{instance_id} terminated", lambda: _terminated(aws, instance_id))


def _terminated(aws: Aws, instance_id: str) -> bool:
    """Tell whether nothing of the instance is left: its subnet and group can be deleted only then."""
    answer = found(lambda: aws.client("ec2").describe_instances(InstanceIds=[instance_id]))
    states = [one["State"]["Name"] for each in (answer or {}).get("Reservations", []) for one in each["Instances"]]
    return all(state == "terminated" for state in states)


INSTANCES = {
    "aws:ec2/instance:Instance": Kind(
        service="ec2",
        changes=("instanceType", "vpcSecurityGroupIds", "metadataOptions", "iamInstanceProfile"),
        replaces=("ami", "subnetId", "privateIp", "associatePublicIpAddress", "rootBlockDevice"),
        keeps=("rootBlockDevice.tags",),
        gives=("arn", "availabilityZone", "instanceState", "primaryNetworkInterfaceId", "privateDns", "privateIp"),
        create=_create_instance,
        settle=_instance_running,
        read=_read_instance,
        update=_update_instance,
        delete=_delete_instance,
    ),
}
