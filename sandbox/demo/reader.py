"""A client of staging that reads again and again and notes every time it was not served.

A cutover stops one server and starts another: what this measures is how long staging's users notice that.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from sandbox.demo.shop import DATABASE

Watching = TypeVar("Watching", bound="Watch")
Client = MongoClient[dict[str, Any]]
# A read that is not answered within this time counts as missed; the driver's own retries would hide it.
CLIENT_OPTIONS: dict[str, Any] = {
    "retryReads": False,
    "serverSelectionTimeoutMS": 300,
    "connectTimeoutMS": 300,
    "socketTimeoutMS": 1_000,
}


@dataclass(frozen=True)
class Service:
    """How well staging was served while the reader ran.

    Attributes:
        reads: how many reads were answered.
        missed: how many were not.
        longest_gap_seconds: the longest time from one answered read to the next.
    """

    reads: int
    missed: int
    longest_gap_seconds: float


class Watch(ABC):
    """A thread that reads again and again and notes when it was answered."""

    def __init__(self) -> None:
        """Prepare to read; nothing is asked yet."""
        self._stopping = threading.Event()
        self._answered: list[float] = []
        self._missed = 0
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self: Watching) -> Watching:  # noqa: PYI019 - typing.Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Service:
        """Stop reading and say how it went."""
        self._stopping.set()
        self._thread.join(timeout=30)
        return service_of(self._answered, self._missed)

    @abstractmethod
    def _read(self) -> None:
        """Read until `_stopping` is set; note what was answered and what was missed."""


class Reader(Watch):
    """A thread that reads a document of staging every tenth of a second, or as often as asked for.

    Attributes:
        processes: the ids of the server processes that answered, in order; a restart makes a new one.
    """

    def __init__(self, connect: Callable[[], Client], interval_seconds: float = 0.1) -> None:
        """Prepare the reader.

        Args:
            connect: makes a client with `CLIENT_OPTIONS`, over TLS and logged in, as staging's users are.
            interval_seconds: time from the beginning of one read to the next.
        """
        super().__init__()
        self.processes: list[Any] = []
        self._connect = connect
        self._interval_seconds = interval_seconds

    def _read(self) -> None:
        with self._connect() as client:
            customers = client[DATABASE]["customers"]
            due = time.monotonic()
            while not self._stopping.wait(max(0.0, due - time.monotonic())):
                due = max(due + self._interval_seconds, time.monotonic())
                try:
                    customers.find_one({}, {"_id": 1})
                    self._answered.append(time.time())
                    self._note_process(client)
                except PyMongoError:
                    self._missed += 1

    def _note_process(self, client: Client) -> None:
        for server in client.topology_description.server_descriptions().values():
            process = (server.topology_version or {}).get("processId")
            if process and process not in self.processes:
                self.processes.append(process)


def service_of(answered: list[float], missed: int) -> Service:
    """Find the longest gap between answers given at these times, seconds, oldest first."""
    longest = max((later - earlier for earlier, later in pairwise(answered)), default=0.0)
    return Service(reads=len(answered), missed=missed, longest_gap_seconds=longest)
