import json
import os
import signal
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox

# A port nobody listens at answers "refused" when there is a way to its host, and nothing when there is none.
KNOCK = "timeout 1 bash -c '</dev/tcp/{address}/9' 2>&1 | grep -q refused && echo reached || echo unreachable"
UNIT = """\
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""


def test_an_instance_is_pending_before_it_runs_and_has_the_address_ec2_gave_it(site):
    made = site.ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, SubnetId=site.subnet_id)["Instances"][0]
    assert made["State"]["Name"] == "pending"
    site.await_state(made["InstanceId"], "running")
    assert f" {made['PrivateIpAddress']}/" in site.sh(made["InstanceId"], "ip -4 address show eth0")
    site.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])


def test_hosts_of_one_vpc_reach_each_other_and_nobody_else(site, host, sandbox):
    neighbour = site.run()
    address = site.instance(neighbour)["PrivateIpAddress"]
    production = sandbox.production["private_ips"][0]
    assert site.sh(host, KNOCK.format(address=address)) == "reached\n"
    assert site.sh(host, KNOCK.format(address=production)) == "unreachable\n"
    member = sandbox.production["instance_ids"][1]
    assert site.sh(member, KNOCK.format(address=production)) == "reached\n"
    site.ec2.terminate_instances(InstanceIds=[neighbour])


def test_the_machines_user_and_project_are_not_seen_in_a_host_and_its_tools_are(site, host):
    project = Path.cwd()
    assert site.sh(host, f"ls -A /home /tmp /root {project}").split() != []
    hidden = site.sh(host, f"ls -A {project}").split()
    assert hidden == [".cache"]
    assert not {".ssh", ".aws", ".bashrc"} & set(site.sh(host, "ls -A /root").split())
    for tool in ("mongod", "mongosh", "aws", "python3", "mkfs.xfs", "blkid", "lsblk", "findmnt", "openssl"):
        assert site.sh(host, f"command -v {tool}")


def test_what_a_host_writes_stays_on_its_own_disk(site, host, sandbox):
    site.sh(host, "echo written >/etc/only-here")
    assert (sandbox.host_root(host) / "etc/only-here").read_text() == "written\n"
    assert not Path("/etc/only-here").exists()
    assert site.sh(sandbox.production["instance_ids"][0], "ls /etc/only-here 2>/dev/null || echo none") == "none\n"


def test_a_stopped_instance_starts_with_its_disk_its_volumes_and_its_enabled_units(site):
    instance_id = site.run()
    volume_id = site.new_volume()
    site.attach(volume_id, instance_id)
    name = f"nvme-Amazon_Elastic_Block_Store_{volume_id.replace('-', '')}"
    site.sh(
        instance_id, f"mkfs.xfs -q /dev/disk/by-id/{name}; echo /dev/disk/by-id/{name} /data xfs defaults >>/etc/fstab"
    )
    site.sh(instance_id, "mkdir /data; mount -a; echo kept >/data/file")
    site.sh(instance_id, f"printf '%s' '{UNIT}' >/etc/systemd/system/sleeper.service; systemctl enable --now sleeper")
    site.ec2.stop_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "stopped")
    site.ec2.start_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "running")
    assert site.sh(instance_id, "systemctl is-active sleeper; cat /data/file").split() == ["active", "kept"]
    site.ec2.reboot_instances(InstanceIds=[instance_id])
    site.ec2.terminate_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "terminated")
    assert site.volume(volume_id)["State"] == "available"


def test_a_volume_attached_to_a_stopped_instance_is_there_when_it_starts(site):
    instance_id, volume_id = site.run(), site.new_volume()
    site.ec2.stop_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "stopped")
    site.attach(volume_id, instance_id)
    site.ec2.start_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "running")
    assert site.sh(instance_id, "ls /dev/disk/by-id").strip().endswith(volume_id.replace("-", ""))
    site.ec2.terminate_instances(InstanceIds=[instance_id])


def test_a_terminated_instance_leaves_no_disk_and_only_the_volumes_that_were_to_stay(site, sandbox):
    mappings = [
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}},
        {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": False}},
    ]
    instance_id = site.run(BlockDeviceMappings=mappings)
    blocks = {b["DeviceName"]: b["Ebs"]["VolumeId"] for b in site.instance(instance_id)["BlockDeviceMappings"]}
    assert set(blocks) == {"/dev/sda1", "/dev/sdf", "/dev/sdg"}
    assert sandbox.host_root(instance_id).exists()
    site.ec2.terminate_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "terminated")
    left = {volume["VolumeId"] for volume in site.ec2.describe_volumes()["Volumes"]} & set(blocks.values())
    assert left == {blocks["/dev/sdg"]}
    assert not sandbox.volume_file(blocks["/dev/sdf"]).exists()
    assert not sandbox.host_root(instance_id).exists()
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        site.ec2.start_instances(InstanceIds=[instance_id])


def test_a_host_that_ends_by_itself_is_a_stopped_instance(site, sandbox):
    instance_id = site.run()
    os.kill(sandbox.host(instance_id)["init_pid"], signal.SIGKILL)
    site.await_state(instance_id, "stopped")
    site.ec2.start_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "running")
    assert site.sh(instance_id, "hostname").startswith("ip-10-77-")
    site.ec2.terminate_instances(InstanceIds=[instance_id])


def test_run_instances_with_the_same_token_makes_one_instance(site):
    request = {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1, "SubnetId": site.subnet_id, "ClientToken": "once"}
    ids = {site.ec2.run_instances(**request)["Instances"][0]["InstanceId"] for _ in range(2)}
    assert len(ids) == 1
    site.ec2.terminate_instances(InstanceIds=list(ids))


def test_a_forward_leads_to_a_hosts_port_and_a_client_beside_a_host_sees_its_network(sandbox):
    from pymongo import MongoClient  # noqa: PLC0415

    first = sandbox.production["instance_ids"][0]
    host, port = sandbox.forward(first)
    assert sandbox.forward(first) == (host, port)
    with MongoClient(host, port, directConnection=True, serverSelectionTimeoutMS=5000) as client:
        hello = client.admin.command("hello")
    assert hello["primary"] == f"{sandbox.production['private_ips'][0]}:27017"
    assert len(hello["hosts"]) == 2  # the hidden member is in no client's list
    seen = sandbox.spawn_beside(first, ["ip", "-json", "-4", "address", "show", "eth0"], stdout=-1)
    answer = json.loads(seen.communicate()[0])
    assert answer[0]["addr_info"][0]["local"] == sandbox.production["private_ips"][0]


def test_a_subnet_and_a_group_with_an_instance_in_them_are_not_deleted(site):
    vpc_id = site.ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet_id = site.ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    group_id = site.ec2.create_security_group(GroupName="used", Description="used", VpcId=vpc_id)["GroupId"]
    instance_id = site.run(SubnetId=subnet_id, SecurityGroupIds=[group_id])
    with pytest.raises(ClientError, match="DependencyViolation"):
        site.ec2.delete_subnet(SubnetId=subnet_id)
    with pytest.raises(ClientError, match="DependencyViolation"):
        site.ec2.delete_security_group(GroupId=group_id)
    site.ec2.terminate_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "terminated")
    site.ec2.delete_security_group(GroupId=group_id)
    site.ec2.delete_subnet(SubnetId=subnet_id)
    site.ec2.delete_vpc(VpcId=vpc_id)


def test_an_instance_that_could_not_be_made_whole_is_not_made_at_all(site):
    before = site.ec2.describe_instances()["Reservations"], site.ec2.describe_volumes()["Volumes"]
    mapping = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "SnapshotId": "snap-0123456789abcdef0"}}
    blank = {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}
    with pytest.raises(ClientError, match="InvalidSnapshot"):
        site.run(BlockDeviceMappings=[blank, mapping])
    after = site.ec2.describe_instances()["Reservations"], site.ec2.describe_volumes()["Volumes"]
    assert [len(one) for one in after] == [len(one) for one in before]
