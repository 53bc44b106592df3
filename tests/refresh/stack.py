"""What the program would make for a refresh, made by hand in a sandbox: hosts, documents, buckets, key. No Pulumi."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pymongo

from components.runbook_files import read_runbooks
from components.toolkit_archive import pack
from sandbox.client import Sandbox

PROJECT = Path(__file__).parents[2]
PERFORM = """
import json, sys
from refresh.session import perform
print("OUTPUTS " + json.dumps(perform(json.load(sys.stdin))))
"""
ROLE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
RULES: Mapping[str, Any] = {
    "version": 1,
    "databases": {
        "shop": {
            "customers": {
                "mode": "mask",
                "fields": {"_id": "keep", "name": "name", "email": "email", "number": "keep", "batch": "keep"},
            }
        }
    },
}


class RefreshStack:
    """A staging host, a worker and all that a refresh is given, in a network of their own in a sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path, *, worker_is_staging: bool = False) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.name = f"refresh-{uuid.uuid4().hex[:8]}"
        session = sandbox.session()
        self.ec2, self.s3, self.ssm = session.client("ec2"), session.client("s3"), session.client("ssm")
        self.iam, self.kms = session.client("iam"), session.client("kms")
        self.zone, self.region = sandbox.record["zone"], sandbox.record["region"]
        self._made_instances: list[str] = []
        self.staging_id = self._host("staging", 10)
        self.worker_id = self.staging_id if worker_is_staging else self._host("worker", 11)
        self.key_arn = self.kms.create_key(Description=self.name)["KeyMetadata"]["Arn"]
        for bucket in (f"{self.name}-reports", f"{self.name}-toolkit"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": self.region})
        self.toolkit = self._toolkit()
        self.documents = self._documents()

    def inputs(self, trigger: str, **changes: Any) -> dict[str, Any]:
        """Return the inputs of a refresh; `changes` replace whole inputs."""
        production = self.sandbox.production
        return {
            "trigger": trigger,
            "space": f"understudy/{self.name}",
            "region": self.region,
            "production": {
                "instance_ids": production["instance_ids"],
                "role_arn": "",
                "user_parameter": production["user_parameter"],
                "password_parameter": production["password_parameter"],
            },
            "worker": {"instance_id": self.worker_id, "cache_mib": 256.0},
            "staging": {
                "instance_id": self.staging_id,
                "address": "10.77.1.10",
                "replica_set": "staging",
                "volume_gib": 0.0,
                "kms_key_id": self.key_arn,
                "availability_zone": self.zone,
                "user_parameter": "/mongo/admin",
                "password_parameter": "/mongo/admin/password",
            },
            "rules": RULES,
            "documents": self.documents,
            "toolkit": self.toolkit,
            "reports_bucket": f"{self.name}-reports",
            "pseudonym_key_parameter": "/understudy/pseudonym-key",
            "limits": {"source_lag_seconds": 30.0, "step_timeout_minutes": {}, "quarantine_expiry_hours": 24.0},
            "retention": {"previous_volumes": 1.0, "retain_live_volume": False},
            **changes,
        }

    def start(self, inputs: Mapping[str, Any]) -> subprocess.Popen[str]:
        """Start a refresh in a process of its own, as Pulumi's plugin is one."""
        process = subprocess.Popen(
            [sys.executable, "-c", PERFORM],
            cwd=self.folder,
            env={**self.sandbox.env, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdin
        process.stdin.write(json.dumps(inputs))
        process.stdin.close()
        return process

    def refresh(self, inputs: Mapping[str, Any], *, fails: bool = False) -> tuple[dict[str, Any], list[str]]:
        """Run a refresh to its end; return outputs and what it printed."""
        process = self.start(inputs)
        assert process.stdout
        lines = [line.rstrip("\n") for line in process.stdout]
        assert (process.wait() != 0) == fails, "\n".join(lines)
        if fails:
            return {}, lines
        return json.loads(lines[-1].removeprefix("OUTPUTS ")), lines

    def refresh_killed_in(self, inputs: Mapping[str, Any], step: str) -> list[str]:
        """Run a refresh and kill its process as soon as it says that it begins a step."""
        process = self.start(inputs)
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("[") and step in line:
                process.kill()
                break
        assert process.wait() == -9, "\n".join(lines)
        process.stdout.close()
        return lines

    def staging(self) -> pymongo.MongoClient[dict[str, Any]]:
        """Connect to what staging serves."""
        return self._client(self.staging_id, "/mongo/admin", tls=True)

    def production(self, number: int = 0) -> pymongo.MongoClient[dict[str, Any]]:
        """Connect to a production member as its admin."""
        return self._client(self.sandbox.production["instance_ids"][number], "/production/mongo/admin", tls=False)

    def primary(self) -> pymongo.MongoClient[dict[str, Any]]:
        """Connect to the member that is primary now."""
        for number in range(3):
            client = self.production(number)
            if client.admin.command("hello")["isWritablePrimary"]:
                return client
            client.close()
        raise AssertionError("production has no primary")

    def volumes(self) -> dict[str, list[str]]:
        """List this stack's volumes by role."""
        found: dict[str, list[str]] = {}
        wanted = [{"Name": "tag:understudy:space", "Values": [f"understudy/{self.name}"]}]
        for volume in self.ec2.describe_volumes(Filters=wanted)["Volumes"]:
            role = next(tag["Value"] for tag in volume["Tags"] if tag["Key"] == "understudy:role")
            found.setdefault(role, []).append(volume["VolumeId"])
        return found

    def snapshots(self, role: str = "snapshot") -> list[str]:
        """List this stack's snapshots: those of production, or the golden ones."""
        wanted = [
            {"Name": "tag:understudy:space", "Values": [f"understudy/{self.name}"]},
            {"Name": "tag:understudy:role", "Values": [role]},
        ]
        return [each["SnapshotId"] for each in self.ec2.describe_snapshots(Filters=wanted)["Snapshots"]]

    def state_of(self, instance_id: str) -> str:
        """Return an instance's state."""
        answer = self.ec2.describe_instances(InstanceIds=[instance_id])
        return str(answer["Reservations"][0]["Instances"][0]["State"]["Name"])

    def remove(self) -> None:
        """Remove hosts and documents; buckets and keys go with the sandbox."""
        self.ec2.terminate_instances(InstanceIds=self._made_instances)
        for document in self.documents.values():
            self.ssm.delete_document(Name=document["name"])

    def _client(self, instance_id: str, parameter: str, *, tls: bool) -> pymongo.MongoClient[dict[str, Any]]:
        host, port = self.sandbox.forward(instance_id)
        names = [parameter, f"{parameter}/password"]
        found = self.ssm.get_parameters(Names=names, WithDecryption=True)["Parameters"]
        values = {each["Name"]: each["Value"] for each in found}
        return pymongo.MongoClient(
            host,
            port,
            username=values[names[0]],
            password=values[names[1]],
            directConnection=True,
            serverSelectionTimeoutMS=10_000,
            **({"tls": True, "tlsAllowInvalidCertificates": True} if tls else {}),
        )

    def _network(self) -> tuple[str, str]:
        found = self.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [self.name]}])["Vpcs"]
        tags = [{"Key": "Name", "Value": self.name}]
        if not found:
            vpc = self.ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
            self.ec2.create_tags(Resources=[vpc], Tags=tags)
            self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.1.0/24", AvailabilityZone=self.zone)
            self.ec2.create_security_group(GroupName=self.name, Description="hosts", VpcId=vpc)
            found = [{"VpcId": vpc}]
        here = [{"Name": "vpc-id", "Values": [found[0]["VpcId"]]}]
        subnet = self.ec2.describe_subnets(Filters=here)["Subnets"][0]["SubnetId"]
        groups = self.ec2.describe_security_groups(Filters=here)["SecurityGroups"]
        return subnet, next(each["GroupId"] for each in groups if each["GroupName"] == self.name)

    def _host(self, kind: str, number: int) -> str:
        subnet, group = self._network()
        profile = f"{self.name}-{kind}"
        self.iam.create_role(RoleName=profile, AssumeRolePolicyDocument=json.dumps(ROLE))
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.iam.put_role_policy(RoleName=profile, PolicyName="all", PolicyDocument=json.dumps(everything))
        self.iam.create_instance_profile(InstanceProfileName=profile)
        self.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=profile)
        made = self.ec2.run_instances(
            ImageId="ami-0123456789abcdef0",
            MinCount=1,
            MaxCount=1,
            InstanceType="m6i.large",
            SubnetId=subnet,
            PrivateIpAddress=f"10.77.1.{number}",
            SecurityGroupIds=[group],
            IamInstanceProfile={"Name": profile},
        )["Instances"][0]["InstanceId"]
        self._made_instances.append(made)
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[made], WaiterConfig={"Delay": 1})
        return str(made)

    def _toolkit(self) -> dict[str, str]:
        archive = pack([PROJECT / "anonymizer"], PROJECT / ".cache/toolkit", self.folder / "toolkit")
        key = f"toolkit/{archive.sha256}.tar"
        self.s3.upload_file(str(archive.path), f"{self.name}-toolkit", key)
        return {"bucket": f"{self.name}-toolkit", "key": key, "sha256": archive.sha256}

    def _documents(self) -> dict[str, dict[str, str]]:
        made = {}
        for verb, runbook in read_runbooks(PROJECT / "scripts").items():
            name = f"{self.name}-{verb}"
            description = self.ssm.create_document(
                Name=name,
                Content=json.dumps(runbook.document()),
                DocumentType="Command",
                DocumentFormat="JSON",
                TargetType="/AWS::EC2::Instance",
            )["DocumentDescription"]
            made[verb] = {"name": name, "hash": description["Hash"]}
        return made
