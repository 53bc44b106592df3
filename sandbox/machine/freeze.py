"""Hold all writers of some file systems for a moment, so that several clones are one point in time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

# From linux/fs.h.
FIFREEZE = 0xC0045877
FITHAW = 0xC0045878


@contextlib.contextmanager
def frozen(mount_points: Sequence[Path]) -> Iterator[None]:
    """Freeze file systems while the block runs, thaw them whatever happens in it.

    Args:
        mount_points: Their mount points, seen from this process (`/proc/<pid>/root/...` for those of a host).
    """
    with contextlib.ExitStack() as stack:
        for mount_point in mount_points:
            _control(mount_point, FIFREEZE)
            stack.callback(_control, mount_point, FITHAW)
        yield


def thaw(mount_point: Path) -> None:
    """Thaw a file system that a killed process may have left frozen: its writers could not even be killed."""
    with contextlib.suppress(OSError):
        _control(mount_point, FITHAW)


def _control(mount_point: Path, request: int) -> None:
    descriptor = os.open(mount_point, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, request, 0)
    finally:
        os.close(descriptor)
