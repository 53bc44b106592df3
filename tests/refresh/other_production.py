"""A production in another account and region: two members, each with data and journal on disks of their own."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from typing import Any

import pymongo

from components.host_policies import Place
from components.production_policy import Consent, key_statements, permissions, trust
from components.runbook_files import read_runbook
from sandbox.client import Sandbox
from tests.refresh.stack import PROJECT, RefreshStack
from tests.sandbox.conftest import TRUST, wait_until
from tests.sandbox.other_account import ACCOUNT, EXTERNAL_ID, OWN_ACCOUNT, REGION, OtherAccount

USER = "/production/mongo/understudy"
# As its operator would over a shell: the journal is a link to a folder of the second disk.
PREPARE = """\
set -eu
umask 077
disk() { echo "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$1" | tr -d -)"; }
mkfs.xfs -q "$(disk "$DATA")"; mkfs.xfs -q "$(disk "$JOURNAL")"
mkdir -p /data /journal
echo "$(disk "$DATA") /data xfs defaults 0 0" >>/etc/fstab; mount /data
echo "$(disk "$JOURNAL") /journal xfs defaults 0 0" >>/etc/fstab; mount /journal
mkdir -p /data/db /data/log /journal/mongo/journal
ln -s /journal/mongo/journal /data/db/journal
printf %s "$CONF" >/etc/mongod.conf; printf %s "$KEY" >/etc/mongod.key
printf %s "$UNIT" >/etc/systemd/system/mongod.service
systemctl enable --now mongod
for _ in $(seq 200); do ! ss -Hltn "sport = :27017" | grep -q . || exit 0; sleep 0.1; done
tail -n 3 /data/log/mongod.log >&2; exit 1
"""
CONF = """\
net: {{port: 27017, bindIp: "127.0.0.1,{address}"}}
replication: {{replSetName: other, oplogSizeMB: 512}}
security: {{keyFile: /etc/mongod.key, authorization: enabled}}
storage: {{dbPath: /data/db, wiredTiger: {{engineConfig: {{cacheSizeGB: 0.25}}}}}}
systemLog: {{destination: file, path: /data/log/mongod.log, logAppend: true}}
"""
UNIT = """\
[Unit]
Description=mongod
[Service]
ExecStart=/usr/local/bin/mongod --config /etc/mongod.conf
TimeoutStopSec=30
[Install]
WantedBy=multi-user.target
"""
INITIATE = """
import json, sys, time
from pymongo import MongoClient
from pymongo.errors import OperationFailure, AutoReconnect
task = json.load(sys.stdin)
def client(**options):
    return MongoClient("127.0.0.1", directConnection=True, serverSelectionTimeoutMS=60000, **options)
def until(what):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if what(): return
        except (OperationFailure, AutoReconnect): pass
        time.sleep(0.1)
    raise SystemExit("the set did not come up")
members = [{"_id": 0, "host": task["hosts"][0], "priority": 2},
           {"_id": 1, "host": task["hosts"][1], "priority": 0, "hidden": True}]
settings = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 500}
until(lambda: client().admin.command("replSetInitiate", {"_id": "other", "members": members, "settings": settings}))
until(lambda: client().admin.command("hello")["isWritablePrimary"])
client().admin.command("createUser", "admin", pwd=task["admin"], roles=["root"])
own = client(username="admin", password=task["admin"])
roles = [{"role": "clusterMonitor", "db": "admin"}]
own.admin.command("createUser", "understudy", pwd=task["understudy"], roles=roles)
states = lambda: [each["stateStr"] for each in own.admin.command("replSetGetStatus")["members"]]
until(lambda: states() == ["PRIMARY", "SECONDARY"])
"""


class OtherProduction:
    """That production, its key, its role and its document; made through the API, and over a shell on its hosts."""

    def __init__(self, sandbox: Sandbox, space: str) -> None:
        self.sandbox = sandbox
        self.account = OtherAccount(sandbox.record["endpoint"], sandbox.session().client("sts"))
        self.name = f"other-{secrets.token_hex(3)}"
        self.key = self.account.key()
        self._passwords = {name: secrets.token_urlsafe(24) for name in ("admin", "understudy")}
        ssm = self.account.client("ssm")
        ssm.put_parameter(Name=USER, Value="understudy", Type="SecureString", Overwrite=True)
        password = self._passwords["understudy"]
        ssm.put_parameter(Name=f"{USER}/password", Value=password, Type="SecureString", Overwrite=True)
        self.instance_ids = self._hosts()
        self.addresses = [sandbox.host(each)["private_ip"] for each in self.instance_ids]
        self._start_mongods()
        self.consent = Consent(
            place=Place(partition="aws", region=REGION, account_id=ACCOUNT),
            staging_account_id=OWN_ACCOUNT,
            staging_region=sandbox.record["region"],
            principal_arns=(),
            external_id=EXTERNAL_ID,
            space=space,
            instance_ids=self.instance_ids,
            key_arns=(self.key,),
        )
        self.document = self._document(ssm)
        self.role_arn = self._role()

    def inputs(self) -> dict[str, Any]:
        """Return the inputs of a refresh about production."""
        return {
            "instance_ids": self.instance_ids,
            "role_arn": self.role_arn,
            "region": REGION,
            "external_id": EXTERNAL_ID,
            "user_parameter": USER,
            "password_parameter": f"{USER}/password",
        }

    def documents(self, stack: RefreshStack) -> dict[str, dict[str, str]]:
        """Return a stack's documents, production's own by its name there and with the hash of the stack's text."""
        ours = stack.documents["production-check"]
        return {**stack.documents, "production-check": {"name": self.document, "hash": ours["hash"]}}

    def allow_the_key(self) -> None:
        """Add what docs/production-elsewhere.md lists to the key's policy."""
        found = json.loads(self.account.kms.get_key_policy(KeyId=self.key, PolicyName="default")["Policy"])
        found["Statement"] += [dict(each) for each in key_statements(self.consent)]
        self.account.kms.put_key_policy(KeyId=self.key, PolicyName="default", Policy=json.dumps(found))

    def primary(self) -> pymongo.MongoClient[dict[str, Any]]:
        """Return a client of the primary."""
        host, port = self.sandbox.forward(self.instance_ids[0])
        return pymongo.MongoClient(
            host, port, username="admin", password=self._passwords["admin"], directConnection=True, w="majority"
        )

    def snapshots(self) -> list[str]:
        """List what a refresh took and left in production's account."""
        wanted = [{"Name": "tag-key", "Values": ["understudy:space"]}]
        return [each["SnapshotId"] for each in self.account.ec2.describe_snapshots(Filters=wanted)["Snapshots"]]

    def remove(self) -> None:
        """End the hosts."""
        self.account.ec2.terminate_instances(InstanceIds=self.instance_ids)

    def _hosts(self) -> list[str]:
        ec2, iam = self.account.ec2, self.account.iam
        vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
        zone = f"{REGION}a"
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.create_instance_profile(InstanceProfileName=self.name)
        iam.add_role_to_instance_profile(InstanceProfileName=self.name, RoleName=self.name)
        disk = {"VolumeType": "gp3", "Encrypted": True, "KmsKeyId": self.key, "DeleteOnTermination": True}
        sizes = {"/dev/sdf": 4, "/dev/sdg": 1}
        request = {
            "ImageId": "ami-0123456789abcdef0",
            "InstanceType": "m6i.large",
            "MinCount": 1,
            "MaxCount": 1,  # moto gives its profile to the first instance of a call only
            "SubnetId": subnet,
            "IamInstanceProfile": {"Name": self.name},
            "BlockDeviceMappings": [
                {"DeviceName": name, "Ebs": {**disk, "VolumeSize": size}} for name, size in sizes.items()
            ],
        }
        ids = [str(ec2.run_instances(**request)["Instances"][0]["InstanceId"]) for _ in range(2)]

        def run() -> bool:
            found = ec2.describe_instances(InstanceIds=ids)["Reservations"]
            return all(each["State"]["Name"] == "running" for group in found for each in group["Instances"])

        wait_until(run, "the other production's instances to run", 60)
        return ids

    def _start_mongods(self) -> None:
        key = secrets.token_hex(256)
        for instance_id, address in zip(self.instance_ids, self.addresses, strict=True):
            found = self.account.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
            disks = {each["DeviceName"]: each["Ebs"]["VolumeId"] for each in found["BlockDeviceMappings"]}
            given = {"DATA": disks["/dev/sdf"], "JOURNAL": disks["/dev/sdg"], "KEY": key, "UNIT": UNIT}
            given["CONF"] = CONF.format(address=address)
            words = [f"{name}={value}" for name, value in given.items()]
            done = self.sandbox.exec(instance_id, ["env", *words, "sh", "-c", PREPARE])
            assert done.returncode == 0, done.stderr
        task = {"hosts": [f"{each}:27017" for each in self.addresses], **self._passwords}
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        beside = self.sandbox.spawn_beside(self.instance_ids[0], [sys.executable, "-c", INITIATE], **options)
        said, _ = beside.communicate(json.dumps(task), timeout=120)
        assert beside.returncode == 0, said

    def _document(self, ssm: Any) -> str:
        name = f"{self.name}-production-check"
        content = json.dumps(read_runbook(PROJECT / "scripts/production-check.sh").document())
        ssm.create_document(
            Name=name,
            Content=content,
            DocumentType="Command",
            DocumentFormat="JSON",
            TargetType="/AWS::EC2::Instance",
        )
        return name

    def _role(self) -> str:
        iam = self.account.iam
        name = f"{self.name}-understudy"
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(self.consent)))["Role"]["Arn"]
        arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/{self.document}"
        policy = json.dumps(permissions(self.consent, arn))
        iam.put_role_policy(RoleName=name, PolicyName="understudy", PolicyDocument=policy)
        return str(made)
