"""What the components declare, with Pulumi's mocks in place of an engine."""

import json
import pathlib
import sys
from dataclasses import replace

import pulumi
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from declared import declared_by

from components.access import Access, AccessArgs
from components.host_policies import Place
from components.network import HostAccess, IsolatedNetwork, IsolatedNetworkArgs
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.production import MadeProduction
from components.runbooks import Runbooks, RunbooksArgs
from components.settings import Settings
from components.smoke_tests import SmokeTests, SmokeTestsArgs
from components.staging import Staging, StagingArgs

ROOT = pathlib.Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor:DeprecationWarning")
PLACE = Place(partition="aws", region="eu-central-1", account_id="123456789012")
SETTINGS = Settings(
    project="understudy",
    stack="test",
    region="eu-central-1",
    rules={},
    production="adopt",
    production_instance_ids=(),
    production_tags={"Role": "mongodb"},
    production_role_arn=None,
    production_user_parameter="/production/user",
    production_password_parameter="/production/password",
    staging_user_parameter="/mongo/admin",
    staging_password_parameter="/mongo/admin/password",
    pseudonym_key_parameter="/understudy/pseudonym-key",
    ami_id="ami-0123456789abcdef0",
    availability_zone="eu-central-1a",
    vpc_cidr="10.77.0.0/16",
    staging_instance_type="r6i.large",
    worker_instance_type="m6i.xlarge",
    worker="dedicated",
    staging_access_cidrs=("10.20.0.0/16",),
    staging_volume_gib=0,
    staging_replica_set="staging",
    rules_path=ROOT / "rules.yaml",
    refresh_trigger="first",
    refresh_source="production",
    accepted_golden_rules=None,
    serve="live",
    source_lag_limit_seconds=60,
    step_timeout_minutes={},
    quarantine_expiry_hours=24,
    previous_volumes_kept=1,
    previous_volumes_max_age_days=0,
    golden=False,
    golden_snapshots_kept=1,
    golden_max_age_days=0,
    retain_live_volume=False,
    notify_emails=("team@example.org",),
    data_age_limit_hours=192,
    smoke_tests=(),
    on_smoke_failure="stay",
    toolkit_path=ROOT,
)


def declare_staging(settings=SETTINGS):
    def program():
        arn = pulumi.Output.from_input("arn:aws:s3:::bucket")
        access = Access("access", AccessArgs.of(settings, PLACE, arn, arn))
        Staging("staging", StagingArgs(settings=settings, place=PLACE, access=access))

    return declared_by(program)


def test_staging_is_open_to_the_named_networks_on_mongodbs_port_and_to_nobody_else():
    group = declare_staging().of_type("aws:ec2/securityGroup:SecurityGroup")["staging-network-staging-host"]
    assert [(rule["fromPort"], rule["toPort"], rule["cidrBlocks"]) for rule in group["ingress"]] == [
        (27017, 27017, ["10.20.0.0/16"])
    ]


def test_nobody_reaches_the_worker():
    groups = declare_staging().of_type("aws:ec2/securityGroup:SecurityGroup")
    assert groups["staging-network-worker-host"]["ingress"] == []


def test_hosts_reach_aws_services_and_nothing_else():
    groups = declare_staging().of_type("aws:ec2/securityGroup:SecurityGroup")
    for name in ("staging-network-staging-host", "staging-network-worker-host"):
        rules = groups[name]["egress"]
        assert {rule["fromPort"] for rule in rules} == {443}
        assert [rule.get("cidrBlocks") or rule.get("prefixListIds") for rule in rules] == [["10.77.16.0/20"], ["pl-1"]]


def test_the_network_has_no_way_out():
    kinds = {kind for kind, _ in declare_staging().resources.values()}
    assert not [kind for kind in kinds if "Gateway" in kind or "Peering" in kind or kind.endswith(":Route")]


def test_s3_is_reached_in_the_own_account_only():
    endpoint = declare_staging().of_type("aws:ec2/vpcEndpoint:VpcEndpoint")["staging-network-s3"]
    statement = json.loads(endpoint["policy"])["Statement"][0]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": "123456789012"}}


def test_hosts_have_encrypted_disks_imdsv2_no_public_address_and_no_key_pair():
    hosts = declare_staging().of_type("aws:ec2/instance:Instance")
    assert set(hosts) == {"staging-host-instance", "staging-worker-instance"}
    for host in hosts.values():
        assert host["rootBlockDevice"]["encrypted"] is True
        assert host["metadataOptions"]["httpTokens"] == "required"
        assert host["associatePublicIpAddress"] is False
        assert "keyName" not in host


def test_a_host_keeps_its_address_over_a_replacement():
    hosts = declare_staging().of_type("aws:ec2/instance:Instance")
    assert hosts["staging-host-instance"]["privateIp"] == "10.77.0.10"
    assert hosts["staging-worker-instance"]["privateIp"] == "10.77.0.11"


def test_no_host_and_no_disk_carries_the_tag_that_is_swept():
    """`understudy:space` marks what a refresh made; RefreshSpace deletes what carries it."""
    for name, (kind, inputs) in declare_staging().resources.items():
        assert "understudy:space" not in json.dumps(inputs.get("tags", {})), f"{kind} {name}"
        assert "understudy:space" not in json.dumps(inputs.get("rootBlockDevice", {})), f"{kind} {name}"


def test_staging_may_be_its_own_worker():
    declared = declare_staging(replace(SETTINGS, worker="staging"))
    assert set(declared.of_type("aws:ec2/instance:Instance")) == {"staging-host-instance"}
    policy = declared.of_type("aws:iam/rolePolicy:RolePolicy")["access-staging-policy"]["policy"]
    assert "/understudy/pseudonym-key" in policy


def test_only_the_worker_may_read_the_pseudonym_key():
    policies = declare_staging().of_type("aws:iam/rolePolicy:RolePolicy")
    readers = [name for name, policy in policies.items() if "/understudy/pseudonym-key" in policy["policy"]]
    assert readers == ["access-worker-policy"]


def test_a_made_production_has_three_members_with_protected_data_volumes():
    def program():
        MadeProduction("production", SETTINGS, PLACE)

    declared = declared_by(program)
    members = declared.of_type("aws:ec2/instance:Instance")
    volumes = declared.of_type("aws:ebs/volume:Volume")
    assert len(members) == len(volumes) == len(declared.of_type("aws:ec2/volumeAttachment:VolumeAttachment")) == 3
    assert all(volume["encrypted"] for volume in volumes.values())
    assert len({member["privateIp"] for member in members.values()}) == 3
    assert all(member["tags"]["Role"] == "mongodb" for member in members.values())


def test_members_of_a_made_production_reach_each_other_and_are_reached_by_nobody_else():
    def program():
        hosts = {"member": HostAccess(from_each_other=True)}
        args = IsolatedNetworkArgs(
            cidr="10.0.0.0/24", availability_zone="a", region="r", account_id="1", hosts=hosts, tags={}
        )
        IsolatedNetwork("net", args)

    group = declared_by(program).of_type("aws:ec2/securityGroup:SecurityGroup")["net-member-host"]
    assert [(rule["fromPort"], rule.get("self"), rule.get("cidrBlocks")) for rule in group["ingress"]] == [
        (27017, True, None)
    ]


def declare_runbooks(*accounts):
    args = RunbooksArgs(folder=ROOT / "scripts", prefix="understudy-test", share_with_account_ids=accounts, tags={})
    return declared_by(lambda: Runbooks("runbooks", args)).of_type("aws:ssm/document:Document")


def test_each_script_becomes_a_document_named_after_stack_and_verb():
    documents = declare_runbooks()
    verbs = {path.stem for path in (ROOT / "scripts").glob("*.sh")}
    assert {one["name"] for one in documents.values()} == {f"understudy-test-{verb}" for verb in verbs}
    assert all(json.loads(one["content"])["schemaVersion"] == "2.2" for one in documents.values())


def test_only_productions_document_is_shared_and_only_with_another_account():
    assert not [name for name, one in declare_runbooks().items() if "permissions" in one]
    shared = {
        name: one["permissions"] for name, one in declare_runbooks("111122223333").items() if "permissions" in one
    }
    assert shared == {"runbooks-production-check": {"type": "Share", "account_ids": "111122223333"}}


def test_a_bucket_is_private_encrypted_and_versioned():
    declared = declared_by(lambda: PrivateBucket("reports", PrivateBucketArgs(noncurrent_days=30, tags={})))
    block = declared.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")["reports-public-access"]
    assert all(value for name, value in block.items() if name != "bucket")
    versions = declared.of_type("aws:s3/bucketVersioning:BucketVersioning")["reports-versioning"]
    assert versions["versioningConfiguration"] == {"status": "Enabled"}
    encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    assert len(declared.of_type(encryption)) == 1


def test_smoke_tests_run_again_for_each_refresh_and_are_told_about_it():
    def program():
        args = SmokeTestsArgs(
            commands=("./one", "./two"), refresh_id="first-1", environment={"UNDERSTUDY_ENDPOINT": "10.77.0.10:27017"}
        )
        SmokeTests("smoke", args)

    commands = declared_by(program).of_type("command:local:Command")
    assert [one["create"] for one in commands.values()] == ["./one", "./two"]
    for one in commands.values():
        assert one["triggers"] == ["first-1"]
        assert one["environment"] == {"UNDERSTUDY_ENDPOINT": "10.77.0.10:27017"}


@pytest.mark.parametrize("name", ["staging-network-ssm", "staging-network-ssmmessages", "staging-network-kms"])
def test_hosts_have_the_endpoints_that_run_command_needs(name):
    endpoint = declare_staging().of_type("aws:ec2/vpcEndpoint:VpcEndpoint")[name]
    assert (endpoint["vpcEndpointType"], endpoint["privateDnsEnabled"]) == ("Interface", True)
