import json

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.sandbox


def refusal(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def document(text, timeout_seconds=20, **parameters):
    inputs = {"runCommand": text.splitlines(), "timeoutSeconds": str(timeout_seconds)}
    steps = [{"action": "aws:runShellScript", "name": "run", "inputs": inputs}]
    declared = {name: {"type": "String", "interpolationType": "ENV_VAR", **more} for name, more in parameters.items()}
    return {"schemaVersion": "2.2", "parameters": declared, "mainSteps": steps}


def test_a_script_gets_its_parameters_as_variables_whatever_is_in_them(commands, host):
    name = commands.document(
        document('#!/usr/bin/env bash\nprintf "%s|%s" "$SSM_who" "$SSM_how"', who={}, how={"default": "x y"})
    )
    nasty = "$(touch /tmp/pwned)`id`'\"; exit 3"
    result = commands.run(name, host, {"who": nasty})
    assert (result["Status"], result["ResponseCode"]) == ("Success", 0)
    assert result["StandardOutputContent"] == f"{nasty}|x y"
    assert commands.run(name, host, {"who": "a", "how": "b"})["StandardOutputContent"] == "a|b"


def test_a_script_runs_as_root_with_the_instances_credentials_and_no_home(commands, host, site, shell_document):
    script = (
        'id -u; aws sts get-caller-identity --query Arn --output text; echo "${HOME-none}"; echo $AWS_SSM_INSTANCE_ID'
    )
    lines = commands.run(shell_document, host, {"script": script})["StandardOutputContent"].splitlines()
    assert lines[0] == "0"
    assert lines[1].endswith(f":assumed-role/tests/{host}")
    assert lines[2:] == ["none", host]


def test_an_invocation_takes_a_moment_to_exist(commands, host, shell_document):
    # On a busy machine the moment may have passed when the question arrives: one of several is enough.
    asked_at_once = [
        commands.invocation(commands.send(shell_document, host, {"script": "true"}), host) for _ in range(10)
    ]
    assert None in asked_at_once


def test_an_invocation_shows_no_output_until_its_end(commands, host, shell_document, site, wait_until):
    waits = "echo early; touch /tmp/told; until [[ -e /tmp/late ]]; do sleep 0.05; done; echo late"
    command_id = commands.send(shell_document, host, {"script": waits})
    wait_until(lambda: site.sh(host, "ls /tmp/told 2>/dev/null || true"), "it to have told something")
    found = wait_until(lambda: commands.invocation(command_id, host), "it to be known")
    assert (found["Status"], found["StandardOutputContent"]) == ("InProgress", "")
    site.sh(host, "touch /tmp/late")
    assert commands.result(command_id, host)["StandardOutputContent"] == "early\nlate\n"


def test_a_failing_script_is_failed_with_its_status_and_the_agents_line_after_its_own(commands, host, shell_document):
    result = commands.run(shell_document, host, {"script": "echo reason >&2; exit 7"})
    assert (result["Status"], result["ResponseCode"]) == ("Failed", 7)
    assert result["StandardErrorContent"] == "reason\nfailed to run commands: exit status 7"


def test_outputs_are_cut_as_aws_cuts_them(commands, host, shell_document):
    script = "head -c 30000 /dev/zero | tr '\\0' o; head -c 9000 /dev/zero | tr '\\0' e >&2"
    result = commands.run(shell_document, host, {"script": script})
    assert len(result["StandardOutputContent"]) == 24_000
    assert len(result["StandardErrorContent"]) == 8_000
    assert result["StandardOutputContent"].startswith("ooo")


def test_a_time_out_kills_the_script_and_its_children(commands, host, site, wait_until):
    name = commands.document(document("sleep 4242 & sleep 4242", timeout_seconds=1))
    result = commands.run(name, host)
    assert (result["Status"], result["ResponseCode"]) == ("TimedOut", 137)
    wait_until(lambda: site.sh(host, "pgrep -fc '^sleep 4242' || true").strip() == "0", "its children to end")


def test_a_cancelled_command_is_cancelled_and_a_finished_one_stays_as_it_is(commands, host, shell_document, wait_until):
    command_id = commands.send(shell_document, host, {"script": "sleep 4243"})
    wait_until(lambda: (commands.invocation(command_id, host) or {}).get("Status") == "InProgress", "it to run")
    commands.ssm.cancel_command(CommandId=command_id)
    assert commands.result(command_id, host)["Status"] == "Cancelled"
    done = commands.send(shell_document, host, {"script": "true"})
    commands.result(done, host)
    commands.ssm.cancel_command(CommandId=done)
    assert commands.invocation(done, host)["Status"] == "Success"


def test_unknown_documents_versions_and_hashes_are_refused(commands, host):
    name = commands.document(document("true"))
    described = commands.ssm.describe_document(Name=name)["Document"]
    good = {"DocumentVersion": "1", "DocumentHash": described["Hash"], "DocumentHashType": "Sha256"}
    assert commands.run(name, host, **good)["Status"] == "Success"
    assert refusal(lambda: commands.send("no-such-document", host)) == "InvalidDocument"
    assert refusal(lambda: commands.send(name, host, DocumentVersion="2")) == "InvalidDocumentVersion"
    assert refusal(lambda: commands.send(name, host, **{**good, "DocumentHash": "0" * 64})) == "InvalidDocument"


def test_the_default_version_runs_until_another_is_made_the_default(commands, host):
    name = commands.document(document("echo one"))
    second = document("echo two")
    commands.ssm.update_document(Name=name, Content=json.dumps(second), DocumentVersion="$LATEST")
    assert commands.run(name, host)["StandardOutputContent"] == "one\n"
    assert commands.run(name, host, DocumentVersion="$LATEST")["StandardOutputContent"] == "two\n"
    commands.ssm.update_document_default_version(Name=name, DocumentVersion="2")
    assert commands.run(name, host)["StandardOutputContent"] == "two\n"


@pytest.mark.parametrize(
    "parameters",
    [{}, {"who": "Bob"}, {"who": "bob", "else": "x"}, {"who": "bob\n"}],
    ids=["missing", "pattern", "unknown", "newline"],
)
def test_parameters_that_do_not_fit_are_refused(commands, host, parameters):
    name = commands.document(document("true", who={"allowedPattern": "^[a-z]+$"}))
    assert commands.run(name, host, {"who": "bob"})["Status"] == "Success"
    assert refusal(lambda: commands.send(name, host, parameters)) == "InvalidParameters"


def test_a_document_that_pastes_its_parameters_is_refused_by_name(commands):
    with pytest.raises(ClientError, match="does not paste parameters"):
        commands.document(document("echo {{ who }}", who={}))


def test_instances_that_are_unknown_stopped_or_without_a_profile_are_refused(commands, site, shell_document):
    script = {"script": "true"}
    assert refusal(lambda: commands.send(shell_document, "i-0123456789abcdef0", script)) == "InvalidInstanceId"
    bare = site.ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, SubnetId=site.subnet_id)
    instance_id = bare["Instances"][0]["InstanceId"]
    site.await_state(instance_id, "running")
    assert refusal(lambda: commands.send(shell_document, instance_id, script)) == "InvalidInstanceId"
    site.ec2.associate_iam_instance_profile(InstanceId=instance_id, IamInstanceProfile={"Name": "tests"})
    assert commands.run(shell_document, instance_id, script)["Status"] == "Success"
    site.ec2.stop_instances(InstanceIds=[instance_id])
    site.await_state(instance_id, "stopped")
    assert refusal(lambda: commands.send(shell_document, instance_id, script)) == "InvalidInstanceId"
    site.ec2.terminate_instances(InstanceIds=[instance_id])


def test_managed_instances_and_commands_are_listed(commands, host, shell_document):
    filters = [{"Key": "InstanceIds", "Values": [host]}]
    listed = commands.ssm.describe_instance_information(Filters=filters)["InstanceInformationList"]
    assert [(one["InstanceId"], one["PingStatus"]) for one in listed] == [(host, "Online")]
    command_id = commands.send(shell_document, host, {"script": "true"}, Comment="listed")
    commands.result(command_id, host)
    found = commands.ssm.list_command_invocations(CommandId=command_id, Details=True)["CommandInvocations"]
    assert [(one["InstanceId"], one["Status"], one["Comment"]) for one in found] == [(host, "Success", "listed")]
    assert commands.ssm.list_commands(CommandId=command_id)["Commands"][0]["CompletedCount"] == 1


def test_targets_by_tag_reach_only_instances_with_that_tag(commands, site, host, shell_document):
    site.ec2.create_tags(Resources=[host], Tags=[{"Key": "target", "Value": "me"}])
    request = {"DocumentName": shell_document, "Parameters": {"script": ["true"]}}
    targets = [{"Key": "tag:target", "Values": ["me"]}]
    command_id = commands.ssm.send_command(**request, Targets=targets)["Command"]["CommandId"]
    assert commands.result(command_id, host)["Status"] == "Success"
    assert commands.ssm.list_commands(CommandId=command_id)["Commands"][0]["TargetCount"] == 1
