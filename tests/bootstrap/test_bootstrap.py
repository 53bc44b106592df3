"""docs/ci.md's commands for a state on S3, typed as they stand: made from nothing, moved into its own bucket, used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.docs.blocks import script_of
from tests.e2e.stack import PROJECT

pytestmark = pytest.mark.sandbox

BUCKET = "understudy-test-state"


@pytest.fixture(scope="module")
def made(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the commands were typed; its Pulumi knows no other backend."""
    folder = tmp_path_factory.mktemp("bootstrap")
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml"):
        shutil.copy(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "bootstrap", folder / "bootstrap")
    (folder / "home").mkdir()
    (folder / "home/plugins").symlink_to(Path(sandbox.env["PULUMI_HOME"]) / "plugins")
    values = {"AWS_REGION": sandbox.env["AWS_REGION"], "BUCKET": BUCKET}
    done = _bash(sandbox, folder, script_of("ci.md", values), values)
    assert done.returncode == 0, done.stdout[-6000:]
    return folder  # bucket and key go with the sandbox: the stack protects them, as one test shows


def _bash(
    sandbox: Sandbox, folder: Path, script: str, values: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **sandbox.env, **(values or {}), "PULUMI_HOME": str(folder / "home")}
    env.pop("PULUMI_BACKEND_URL", None)
    env.pop("PULUMI_CONFIG_PASSPHRASE", None)
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_the_bucket_is_closed_encrypted_versioned_and_tls_only(sandbox: Sandbox, made: Path) -> None:
    s3, kms = sandbox.session().client("s3"), sandbox.session().client("kms")
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    key_id = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_its_own_state_and_those_of_stacks_lie_in_it(sandbox: Sandbox, made: Path) -> None:
    s3 = sandbox.session().client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert ".pulumi/stacks/understudy-state/state.json" in keys
    assert ".pulumi/stacks/understudy/staging.json" in keys
    assert not (made / "bootstrap/.pulumi").exists()


def test_the_stacks_secrets_are_guarded_by_the_key_and_no_passphrase(sandbox: Sandbox, made: Path) -> None:
    done = _bash(sandbox, made, "pulumi config set --secret probe of-a-secret && pulumi config get probe")
    assert done.stdout.strip() == "of-a-secret"
    text = (made / "Pulumi.staging.yaml").read_text()
    assert "secretsprovider: awskms://alias/understudy-state" in text
    assert "encryptedkey:" in text
    assert "of-a-secret" not in text


def test_it_cannot_be_destroyed_by_mistake(sandbox: Sandbox, made: Path) -> None:
    done = _bash(sandbox, made, "cd bootstrap; pulumi destroy --yes --skip-preview", {"PULUMI_STACK": "state"})
    assert done.returncode != 0
    assert "protected" in done.stdout
    sandbox.session().client("s3").head_bucket(Bucket=BUCKET)


def test_the_policies_name_this_bucket_and_key_only(sandbox: Sandbox, made: Path) -> None:
    done = _bash(sandbox, made, "cd bootstrap; pulumi stack output --json --stack state")
    outputs: dict[str, Any] = json.loads(done.stdout)
    for name in ("read_policy", "write_policy"):
        statements = json.loads(outputs[name])["Statement"]
        assert all(each["Resource"] != "*" for each in statements)
        may_put = any("s3:PutObject" in each["Action"] for each in statements)
        assert may_put == (name == "write_policy")
