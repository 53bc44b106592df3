"""The production that a stack adopts: a replica set of three members, made through the API like any user's."""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.layout import SandboxError
from sandbox.machine.hosts import Hosts
from sandbox.machine.networks import NAMESPACES, Networks
from sandbox.members import start_members

REPLICA_SET = "rs0"
AMI = "ami-0123456789abcdef0"
DATA_GIB = 8
VPC_CIDR, SUBNET_CIDR = "10.20.0.0/16", "10.20.1.0/24"
TAGS = {"Environment": "production", "Role": "mongodb"}
PARAMETERS = {
    "/production/mongo/understudy": "understudy",
    "/production/mongo/admin": "admin",
    "/mongo/admin": "admin",
}
PSEUDONYM_KEY = "/understudy/pseudonym-key"
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Production:
    """What a client needs to know of production."""

    instance_ids: list[str]
    private_ips: list[str]
    volume_ids: list[str]
    vpc_id: str
    subnet_id: str
    replica_set: str
    tags: dict[str, str]
    user_parameter: str = "/production/mongo/understudy"
    password_parameter: str = "/production/mongo/understudy/password"  # noqa: S105 - a parameter's name
    admin_user_parameter: str = "/production/mongo/admin"
    admin_password_parameter: str = "/production/mongo/admin/password"  # noqa: S105 - a parameter's name


def create_production(
    session: Any, hosts: Hosts, networks: Networks, zone: str, say: Callable[[str], None]
) -> Production:
    """Make production and wait until its replica set has a primary and its users.

    Args:
        session: A boto3 session of the sandbox.
        hosts: Its hosts, to configure them as their operator would over a shell.
        networks: Its networks.
        zone: The availability zone.
        say: Told each thing done.

    Returns:
        Production.
    """
    ec2 = session.client("ec2")
    passwords = _put_parameters(session.client("ssm"))
    vpc_id, subnet_id, group_id = _network(ec2, zone)
    profile = _profile(session.client("iam"))
    key = session.client("kms").create_key(Description="volumes of shop-production")["KeyMetadata"]["Arn"]
    instance_ids = [_run(ec2, number, subnet_id, group_id, profile, key) for number in range(3)]
    _wait(lambda: _states(ec2, instance_ids) == {"running"}, "production's instances to run")
    say("production: three instances run")
    described = [_describe(ec2, instance_id) for instance_id in instance_ids]
    production = Production(
        instance_ids=instance_ids,
        private_ips=[one["PrivateIpAddress"] for one in described],
        volume_ids=[_data_volume(one) for one in described],
        vpc_id=vpc_id,
        subnet_id=subnet_id,
        replica_set=REPLICA_SET,
        tags=TAGS,
    )
    members = list(zip(production.instance_ids, production.volume_ids, production.private_ips, strict=True))
    start_members(hosts, members, REPLICA_SET)
    say("production: three mongods run")
    _initiate(production, networks, passwords)
    say("production: the replica set has a primary and its users")
    return production


def _put_parameters(ssm: Any) -> dict[str, str]:
    passwords = {}
    for name, user in PARAMETERS.items():
        passwords[name] = secrets.token_urlsafe(24)
        ssm.put_parameter(Name=name, Value=user, Type="SecureString")
        ssm.put_parameter(Name=f"{name}/password", Value=passwords[name], Type="SecureString")
    ssm.put_parameter(Name=PSEUDONYM_KEY, Value=secrets.token_hex(32), Type="SecureString")
    return passwords


def _network(ec2: Any, zone: str) -> tuple[str, str, str]:
    vpc_id = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=_tags("vpc", "shop-production"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock=SUBNET_CIDR, AvailabilityZone=zone, TagSpecifications=_tags("subnet", "shop-production")
    )
    group_id = ec2.create_security_group(GroupName="shop-production", Description="production's mongods", VpcId=vpc_id)[
        "GroupId"
    ]
    ec2.authorize_security_group_ingress(
        GroupId=group_id,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 27017, "ToPort": 27017, "UserIdGroupPairs": [{"GroupId": group_id}]}
        ],
    )
    return vpc_id, subnet["Subnet"]["SubnetId"], group_id


def _profile(iam: Any) -> str:
    name = "shop-production"
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:*:*:parameter/production/*"}
        ],
    }
    iam.put_role_policy(RoleName=name, PolicyName="parameters", PolicyDocument=json.dumps(policy))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return name


def _run(ec2: Any, number: int, subnet_id: str, group_id: str, profile: str, key: str) -> str:
    name = f"shop-prod-{number}"
    reservation = ec2.run_instances(
        ImageId=AMI,
        InstanceType="m6i.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet_id,
        SecurityGroupIds=[group_id],
        IamInstanceProfile={"Name": profile},
        BlockDeviceMappings=[
            {
                "DeviceName": "/dev/sdf",
                "Ebs": {
                    "VolumeSize": DATA_GIB,
                    "VolumeType": "gp3",
                    "DeleteOnTermination": False,
                    "Encrypted": True,
                    "KmsKeyId": key,
                },
            }
        ],
        TagSpecifications=[*_tags("instance", name), *_tags("volume", f"{name}-data")],
    )
    instance_id: str = reservation["Instances"][0]["InstanceId"]
    return instance_id


def _initiate(production: Production, networks: Networks, passwords: Mapping[str, str]) -> None:
    """Initiate the set and make its users, from the first member's network: nobody else may while there are none."""
    request = {
        "replica_set": REPLICA_SET,
        "hosts": [f"{address}:27017" for address in production.private_ips],
        "admin_password": passwords["/production/mongo/admin"],
        "understudy_password": passwords["/production/mongo/understudy"],
    }
    namespace = NAMESPACES / networks.namespace(production.instance_ids[0])
    done = subprocess.run(
        ["nsenter", f"--net={namespace}", sys.executable, "-m", "sandbox.replica_set"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SandboxError(f"production's replica set could not be initiated: {last}")


def _states(ec2: Any, instance_ids: list[str]) -> set[str]:
    return {_describe(ec2, instance_id)["State"]["Name"] for instance_id in instance_ids}


def _describe(ec2: Any, instance_id: str) -> Any:
    return ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]


def _data_volume(described: Mapping[str, Any]) -> str:
    volume_id: str = next(
        b["Ebs"]["VolumeId"] for b in described["BlockDeviceMappings"] if b["DeviceName"] == "/dev/sdf"
    )
    return volume_id


def _tags(kind: str, name: str) -> list[dict[str, Any]]:
    tags = [{"Key": key, "Value": value} for key, value in {**TAGS, "Name": name}.items()]
    return [{"ResourceType": kind, "Tags": tags}]


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SandboxError(f"waited {WAIT_SECONDS} s for {what}.")
        time.sleep(0.05)
