"""Shows on standard error how far a command is: a bar with rate and time left on a terminal, else lines of JSON."""

from __future__ import annotations

# ruff: noqa: PLC0415 (rich is loaded on a terminal only, and hosts have none)
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_LINE_EVERY_SECONDS = 2.0


class Lines:
    """Progress as lines of JSON, one in two seconds at most; the first and the last of a phase always."""

    def __init__(self, verb: str, stream: TextIO) -> None:
        self._verb, self._stream = verb, stream
        self._phase, self._began, self._written_at = "", 0.0, 0.0

    def tell(self, phase: str, collection: str, documents: int, total: int) -> None:
        """Take in where the command is."""
        now = time.monotonic()
        fresh = phase != self._phase
        if fresh:
            self._phase, self._began = phase, now
        if fresh or now - self._written_at >= _LINE_EVERY_SECONDS or (total and documents >= total):
            self._written_at = now
            rate = documents / (now - self._began) if now > self._began else 0.0
            left = round((total - documents) / rate) if rate and total >= documents else None
            row = {"verb": self._verb, "phase": phase, "collection": collection, "documents": documents, "total": total}
            row |= {"documents_per_second": round(rate), "seconds_left": left}
            self._stream.write(json.dumps(row, sort_keys=True) + "\n")
            self._stream.flush()

    def show(self, state: dict[str, Any]) -> None:
        """Take in what `Progress` tells."""
        self.tell(state["phase"], state["collection"], state["documents"], state["total"])


class Bar(Lines):
    """Progress as a bar."""

    def __init__(self, verb: str, stream: TextIO, progress: Any) -> None:
        super().__init__(verb, stream)
        self._progress, self._task = progress, progress.add_task(verb, total=None, collection="", rate="")

    def tell(self, phase: str, collection: str, documents: int, total: int) -> None:
        """Take in where the command is."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._began = phase, now
            self._progress.reset(self._task, total=total or None)
        rate = documents / (now - self._began) if now > self._began else 0.0
        self._progress.update(
            self._task,
            description=phase,
            completed=documents,
            total=total or None,
            collection=collection,
            rate=f"{rate:,.0f}/s",
        )


@contextmanager
def shown(verb: str, stream: TextIO | None = None) -> Iterator[Lines]:
    """Give what to tell progress to, for as long as it is shown.

    Args:
        verb: The command's verb.
        stream: Where it is shown; standard error if none is given.
    """
    stream = stream or sys.stderr
    bar = _progress(stream) if stream.isatty() else None
    if bar is None:
        yield Lines(verb, stream)
        return
    with bar:
        yield Bar(verb, stream, bar)


def _progress(stream: TextIO) -> Any:
    """Give rich's bar, or nothing where rich is not installed."""
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    except ImportError:
        return None
    names = TextColumn("{task.description} {task.fields[collection]}")
    columns = (names, BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    return Progress(*columns, console=Console(file=stream), transient=True)
