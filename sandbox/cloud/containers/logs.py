"""The awslogs driver: what a container prints goes to CloudWatch Logs, line by line, while it runs."""

import threading
import time
from collections.abc import Mapping
from typing import IO, Any

from moto.logs.models import logs_backends

LINE_CHARACTERS = 16_384  # of a container's line; a longer one is split, as Fargate does


class NoLogGroup(Exception):
    """The log group is not there."""


class LogStream:
    """Carries a container's output to its log stream.

    Args:
        account_id: The account.
        options: The log configuration's options; empty: nothing is kept.
        stream_name: `<prefix>/<container>/<task id>`.

    Raises:
        NoLogGroup: There is no such group, and none is to be made.
    """

    def __init__(self, account_id: str, options: Mapping[str, str], stream_name: str) -> None:
        self._group, self._name = options.get("awslogs-group", ""), stream_name
        self._backend: Any = None
        self._thread: threading.Thread | None = None
        if not options:
            return
        self._backend = logs_backends[account_id][options["awslogs-region"]]
        if self._group not in self._backend.groups:
            if str(options.get("awslogs-create-group", "")).lower() != "true":
                raise NoLogGroup(f"the log group {self._group} does not exist.")
            self._backend.create_log_group(self._group, {})
        self._backend.create_log_stream(self._group, stream_name)

    def carry(self, output: IO[bytes] | None) -> None:
        """Begin to carry an output, in a thread of its own."""
        self._thread = threading.Thread(target=self._carry, args=(output,), daemon=True)
        self._thread.start()

    def finish(self, patience_seconds: float) -> None:
        """Wait until all is carried; a child that holds the output open is not waited for longer than this."""
        if self._thread:
            self._thread.join(patience_seconds)

    def _carry(self, output: IO[bytes] | None) -> None:
        if output is None:
            return
        with output:
            for line in output:
                self._put(line.decode(errors="replace").rstrip("\r\n"))

    def _put(self, line: str) -> None:
        if self._backend is None or not line:
            return
        now = int(time.time() * 1000)
        parts = [line[begin : begin + LINE_CHARACTERS] for begin in range(0, len(line), LINE_CHARACTERS)]
        events = [{"timestamp": now, "message": part} for part in parts]
        self._backend.put_log_events(self._group, self._name, events)
