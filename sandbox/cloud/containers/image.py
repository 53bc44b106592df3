"""What stands in for an image: the machine's own programs, over which a container writes.

The sandbox has no images. A container finds the machine's MySQL client, Python (without any packages, so that a task
has to bring what it needs) and AWS command, and the authority of the sandbox's databases where images keep
Amazon's. A folder `images/<digest>` of the sandbox's, with the 64 digits of
the image's digest as its name, is what an image adds to that: its files lie in the container from the root on.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from sandbox.layout import Layout
from sandbox.machine.root_disk import create_root_disk, interpreter

AUTHORITY = Path("/etc/ssl/certs/rds-global-bundle.pem")


def create_image(layout: Layout, task_id: str, host: str, digest: str, names: Mapping[str, str]) -> Path:
    """Make a container's root disk.

    Args:
        layout: The sandbox.
        task_id: The task.
        host: Its host name.
        digest: The image's, `sha256:<64 hex digits>`.
        names: Host names that it can resolve, with their addresses.

    Returns:
        The disk's folder on the pool.
    """
    disk = layout.root_disk(task_id)
    create_root_disk(disk, host)
    upper = disk / "upper"
    with (upper / "etc/hosts").open("a") as hosts:
        hosts.writelines(f"{address} {name}\n" for name, address in names.items())
    python = upper / "usr/local/bin/python3"
    python.unlink()  # a link to the project's own
    python.write_text(f'#!/bin/sh\nexec {interpreter()} -S "$@"\n')
    python.chmod(0o755)
    place = upper / AUTHORITY.relative_to("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(layout.authority / "ca.pem", place)
    image = layout.images / digest.removeprefix("sha256:")
    if image.is_dir():
        shutil.copytree(image, upper, symlinks=True, dirs_exist_ok=True)
    return disk


def create_folder(disk: Path, folder: str) -> None:
    """Make a container's working directory, as a container's engine does."""
    (disk / "upper" / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
