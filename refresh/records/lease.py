"""One refresh at a time: `lease.json` in the reports bucket, taken, kept and given back by conditional writes.

Every taking raises the fencing number; the ledger refuses a writer with a lower one. A holder whose process is known to
be dead is replaced at once, any other when its heartbeat is too old by the bucket's clock.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

from refresh.aws import ObjectPort, Stored
from refresh.errors import LeaseError, LedgerError, RefreshError
from refresh.poller import Clock
from refresh.process import ProcessIdentity

KEY = "lease.json"
HEARTBEAT_SECONDS = 10.0
EXPIRY_SECONDS = 60.0
_ATTEMPTS = 5


@dataclass(frozen=True, kw_only=True)
class LeaseRecord:
    """What `lease.json` says; no holder when nobody works."""

    fencing: int
    refresh_id: str
    heartbeat_at: str
    holder: ProcessIdentity | None

    @classmethod
    def read(cls, stored: Stored, bucket: str, key: str = KEY) -> LeaseRecord:
        """Read a stored lease.

        Args:
            stored: The object.
            bucket: Where it lies, for the message.
            key: The same.

        Returns:
            The record.

        Raises:
            LedgerError: It is not a lease.
        """
        try:
            values: dict[str, Any] = json.loads(stored.body)
            holder = values["holder"]
            return cls(
                fencing=int(values["fencing"]),
                refresh_id=str(values["refresh_id"]),
                heartbeat_at=str(values["heartbeat_at"]),
                holder=ProcessIdentity.from_json(holder) if holder else None,
            )
        except (ValueError, KeyError, TypeError):
            raise LedgerError(
                f"s3://{bucket}/{key} is not a lease. When no refresh runs, remove it: aws s3 rm s3://{bucket}/{key}"
            ) from None

    def body(self) -> bytes:
        """Write the record."""
        holder = self.holder.as_json() if self.holder else None
        values = {
            "fencing": self.fencing,
            "refresh_id": self.refresh_id,
            "heartbeat_at": self.heartbeat_at,
            "holder": holder,
        }
        return json.dumps(values, indent=1, sort_keys=True).encode()

    def is_free(self, age_seconds: float) -> bool:
        """Say whether it may be taken: given back, its process dead, or its heartbeat too old."""
        return self.holder is None or self.holder.is_known_dead() or age_seconds > EXPIRY_SECONDS


class Lease:
    """The right to work on a space, held while the `with` block runs."""

    def __init__(
        self,
        objects: ObjectPort,
        bucket: str,
        refresh_id: str,
        clock: Clock,
        *,
        identity: ProcessIdentity | None = None,
        beats: bool = True,
        key: str = KEY,
    ) -> None:
        """Prepare to take the lease.

        Args:
            objects: The bucket's port.
            bucket: The reports bucket.
            refresh_id: What it is taken for, for others to read.
            clock: The time.
            identity: Who takes it; this process when left out.
            beats: Whether a thread of its own keeps it alive; else every `check` does when it is time.
            key: Which lease of the bucket.
        """
        self._objects = objects
        self._bucket = bucket
        self._refresh_id = refresh_id
        self._clock = clock
        self._identity = identity or ProcessIdentity.current()
        self._beats = beats
        self._key = key
        self._etag = ""
        self._renewed_at = 0.0
        self._lost = ""
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.fencing = 0

    def __enter__(self) -> Lease:  # noqa: PYI034 - typing.Self came with Python 3.11
        self.take()
        if self._beats:
            self._thread = threading.Thread(target=self._keep_alive, name="lease-heartbeat", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.give_back()

    def take(self) -> None:
        """Take the lease when it is free.

        Raises:
            LeaseError: Another process holds it.
        """
        for _ in range(_ATTEMPTS):
            stored = self._objects.get(self._bucket, self._key)
            former = LeaseRecord.read(stored, self._bucket, self._key) if stored else None
            if stored and former and not former.is_free(stored.age_seconds):
                raise LeaseError(_held_message(former, stored.age_seconds))
            fencing = (former.fencing if former else 0) + 1
            if self._write(fencing, stored.etag if stored else None, holder=self._identity):
                self.fencing = fencing
                return
        raise LeaseError(
            f"s3://{self._bucket}/{self._key} keeps changing: another refresh is starting. Try again later"
        )

    def check(self) -> None:
        """Make sure that the lease is still ours.

        Raises:
            LeaseError: It was taken over, or could not be renewed before it expired.
        """
        if not self._beats and self._clock.monotonic() - self._renewed_at > HEARTBEAT_SECONDS:
            self.beat()
        if not self._lost and self._clock.monotonic() - self._renewed_at > EXPIRY_SECONDS:
            self._lost = "its heartbeat could not be written in time"
        if self._lost:
            raise LeaseError(
                f"refresh {self._refresh_id} stopped: the lease s3://{self._bucket}/{self._key} was lost, "
                f"{self._lost}. When nothing else works on this stack any more, run it "
                "again: it goes on where this one stopped"
            )

    def beat(self) -> None:
        """Renew the lease; notice when it is somebody else's. An answer that does not come is tried again."""
        with self._lock:
            if self._lost:
                return
            try:
                renewed = self._write(self.fencing, self._etag, holder=self._identity)
            except RefreshError:
                return  # `check` counts the seconds since the last success
            if not renewed:
                self._lost = "another process has taken it over"

    def give_back(self) -> None:
        """Free the lease, keeping its fencing number; a lease that is not ours any more is left alone."""
        with self._lock:
            if self._lost or not self._etag:
                return
            try:
                self._write(self.fencing, self._etag, holder=None)
            except RefreshError:
                return  # the next one finds this process dead, or waits for the expiry
            self._lost = "it was given back"

    def _keep_alive(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            self.beat()

    def _write(self, fencing: int, etag: str | None, *, holder: ProcessIdentity | None) -> bool:
        asked_at = self._clock.monotonic()
        record = LeaseRecord(
            fencing=fencing,
            refresh_id=self._refresh_id,
            heartbeat_at=self._clock.now().isoformat(),
            holder=holder,
        )
        written = self._objects.put(self._bucket, self._key, record.body(), etag=etag, absent=etag is None)
        if written is None:
            return False
        self._etag = written
        self._renewed_at = asked_at
        return True


def holder_in(objects: ObjectPort, bucket: str) -> str:
    """Say who holds the lease, for the plan.

    Args:
        objects: The bucket's port.
        bucket: The reports bucket.

    Returns:
        A sentence, or an empty text when nobody does.
    """
    stored = objects.get(bucket, KEY)
    if stored is None:
        return ""
    record = LeaseRecord.read(stored, bucket)
    return "" if record.is_free(stored.age_seconds) else _held_message(record, stored.age_seconds)


def _held_message(record: LeaseRecord, age_seconds: float) -> str:
    holder = record.holder
    who = f"process {holder.pid} on {holder.host}" if holder else "nobody"
    return (
        f"another refresh is under way: {record.refresh_id} by {who}, last heartbeat {age_seconds:.0f} s ago. "
        f"Wait for it; if that process is gone, its lease ends {EXPIRY_SECONDS:.0f} s after its last heartbeat"
    )
