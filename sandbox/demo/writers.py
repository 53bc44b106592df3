"""Writers that keep changing production and record what the majority acknowledged.

Run as a command, they write until ended by Ctrl-C or SIGTERM:

    python -m sandbox.demo.writers --sandbox demo --record writes.jsonl
"""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from pymongo import DESCENDING, MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.record import Write
from sandbox.demo.shop import DATABASE, Shop
from sandbox.demo.terminal import DemoError

Client = MongoClient[dict[str, Any]]
_MAJORITY = WriteConcern(w="majority", wtimeout=30_000)
_CUSTOMERS_A_WRITER = 200
_PRODUCTS = 50
_KINDS = 6
_CLOSE_EVERY = 10
# After a failed write, as in an election: a tight loop of errors would help nobody.
_REST_SECONDS = 0.5


class Writers:
    """Threads that write to production until they are told to stop.

    A write that fails, as in an election, is counted and not recorded: nothing was promised for it.
    """

    def __init__(
        self, connect: Callable[[], Client], record: Path, threads: int = 3, pause_seconds: float = 0.02
    ) -> None:
        """Prepare the writers.

        Args:
            connect: makes a client logged in at production's primary; called once a thread.
            record: file that acknowledged writes are added to, one a line.
            threads: how many write at once.
            pause_seconds: rest after each write, so that a small machine has time for other work.
        """
        self.failed = 0
        self._connect = connect
        self._record = record
        self._count = threads
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._file: TextIO

    def __enter__(self) -> Writers:  # noqa: PYI034 - typing.Self needs Python 3.11
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to write."""
        self._record.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as client:
            last_order = client[DATABASE]["orders"].find_one({}, {"_id": 1}, sort=[("_id", DESCENDING)])
        first_id = int(last_order["_id"]) + 1 if last_order else 1
        self._file = self._record.open("a", encoding="utf-8", buffering=1)
        for number in range(self._count):
            order_ids = count(first_id + number, self._count)
            self._threads.append(threading.Thread(target=self._work, args=(number, order_ids), daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """Let every thread finish its write, then close the record."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=60)
        self._file.close()

    def ask_to_stop(self, *_: object) -> None:
        """Call for the end; fit to be a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Wait until somebody calls for the end."""
        self._stopping.wait()

    def _work(self, number: int, order_ids: count[int]) -> None:
        while not self._stopping.is_set():
            try:
                # After an election the primary is another one: begin by looking for it.
                with self._connect() as client:
                    self._write_on(_Hand(client, number, order_ids, self._note))
            except (PyMongoError, DemoError):
                self.failed += 1
                self._stopping.wait(_REST_SECONDS)

    def _write_on(self, hand: _Hand) -> None:
        while not self._stopping.is_set():
            self._note(hand.write())
            self._stopping.wait(self._pause_seconds)

    def _note(self, write: Write) -> None:
        with self._lock:
            self._file.write(write.line())


class _Hand:
    """What one thread writes: nobody else changes its customers, its product and its tickets."""

    def __init__(self, client: Client, number: int, order_ids: count[int], note: Callable[[Write], None]) -> None:
        self._client = client
        self._note = note
        self._database = client.get_database(DATABASE, write_concern=_MAJORITY)
        self._order_ids = order_ids
        self._shop = Shop.of_database(self._database, number * _CUSTOMERS_A_WRITER, _CUSTOMERS_A_WRITER, _PRODUCTS)
        self._turn = 0
        self._tickets: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._sku = sorted(product["_id"] for product in self._shop.products)[number]

    def write(self) -> Write:
        """Do one write, of another kind each turn, and say what was acknowledged."""
        kinds = (self._order, self._restock, self._order, self._open_ticket, self._reward, self._close_ticket)
        self._turn += 1
        with self._client.start_session() as session:
            written = kinds[self._turn % _KINDS](session)
            moment = session.operation_time
        if moment is None:
            raise RuntimeError("the server answered without an operation time: it is no member of a replica set")
        return Write(at=time.time(), operation_time=(moment.time, moment.inc), **written)

    def _order(self, session: ClientSession) -> dict[str, Any]:
        return self._insert("orders", self._shop.order(next(self._order_ids)), session)

    def _open_ticket(self, session: ClientSession) -> dict[str, Any]:
        ticket = self._shop.ticket()
        self._tickets.append(ticket["_id"])
        return self._insert("tickets", ticket, session)

    def _close_ticket(self, session: ClientSession) -> dict[str, Any]:
        """Delete a ticket of this thread's own, in one of its turns of ten; restock in the others."""
        if self._turn // _KINDS % _CLOSE_EVERY or not self._tickets:
            return self._restock(session)
        ticket_id = self._tickets.pop(0)
        # Written down before it is done: were the answer lost, nobody could tell whether the ticket should be there.
        self._note(Write(time.time(), (0, 0), "tickets", ticket_id, "doubt"))
        self._database["tickets"].delete_one({"_id": ticket_id}, session=session)
        return {"collection": "tickets", "id": ticket_id, "kind": "delete"}

    def _restock(self, session: ClientSession) -> dict[str, Any]:
        return self._raise("products", self._sku, "stock", {}, session)

    def _reward(self, session: ClientSession) -> dict[str, Any]:
        """Give a customer points, and a new address with them."""
        customer_id = self._shop.customer_ids[self._turn // _KINDS % len(self._shop.customer_ids)]
        moved = {"addresses.0": {"label": "home", **self._shop.address()}}
        return self._raise("customers", customer_id, "loyalty_points", moved, session)

    def _insert(self, name: str, document: dict[str, Any], session: ClientSession) -> dict[str, Any]:
        self._database[name].insert_one(document, session=session)
        return {"collection": name, "id": document["_id"], "kind": "insert"}

    def _raise(
        self, name: str, document_id: Any, field: str, others: dict[str, Any], session: ClientSession
    ) -> dict[str, Any]:
        """Raise a number by one; what it was is asked once, as nobody else changes it."""
        if document_id not in self._numbers:
            row = self._database[name].find_one({"_id": document_id}, {field: 1}) or {}
            self._numbers[document_id] = int(row[field])
        value = self._numbers[document_id] + 1
        self._database[name].update_one({"_id": document_id}, {"$set": {field: value, **others}}, session=session)
        self._numbers[document_id] = value
        return {"collection": name, "id": document_id, "kind": "raise", "field": field, "value": value}


def main() -> None:
    """Write to a sandbox's production until ended."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo.writers", description="Keep changing production.")
    parser.add_argument("--sandbox", default="sandbox", help="name of the running sandbox")
    parser.add_argument("--record", type=Path, required=True, help="file for the acknowledged writes")
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--pause-seconds", type=float, default=0.02)
    given = parser.parse_args()
    writers = Writers(
        lambda: connect_production(Sandbox.connect(given.sandbox)), given.record, given.threads, given.pause_seconds
    )
    signal.signal(signal.SIGTERM, writers.ask_to_stop)
    signal.signal(signal.SIGINT, writers.ask_to_stop)
    with writers:
        writers.wait()


if __name__ == "__main__":
    main()
