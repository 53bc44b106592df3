"""The hash of this package's code, by which a resumed run and a report know what made a copy."""

from __future__ import annotations

import hashlib
from pathlib import Path


def code_sha256() -> str:
    """Give the hash of this package's code: names and contents of its files, tables and kernel included, in order."""
    root, total = Path(__file__).parent, hashlib.sha256()
    kernel = root.glob("kernel/src/**/*.rs")
    for file in sorted([*root.rglob("*.py"), *root.glob("masks/data/*.txt"), *kernel]):
        total.update(f"{file.relative_to(root).as_posix()}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
