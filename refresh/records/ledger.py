"""What a refresh has done: `ledger/<refresh_id>.json` in the reports bucket, written before and after each step.

Every write is conditional on the one before it and carries the fencing number of the lease, so that a process that lost
its lease cannot write over its successor.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from refresh.aws import ObjectPort
from refresh.errors import LeaseError, LedgerError
from refresh.poller import Clock
from refresh.records import runs
from refresh.records.ledgers import PREFIX, RUNNING, key_of, parsed


class Ledger:
    """The record of one refresh; what it says was written before what it tells of counts as done."""

    def __init__(
        self,
        objects: ObjectPort,
        bucket: str,
        clock: Clock,
        *,
        key: str,
        values: dict[str, Any],
        etag: str | None,
    ) -> None:
        """Use `Ledger.open`."""
        self._objects = objects
        self._bucket = bucket
        self._key = key
        self._clock = clock
        self._values = values
        self._etag = etag

    @classmethod
    def open(
        cls,
        objects: ObjectPort,
        bucket: str,
        clock: Clock,
        *,
        refresh_id: str,
        fencing: int,
        about: Mapping[str, Any],
        prefix: str = PREFIX,
    ) -> Ledger:
        """Open the ledger of a refresh under a lease, or start it.

        Args:
            objects: The bucket's port.
            bucket: The reports bucket.
            clock: The time.
            refresh_id: Whose ledger.
            fencing: The lease's fencing number.
            about: What it says of the request, such as trigger and space; `ran_by` is kept for each process that
                worked on it.
            prefix: What the keys of its kind of refresh begin with.

        Returns:
            The ledger, with this fencing number written into it.

        Raises:
            LeaseError: A later lease has written it already.
            LedgerError: It cannot be read, or changed meanwhile.
        """
        key = key_of(refresh_id, prefix)
        stored = objects.get(bucket, key)
        values = parsed(stored.body, bucket, key, refresh_id) if stored else _blank(refresh_id, clock, 1)
        if int(values["fencing"]) > fencing:
            later = values["fencing"]
            raise LeaseError(
                f"refresh {refresh_id} stopped: another process took it over (fencing {later} over {fencing})"
            )
        runs.interrupt(values.setdefault("runs", []), str(values.get("written_at", "")))
        values.update({name: each for name, each in about.items() if name != "ran_by"}, fencing=fencing)
        runs.note_runner(values.setdefault("runners", []), about.get("ran_by"), clock.now().isoformat())
        ledger = cls(objects, bucket, clock, key=key, values=values, etag=stored.etag if stored else None)
        ledger._write()
        return ledger

    @classmethod
    def unwritten(cls, objects: ObjectPort, bucket: str, clock: Clock, refresh_id: str) -> Ledger:
        """Return the ledger of a refresh that did nothing yet, for who only looks: nothing is read or written."""
        values = _blank(refresh_id, clock, 1)
        return cls(objects, bucket, clock, key=key_of(refresh_id), values=values, etag=None)

    @property
    def refresh_id(self) -> str:
        """Whose ledger it is."""
        return str(self._values["refresh_id"])

    @property
    def state(self) -> str:
        """running, finished or abandoned."""
        return str(self._values["state"])

    @property
    def attempt(self) -> int:
        """Counts from 1; a refresh that was abandoned, or whose volume is gone, starts the next."""
        return int(self._values["attempt"])

    @property
    def started_at(self) -> datetime:
        """When this attempt began: the same in every run of it, and another after the stack was made anew."""
        return datetime.fromisoformat(self._values["started_at"])

    @property
    def values(self) -> dict[str, Any]:
        """A copy of everything, for the report."""
        return copy.deepcopy(self._values)

    def facts(self, step: str) -> dict[str, Any]:
        """Return what a step has noted so far; empty when nothing."""
        return dict(self._values["steps"].get(step, {}).get("facts", {}))

    def is_done(self, step: str) -> bool:
        """Say whether a step has been recorded as done."""
        return bool(self._values["steps"].get(step, {}).get("done_at"))

    def begin(self, step: str) -> None:
        """Record that a step starts; what it noted before it was interrupted stays."""
        record = self._record(step)
        record.update(done_at="", started_at=self._now(), runs=int(record.get("runs", 0)) + 1)
        runs.begin(self._values["runs"], step, self.attempt, self._now())
        self._write()

    def note(self, step: str, **facts: Any) -> None:
        """Record facts of a step before it goes on."""
        self._record(step)["facts"].update(facts)
        self._write()

    def finish(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """Record that a step is done.

        Args:
            step: Its name.
            seconds: How long this run of it took; added to what earlier runs took.
            facts: What it found out or made.
        """
        record = self._record(step)
        record["facts"].update(facts)
        record["seconds"] = round(float(record.get("seconds", 0.0)) + seconds, 3)
        record["done_at"] = self._now()
        runs.end(self._values["runs"], step, runs.DONE, self._now())
        self._write()

    def interrupt(self, step: str, seconds: float, reason: str) -> None:
        """Record that a step failed, and why; the time counts."""
        record = self._record(step)
        record["seconds"] = round(float(record.get("seconds", 0.0)) + seconds, 3)
        record["failed"] = reason
        runs.end(self._values["runs"], step, runs.FAILED, self._now(), reason)
        self._write()

    def forget(self, *steps: str) -> None:
        """Take back the records of steps that have to be done again."""
        for step in steps:
            self._values["steps"].pop(step, None)
        self._write()

    def reopen(self, step: str, **facts: Any) -> None:
        """Take back that a step is done, and note why, in one write; what it noted before stays."""
        record = self._record(step)
        record["done_at"] = ""
        record["facts"].update(facts)
        self._write()

    def start_over(self) -> None:
        """Begin the next attempt: for a refresh that was abandoned, or whose volume is gone."""
        blank = _blank(self.refresh_id, self._clock, self.attempt + 1)
        self._values = {**self._values, **blank, "fencing": self._values["fencing"]}
        self._write()

    def close(self, state: str, **facts: Any) -> None:
        """Record how the refresh ended."""
        self._values.update(facts, state=state, finished_at=self._now())
        self._write()

    def _record(self, step: str) -> dict[str, Any]:
        record: dict[str, Any] = self._values["steps"].setdefault(step, {"facts": {}})
        return record

    def _now(self) -> str:
        return self._clock.now().isoformat()

    def _write(self) -> None:
        self._values["written_at"] = self._now()
        body = json.dumps(self._values, indent=1).encode()  # unsorted: steps stay in their order
        etag = self._objects.put(self._bucket, self._key, body, etag=self._etag, absent=self._etag is None)
        if etag is None:
            raise LedgerError(
                f"s3://{self._bucket}/{self._key} was written by somebody else while refresh {self.refresh_id} worked "
                "on it: this run stops. Run it again when nothing else works on this stack"
            )
        self._etag = etag


def _blank(refresh_id: str, clock: Clock, attempt: int) -> dict[str, Any]:
    return {
        "refresh_id": refresh_id,
        "state": RUNNING,
        "attempt": attempt,
        "fencing": 0,
        "started_at": clock.now().isoformat(),
        "finished_at": "",
        "steps": {},
    }
