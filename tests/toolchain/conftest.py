"""A checkout of its own for each test, and a PATH with nothing on it but the fakes that the test puts there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.toolchain.layout import Layout

Fake = Callable[..., Path]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    root = tmp_path / "checkout"
    root.mkdir()
    return Layout(root)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Return a function that puts a shell script on PATH, or into another folder."""
    on_path = tmp_path / "fakes"
    on_path.mkdir()
    monkeypatch.setenv("PATH", str(on_path))

    def put(name: str, script: str, folder: Path = on_path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    return put
