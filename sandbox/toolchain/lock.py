"""Keeps two set-ups of one checkout from working at once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.toolchain.console import say
from sandbox.toolchain.layout import Layout


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the checkout's set-up lock; wait for another set-up to end first.

    The lock belongs to this process and to the programs that it starts, so that a killed set-up's pip, npm or go has
    ended before the next set-up begins.
    """
    layout.cache.mkdir(parents=True, exist_ok=True)
    lock = os.open(layout.cache / "setup.lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
            say("set-up", f"waiting for another set-up of this checkout to end (process {holder or 'unknown'})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        os.set_inheritable(lock, True)
        yield
    finally:
        os.close(lock)
