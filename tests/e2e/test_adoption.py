"""docs/adopt.md, typed as it stands by somebody who has production and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from sandbox.client import Sandbox
from sandbox.demo.databases import MONGO_PORT, connect_production, connect_staging
from sandbox.demo.evidence import leaked_addresses
from sandbox.demo.seeding import fill_production
from sandbox.demo.shop import DATABASE, Shop
from tests.docs.blocks import script_of
from tests.e2e.conftest import SIZES
from tests.e2e.stack import PROJECT, Stack, check_out
from tests.e2e.world import Inventory

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

SECRETS = (
    "/production/mongo/understudy",
    "/production/mongo/understudy/password",
    "/mongo/admin",
    "/mongo/admin/password",
    "/understudy/pseudonym-key",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of one's own."""
    return check_out(tmp_path_factory.mktemp("adopter") / "understudy")


@pytest.fixture(scope="module")
def production_as_it_was(sandbox: Sandbox) -> None:
    """A production that has never heard of this project."""
    with connect_production(sandbox) as production:
        fill_production(production, Shop(sizes=SIZES))
        production.admin.command("dropUser", "understudy")
    sandbox.session().client("ssm").delete_parameters(Names=list(SECRETS))


@pytest.fixture(scope="module")
def adopted(
    sandbox: Sandbox, project: Path, empty_world: Counter[str], production_as_it_was: None
) -> Iterator[tuple[Stack, str]]:
    """The stack that the page's commands made, and what they printed."""
    values = _values(sandbox)
    script = script_of("adopt.md", values)
    stack = Stack("staging", sandbox.env, project / "rules/ours.yaml", project)
    done = subprocess.run(
        ["bash", "-c", script], cwd=project, env={**os.environ, **sandbox.env, **values}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=580, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    yield stack, done.stdout
    stack.pulumi("cancel", "--yes", expect=None)
    stack.pulumi("destroy", "--yes", "--skip-preview", expect=None)


def _values(sandbox: Sandbox) -> dict[str, str]:
    session, ids = sandbox.session(), sandbox.production["instance_ids"]
    (host,) = session.client("ec2").describe_instances(InstanceIds=ids[:1])["Reservations"][0]["Instances"]
    return {
        "AWS_REGION": sandbox.env["AWS_REGION"],
        "ZONE": host["Placement"]["AvailabilityZone"],
        "AMI_ID": host["ImageId"],
        "CLIENTS": "10.20.0.0/16",
        "PRODUCTION_IDS": json.dumps(ids),
        "PRODUCTION_URI": _uri(sandbox),
    }


def _uri(sandbox: Sandbox) -> str:
    """Return where production's primary is, with its administrator's login."""
    ssm = sandbox.session().client("ssm")
    user, password = (
        ssm.get_parameter(Name=f"/production/mongo/admin{end}", WithDecryption=True)["Parameter"]["Value"]
        for end in ("", "/password")
    )
    with connect_production(sandbox) as production:
        host, port = production.address or ("127.0.0.1", MONGO_PORT)
    return f"mongodb://{quote(user)}:{quote(password)}@{host}:{port}/?directConnection=true"


def test_its_commands_end_with_a_staging_that_serves(
    sandbox: Sandbox, adopted: tuple[Stack, str], inventory: Inventory, tmp_path: Path
) -> None:
    stack, text = adopted
    outputs = stack.outputs()
    assert outputs["refresh_id"].startswith("first-")
    assert "left to decide" in text
    assert "A refresh is due: first-" in text
    assert "staging serves draft-" not in text
    assert "A refresh is due: second-" in text  # the next one's preview, which starts nothing
    authority = tmp_path / "ca.pem"
    authority.write_text(outputs["staging_ca_certificate"])
    with (
        connect_production(sandbox) as there,
        connect_staging(sandbox, outputs["staging_instance_id"], authority) as here,
    ):
        for name in ("customers", "orders", "tickets"):
            assert here[DATABASE][name].count_documents({}) == there[DATABASE][name].count_documents({}) > 0
        assert list(leaked_addresses(there[DATABASE], here[DATABASE])) == []
        assert list(leaked_addresses(there[DATABASE], there[DATABASE]))  # the control


def test_nothing_of_the_draft_is_left_but_the_draft(
    sandbox: Sandbox, project: Path, adopted: tuple[Stack, str], inventory: Inventory
) -> None:
    outputs = adopted[0].outputs()
    space = [{"Name": "tag:understudy:space", "Values": ["understudy/staging"]}]
    ec2 = sandbox.session().client("ec2")
    assert [each["VolumeId"] for each in ec2.describe_volumes(Filters=space)["Volumes"]] == [outputs["live_volume_id"]]
    assert ec2.describe_snapshots(Filters=space)["Snapshots"] == []
    (draft,) = (project / "reports").glob("draft-*/rules.yaml")
    key = f"reports/{draft.parent.name}/rules.yaml"
    stored = sandbox.session().client("s3").get_object(Bucket=outputs["reports_bucket"], Key=key)
    assert stored["Body"].read() == draft.read_bytes()


def test_the_draft_holds_no_value_and_nothing_undecided(project: Path, adopted: tuple[Stack, str]) -> None:
    rules = (project / "rules/ours.yaml").read_text()
    assert "DECIDE" not in re.sub(r"#.*", "", rules)
    assert "email" in rules
    assert not re.search(r"[\w.]+@[\w.]+\.[a-z]{2,}", rules)


def test_no_secret_was_printed(sandbox: Sandbox, adopted: tuple[Stack, str]) -> None:
    ssm = sandbox.session().client("ssm")
    for name in SECRETS[1::2] + SECRETS[4:]:
        value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        assert len(value) >= 24
        assert value not in adopted[1]


def test_the_check_of_the_image_finds_what_a_host_lacks(sandbox: Sandbox, adopted: tuple[Stack, str]) -> None:
    """The sandbox's hosts have all but an agent, which the sandbox is itself."""
    host = adopted[0].outputs()["staging_instance_id"]
    script = (PROJECT / "docs/examples/image.sh").read_text()
    done = sandbox.exec(host, ["bash", "-s", "check"], input=script)
    assert [line for line in done.stdout.splitlines() if line] == [
        "missing: SSM agent 3.3.2746.0 or newer; it is not there"
    ]
