"""What worker processes and their parent share, without any lock: a killed process must not take one with it."""

from __future__ import annotations

import multiprocessing

from anonymizer.errors import Interrupted

CONTEXT = multiprocessing.get_context("spawn")
MOST_WORKERS = 1024
_STOP, _CLOSED = 0, 1


class Shared:
    """What workers and their parent share: documents done, whether to stop, whether writing has been closed."""

    def __init__(self) -> None:
        self._done = CONTEXT.RawArray("q", MOST_WORKERS)
        self._flags = CONTEXT.RawArray("b", 2)
        self._place = 0

    def advance(self, documents: int) -> None:
        """Count documents.

        Raises:
            Interrupted: The parent wants to stop.
        """
        self._done[self._place] += documents
        if self._flags[_STOP]:
            raise Interrupted("stopped")

    @property
    def documents(self) -> int:
        """Documents done by all workers."""
        return sum(self._done)

    def stop(self) -> None:
        """Let workers stop at their next batch."""
        self._flags[_STOP] = 1

    def close(self) -> None:
        """Let no worker write any more; they go on reading."""
        self._flags[_CLOSED] = 1

    @property
    def closed(self) -> bool:
        """Whether nothing may be written any more."""
        return bool(self._flags[_CLOSED])

    def again(self) -> Shared:
        """Give one like it for what comes after processes that have been stopped."""
        new = Shared()
        new.advance(self.documents)
        if self.closed:
            new.close()
        return new

    def take_place(self, place: int) -> None:
        """Count at a place of one's own from now on."""
        self._place = place

    def counted(self, place: int) -> int:
        """Give what was counted at a place."""
        return int(self._done[place])

    def forget(self, place: int, before: int) -> None:
        """Set back what a dead worker counted for a task that will be done again."""
        self._done[place] = before
