"""The pool: an XFS with reflinks in a sparse file, so that a snapshot of any size takes milliseconds and no room."""

import os
from pathlib import Path

from sandbox.layout import Layout
from sandbox.machine.commands import run

POOL_GIB = 512  # sparse: takes only what is written


def attach_loop(image: Path) -> str:
    """Give a file a loop device of its own.

    `losetup --find` asks loop-control for a free number and makes the device where there are none left, so that several
    processes may do this at once.

    Args:
        image: The file.

    Returns:
        The device, as `/dev/loop7`.
    """
    return run(["losetup", "--find", "--show", "--nooverlap", str(image)]).strip()


def detach_loop(device: str) -> None:
    """Take a loop device from its file; while something has it mounted this waits in the kernel for the last user."""
    run(["losetup", "--detach", device])


def create_pool(layout: Layout) -> None:
    """Make the pool's file, format it and mount it.

    Args:
        layout: The sandbox; its folder must be there.
    """
    descriptor = os.open(layout.pool_image, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.truncate(descriptor, POOL_GIB << 30)
    os.close(descriptor)
    run(["mkfs.xfs", "-q", "-m", "reflink=1", str(layout.pool_image)])
    layout.pool.mkdir()
    run(["mount", "-o", "noatime", attach_loop(layout.pool_image), str(layout.pool)])
    layout.volumes.mkdir()
    layout.snapshots.mkdir()
