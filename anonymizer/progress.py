"""What a caller can read of a command: progress and result, each one JSON file, never half-written."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file in one step: a reader sees the former content or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)


class Progress:
    """Says where a command is: phase, collection, documents done and in all."""

    def __init__(self, path: Path, every_seconds: float = 0.5) -> None:
        self.path, self._every_seconds = path, every_seconds
        self._written_at = 0.0
        self._state: dict[str, Any] = {"phase": "start", "collection": "", "documents": 0, "total": 0}

    def phase(self, phase: str, total: int = 0) -> None:
        """Begin a phase of `total` documents."""
        self._state = {"phase": phase, "collection": "", "documents": 0, "total": total}
        self._write()

    def at(self, collection: str, documents: int) -> None:
        """Say how many documents of the phase are done; written at most once in `every_seconds`."""
        self._state.update(collection=collection, documents=documents)
        if time.monotonic() - self._written_at >= self._every_seconds:
            self._write()

    def _write(self) -> None:
        self._written_at = time.monotonic()
        write_json(self.path, self._state)
