"""A compressed dump as it is written: hashed on the way, in a thread of its own, and renamed when it is whole."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import zlib
from pathlib import Path
from types import TracebackType

from dumps.errors import ServerError

_WAITING = 8
_PARTS = 1 << 20
GZIP = 31  # zlib's word for a gzip header and trailer; the header has no name and no time, so that results repeat
PART = ".part"


class Output:
    """Writes a gzip file beside its place, and puts it there at the end.

    Args:
        path: Its place.
        level: Of compression, 1 to 9.

    Attributes:
        sha256, bytes: Of the compressed file, after `finish`.
        sql_sha256, sql_bytes: Of what it holds, after `finish`.
    """

    def __init__(self, path: Path, level: int = 1) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}{PART}")
        self._file = self._part.open("wb")
        self._packer = zlib.compressobj(level, zlib.DEFLATED, GZIP)
        self._packed, self._plain = hashlib.sha256(), hashlib.sha256()
        self.bytes = self.sql_bytes = 0
        self.sha256 = self.sql_sha256 = ""
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._queue: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Take a part.

        Raises:
            ServerError: The disk is full, or fails.
        """
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= _PARTS:
            self._pass_on()

    def finish(self) -> None:
        """Put the file in its place.

        Raises:
            ServerError: The disk is full, or fails.
        """
        self._pass_on()
        self._end()
        self._say_failure()
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
        except OSError as error:
            raise _disk(self._path, error) from None
        self.sha256, self.sql_sha256 = self._packed.hexdigest(), self._plain.hexdigest()

    def __enter__(self) -> Output:  # noqa: PYI034 (typing.Self is not in Python 3.10)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        """Remove what was not finished."""
        self._end()
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _pass_on(self) -> None:
        self._say_failure()
        self._queue.put(b"".join(self._held))
        self._held, self._held_bytes = [], 0

    def _end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _say_failure(self) -> None:
        if self._failed:
            raise _disk(self._path, self._failed) from None

    def _work(self) -> None:
        while (data := self._queue.get()) is not None:
            if not self._failed:
                self._plain.update(data)
                self.sql_bytes += len(data)
                self._save(self._packer.compress(data))
        if not self._failed:
            self._save(self._packer.flush())

    def _save(self, data: bytes) -> None:
        self._packed.update(data)
        self.bytes += len(data)
        try:
            self._file.write(data)
        except OSError as error:
            self._failed = error


def _disk(path: Path, error: OSError) -> ServerError:
    return ServerError(f"writing {path}: {error.strerror}; make room or take another folder, then run it again")
