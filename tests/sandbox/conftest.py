import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from sandbox.client import Sandbox

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
RUN_SH = {
    "schemaVersion": "2.2",
    "parameters": {"script": {"type": "String", "interpolationType": "ENV_VAR"}},
    "mainSteps": [
        {"action": "aws:runShellScript", "name": "run", "inputs": {"runCommand": ['exec bash -c "$SSM_script"']}},
    ],
}


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)
    return answer


@dataclass
class Site:
    """A VPC for tests with what instances there need."""

    sandbox: Sandbox
    subnet_id: str
    group_id: str
    zone: str

    @cached_property
    def ec2(self) -> Any:
        return self.sandbox.session().client("ec2")

    def instance(self, instance_id: str) -> dict[str, Any]:
        answer = self.ec2.describe_instances(InstanceIds=[instance_id])
        return answer["Reservations"][0]["Instances"][0]

    def volume(self, volume_id: str) -> dict[str, Any]:
        return self.ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]

    def run(self, **options: Any) -> str:
        request = {
            "ImageId": "ami-0123456789abcdef0",
            "InstanceType": "m6i.large",
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": self.subnet_id,
            "SecurityGroupIds": [self.group_id],
            "IamInstanceProfile": {"Name": "tests"},
        }
        instance_id = self.ec2.run_instances(**{**request, **options})["Instances"][0]["InstanceId"]
        self.await_state(instance_id, "running")
        return instance_id

    def await_state(self, instance_id: str, state: str) -> None:
        wait_until(lambda: self.instance(instance_id)["State"]["Name"] == state, f"{instance_id} to be {state}")

    def new_volume(self, **options: Any) -> str:
        request = {"AvailabilityZone": self.zone, **({} if "SnapshotId" in options else {"Size": 1})}
        volume_id = self.ec2.create_volume(**{**request, **options})["VolumeId"]
        wait_until(lambda: self.volume(volume_id)["State"] == "available", f"{volume_id} to be available")
        return volume_id

    def attach(self, volume_id: str, instance_id: str, device: str = "/dev/sdf") -> None:
        self.ec2.attach_volume(VolumeId=volume_id, InstanceId=instance_id, Device=device)
        wait_until(
            lambda: self.volume(volume_id)["Attachments"][0]["State"] == "attached", f"{volume_id} to be attached"
        )

    def snapshot(self, volume_id: str) -> str:
        snapshot_id = self.ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
        self.await_snapshot(snapshot_id)
        return snapshot_id

    def await_snapshot(self, snapshot_id: str) -> None:
        def is_completed() -> bool:
            found = self.ec2.describe_snapshots(SnapshotIds=[snapshot_id])["Snapshots"][0]
            return found["State"] == "completed"

        wait_until(is_completed, f"{snapshot_id} to be completed")

    def sh(self, instance_id: str, script: str) -> str:
        done = self.sandbox.exec(instance_id, ["bash", "-euc", script])
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class Commands:
    """Run Command, as a client uses it."""

    ssm: Any

    def document(self, content: dict[str, Any]) -> str:
        name = f"tests-{uuid.uuid4()}"
        self.ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Command")
        return name

    def send(self, document: str, instance_id: str, parameters: dict[str, str] | None = None, **options: Any) -> str:
        values = {name: [value] for name, value in (parameters or {}).items()}
        request = {"DocumentName": document, "InstanceIds": [instance_id], "Parameters": values, **options}
        return self.ssm.send_command(**request)["Command"]["CommandId"]

    def invocation(self, command_id: str, instance_id: str) -> dict[str, Any] | None:
        try:
            return self.ssm.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
        except self.ssm.exceptions.InvocationDoesNotExist:
            return None

    def result(self, command_id: str, instance_id: str) -> dict[str, Any]:
        def over() -> dict[str, Any] | None:
            found = self.invocation(command_id, instance_id)
            going_on = {"Pending", "InProgress", "Cancelling"}
            return found if found and found["Status"] not in going_on else None

        return wait_until(over, f"command {command_id}")

    def run(self, document: str, instance_id: str, parameters: dict[str, str] | None = None, **options: Any) -> dict:
        return self.result(self.send(document, instance_id, parameters, **options), instance_id)


@pytest.fixture(scope="session")
def site(sandbox: Sandbox) -> Site:
    session = sandbox.session()
    iam, ec2 = session.client("iam"), session.client("ec2")
    iam.create_role(RoleName="tests", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="tests")
    iam.add_role_to_instance_profile(InstanceProfileName="tests", RoleName="tests")
    zone = sandbox.record["zone"]
    vpc_id = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.77.1.0/24", AvailabilityZone=zone)["Subnet"]
    group_id = ec2.create_security_group(GroupName="tests", Description="tests", VpcId=vpc_id)["GroupId"]
    return Site(sandbox, subnet["SubnetId"], group_id, zone)


@pytest.fixture(scope="session")
def host(site: Site) -> Iterator[str]:
    """One instance that tests share; each leaves it without volumes and units of its own."""
    instance_id = site.run()
    yield instance_id
    site.ec2.terminate_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "terminated")


@pytest.fixture(scope="session")
def commands(sandbox: Sandbox) -> Commands:
    return Commands(sandbox.session().client("ssm"))


@pytest.fixture(scope="session")
def shell_document(commands: Commands) -> str:
    return commands.document(RUN_SH)


@pytest.fixture(name="wait_until", scope="session")
def wait_until_fixture() -> Callable[..., Any]:
    return wait_until
