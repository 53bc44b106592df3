"""Watches the room that the candidate's disk has left, so that a run stops before the server dies of it."""

from __future__ import annotations

import time

from pymongo.errors import PyMongoError

from anonymizer import mongo
from anonymizer.errors import ServerError
from anonymizer.mongo import Client

_EVERY_SECONDS = 1.0
_LEAST_BYTES = 96 << 20  # room for the server's journal and for what is on its way


class DiskWatch:
    """Looks every now and then."""

    def __init__(self, target: Client, least_bytes: int = _LEAST_BYTES) -> None:
        self._target, self._least_bytes = target, least_bytes
        self._looked_at = 0.0

    def look(self) -> None:
        """Look, if it is time.

        Raises:
            ServerError: The disk is nearly full.
        """
        if time.monotonic() - self._looked_at < _EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        try:
            free = mongo.free_bytes(self._target)
        except PyMongoError:  # whoever writes will notice, and say what it was about
            return
        if free is not None and free < self._least_bytes:
            raise ServerError(
                f"the candidate's disk is nearly full: {free >> 20} MiB are left, less than {self._least_bytes >> 20} "
                "MiB; make it larger and run the same command again: it goes on where it was"
            )
