"""An end for orphans: Pulumi's plugin works on when the CLI above it is killed, and a second run would meet it.

Measured: the plugin's standard input hangs up at once when the CLI dies, and never before.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

EXIT_STATUS = 75  # EX_TEMPFAIL: the next run goes on from here


def watch(descriptor: int = 0, end: Callable[[int], None] = os._exit) -> threading.Thread:
    """End this process as soon as the other end of its standard input is gone.

    Args:
        descriptor: What to watch.
        end: Ends the process; not by an exception, since this is a thread of its own.

    Returns:
        The watching thread.
    """
    poll = select.poll()
    poll.register(descriptor, 0)  # hang-ups and errors are always told

    def wait() -> None:
        while True:
            events = [event for _, event in poll.poll()]
            if any(event & select.POLLNVAL for event in events):
                return  # there is no standard input: nobody to follow
            if any(event & (select.POLLHUP | select.POLLERR) for event in events):
                end(EXIT_STATUS)
                return

    thread = threading.Thread(target=wait, name="orphan-watch", daemon=True)
    thread.start()
    return thread
