"""The same work shared by processes that were forked for it: each does its share, and gives what it found at its end.

Nothing goes between them while they work, so that none waits for another and no lock is left behind by one that dies.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from anonymizer.errors import AnonymizerError
from anonymizer.parallel import processes
from dumps.errors import ServerError

T = TypeVar("T")
_CONTEXT = multiprocessing.get_context("fork")
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Share:
    """Which part of the work is whose.

    Attributes:
        number: From 0.
        of: How many shares there are.
    """

    number: int
    of: int

    def has(self, part: int) -> bool:
        """Tell whether a part of the work is of this share, by its number."""
        return part % self.of == self.number

    @property
    def leads(self) -> bool:
        """Whether what is done once is of this share."""
        return self.number == 0


def together(work: Callable[[Share], T], workers: int) -> list[T]:
    """Let processes do a work, each its share.

    Args:
        work: Does a share; it is given as it is at this moment, with all that it refers to.
        workers: How many processes; 1: this one does it.

    Returns:
        What each share gave, in their order.

    Raises:
        AnonymizerError: What one of them raised.
        ServerError: One of them died.
        Interrupted: Somebody has asked this process to stop.
    """
    if workers == 1:
        return [work(Share(0, 1))]
    crew: dict[Connection, tuple[int, Any]] = {}
    found: dict[int, T] = {}
    try:
        with processes.signals_held():
            for number in range(workers):
                ours, theirs = _CONTEXT.Pipe(duplex=False)
                process = _CONTEXT.Process(target=_do, args=(os.getpid(), theirs, work, Share(number, workers)))
                process.start()
                theirs.close()
                crew[ours] = number, process
        while len(found) < workers:
            processes.refuse_if_asked()
            for pipe in wait([pipe for pipe, (number, _) in crew.items() if number not in found], _POLL_SECONDS):
                found[crew[pipe][0]] = _outcome(pipe)  # type: ignore[index] # it is one of those given
    finally:
        for _, process in crew.values():
            process.kill()
            process.join()
    return [found[number] for number in range(workers)]


def _outcome(pipe: Any) -> Any:
    try:
        done, outcome = pipe.recv()
    except (EOFError, OSError):
        raise ServerError(
            "a process that verifies died (out of memory?); give the machine more memory or take fewer --workers"
        ) from None
    if not done:
        raise outcome
    return outcome


def _do(parent: int, pipe: Connection, work: Callable[[Share], T], share: Share) -> None:
    processes.settle(parent)
    gc.disable()  # rows hold no cycles
    with suppress(OSError):
        pipe.send(_attempt(work, share))
    os._exit(0)  # what the parent has, its finalisers too, is the parent's


def _attempt(work: Callable[[Share], T], share: Share) -> tuple[bool, Any]:
    try:
        return True, work(share)
    except AnonymizerError as error:
        return False, error
    except OSError as error:
        return False, ServerError(f"keeping digests: {error.strerror}; make room and run it again")
    except Exception as error:  # noqa: BLE001 (whatever it is, its text may hold a value: only its place is told)
        return False, AnonymizerError(processes.place_of(error))
