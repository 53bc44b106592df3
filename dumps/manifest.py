"""The manifest of a prepared dump: what it is, where it comes from, what was done to it and what was looked at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymizer.codehash import code_sha256 as masks_sha256
from dumps.errors import RefusedError, UsageError

VERSION = 1
_SUFFIX = ".sql.gz"
_NEEDED = (
    "dump",
    "sha256",
    "bytes",
    "sql_sha256",
    "sql_bytes",
    "schema",
    "schema_sha256",
    "tables",
    "findings",
    "checks",
)


@dataclass(frozen=True)
class Prepared:
    """The three files of a prepared dump.

    Attributes:
        folder: Where they lie.
        name: What their names begin with.
    """

    folder: Path
    name: str

    @property
    def dump(self) -> Path:
        """The dump."""
        return self.folder / f"{self.name}{_SUFFIX}"

    @property
    def manifest(self) -> Path:
        """Its manifest."""
        return self.folder / f"{self.name}.manifest.json"

    @property
    def schema(self) -> Path:
        """Its schema."""
        return self.folder / f"{self.name}.schema.json"

    @classmethod
    def of(cls, dump: Path) -> Prepared:
        """Give the files of a dump by its path.

        Raises:
            UsageError: The path is not that of a prepared dump.
        """
        if not dump.name.endswith(_SUFFIX):
            raise UsageError(f"{dump}: a prepared dump's name ends in {_SUFFIX}")
        return cls(dump.parent, dump.name.removesuffix(_SUFFIX))


def read(prepared: Prepared) -> dict[str, Any]:
    """Read a manifest.

    Raises:
        RefusedError: It is none, or is not there: the dump was not prepared to its end.
    """
    try:
        found = json.loads(prepared.manifest.read_text())
    except (OSError, ValueError):
        raise RefusedError(f"{prepared.manifest}: cannot be read; prepare the dump again") from None
    if not isinstance(found, dict) or found.get("version") != VERSION or any(key not in found for key in _NEEDED):
        raise RefusedError(f"{prepared.manifest}: is no manifest of version {VERSION}; prepare the dump again")
    return found


def write_json(path: Path, content: object) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(content, indent=1, sort_keys=False) + "\n")
    part.replace(path)


def code_sha256() -> str:
    """Give the hash of the code that prepares dumps: this package's and the anonymizer's."""
    root, total = Path(__file__).parent, hashlib.sha256(masks_sha256().encode())
    for file in sorted(root.rglob("*.py")):
        total.update(f"{file.relative_to(root).as_posix()}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def file_sha256(path: Path) -> str:
    """Give the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _slowly(file)


def _slowly(file: Any) -> str:
    total = hashlib.sha256()
    while data := file.read(1 << 20):
        total.update(data)
    return total.hexdigest()
