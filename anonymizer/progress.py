"""What a caller can read of a command: progress and result, each one JSON file, never half-written."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_RATE_SAMPLES = 20  # at two a second: the rate of the last ten seconds


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file in one step: a reader sees the former content or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)


class Progress:
    """Says where a command is: phase, collection, documents done and in all, how fast and how long to go.

    Args:
        path: The file to write to.
        every_seconds: How often at most.
        told: Called with the same as is written, each time: a display, a log.
    """

    def __init__(
        self, path: Path, every_seconds: float = 0.5, told: Sequence[Callable[[dict[str, Any]], None]] = ()
    ) -> None:
        self.path, self._every_seconds, self._told = path, every_seconds, tuple(told)
        self._written_at = 0.0
        self._state: dict[str, Any] = {}
        self._seen: deque[tuple[float, int]] = deque(maxlen=_RATE_SAMPLES)
        self._took: dict[str, float] = {}
        self._since = time.monotonic()
        self._begin("start", 0, 0)

    @property
    def phase_seconds(self) -> dict[str, float]:
        """What each phase took so far; those that read documents grow with the data, the others do not."""
        return {phase: round(seconds, 3) for phase, seconds in self._ended().items()}

    def phase(self, phase: str, total: int = 0, before: int = 0) -> None:
        """Begin a phase of `total` documents, of which `before` were done by an earlier run."""
        self._begin(phase, total, before)
        self._write()

    def at(self, collection: str, documents: int) -> None:
        """Say how many documents of the phase this run has done; written at most once in `every_seconds`."""
        if time.monotonic() - self._written_at >= self._every_seconds:
            self._state.update(collection=collection, documents=self._before + documents, **self._pace(documents))
            self._write()

    def _ended(self) -> dict[str, float]:
        """Count the phase at hand as if it ended now."""
        if not self._state:
            return dict(self._took)
        phase = self._state["phase"]
        return {**self._took, phase: self._took.get(phase, 0.0) + time.monotonic() - self._since}

    def _begin(self, phase: str, total: int, before: int) -> None:
        self._took, self._since = self._ended(), time.monotonic()
        self._before = before
        self._seen.clear()
        self._seen.append((time.monotonic(), 0))
        self._state = {"phase": phase, "collection": "", "documents": before, "total": total}
        self._state.update(documents_per_second=0, seconds_left=None)

    def _pace(self, documents: int) -> dict[str, Any]:
        """Give the rate over the last moments, and what is left at that rate."""
        now = time.monotonic()
        self._seen.append((now, documents))
        since, first = self._seen[0]
        rate = (documents - first) / (now - since) if now > since else 0.0
        left = max(0, self._state["total"] - self._before - documents)
        return {"documents_per_second": round(rate), "seconds_left": round(left / rate) if rate > 0 else None}

    def _write(self) -> None:
        self._written_at = time.monotonic()
        write_json(self.path, self._state)
        for tell in self._told:
            tell(dict(self._state))
