"""The example of a pipeline: linted as a workflow, and free of stored keys."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from components.aurora_settings import AuroraSettings

WORKFLOW = Path(__file__).resolve().parents[2] / "docs/examples/refresh-after-migrations.yml"
TEXT = WORKFLOW.read_text(encoding="utf-8")


def findings_of(path):
    """What zizmor, a linter of workflows, has to say of any weight; it also refuses what is no workflow."""
    done = subprocess.run(
        ["zizmor", "--offline", "--quiet", "--min-severity=low", "--format=plain", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_workflow_has_no_findings():
    assert findings_of(WORKFLOW) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"@[0-9a-f]{40} # v5.0.0", "@v5"),
        (r"runs-on: ubuntu-24.04", "runs-over: ubuntu-24.04"),
        (r'config set --path understudy:aurora.dump_key "\$DUMP_KEY"', 'config set key "${{ github.head_ref }}"'),
    ],
    ids=["unpinned", "no workflow", "injection"],
)
def test_the_linter_would_notice(tmp_path, old, new):
    broken = tmp_path / "workflow.yml"
    text = re.sub(old, new, TEXT)
    assert text != TEXT
    broken.write_text(text)
    assert findings_of(broken) != ""


def test_it_signs_in_by_openid_connect_and_stores_no_key():
    (job,) = yaml.safe_load(TEXT)["jobs"].values()
    assert job["permissions"]["id-token"] == "write"
    assert [step for step in job["steps"] if "role-to-assume" in step.get("with", {})]
    assert "secrets." not in TEXT
    assert not re.search(r"access.key", TEXT, re.IGNORECASE)


def test_the_settings_that_it_sets_are_there():
    paths = re.findall(r"understudy:aurora\.([\w.]+)", TEXT)
    assert paths
    for path in paths:
        model = AuroraSettings
        for name in path.split("."):
            assert name in model.model_fields, path
            model = model.model_fields[name].annotation
