"""Worker processes: started clean, told to stop politely, gone with their parent whatever ends it."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from anonymizer.errors import Interrupted, ServerError

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

_POLL_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


class Shared:
    """What workers and their parent share: documents done, whether to stop, whether writing has been closed."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._done = context.Value("q", 0)
        self._stop = context.Event()
        self._closed = context.Event()

    def advance(self, documents: int) -> None:
        """Count documents.

        Raises:
            Interrupted: The parent wants to stop.
        """
        with self._done.get_lock():
            self._done.value += documents
        if self._stop.is_set():
            raise Interrupted("stopped")

    @property
    def documents(self) -> int:
        """Documents done by all workers."""
        return int(self._done.value)

    def stop(self) -> None:
        """Let workers stop at their next batch."""
        self._stop.set()

    def close(self) -> None:
        """Let no worker write any more; they go on reading."""
        self._closed.set()

    @property
    def closed(self) -> bool:
        """Whether nothing may be written any more."""
        return self._closed.is_set()


def run(
    tasks: Sequence[Task],
    work: Callable[[Task], Outcome],
    begin: Callable[..., None],
    arguments: tuple[Any, ...],
    workers: int,
    shared: Shared,
    watch: Callable[[int], None],
) -> Iterator[tuple[Task, Outcome]]:
    """Do tasks in processes and give each outcome as it comes.

    Args:
        tasks: What to do, in order.
        work: Does one; a module's function.
        begin: Prepares a process; a module's function that takes `shared` and then `arguments`.
        arguments: They reach the processes through a pipe: no secret gets into a command line or an environment.
        workers: How many processes.
        shared: What all share.
        watch: Called twice a second with the documents done.

    Raises:
        ServerError: A process died.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(tasks)), context, _begin, (os.getpid(), begin, shared, arguments)
    ) as pool:
        try:
            pending = {pool.submit(work, task): task for task in tasks}
            while pending:
                done, _ = wait(pending, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
                watch(shared.documents)
                for future in done:
                    yield pending.pop(future), future.result()
        except BrokenProcessPool:
            raise ServerError(
                "a worker process died (out of memory?); run the same command again, it goes on where it was"
            ) from None
        finally:
            shared.stop()
            pool.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int, begin: Callable[..., None], shared: Shared, arguments: tuple[Any, ...]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent decides
        signal.signal(number, signal.SIG_IGN)
    gc.disable()  # documents hold no cycles; decoding is a third faster without it
    begin(shared, *arguments)
