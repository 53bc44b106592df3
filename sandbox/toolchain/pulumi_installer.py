"""Pulumi by its official installer."""

import shutil
import urllib.error
import urllib.request
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.process import Job

ADDRESS = "https://get.pulumi.com/install.sh"
REACH_SECONDS = 5
INSTALL_SECONDS = 240
TODO = "check the way to get.pulumi.com"


def bring(layout: Layout, version: str, folder: Path) -> None:
    """Put the four programs into a folder.

    Args:
        layout: Where logs and half-finished things go.
        version: The version to install, without its v.
        folder: An empty folder.

    Raises:
        SetupError: The installer could not be reached within a few seconds, or failed.
    """
    say("pulumi", f"asking for the official installer ({ADDRESS})")
    script = layout.scratch / "pulumi-install.sh"
    try:
        with urllib.request.urlopen(ADDRESS, timeout=REACH_SECONDS) as answer:
            script.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise SetupError("pulumi: the official installer cannot be reached from here", str(reason), TODO) from None
    say("pulumi", f"installing {version}")
    root = layout.scratch / "pulumi-root"
    install = Job(
        tool="pulumi",
        doing="running the official installer",
        log=layout.logs / "pulumi-installer.log",
        needs="get.pulumi.com",
        todo=TODO,
    )
    arguments = ["--version", version, "--install-root", str(root), "--no-edit-path"]
    install.run(["sh", script, *arguments], timeout_seconds=INSTALL_SECONDS)
    for program in (root / "bin").iterdir():
        shutil.move(program, folder / program.name)
    shutil.rmtree(root)
