"""What a stack has in AWS and on its hosts, as tests ask it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.client import Sandbox

SPACE_TAG = "understudy:space"
ROLE_TAG = "understudy:role"
REFRESH_TAG = "understudy:refresh"


class Inventory:
    """Volumes, snapshots and commands of one stack of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Ask the sandbox's AWS."""
        self._ec2 = sandbox.session().client("ec2")
        self._ssm = sandbox.session().client("ssm")
        self._space = [{"Name": f"tag:{SPACE_TAG}", "Values": [f"understudy/{sandbox.name}"]}]

    def volumes(self) -> dict[str, list[str]]:
        """List the refreshes' volumes by role."""
        found: dict[str, list[str]] = {}
        for volume in self._ec2.describe_volumes(Filters=self._space)["Volumes"]:
            found.setdefault(_tags(volume)[ROLE_TAG], []).append(volume["VolumeId"])
        return found

    def snapshots(self) -> list[str]:
        """List the refreshes' snapshots."""
        answer = self._ec2.describe_snapshots(Filters=self._space)
        return [snapshot["SnapshotId"] for snapshot in answer["Snapshots"]]

    def instances(self) -> list[str]:
        """List every instance that is not terminated, production's too."""
        states = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
        reservations = self._ec2.describe_instances(Filters=states)["Reservations"]
        return sorted(each["InstanceId"] for one in reservations for each in one["Instances"])

    def everything(self) -> Counter[str]:
        """Count all that AWS holds, by kind: what is the same before and after left nothing over."""
        ec2 = self._ec2
        return Counter(
            instances=len(self.instances()),
            volumes=len(ec2.describe_volumes()["Volumes"]),
            snapshots=len(ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]),
            vpcs=len(ec2.describe_vpcs()["Vpcs"]),
            subnets=len(ec2.describe_subnets()["Subnets"]),
            security_groups=len(ec2.describe_security_groups()["SecurityGroups"]),
            network_interfaces=len(ec2.describe_network_interfaces()["NetworkInterfaces"]),
            documents=len(self._ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]),
        )

    def commands(self) -> int:
        """Count the commands that were ever sent to hosts."""
        pages: list[Any] = self._ssm.list_commands(MaxResults=50).get("Commands", [])
        return len(pages)


def _tags(thing: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}
