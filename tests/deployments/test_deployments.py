"""What `deployments/` declares, found with Pulumi's mocks."""

import asyncio
import re
import runpy
from pathlib import Path

import pulumi
import pytest
import yaml

from components.config_keys import KEYS

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "deployments/__main__.py"
GIVEN = {
    "organization": "example",
    "repository": "example/understudy",
    "role_arn": "arn:aws:iam::111122223333:role/understudy-refresh",
    "region": "eu-central-1",
}


class Declared(pulumi.runtime.Mocks):
    def __init__(self):
        self.resources = {}

    def new_resource(self, args):
        self.resources[args.name] = (args.typ, args.inputs)
        return [f"{args.name}-id", args.inputs]

    def call(self, args):
        return {}


def declared(**more):
    """Run the program with a configuration; return what it declares, by name."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks = Declared()
    pulumi.runtime.set_mocks(mocks, project="understudy-deployments", stack="test", preview=False)
    values = {f"understudy-deployments:{name}": value for name, value in {**GIVEN, **more}.items() if value is not None}
    pulumi.runtime.set_all_config(values)
    try:
        pulumi.runtime.test(lambda: runpy.run_path(str(PROGRAM)) and None)()
    finally:
        pulumi.runtime.set_all_config({})
    return mocks.resources


@pytest.fixture(scope="module")
def settings():
    return declared()["settings"][1]


def test_a_deployment_signs_in_by_openid_connect_and_has_no_secret(settings):
    context = settings["operationContext"]
    assert context["oidc"] == {
        "aws": {"roleARN": GIVEN["role_arn"], "sessionName": "understudy-staging", "duration": "6h0m0s"}
    }
    assert context["environmentVariables"] == {"AWS_REGION": "eu-central-1"}


def test_pull_requests_are_previewed_and_commits_deploy_nothing(settings):
    github = settings["github"]
    assert (github["previewPullRequests"], github["deployCommits"]) == (True, False)
    assert github["repository"] == "example/understudy"
    for path in github["paths"]:
        assert list(ROOT.glob(path.replace("/**", ""))), path


def test_a_run_brings_the_projects_own_tools_and_sets_the_trigger(settings):
    commands = settings["operationContext"]["preRunCommands"]
    assert commands[0] == "make setup"
    (key,) = re.findall(r"pulumi config set (\w+) ", commands[-1])
    assert key in {each.name for each in KEYS}
    assert settings["operationContext"]["options"] == {"skipInstallDependencies": True}


def test_the_schedule_refreshes_and_later_goes_on_the_same_day():
    schedules = {name: inputs for name, (kind, inputs) in declared().items() if kind.endswith(":DeploymentSchedule")}
    assert {each["pulumiOperation"] for each in schedules.values()} == {"update"}
    first, later = (schedules[name]["scheduleCron"].split() for name in ("refresh", "go-on"))
    assert first[2:] == later[2:]  # on the same days
    assert all(int(hour) > int(first[1]) for hour in later[1].split(","))


def test_all_of_it_is_about_one_stack():
    made = declared(stack="test-two").values()
    assert len(made) == 3
    assert {(each["organization"], each["project"], each["stack"]) for _, each in made} == {
        ("example", "understudy", "test-two")
    }


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_missing_is_named(name):
    with pytest.raises(pulumi.ConfigMissingError, match=name):
        declared(**{name: None})


def test_every_key_is_described():
    described = yaml.safe_load((PROGRAM.parent / "Pulumi.yaml").read_text())["config"]
    read = set(re.findall(r'config\.(?:get|require)\("(\w+)"\)', PROGRAM.read_text().replace("'", '"')))
    assert {name.split(":")[1] for name in described} == read
