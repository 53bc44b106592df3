"""What is kept of reports on the machine that ran the event."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from refresh.errors import ResourceError


def keep(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder of this machine.

    Args:
        folder: Is made when it is not there.
        files: Contents by name.

    Raises:
        ResourceError: This machine's disk refuses; the reports bucket has the same files.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ResourceError(
            f"{folder} could not be written ({error.strerror}): what should lie there is in the reports bucket"
        ) from None
