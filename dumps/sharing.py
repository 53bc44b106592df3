"""Shares the masking of rows out to processes; what they give is written in the order of the dump.

A part of rows goes to a process as bytes, and its masked rows come back as bytes: nothing else is shared. Processes are
forked before any thread is there, and die with their parent.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from anonymizer.parallel import processes
from dumps.errors import ServerError

Work = Callable[..., bytes]
SMALLEST = 64 << 10  # bytes; less is done sooner than it is sent away
_AHEAD = 2  # parts for each process that are on their way or done and not yet written
_work: list[Work] = []


class Shared:
    """Processes, and what is still to be written.

    Args:
        work: What they do: arguments that can be sent, to bytes.
        workers: How many; 1: this process does it alone.

    Attributes:
        write_now: Takes bytes in order; to be set before anything is written, and after the processes are there.
    """

    def __init__(self, work: Work, workers: int) -> None:
        self._do, self._workers = work, workers
        self.write_now: Callable[[bytes], None] = _nowhere
        self._waiting: deque[bytes | Future[bytes]] = deque()
        self._pool: ProcessPoolExecutor | None = None
        if workers > 1:
            _work[:] = [work]
            context = multiprocessing.get_context("fork")
            with processes.signals_held():
                self._pool = ProcessPoolExecutor(workers, context, _begin, (os.getpid(),))
                self._pool.submit(os.getpid).result()  # with fork, this starts them all

    def write(self, data: bytes) -> None:
        """Write something after all that is waiting."""
        if self._waiting:
            self._waiting.append(data)
            self._write_done()
        else:
            self.write_now(data)

    def share(self, size: int, *arguments: object) -> None:
        """Let a part be done, and its outcome be written in its turn.

        Args:
            size: Of the part, in bytes.
            arguments: Of the work.

        Raises:
            RefusedError: An earlier part could not be done.
            ServerError: A process died.
        """
        if self._pool is None or size < SMALLEST:
            self.write(self._do(*arguments))
            return
        try:
            self._waiting.append(self._pool.submit(_do, *arguments))
        except BrokenProcessPool:
            raise _died() from None
        self._write_done()

    def finish(self) -> None:
        """Write all that is waiting.

        Raises:
            RefusedError, ServerError: As `share`.
        """
        self._write_done(most=0)

    def __enter__(self) -> Shared:  # noqa: PYI034 (typing.Self is not in Python 3.10)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _write_done(self, most: int | None = None) -> None:
        most = _AHEAD * self._workers if most is None else most
        while self._waiting:
            first = self._waiting[0]
            if isinstance(first, Future):
                if len(self._waiting) <= most and not first.done():
                    return
                try:
                    first = first.result()
                except BrokenProcessPool:
                    raise _died() from None
            self.write_now(first)
            self._waiting.popleft()


def _nowhere(_: bytes) -> None:
    raise AssertionError("nobody has said where to write to")


def _begin(parent: int) -> None:
    processes.settle(parent)


def _do(*arguments: object) -> bytes:
    return _work[0](*arguments)


def _died() -> ServerError:
    return ServerError(
        "a process that masks rows died (out of memory?); give the machine more memory or take fewer --workers"
    )
