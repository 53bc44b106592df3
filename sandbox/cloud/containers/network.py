"""A task's network interface: an address of its subnet while it lives."""

from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.exceptions import InvalidParameterException

from sandbox.machine.host import Placement


def find_subnet(response: Any, request: Mapping[str, Any]) -> Any:
    """Return the subnet that RunTask asks for.

    Raises:
        InvalidParameterException: There is none of that id.
    """
    wanted = request["networkConfiguration"]["awsvpcConfiguration"]["subnets"][0]
    backend = ec2_backends[response.current_account][response.region]
    for by_zone in backend.subnets.values():
        if wanted in by_zone:
            return by_zone[wanted]
    raise InvalidParameterException(f"Error retrieving subnet information for [{wanted}]: it does not exist.")


def place(response: Any, task: Any, subnet: Any) -> Placement:
    """Give a task an address of its subnet; moto makes one up."""
    backend = ec2_backends[response.current_account][response.region]
    details = task.attachments[0]["details"]
    eni = backend.get_network_interface(next(one["value"] for one in details if one["name"] == "networkInterfaceId"))
    eni.private_ip_address = subnet.get_available_subnet_ip(eni)
    for one in details:
        if one["name"] == "privateIPv4Address":
            one["value"] = eni.private_ip_address
    task.attachments[0]["details"] = [one for one in details if one["value"] is not None]
    task.containers[0].network_interfaces = [
        {"attachmentId": task.attachments[0]["id"], "privateIpv4Address": eni.private_ip_address}
    ]
    return Placement(task.id, subnet.vpc_id, backend.get_vpc(subnet.vpc_id).cidr_block, eni.private_ip_address)


def release(response: Any, task: Any, subnet: Any) -> None:
    """Delete a task's interface and give its address back."""
    backend = ec2_backends[response.current_account][response.region]
    attachment = task.attachments[0]
    attachment["status"] = "DELETED"
    for one in attachment["details"]:
        if one["name"] == "networkInterfaceId":
            eni = backend.enis.pop(one["value"], None)
            if eni is not None:
                subnet.del_subnet_ip(eni.private_ip_address)
