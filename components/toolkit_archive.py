"""A toolkit as one file: packages of ours and their wheels, for hosts that reach no package index. Plain Python.

The same content gives the same bytes on every machine, so that its hash names it.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_LEFT_OUT = {"__pycache__", "target", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@dataclass(frozen=True, kw_only=True)
class ToolkitArchive:
    """A packed toolkit: where the tar file is and the hash of it."""

    path: Path
    sha256: str


def pack(packages: Sequence[Path], wheels: Path, into: Path) -> ToolkitArchive:
    """Pack a toolkit.

    Args:
        packages: Packages of ours; each lies in the archive under its folder's name.
        wheels: Folder of wheels; they lie in the archive as `wheels/`.
        into: Folder for the result, which is named after its hash.

    Returns:
        The archive.
    """
    content = _tar([*(file for package in packages for file in _files(package, package.name)), *_wheels(wheels)])
    sha256 = hashlib.sha256(content).hexdigest()
    path = into / f"{sha256}.tar"
    if not path.exists():
        into.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    return ToolkitArchive(path=path, sha256=sha256)


def _files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not _LEFT_OUT & set(inside.parts):
            yield f"{name}/{inside.as_posix()}", path


def _wheels(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("*.whl")):
        yield f"wheels/{path.name}", path


def _tar(files: list[tuple[str, Path]]) -> bytes:
    """Return a tar file whose bytes depend on names and contents alone: no time, owner or mode of this machine."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, path in sorted(files):
            content = path.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), 0o644, 0
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
