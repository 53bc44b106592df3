"""The table against Pulumi's SDK, and what it refuses; no engine and no AWS."""

import importlib
import pathlib
import re
import threading

import pytest

from sandbox.plugins.aws.functions import FUNCTIONS
from sandbox.plugins.aws.kind import Aws
from sandbox.plugins.aws.left_out import fill_left_out, find_left_out, given
from sandbox.plugins.aws.outputs import OUTPUTS
from sandbox.plugins.aws.provider import AwsProvider
from sandbox.plugins.aws.table import TABLE
from sandbox.plugins.protocol import Call, Cancelled, Log, PluginError, difference

pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor:DeprecationWarning")
NESTED = ("Sequence", "Mapping", "outputs.")


def call_of(kind, name="thing"):
    return Call(f"urn:pulumi:test::understudy::parent${kind}::{name}", threading.Event(), Log(None))


def sdk_class(kind):
    _, path, name = kind.split(":")
    return getattr(importlib.import_module(f"pulumi_aws.{path.split('/')[0]}"), name)


def sdk_properties(kind):
    """Return the SDK's properties of a type, with what they give."""
    getters = [one.fget for one in vars(sdk_class(kind)).values() if isinstance(one, property)]
    return {one._pulumi_name: str(one.__annotations__["return"]) for one in getters}


@pytest.mark.parametrize("kind", TABLE)
def test_every_property_of_the_table_is_one_of_the_sdks(kind):
    known = set(sdk_properties(kind))
    # Not an output in the SDK: what decides how a thing is deleted.
    assert TABLE[kind].takes | TABLE[kind].outputs <= known


@pytest.mark.parametrize("kind", TABLE)
def test_every_plain_output_of_the_sdk_is_given_or_known_to_be_left_out(kind):
    plain = {name for name, gives in sdk_properties(kind).items() if not any(mark in gives for mark in NESTED)}
    assert set(OUTPUTS[kind]) == plain


@pytest.mark.parametrize("kind", TABLE)
def test_a_kind_that_can_be_changed_knows_how(kind):
    row = TABLE[kind]
    assert bool(row.changes or row.tags) == bool(row.update)
    assert not set(row.changes) & set(row.replaces)


def test_every_type_that_the_program_declares_is_in_the_table():
    root = pathlib.Path(__file__).parents[2] / "components"
    declared = {
        found for path in root.glob("*.py") for found in re.findall(r"aws\.(\w+\.[A-Z]\w+)\(", path.read_text())
    }
    known = {f"{kind.split(':')[1].split('/')[0]}.{kind.split(':')[2]}" for kind in TABLE}
    assert declared
    assert declared == known


def test_every_function_that_the_program_calls_is_known():
    root = pathlib.Path(__file__).parents[2] / "components"
    called = {
        found for path in root.glob("*.py") for found in re.findall(r"aws\.(?:\w+\.)?(get_\w+)\(", path.read_text())
    }
    known = {re.sub(r"(?<=[a-z])([A-Z])", lambda m: "_" + m[1].lower(), token.split(":")[2]) for token in FUNCTIONS}
    assert called == known


def test_an_unknown_type_is_refused_by_name():
    with pytest.raises(PluginError, match=r"does not know the type aws:sqs/queue:Queue \(thing\)"):
        AwsProvider().check(call_of("aws:sqs/queue:Queue"), {}, {}, b"")


def test_an_unknown_property_is_refused_by_name():
    with pytest.raises(PluginError, match=r"does not know the property ipv6CidrBlock of aws:ec2/vpc:Vpc"):
        AwsProvider().check(call_of("aws:ec2/vpc:Vpc"), {}, {"cidrBlock": "10.0.0.0/16", "ipv6CidrBlock": "x"}, b"")


def test_an_unknown_function_is_refused_by_name():
    with pytest.raises(PluginError, match="aws:index/getRegions:getRegions"):
        AwsProvider().invoke("aws:index/getRegions:getRegions", {})


def test_an_unknown_setting_of_the_provider_is_refused_by_name():
    with pytest.raises(PluginError, match="profile"):
        AwsProvider().check_config({"region": "eu-central-1", "profile": "mine"})


def test_a_left_out_output_is_refused_where_it_is_used():
    outputs = fill_left_out("aws:ec2/vpc:Vpc", {"arn": "arn:aws:ec2:vpc"})
    assert outputs["arn"] == "arn:aws:ec2:vpc"
    with pytest.raises(PluginError, match=r"aws:ec2/subnet:Subnet thing uses .* mainRouteTableId of aws:ec2/vpc:Vpc"):
        find_left_out(call_of("aws:ec2/subnet:Subnet"), {"list": [{"id": outputs["mainRouteTableId"]}]})


def test_a_left_out_output_is_no_value_for_what_deletes_a_thing():
    outputs = fill_left_out("aws:kms/key:Key", {"keyId": "1"})
    assert "left out" in outputs["deletionWindowInDays"], "the control"
    assert given(outputs) == {"keyId": "1"}


def test_a_thing_without_a_name_gets_one_of_its_own_and_keeps_it():
    provider, call = AwsProvider(), call_of("aws:iam/role:Role", "access-worker")
    named = provider.check(call, {}, {"assumeRolePolicy": "{}"}, bytes.fromhex("0123456789ab"))
    assert named["name"] == "access-worker-0123456"
    again = provider.check(call, named, {"assumeRolePolicy": "{}"}, bytes.fromhex("ffffffffffff"))
    assert again["name"] == named["name"]


def test_a_changed_tag_of_the_root_disk_replaces_no_instance():
    row = TABLE["aws:ec2/instance:Instance"]
    old = {"rootBlockDevice": {"encrypted": True, "tags": {"Name": "a"}}}
    new = {"rootBlockDevice": {"encrypted": True, "tags": {"Name": "b"}}}
    assert list(difference(old, new, row.replaces, row.keeps).replaces) == []
    other = {"rootBlockDevice": {"encrypted": False, "tags": {"Name": "a"}}}
    assert list(difference(old, other, row.replaces, row.keeps).replaces) == ["rootBlockDevice.encrypted"]


def test_a_changed_document_has_a_hash_that_is_not_known_before():
    provider, kind = AwsProvider(), "aws:ssm/document:Document"
    old = {"name": "d", "content": "{}"}
    outputs = provider.update(
        call_of(kind), "d", old, {**old, "content": "{ }"}, {**old, "hash": "1", "arn": "a"}, True
    )
    assert outputs["hash"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert outputs["arn"] == "a"


def test_nothing_new_is_begun_after_a_cancel():
    call, provider = call_of("aws:ec2/vpc:Vpc"), AwsProvider()
    provider._aws = Aws("eu-central-1", {}, None)
    call.cancelled.set()
    with pytest.raises(Cancelled):
        provider.create(call, {"cidrBlock": "10.0.0.0/16"}, preview=False)
