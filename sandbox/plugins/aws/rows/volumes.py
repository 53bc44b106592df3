"""Rows of the table: volumes and where they are attached."""

from collections.abc import Sequence

from sandbox.plugins.aws.kind import Aws, Kind, Values, found, wait
from sandbox.plugins.aws.rows.instances import state_of
from sandbox.plugins.aws.tags import retag, specification, tag_map
from sandbox.plugins.protocol import Call


def _create_volume(aws: Aws, inputs: Values, call: Call) -> str:
    arguments = {
        "AvailabilityZone": inputs["availabilityZone"],
        "Size": inputs["size"],
        "VolumeType": inputs.get("type", "gp3"),
        "Encrypted": inputs.get("encrypted", False),
        "TagSpecifications": specification("volume", inputs.get("tags")),
    }
    if "kmsKeyId" in inputs:
        arguments["KmsKeyId"] = inputs["kmsKeyId"]
    return str(aws.client("ec2").create_volume(**arguments)["VolumeId"])


def _volume(aws: Aws, volume_id: str) -> Values | None:
    answer = found(lambda: aws.client("ec2").describe_volumes(VolumeIds=[volume_id]))
    return answer["Volumes"][0] if answer and answer["Volumes"] else None


def _volume_available(aws: Aws, volume_id: str, inputs: Values, call: Call) -> None:
    wait(
        call, f"{volume_id} available", lambda: (_volume(aws, volume_id) or {}).get("State") in ("available", "in-use")
    )


def _read_volume(aws: Aws, volume_id: str, known: Values) -> Values | None:
    volume = _volume(aws, volume_id)
    return volume and {
        "availabilityZone": volume["AvailabilityZone"],
        "size": volume["Size"],
        "type": volume["VolumeType"],
        "encrypted": volume["Encrypted"],
        "tags": tag_map(volume.get("Tags")),
        "arn": aws.arn("ec2", f"volume/{volume_id}"),
    }


def _update_volume(aws: Aws, volume_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    if {"size", "type"} & set(changed):
        aws.client("ec2").modify_volume(VolumeId=volume_id, Size=new["size"], VolumeType=new.get("type", "gp3"))
    retag(aws, volume_id, old, new)


def _attach(aws: Aws, inputs: Values, call: Call) -> str:
    aws.client("ec2").attach_volume(
        VolumeId=inputs["volumeId"], InstanceId=inputs["instanceId"], Device=inputs["deviceName"]
    )
    return f"vai-{inputs['volumeId']}-{inputs['instanceId']}"


def _attachment(aws: Aws, known: Values) -> Values | None:
    attachments = (_volume(aws, known["volumeId"]) or {}).get("Attachments", [])
    return next((one for one in attachments if one["InstanceId"] == known["instanceId"]), None)


def _attached(aws: Aws, made: str, inputs: Values, call: Call) -> None:
    wait(call, f"{inputs['volumeId']} attached", lambda: (_attachment(aws, inputs) or {}).get("State") == "attached")


def _read_attachment(aws: Aws, made: str, known: Values) -> Values | None:
    attachment = _attachment(aws, known)
    return attachment and {
        "volumeId": known["volumeId"],
        "instanceId": attachment["InstanceId"],
        "deviceName": attachment["Device"],
        "stopInstanceBeforeDetaching": known.get("stopInstanceBeforeDetaching", False),
    }


def _detach(aws: Aws, made: str, known: Values, call: Call) -> None:
    if _attachment(aws, known):
        if known.get("stopInstanceBeforeDetaching"):
            instance_id = known["instanceId"]
            aws.client("ec2").stop_instances(InstanceIds=[instance_id])
            wait(call, f"{instance_id} stopped", lambda: state_of(aws, instance_id) == "stopped")
        aws.client("ec2").detach_volume(VolumeId=known["volumeId"], InstanceId=known["instanceId"])
    wait(call, f"{known['volumeId']} detached", lambda: _attachment(aws, known) is None)


VOLUMES = {
    "aws:ebs/volume:Volume": Kind(
        service="ec2",
        changes=("size", "type"),
        replaces=("availabilityZone", "encrypted", "kmsKeyId"),
        gives=("arn",),
        create=_create_volume,
        settle=_volume_available,
        read=_read_volume,
        update=_update_volume,
        delete=lambda aws, made, known, call: aws.client("ec2").delete_volume(VolumeId=made),
    ),
    "aws:ec2/volumeAttachment:VolumeAttachment": Kind(
        service="ec2",
        changes=("stopInstanceBeforeDetaching",),
        replaces=("volumeId", "instanceId", "deviceName"),
        create=_attach,
        settle=_attached,
        read=_read_attachment,
        update=lambda aws, made, old, new, changed, call: None,  # it is told to the deletion, nothing else
        delete=_detach,
        tags=False,
    ),
}
