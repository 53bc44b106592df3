import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox


def link(volume_id):
    return f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume_id.replace('-', '')}"


def mounted(site, host, volume_id):
    site.attach(volume_id, host)
    site.sh(host, f"mkfs.xfs -q {link(volume_id)}; mkdir -p /mnt/v; mount {link(volume_id)} /mnt/v")


def gone(site, host, volume_id, wait_until):
    site.sh(host, "umount /mnt/v")
    site.ec2.detach_volume(VolumeId=volume_id)
    wait_until(lambda: site.volume(volume_id)["State"] == "available", "the detach")


def code(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_a_volume_is_creating_before_it_is_available(site):
    volume = site.ec2.create_volume(AvailabilityZone=site.zone, Size=1)
    assert volume["State"] == "creating"
    assert code(lambda: site.ec2.delete_volume(VolumeId=volume["VolumeId"])) == "IncorrectState"


def test_a_volume_has_the_size_asked_for_and_takes_no_room(site, sandbox):
    volume_id = site.new_volume(Size=100)
    found = sandbox.volume_file(volume_id).stat()
    assert found.st_size == 100 << 30
    assert found.st_blocks == 0
    site.ec2.delete_volume(VolumeId=volume_id)
    assert not sandbox.volume_file(volume_id).exists()


def test_a_client_token_makes_one_volume_and_refuses_other_parameters(site):
    request = {"AvailabilityZone": site.zone, "Size": 1, "ClientToken": "token-1"}
    first, second = (site.ec2.create_volume(**request)["VolumeId"] for _ in range(2))
    assert first == second
    other = site.ec2.create_volume(**{**request, "ClientToken": "token-2"})["VolumeId"]
    assert other != first
    assert code(lambda: site.ec2.create_volume(**{**request, "Size": 2})) == "IdempotentParameterMismatch"


def test_an_attached_volume_is_a_disk_of_its_host_with_its_id_in_its_name(site, host, wait_until):
    volume_id = site.new_volume()
    assert site.sh(host, "ls /dev/disk/by-id").split() == []
    site.attach(volume_id, host)
    assert site.sh(host, f"blockdev --getsize64 {link(volume_id)}").strip() == str(1 << 30)
    assert "nvme" in site.sh(host, f"readlink -f {link(volume_id)}")
    site.ec2.detach_volume(VolumeId=volume_id)
    wait_until(lambda: site.volume(volume_id)["State"] == "available", "the detach")
    assert site.sh(host, "ls /dev/disk/by-id").split() == []


def test_a_script_finds_the_volume_behind_a_mount(site, host, wait_until):
    volume_id = site.new_volume()
    mounted(site, host, volume_id)
    source = site.sh(host, "findmnt -no SOURCE /mnt/v").strip()
    assert site.sh(host, f"readlink -f {link(volume_id)}").strip() == source
    gone(site, host, volume_id, wait_until)


def test_a_mounted_volume_stays_busy_until_it_is_unmounted(site, host, wait_until):
    volume_id = site.new_volume()
    mounted(site, host, volume_id)
    site.ec2.detach_volume(VolumeId=volume_id)
    wait_until(lambda: site.volume(volume_id)["Attachments"][0]["State"] == "busy", "the detach to be busy")
    site.sh(host, "touch /mnt/v/still-there")
    assert code(lambda: site.ec2.delete_volume(VolumeId=volume_id)) == "VolumeInUse"
    site.sh(host, "umount /mnt/v")
    wait_until(lambda: site.volume(volume_id)["State"] == "available", "the detach")


def test_an_attached_volume_is_not_attached_again(site, host, wait_until):
    volume_id, other = site.new_volume(), site.new_volume()
    site.attach(volume_id, host)

    def attach(volume, device):
        site.ec2.attach_volume(VolumeId=volume, InstanceId=host, Device=device)

    assert code(lambda: attach(volume_id, "/dev/sdg")) == "VolumeInUse"
    assert code(lambda: attach(other, "/dev/sdf")) == "InvalidParameterValue"
    site.ec2.detach_volume(VolumeId=volume_id)
    wait_until(lambda: site.volume(volume_id)["State"] == "available", "the detach")
    assert code(lambda: site.ec2.detach_volume(VolumeId=volume_id)) == "IncorrectState"


def test_a_volume_of_another_zone_is_refused(site, host):
    volume_id = site.new_volume(AvailabilityZone=site.zone[:-1] + "b")
    refused = code(lambda: site.ec2.attach_volume(VolumeId=volume_id, InstanceId=host, Device="/dev/sdf"))
    assert refused == "InvalidVolume.ZoneMismatch"


def test_a_snapshot_is_the_volume_at_that_moment(site, host, wait_until):
    volume_id = site.new_volume()
    mounted(site, host, volume_id)
    site.sh(host, "echo before >/mnt/v/file; sync")
    pending = site.ec2.create_snapshot(VolumeId=volume_id)
    assert pending["State"] == "pending"
    site.sh(host, "head -c 50M /dev/zero | tr '\\0' x >/mnt/v/more; echo after >/mnt/v/file; sync")
    site.await_snapshot(pending["SnapshotId"])
    later = site.ec2.create_snapshot(VolumeId=volume_id)["SnapshotId"]
    written = {
        each["SnapshotId"]: each["FullSnapshotSizeInBytes"]
        for each in site.ec2.describe_snapshots(SnapshotIds=[pending["SnapshotId"], later])["Snapshots"]
    }
    assert 49 << 20 < written[later] - written[pending["SnapshotId"]] < 70 << 20
    restored = site.new_volume(SnapshotId=pending["SnapshotId"])
    site.attach(restored, host, "/dev/sdg")
    script = f"mkdir -p /mnt/r; mount -o nouuid {link(restored)} /mnt/r; cat /mnt/r/file /mnt/v/file; umount /mnt/r"
    assert site.sh(host, script).split() == ["before", "after"]
    gone(site, host, volume_id, wait_until)
    site.ec2.detach_volume(VolumeId=restored)
    wait_until(lambda: site.volume(restored)["State"] == "available", "the detach")


def test_a_deleted_snapshot_leaves_volumes_made_from_it_whole(site, sandbox):
    volume_id = site.new_volume()
    with sandbox.volume_file(volume_id).open("r+b") as image:
        image.write(b"payload")
    snapshot_id = site.snapshot(volume_id)
    restored = site.new_volume(SnapshotId=snapshot_id)
    site.ec2.delete_snapshot(SnapshotId=snapshot_id)
    assert not sandbox.snapshot_file(snapshot_id).exists()
    assert sandbox.volume_file(restored).open("rb").read(7) == b"payload"


def test_a_volume_smaller_than_its_snapshot_is_refused_and_a_larger_one_is_larger(site, sandbox):
    snapshot_id = site.snapshot(site.new_volume(Size=2))
    request = {"AvailabilityZone": site.zone, "SnapshotId": snapshot_id}
    assert code(lambda: site.ec2.create_volume(**request, Size=1)) == "InvalidParameterValue"
    assert sandbox.volume_file(site.new_volume(**request, Size=3)).stat().st_size == 3 << 30
    assert sandbox.volume_file(site.new_volume(**request)).stat().st_size == 2 << 30


def test_a_volume_from_a_pending_snapshot_is_refused(site):
    snapshot_id = site.ec2.create_snapshot(VolumeId=site.new_volume())["SnapshotId"]
    refused = code(lambda: site.ec2.create_volume(AvailabilityZone=site.zone, SnapshotId=snapshot_id))
    assert refused == "IncorrectState"


def test_snapshots_of_all_data_volumes_carry_tags_and_leave_out_what_is_named(site, wait_until):
    mappings = [{"DeviceName": f"/dev/sd{x}", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}} for x in "fgh"]
    instance_id = site.run(BlockDeviceMappings=mappings)
    blocks = {b["DeviceName"]: b["Ebs"]["VolumeId"] for b in site.instance(instance_id)["BlockDeviceMappings"]}
    for device in ("/dev/sdf", "/dev/sdg"):
        name = device[-1]
        site.sh(instance_id, f"mkfs.xfs -q {link(blocks[device])}; mkdir /{name}; mount {link(blocks[device])} /{name}")
    spec = {"InstanceId": instance_id, "ExcludeBootVolume": True, "ExcludeDataVolumeIds": [blocks["/dev/sdh"]]}
    tags = [{"ResourceType": "snapshot", "Tags": [{"Key": "purpose", "Value": "test"}]}]
    made = site.ec2.create_snapshots(InstanceSpecification=spec, TagSpecifications=tags)["Snapshots"]
    assert {one["VolumeId"] for one in made} == {blocks["/dev/sdf"], blocks["/dev/sdg"]}
    found = site.ec2.describe_snapshots(Filters=[{"Name": "tag:purpose", "Values": ["test"]}])["Snapshots"]
    assert {one["SnapshotId"] for one in found} == {one["SnapshotId"] for one in made}
    site.sh(instance_id, "touch /f/written /g/written")  # the freeze around the clones is over
    whole = {"InstanceId": instance_id}
    assert code(lambda: site.ec2.create_snapshots(InstanceSpecification=whole)) == "UnsupportedOperation"
    site.ec2.terminate_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "terminated")
    remaining = {one["VolumeId"] for one in site.ec2.describe_volumes()["Volumes"]}
    assert not remaining & set(blocks.values())


def test_an_encrypted_volume_says_so_and_so_does_what_is_made_from_it(site, sandbox):
    key = sandbox.session().client("kms").create_key()["KeyMetadata"]["Arn"]
    volume_id = site.new_volume(Encrypted=True, KmsKeyId=key)
    assert site.volume(volume_id)["KmsKeyId"] == key
    snapshot = site.ec2.describe_snapshots(SnapshotIds=[site.snapshot(volume_id)])["Snapshots"][0]
    assert snapshot["Encrypted"]
    assert site.volume(site.new_volume(SnapshotId=snapshot["SnapshotId"]))["Encrypted"]


def test_what_the_sandbox_cannot_do_is_refused_by_name(site):
    volume_id = site.new_volume()
    assert code(lambda: site.ec2.modify_volume(VolumeId=volume_id, Size=2)) == "UnsupportedOperation"
    assert code(lambda: site.ec2.detach_volume(VolumeId=volume_id, Force=True)) == "UnsupportedOperation"
