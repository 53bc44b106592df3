"""What the operating system is asked about worker processes: to end with their parent, to stay in the background."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from types import FrameType

from anonymizer.errors import Interrupted

_PR_SET_PDEATHSIG = 1
_NICENESS = 5
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}  # no wrapper in libc: ioprio_set(2)
_IOPRIO_LOWEST_BEST_EFFORT = (2 << 13) | 7
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # mallopt(3)
_KEPT_BYTES = 32 << 20
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_asked: list[int] = []
_held: list[bool] = []


def settle(parent: int) -> None:
    """Make this process a worker: it dies with its parent, leaves Ctrl-C to it, and gives way to others."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(_NICENESS)
    if call := _IOPRIO_SET.get(platform.machine()):
        libc.syscall(call, 1, 0, _IOPRIO_LOWEST_BEST_EFFORT)  # best effort: a failure changes nothing


def keep_memory() -> None:
    """Let freed memory stay with this process, for the next batch.

    Buffers of a batch have a megabyte or more. Else the C library gives each back to the system and asks for it again,
    which clears it page by page: a seventh of the kernel's time for documents of 0.6 kB (measured: 2.8 µs, then 2.4).
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # of the GNU C library only
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_ARENA_MAX, 1)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold back the signals that ask to stop: a process started meanwhile cannot be hit before it is settled.

    The mask is for the new process, which inherits it. It does not keep a signal from this one, whose other threads
    (the driver's) take it, upon which Python interrupts the main thread: so the handler only takes note meanwhile.
    """
    resource_tracker.ensure_running()  # the first start would launch it, which lifts the mask (CPython's own code)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    _held.append(True)
    try:
        yield
    finally:
        _held.pop()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    refuse_if_asked()


def end_when_asked() -> None:
    """Let the signals that ask to stop raise `Interrupted` in this process, and be remembered.

    To be called before anything else: Python drops the `KeyboardInterrupt` of its own handler where a module's import
    lock is given back, as any error in a finaliser, and a run that was asked to stop would go on.
    """
    for number in _STOPPING:
        signal.signal(number, _interrupt)


def refuse_if_asked() -> None:
    """Raise what a signal asked for and did not get: Python drops an error that is raised in a finaliser.

    Raises:
        Interrupted: Somebody has asked this process to stop.
    """
    if _asked:
        name = signal.Signals(_asked[0]).name
        raise Interrupted(f"stopped by {name}; run the same command again, it goes on where it can")


def _interrupt(number: int, _: FrameType | None) -> None:
    _asked.append(number)
    if not _held:
        refuse_if_asked()


def place_of(error: BaseException) -> str:
    """Say what went wrong in the tool itself without the error's own text, which may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)
    steps = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-4:])
    return f"the tool failed with {type(error).__name__} at {steps}; this is a fault of the tool, please report it"
