"""The program and the plugins under Pulumi's real engine; AWS is moto. No refresh is run here."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from engine import Engine

pytestmark = pytest.mark.sandbox


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    running = Engine(tmp_path)
    yield running
    running.stop()


@pytest.mark.soak
def test_the_whole_program_is_made_once_seen_as_it_is_changed_and_taken_away(engine):
    """One test for a whole life: each part costs the same start of the engine."""
    engine.use_program()
    before = engine.left()

    assert "to create" in engine.pulumi("preview")
    assert engine.left() == before, "a preview makes nothing"

    engine.up()
    made = engine.left()
    assert len(made["instances"]) == 5
    assert engine.outputs()["staging_endpoint"] == "10.77.0.10:27017"

    again = engine.pulumi("preview", "--expect-no-changes")
    assert "unknown" not in again, "an output is left out"

    # The worker is stopped by every refresh, and volumes come and go at staging: neither is drift.
    worker, staging = engine.outputs()["worker_instance_id"], engine.outputs()["staging_instance_id"]
    ec2 = engine.client("ec2")
    ec2.stop_instances(InstanceIds=[worker])
    volume = ec2.create_volume(AvailabilityZone="eu-central-1a", Size=1)["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=staging, Device="/dev/sdg")
    engine.pulumi("refresh", "--yes", "--skip-preview")
    engine.pulumi("preview", "--expect-no-changes")
    ec2.detach_volume(VolumeId=volume, InstanceId=staging)
    ec2.delete_volume(VolumeId=volume)

    # A tag that someone took away comes back; an instance that someone ended does too.
    ec2.delete_tags(Resources=[staging], Tags=[{"Key": "understudy:host"}])
    ec2.terminate_instances(InstanceIds=[worker])
    engine.pulumi("refresh", "--yes", "--skip-preview")
    drift = engine.pulumi("preview", "--diff")
    assert '+ understudy:host: "staging"' in drift
    assert "1 to create" in drift
    engine.up()
    assert ec2.describe_tags(
        Filters=[{"Name": "resource-id", "Values": [staging]}, {"Name": "key", "Values": ["understudy:host"]}]
    )["Tags"]

    # Another AMI replaces a host, at the same address.
    engine.configure(ami_id="ami-0123456789abcdef1")
    diff = engine.pulumi("preview", "--diff")
    assert '"ami-0123456789abcdef0" => "ami-0123456789abcdef1"' in diff
    assert "8 to replace" in diff, "five hosts, and the attachments of three"

    # Production's data and their key are protected.
    refused = engine.pulumi("destroy", "--yes", "--skip-preview", succeeds=False)
    assert "protect" in refused
    engine.pulumi("state", "unprotect", "--all", "--yes")
    engine.pulumi("destroy", "--yes", "--skip-preview")
    assert engine.left() == before


def test_what_a_failed_up_made_is_taken_away_by_destroy(engine):
    engine.use_program()
    before = engine.left()
    # The name of the documents is taken, so that part of the stack cannot be made.
    ssm = engine.client("ssm")
    content = '{"schemaVersion": "2.2", "mainSteps": []}'
    ssm.create_document(Name="understudy-test-production-check", Content=content, DocumentType="Command")

    printed = engine.up(succeeds=False)
    assert "runbooks-production-check" in printed
    assert "DocumentAlreadyExists" in printed
    assert "Traceback" not in printed
    assert engine.left() != before

    engine.pulumi("state", "unprotect", "--all", "--yes")
    engine.pulumi("destroy", "--yes", "--skip-preview")
    ssm.delete_document(Name="understudy-test-production-check")
    assert engine.left() == before


MISUSED_OUTPUT = """
v = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
aws.ec2.Subnet("s", vpc_id=v.main_route_table_id, cidr_block="10.0.0.0/24", availability_zone="eu-central-1a")
"""
DEDICATED = 'aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", instance_tenancy="dedicated")'


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        ('aws.sqs.Queue("q")', "does not know the type aws:sqs/queue:Queue (q)"),
        (DEDICATED, "instanceTenancy of aws:ec2/vpc:Vpc"),
        ("aws.get_availability_zones()", "does not know the function aws:index/getAvailabilityZones"),
        (MISUSED_OUTPUT, "mainRouteTableId of aws:ec2/vpc:Vpc"),
    ],
    ids=["type", "property", "function", "output"],
)
def test_what_the_plugin_does_not_know_is_refused_by_name(engine, program, refusal):
    engine.use_text(f"import pulumi_aws as aws\n{program}\n")
    printed = engine.up(succeeds=False)
    assert refusal in printed


def test_a_command_runs_again_when_its_trigger_changes_and_not_before(engine, tmp_path):
    log = tmp_path / "log"
    program = (
        "from pulumi_command import local\n"
        f'local.Command("c", create="echo $WORD >> {log}", triggers=["TRIGGER"], environment={{"WORD": "WORD"}})\n'
    )
    engine.use_text(program.replace("TRIGGER", "1"))
    engine.up()
    engine.up()
    assert log.read_text() == "WORD\n"

    engine.use_text(program.replace("TRIGGER", "2"))
    assert "1 to replace" in engine.pulumi("preview")
    engine.up()
    assert log.read_text() == "WORD\nWORD\n"


def test_a_command_that_fails_fails_the_update_and_is_run_again_by_the_next(engine, tmp_path):
    flag = tmp_path / "flag"
    engine.use_text(
        "from pulumi_command import local\n"
        f'local.Command("c", create="test -e {flag} || {{ echo staging is empty; exit 3; }}", triggers=["1"])\n'
    )
    printed = engine.up(succeeds=False)
    assert "staging is empty" in printed
    flag.touch()
    assert "1 created" in engine.up()
