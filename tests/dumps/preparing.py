"""Prepares small dumps in process, for tests without a server."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

from anonymizer.keys import Keyring
from anonymizer.rules.reader import parse
from dumps import prepare
from dumps.manifest import Prepared

KEY = b"\x5a" * 32


def prepared(
    folder: Path,
    source: bytes,
    rules: dict,
    *,
    day: str = "20260101",
    verify: bool = False,
    name: str = "shop",
    workers: int = 1,
) -> dict:
    """Prepare a dump and give its manifest."""
    job = prepare.Job(
        Prepared(folder / day, name), parse(rules), Keyring(KEY), "shop.sql", verify=verify, workers=workers
    )
    return prepare.run(job, io.BufferedReader(io.BytesIO(source)), lambda line: None)


def text(folder: Path, *, day: str = "20260101", name: str = "shop") -> str:
    return gzip.decompress((folder / day / f"{name}.sql.gz").read_bytes()).decode("utf-8", "surrogateescape")
