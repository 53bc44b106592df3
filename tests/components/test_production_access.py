"""Production's side: what its owner allows, read as IAM reads it, and what the program for it declares."""

import json
import pathlib
import re
import runpy
import sys

import pulumi
import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from declared import declared_by
from test_policies import SCOPE, allowed, both, matches

from components.host_policies import Place
from components.operator_policy import OperatorScope, ProductionSource
from components.production_access import ProductionAccess, ProductionAccessArgs
from components.production_consent import read_consent
from components.production_policy import Consent, key_statements, permissions, trust
from components.runbook_files import read_runbooks

ROOT = pathlib.Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor:DeprecationWarning")
THERE = Place(partition="aws", region="eu-north-1", account_id="111122223333")
KEY = "arn:aws:kms:eu-north-1:111122223333:key/1"
DOCUMENT = "arn:aws:ssm:eu-north-1:111122223333:document/understudy-production-check"
EC2 = "arn:aws:ec2:eu-north-1:111122223333"
SNAPSHOT = "arn:aws:ec2:eu-north-1::snapshot/snap-1"
CONSENT = Consent(
    place=THERE,
    staging_account_id="444455556666",
    staging_region="eu-central-1",
    principal_arns=(),
    external_id="between-two",
    space="understudy/test",
    instance_ids=("i-production",),
    key_arns=(KEY,),
)
OWN = {"aws:ResourceTag/understudy:space": "understudy/test"}
HERE = {"aws:RequestedRegion": "eu-north-1"}
VIA_EC2 = {"kms:ViaService": "ec2.eu-central-1.amazonaws.com"}


@pytest.fixture
def role():
    return permissions(CONSENT, DOCUMENT)


def test_the_role_is_taken_from_stagings_account_with_the_external_id_alone():
    (statement,) = trust(CONSENT)["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "between-two"}}
    named = Consent(**{**vars(CONSENT), "principal_arns": ("arn:aws:iam::444455556666:role/refreshes",)})
    assert trust(named)["Statement"][0]["Principal"] == {"AWS": ["arn:aws:iam::444455556666:role/refreshes"]}


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("ec2:DescribeInstances", "*", HERE),
        ("ssm:GetCommandInvocation", "*", HERE),
        ("ssm:SendCommand", DOCUMENT, {}),
        ("ssm:SendCommand", f"{EC2}:instance/i-production", {}),
        ("ec2:CreateSnapshots", f"{EC2}:instance/i-production", {}),
        ("ec2:CreateSnapshots", SNAPSHOT, {"aws:RequestTag/understudy:space": "understudy/test"}),
        ("ec2:CreateTags", SNAPSHOT, {"ec2:CreateAction": "CreateSnapshots", "aws:TagKeys": ["understudy:space"]}),
        ("ec2:ModifySnapshotAttribute", SNAPSHOT, {**OWN, "ec2:Add/userId": "444455556666"}),
        ("ec2:DeleteSnapshot", SNAPSHOT, OWN),
        ("kms:DescribeKey", KEY, {}),
    ],
)
def test_the_role_may_do_what_a_refresh_does_to_production(role, action, resource, context):
    assert allowed(role, action, resource, **context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("ec2:DescribeInstances", "*", {"aws:RequestedRegion": "eu-west-1"}),
        ("ssm:SendCommand", "arn:aws:ssm:eu-north-1::document/AWS-RunShellScript", {}),
        ("ssm:SendCommand", f"{EC2}:instance/i-other", {}),
        ("ec2:CreateSnapshots", f"{EC2}:instance/i-other", {}),
        ("ec2:CreateSnapshots", SNAPSHOT, {}),
        ("ec2:CreateTags", SNAPSHOT, {"aws:TagKeys": ["understudy:space"]}),
        ("ec2:ModifySnapshotAttribute", SNAPSHOT, {**OWN, "ec2:Add/userId": "999999999999"}),
        ("ec2:ModifySnapshotAttribute", SNAPSHOT, {"ec2:Add/userId": "444455556666"}),
        ("ec2:DeleteSnapshot", SNAPSHOT, {}),
        ("ebs:GetSnapshotBlock", SNAPSHOT, OWN),
        ("ec2:StopInstances", f"{EC2}:instance/i-production", {}),
        ("kms:Decrypt", KEY, VIA_EC2),
        ("ssm:GetParameter", "arn:aws:ssm:eu-north-1:111122223333:parameter/production/mongo/understudy", {}),
    ],
)
def test_the_role_may_do_nothing_else(role, action, resource, context):
    assert not allowed(role, action, resource, **context)


def test_a_key_is_used_through_ec2_and_looked_at_directly():
    statements = {"Statement": key_statements(CONSENT)}
    for statement in statements["Statement"]:
        assert statement["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root"]}
    assert allowed(statements, "kms:DescribeKey", KEY)
    assert allowed(statements, "kms:ReEncryptFrom", KEY, **VIA_EC2)
    assert not allowed(statements, "kms:Decrypt", KEY)
    assert allowed(statements, "kms:CreateGrant", KEY, **VIA_EC2, **{"kms:GrantIsForAWSResource": "true"})
    assert not allowed(statements, "kms:CreateGrant", KEY, **VIA_EC2)
    assert not any(matches(one["Action"], "kms:ScheduleKeyDeletion") for one in statements["Statement"])


@pytest.fixture
def operator():
    source = ProductionSource(place=THERE, key_arns=(KEY,))
    arn = "arn:aws:iam::111122223333:role/understudy"
    return both(OperatorScope(**{**vars(SCOPE), "production_role_arn": arn, "production_source": source}))


def test_our_side_copies_productions_snapshots_and_uses_its_keys_through_ec2(operator):
    here = "arn:aws:ec2:eu-central-1::snapshot/snap-2"
    assert allowed(operator, "ec2:CopySnapshot", SNAPSHOT, **{"ec2:Owner": "111122223333"})
    assert not allowed(operator, "ec2:CopySnapshot", SNAPSHOT, **{"ec2:Owner": "999999999999"})
    assert allowed(operator, "ec2:CopySnapshot", here, **{"aws:RequestTag/understudy:space": "understudy/test"})
    assert not allowed(operator, "ec2:CopySnapshot", here)
    born = {"ec2:CreateAction": "CopySnapshot", "aws:TagKeys": ["understudy:space"]}
    assert allowed(operator, "ec2:CreateTags", here, **born)
    assert allowed(operator, "kms:DescribeKey", KEY)
    assert allowed(operator, "kms:ReEncryptFrom", KEY, **VIA_EC2)
    assert not allowed(operator, "kms:ReEncryptFrom", KEY)
    assert not allowed(operator, "kms:Decrypt", KEY.replace("key/1", "key/2"), **VIA_EC2)


def test_nothing_is_copied_where_production_is_in_the_same_place():
    source = ProductionSource(place=SCOPE.place)
    policy = both(OperatorScope(**{**vars(SCOPE), "production_source": source}))
    assert not [one for one in policy["Statement"] if "ec2:CopySnapshot" in one["Action"]]
    assert not [one for one in policy["Statement"] if one["Sid"].startswith("ProductionKeys")]


def test_the_owner_makes_a_role_and_the_very_document_of_the_stack():
    def program():
        args = ProductionAccessArgs(
            consent=CONSENT, scripts=ROOT / "scripts", document_name="reviewed", role_name="understudy", tags={}
        )
        ProductionAccess("access", args)

    declared = declared_by(program)
    (document,) = declared.of_type("aws:ssm/document:Document").values()
    ours = json.dumps(read_runbooks(ROOT / "scripts")["production-check"].document(), indent=1)
    assert document["content"] == ours  # else the hash that staging sends it with would not fit
    assert "permissions" not in document
    (role,) = declared.of_type("aws:iam/role:Role").values()
    assert json.loads(role["assumeRolePolicy"]) == trust(CONSENT)
    (policy,) = declared.of_type("aws:iam/rolePolicy:RolePolicy").values()
    assert allowed(json.loads(policy["policy"]), "ec2:DeleteSnapshot", SNAPSHOT, **OWN)
    kinds = {typ for typ, _ in declared.resources.values() if typ.startswith("aws:")}
    assert kinds == {"aws:ssm/document:Document", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"}


class Given:
    """A configuration."""

    def __init__(self, **values):
        self.values = values

    def get(self, key):
        return self.values.get(key)

    def get_object(self, key):
        return self.values.get(key)


def test_every_problem_of_the_owners_configuration_is_told_at_once():
    wrong = Given(staging_account_id="1", staging_region="eu-central-1", space="understudy", instance_ids=[])
    with pytest.raises(pulumi.RunError) as refused:
        read_consent(wrong, None, ROOT / "scripts")
    told = str(refused.value)
    for name in ("staging_account_id", "external_id", "space", "instance_ids", "aws:region"):
        assert f"- {name}: " in told
    assert "staging_region" not in told


IN_THE_DOCS = Consent(
    place=THERE,
    staging_account_id="444455556666",
    staging_region="eu-central-1",
    principal_arns=(),
    external_id="understudy-staging",
    space="understudy/staging",
    instance_ids=("i-0123456789abcdef0", "i-0123456789abcdef1", "i-0123456789abcdef2"),
    key_arns=("arn:aws:kms:eu-north-1:111122223333:key/00000000-0000-4000-8000-000000000000",),
)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("trust", trust(IN_THE_DOCS)),
        ("permissions", permissions(IN_THE_DOCS, DOCUMENT)),
        ("keys", key_statements(IN_THE_DOCS)),
    ],
)
def test_the_policies_that_the_owner_reviews_are_those_that_are_made(name, made):
    text = (ROOT / "docs/production-elsewhere.md").read_text(encoding="utf-8")
    shown = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", text, flags=re.DOTALL)
    assert shown
    assert json.loads(shown[1]) == made
    for statement in made["Statement"] if isinstance(made, dict) else ():
        assert name == "trust" or f"`{statement['Sid']}`" in text


def test_the_template_for_the_owner_is_taken():
    config = yaml.safe_load((ROOT / "production_role/Pulumi.staging.yaml").read_text(encoding="utf-8"))["config"]
    given = {name.partition(":")[2]: value for name, value in config.items() if not name.startswith("aws:")}
    taken = []
    declared_by(lambda: taken.append(read_consent(Given(**given), config["aws:region"], ROOT / "scripts")))
    assert taken[0].consent == Consent(**{**vars(IN_THE_DOCS), "place": taken[0].consent.place})


def test_the_program_for_the_owner_runs_and_exports_what_the_other_side_needs(monkeypatch):
    config = yaml.safe_load((ROOT / "production_role/Pulumi.staging.yaml").read_text(encoding="utf-8"))["config"]
    given = {}
    for name, value in config.items():
        key = name.replace("understudy-production:", "understudy:")  # the mocks' project
        given[key] = value if isinstance(value, str) else json.dumps(value)
    exported = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)

    def program():
        pulumi.runtime.set_all_config(given)
        runpy.run_path(str(ROOT / "production_role/__main__.py"))

    try:
        declared = declared_by(program)
    finally:
        pulumi.runtime.set_all_config({})
    assert len(declared.of_type("aws:iam/role:Role")) == 1
    assert set(exported) == {"production_role_arn", "production_document", "key_policy_statements"}
    assert json.loads(exported["key_policy_statements"]) == key_statements(IN_THE_DOCS)
