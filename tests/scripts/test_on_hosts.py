"""The verbs on the sandbox's hosts, by Run Command, with real servers and disks: a refresh by hand, and its mishaps."""

import hashlib
import json
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from components.runbook_files import read_runbooks
from components.toolkit_archive import pack
from sandbox.demo.databases import connect_production

PROJECT = Path(__file__).parents[2]
STAGING = {"user_parameter": "/mongo/admin", "password_parameter": "/mongo/admin/password"}
PRODUCTION = {
    "user_parameter": "/production/mongo/understudy",
    "password_parameter": "/production/mongo/understudy/password",
}
PEOPLE = {"mode": "mask", "fields": {"_id": "keep", "email": "email"}}
OTHERS = """
  const own = ["admin", "config", "local", "canary"];
  const names = db.adminCommand({listDatabases: 1, nameOnly: true}).databases.map((one) => one.name);
  const kept = names.filter((name) => !own.includes(name));
  print(JSON.stringify(kept.map((name) => [name, db.getSiblingDB(name).getCollectionNames()])));
"""
READ_ONLY = """
  try { db.runCommand({insert: "x", documents: [{}]}) } catch (error) { print(error.message) }
"""
CANARY = "k2w8v5j1x9q4z7m3t6b0c8n2@canary-people.example"
pytestmark = pytest.mark.sandbox


class World:
    """Hosts of a staging by hand, and the documents to work on them with."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        session = sandbox.session()
        self.ec2, self.ssm, self.s3, self.iam = (session.client(name) for name in ("ec2", "ssm", "s3", "iam"))
        self.prefix = f"scripts-{uuid.uuid4().hex[:6]}"
        self.zone = sandbox.record["zone"]
        for verb, runbook in read_runbooks(PROJECT / "scripts").items():
            self.ssm.create_document(
                Name=f"{self.prefix}-{verb}",
                Content=json.dumps(runbook.document()),
                DocumentType="Command",
                DocumentFormat="JSON",
            )
        self._buckets()
        self.worker, self.staging = self._hosts()
        self.address = self.ec2.describe_instances(InstanceIds=[self.staging])["Reservations"][0]["Instances"][0][
            "PrivateIpAddress"
        ]

    def run(self, instance, verb, **parameters):
        """Run a verb; return its JSON, or its reason where it fails."""
        sent = self.ssm.send_command(
            DocumentName=f"{self.prefix}-{verb}",
            InstanceIds=[instance],
            Parameters={name: [str(value)] for name, value in parameters.items()},
        )["Command"]["CommandId"]
        for _ in range(1200):
            time.sleep(0.1)
            try:
                told = self.ssm.get_command_invocation(CommandId=sent, InstanceId=instance)
            except self.ssm.exceptions.InvocationDoesNotExist:
                continue
            if told["Status"] not in {"Pending", "InProgress", "Delayed"}:
                break
        if told["Status"] == "Success":
            return json.loads(told["StandardOutputContent"].splitlines()[-1])
        reason, agent = told["StandardErrorContent"].strip().splitlines()[-2:]
        assert agent.startswith("failed to run commands: exit status"), told["Status"]
        return reason

    def volume(self, instance, device, snapshot=None):
        """Make a volume, attach it and return its id."""
        source = {"SnapshotId": snapshot} if snapshot else {"Size": 3}
        volume = self.ec2.create_volume(AvailabilityZone=self.zone, VolumeType="gp3", Encrypted=True, **source)[
            "VolumeId"
        ]
        self.until(lambda: self._volume(volume)["State"] == "available")
        self.attach(volume, instance, device)
        return volume

    def attach(self, volume, instance, device):
        self.ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device=device)
        self.until(lambda: [one["State"] for one in self._volume(volume)["Attachments"]] == ["attached"])

    def move(self, volume, device):
        """Take a closed volume from the worker to staging."""
        self.ec2.detach_volume(VolumeId=volume)
        self.until(lambda: self._volume(volume)["State"] == "available")
        self.attach(volume, self.staging, device)

    def shell(self, instance, script):
        done = self.sandbox.exec(instance, ["bash", "-c", script])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def close(self):
        for instance in (self.worker, self.staging):
            self.ec2.terminate_instances(InstanceIds=[instance])

    @staticmethod
    def until(condition):
        for _ in range(600):
            if condition():
                return
            time.sleep(0.1)
        pytest.fail("it did not happen within a minute")

    def _volume(self, volume):
        return self.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]

    def _buckets(self):
        self.tools, self.reports = f"{self.prefix}-tools", f"{self.prefix}-reports"
        for bucket in (self.tools, self.reports):
            self.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": self.sandbox.record["region"]}
            )
        with tempfile.TemporaryDirectory() as folder:
            archive = pack([PROJECT / "anonymizer"], PROJECT / ".cache/toolkit", Path(folder))
            self.toolkit = archive.sha256
            self.s3.upload_file(str(archive.path), self.tools, "toolkit.tar")

    def _hosts(self):
        self.iam.create_role(RoleName=self.prefix, AssumeRolePolicyDocument="{}")
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.iam.put_role_policy(RoleName=self.prefix, PolicyName="all", PolicyDocument=json.dumps(everything))
        self.iam.create_instance_profile(InstanceProfileName=self.prefix)
        self.iam.add_role_to_instance_profile(InstanceProfileName=self.prefix, RoleName=self.prefix)
        vpc = self.ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.1.0/24", AvailabilityZone=self.zone)["Subnet"][
            "SubnetId"
        ]
        asked = {
            "ImageId": "ami-0123456789abcdef0",
            "InstanceType": "m6i.large",
            "SubnetId": subnet,
            "IamInstanceProfile": {"Name": self.prefix},
        }
        made = [self.ec2.run_instances(**asked, MinCount=1, MaxCount=1)["Instances"][0] for _ in ("worker", "staging")]
        ids = [one["InstanceId"] for one in made]
        self.until(lambda: self._states(ids) == {"running"})
        return ids

    def _states(self, ids):
        found = self.ec2.describe_instances(InstanceIds=ids)["Reservations"]
        return {one["State"]["Name"] for reservation in found for one in reservation["Instances"]}


@pytest.fixture(scope="module")
def world(sandbox):
    world = World(sandbox)
    yield world
    world.close()


@pytest.fixture(scope="module")
def hidden(world):
    """Production's hidden member, with a canary written to production."""
    write = f"""
      while (!db.hello().isWritablePrimary) sleep(50);
      const people = db.getSiblingDB("canary").people;
      people.replaceOne({{_id: 1}}, {{email: "{CANARY}"}}, {{upsert: true, writeConcern: {{w: "majority"}}}});
    """
    user, password = (
        world.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        for name in ("/production/mongo/admin", "/production/mongo/admin/password")
    )
    hosts = ",".join(f"{address}:27017" for address in world.sandbox.production["private_ips"])
    uri = f"mongodb://{user}:{password}@{hosts}/?replicaSet=rs0&authSource=admin"
    done = world.sandbox.exec(
        world.sandbox.production["instance_ids"][0], ["mongosh", "--quiet", uri, "--eval", write.replace("\n", " ")]
    )
    assert done.returncode == 0, done.stderr
    yield world.sandbox.production["instance_ids"][2]
    with connect_production(world.sandbox) as production:
        production.drop_database("canary")  # no rules of other tests name it


def job(world, quarantine, candidate):
    return {
        "refresh_id": "by-hand-1", "quarantine_volume_id": quarantine, "candidate_volume_id": candidate,
        "toolkit_sha256": world.toolkit, "rules_bucket": world.tools, "rules_key": "rules.json",
        "rules_sha256": hashlib.sha256(world.rules).hexdigest(), "key_parameter": "/understudy/pseudonym-key",
        "reports_bucket": world.reports,
    }  # fmt: skip


@pytest.fixture(scope="module")
def opened(world, hidden):
    """A quarantine volume from the hidden member and an empty candidate, both open on the worker."""
    installed = world.run(world.worker, "toolkit-install", bucket=world.tools, key="toolkit.tar", sha256=world.toolkit)
    assert installed["path"].endswith(world.toolkit)
    checked = world.run(hidden, "production-check", **PRODUCTION)
    snapshot = world.ec2.create_snapshot(VolumeId=checked["volume_ids"][0])["SnapshotId"]
    world.until(lambda: world.ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed")
    quarantine = world.volume(world.worker, "/dev/sdf", snapshot)
    candidate = world.volume(world.worker, "/dev/sdg")
    for verb, volume in (("quarantine-open", quarantine), ("candidate-open", candidate)):
        told = world.run(world.worker, verb, refresh_id="by-hand-1", volume_id=volume, cache_mib=256)
        assert told == {"socket": f"/run/understudy/{volume}.sock", "version": "6.0.5"}
    # Other tests of the same sandbox may have given production more than this one's canary.
    others = json.loads(mongosh(world, world.worker, quarantine, OTHERS))
    databases = {name: {collection: {"mode": "drop"} for collection in collections} for name, collections in others}
    world.rules = json.dumps({"version": 1, "databases": {**databases, "canary": {"people": PEOPLE}}}).encode()
    world.s3.put_object(Bucket=world.tools, Key="rules.json", Body=world.rules)
    return quarantine, candidate


def mongosh(world, instance, volume, script):
    uri = f"mongodb://%2Frun%2Funderstudy%2F{volume}.sock/?directConnection=true&retryWrites=false"
    return world.shell(instance, f"mongosh --quiet '{uri}' --eval '{script}'")


def test_a_hidden_member_says_what_it_is(world, hidden):
    checked = world.run(hidden, "production-check", **PRODUCTION)
    assert (checked["replica_set"], checked["state"], checked["hidden"]) == ("rs0", "SECONDARY", True)
    assert checked["volume_ids"] == [world.sandbox.production["volume_ids"][2]]
    assert (checked["layout"], checked["db_path"], checked["index_builds"]) == ("plain", "/data/db", 0)
    assert len(checked["members"]) == 3
    assert all(member["health"] == 1 and member["lag_seconds"] is not None for member in checked["members"])
    assert checked["data_bytes"] > 1_000_000


def test_an_optime_is_waited_for_and_a_future_one_is_not_reached(world, hidden):
    point = world.run(hidden, "production-check", **PRODUCTION)["commit_point"]
    asked = {"optime_seconds": point["seconds"], "optime_increment": point["increment"]}
    assert world.run(hidden, "production-check", **PRODUCTION, **asked, wait_seconds=20)["reached"] is True
    future = {"optime_seconds": point["seconds"] + 3600, "wait_seconds": 1}
    assert world.run(hidden, "production-check", **PRODUCTION, **future)["reached"] is False


def test_a_wrong_password_and_a_wrong_port_are_told_apart(world, hidden):
    other = {**PRODUCTION, "password_parameter": "/production/mongo/admin/password"}
    assert "authentication failed for the user named by /production/mongo/understudy" in world.run(
        hidden, "production-check", **other
    )
    assert "no mongod answers on port 4711" in world.run(hidden, "production-check", **PRODUCTION, port=4711)


def test_the_quarantine_has_the_last_write_takes_none_and_has_no_port(world, opened):
    quarantine, _ = opened
    assert CANARY in mongosh(world, world.worker, quarantine, 'print(db.getSiblingDB("canary").people.findOne().email)')
    refused = mongosh(world, world.worker, quarantine, READ_ONLY)
    assert "read-only mode" in refused
    assert "mongod" not in world.shell(world.worker, "ss -ltnpH")
    assert "mongod" in world.shell(world.sandbox.production["instance_ids"][0], "ss -ltnpH")  # the control


def test_a_killed_quarantine_recovers_again(world, opened):
    quarantine, _ = opened
    world.shell(world.worker, f"systemctl kill --signal=SIGKILL understudy-{quarantine}")
    world.until(
        lambda: (
            "inactive"
            in world.shell(world.worker, f"systemctl is-active understudy-{quarantine} | sed s/failed/inactive/")
        )
    )
    world.run(world.worker, "quarantine-open", refresh_id="by-hand-1", volume_id=quarantine, cache_mib=256)
    assert CANARY in mongosh(world, world.worker, quarantine, 'print(db.getSiblingDB("canary").people.findOne().email)')


def test_storage_options_that_do_not_fit_are_named(world, opened):
    quarantine, _ = opened
    world.run(world.worker, "volume-close", volume_id=quarantine)
    reason = world.run(
        world.worker,
        "quarantine-open",
        refresh_id="by-hand-1",
        volume_id=quarantine,
        cache_mib=256,
        directory_per_db="true",
    )
    assert "directoryPerDB" in reason
    assert world.run(world.worker, "quarantine-open", refresh_id="by-hand-1", volume_id=quarantine, cache_mib=256)[
        "version"
    ]


def test_a_foreign_file_system_is_no_candidate(world, opened):
    quarantine, _ = opened
    world.run(world.worker, "volume-close", volume_id=quarantine)
    reason = world.run(world.worker, "candidate-open", refresh_id="by-hand-1", volume_id=quarantine, cache_mib=256)
    assert "no candidate of Understudy" in reason
    assert world.run(world.worker, "quarantine-open", refresh_id="by-hand-1", volume_id=quarantine, cache_mib=256)[
        "version"
    ]


@pytest.fixture(scope="module")
def copied(world, opened):
    """The job anonymize has ended."""
    told = world.run(world.worker, "anonymize", **job(world, *opened))
    assert told["state"] in {"running", "failed"}
    which = {"refresh_id": "by-hand-1", "step": "anonymize"}
    world.until(lambda: world.run(world.worker, "job-status", **which)["state"] != "running")
    return world.run(world.worker, "job-status", **which)


def test_the_job_brings_its_result_to_the_bucket(world, copied):
    result = json.loads(world.s3.get_object(Bucket=world.reports, Key="jobs/by-hand-1/anonymize.json")["Body"].read())
    assert (copied["state"], copied["exit_code"]) == ("done", 0), copied
    people = next(one for one in result["collections"] if one["database"] == "canary")
    assert (people["read"], people["written"]) == (1, 1)


def test_nothing_of_production_is_on_the_workers_root_disk(world, opened, copied):
    root = str(world.sandbox.host_root(world.worker))

    def found():
        command = ["grep", "-rlaF", CANARY[:24], root]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False).stdout.split()

    quarantine, _ = opened
    show = 'print(db.getSiblingDB("canary").people.findOne().email)'
    control = "/var/lib/understudy/control"
    assert found() == []
    Path(f"{root}{control}").write_text(mongosh(world, world.worker, quarantine, show))
    assert found() == [f"{root}{control}"]
    world.shell(world.worker, f"rm {control}")


def deliver(world, volume):
    parameters = {"toolkit_sha256": world.toolkit, "replica_set": "staging", "cache_mib": 256, **STAGING}
    return world.run(world.staging, "staging-deliver", refresh_id="by-hand-1", volume_id=volume, **parameters)


def cut_over(world, source, target, **changed):
    parameters = {
        "replica_set": "staging",
        "address": world.address,
        "health_timeout_seconds": 20,
        **STAGING,
        **changed,
    }
    return world.run(
        world.staging,
        "staging-cutover",
        refresh_id="by-hand-1",
        from_volume_id=source,
        to_volume_id=target,
        **parameters,
    )


@pytest.fixture(scope="module")
def served(world, opened, copied):
    """The candidate is live on staging, the first one."""
    _, candidate = opened
    assert world.run(world.worker, "volume-close", volume_id=candidate) == {"unmounted": True}
    world.move(candidate, "/dev/sdf")
    world.run(world.staging, "toolkit-install", bucket=world.tools, key="toolkit.tar", sha256=world.toolkit)
    assert deliver(world, candidate) == {"users": 1, "roles": 0, "users_equal": True, "roles_equal": True}
    answer = cut_over(world, "none", candidate)
    assert (answer["live_volume_id"], answer["switched"]) == (candidate, True), answer
    assert answer["ca_certificate"].startswith("-----BEGIN CERTIFICATE-----")
    return candidate


def test_staging_is_healthy_over_tls_and_closes_no_live_volume(world, served):
    status = world.run(world.staging, "staging-status", **STAGING)
    assert (status["live_volume_id"], status["healthy"], status["replica_set"]) == (served, True, "staging")
    assert "the one that staging serves" in world.run(world.staging, "volume-close", volume_id=served)


@pytest.fixture(scope="module")
def second(world, served):
    """A second candidate, delivered beside the live volume, with today's users and roles of staging."""
    user, password = (
        world.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        for name in ("/mongo/admin", "/mongo/admin/password")
    )
    script = """
      const shop = db.getSiblingDB("shop");
      const privilege = {resource: {db: "shop", collection: ""}, actions: ["find"]};
      shop.createRole({role: "auditor", privileges: [privilege], roles: ["read"]});
      shop.createUser({user: "app", pwd: "app-password", roles: ["readWrite", "auditor"]});
    """
    tls = "tls=true&tlsCAFile=/etc/understudy/tls/ca.pem"
    uri = f"mongodb://{user}:{password}@127.0.0.1:27017/?directConnection=true&authSource=admin&{tls}"
    world.shell(world.staging, f"mongosh --quiet '{uri}' --eval '{script}'")
    candidate = world.volume(world.worker, "/dev/sdh")
    world.run(world.worker, "candidate-open", refresh_id="by-hand-2", volume_id=candidate, cache_mib=256)
    mongosh(world, world.worker, candidate, 'db.getSiblingDB("shop").second.insertOne({_id: 1})')
    world.run(world.worker, "volume-close", volume_id=candidate)
    world.move(candidate, "/dev/sdg")
    assert deliver(world, candidate) == {"users": 2, "roles": 1, "users_equal": True, "roles_equal": True}
    return candidate


@pytest.mark.soak  # tests/refresh/test_on_sandbox.py damages one in a refresh
def test_a_damaged_candidate_is_left_for_the_volume_before(world, served, second):
    data = f"/var/lib/understudy/volumes/{second}/db"
    world.shell(world.staging, f"mv {data}/WiredTiger.wt {data}/kept; head -c 4096 /dev/urandom >{data}/WiredTiger.wt")
    answer = cut_over(world, served, second)
    world.shell(world.staging, f"mv {data}/kept {data}/WiredTiger.wt")
    assert (answer["live_volume_id"], answer["switched"], answer["switched_back"]) == (served, False, True)
    assert second in answer["reason"]
    assert world.run(world.staging, "staging-status", **STAGING)["healthy"] is True


def test_a_cutover_carries_todays_users_and_says_how_long_staging_was_away(world, served, second):
    answer = cut_over(world, served, second)
    assert (answer["live_volume_id"], answer["switched"]) == (second, True), answer
    assert answer["unavailable_ms"] > 0
    uri = "mongodb://app:app-password@127.0.0.1:27017/shop?directConnection=true&tls=true&tlsCAFile=/etc/understudy/tls/ca.pem"
    assert world.shell(world.staging, f"mongosh --quiet '{uri}' --eval 'print(db.second.countDocuments({{}}))'") == "1"
    assert cut_over(world, served, second)["unavailable_ms"] is None


def test_staging_goes_back_to_the_volume_before_and_stops(world, served, second):
    assert cut_over(world, second, served)["live_volume_id"] == served
    assert world.run(world.staging, "staging-stop") == {"stopped": True}
    status = world.run(world.staging, "staging-status", **STAGING)
    assert (status["live_volume_id"], status["volumes"], status["active"]) == (None, [], False)
