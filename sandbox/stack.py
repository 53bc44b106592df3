"""The sandbox's Pulumi stack: a home with the sandbox's own plugins, a file backend, and a configuration filled in."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from string import Template
from typing import Any

from sandbox.layout import PROJECT_ROOT, Layout, SandboxError
from sandbox.production import AMI

PLUGINS = PROJECT_ROOT / "sandbox" / "plugins"
TEMPLATE = PROJECT_ROOT / "sandbox" / "stack.yaml"
EXAMPLE_RULES = PROJECT_ROOT / "rules" / "shop.yaml"
PIN = re.compile(r"^pulumi-(aws|command)==([0-9.]+)", re.MULTILINE)


def prepare_stack(
    layout: Layout, environment: Mapping[str, str], production: Mapping[str, Any], zone: str, say: Callable[[str], None]
) -> None:
    """Make Pulumi's home, the stack and its configuration, as far as their parts are there.

    Args:
        layout: The sandbox.
        environment: The variables of `make_environment`.
        production: Production's ids.
        zone: The availability zone.
        say: Told what was done, and what is not there.
    """
    layout.pulumi_backend.mkdir(exist_ok=True)
    for name, version in PIN.findall((PROJECT_ROOT / "requirements.txt").read_text()):
        _link_plugin(layout, name, version)
    shutil.copy(EXAMPLE_RULES, layout.rules)
    if not shutil.which("pulumi", path=environment["PATH"]) or not (PROJECT_ROOT / "Pulumi.yaml").exists():
        say("Pulumi: the engine or Pulumi.yaml is not there, no stack made")
        return
    _init(layout, environment)
    values = {
        "ami": AMI,
        "zone": zone,
        "region": environment["AWS_REGION"],
        "rules": str(layout.rules),
        "instance_ids": ", ".join(production["instance_ids"]),
        "endpoint": environment["AWS_ENDPOINT_URL"],
    }
    # Pulumi has written the key for secrets into the file; the configuration goes beside it.
    head = layout.stack_file.read_text() if layout.stack_file.exists() else ""
    layout.stack_file.write_text(head + Template(TEMPLATE.read_text()).substitute(values))
    say(f"Pulumi: stack {layout.name} with {layout.stack_file.name}")


def _link_plugin(layout: Layout, name: str, version: str) -> None:
    """Put a plugin where the engine looks; it passes over a folder that is a link, but not a program that is one."""
    program = f"pulumi-resource-{name}"
    folder = layout.pulumi_home / "plugins" / f"resource-{name}-v{version}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / program).unlink(missing_ok=True)
    (folder / program).symlink_to(PLUGINS / name / program)


def _init(layout: Layout, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["pulumi", "stack", "init", layout.name, "--non-interactive", "--no-select"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"the stack {layout.name} could not be made: {done.stderr.strip()}")
