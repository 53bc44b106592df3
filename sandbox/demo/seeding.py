"""Fill production with the shop: collections, documents and indexes.

As a command, for a sandbox that runs:

    python -m sandbox.demo.seeding --sandbox sandbox
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel, MongoClient, WriteConcern

from sandbox.client import Sandbox
from sandbox.demo.databases import connect_production
from sandbox.demo.shop import DATABASE, Shop

SESSION_LIFETIME_SECONDS = 30 * 24 * 3600
_BATCH = 2_000

INDEXES = {
    "customers": [
        IndexModel([("email", ASCENDING)], name="email_unique", unique=True),
        IndexModel([("preferences.language", ASCENDING), ("created_at", DESCENDING)], name="language_created"),
    ],
    "orders": [
        IndexModel([("number", ASCENDING)], name="number_unique", unique=True),
        IndexModel([("customer_email", ASCENDING)], name="customer_email"),
        IndexModel([("placed_at", ASCENDING)], name="open_orders", partialFilterExpression={"status": "open"}),
    ],
    "tickets": [
        IndexModel([("subject", TEXT)], name="subject_text"),
        IndexModel([("customer_email", ASCENDING), ("status", ASCENDING)], name="customer_status"),
    ],
    "sessions": [IndexModel([("started_at", ASCENDING)], name="lifetime", expireAfterSeconds=SESSION_LIFETIME_SECONDS)],
    "products": [IndexModel([("tags", ASCENDING)], name="tags")],
    "audit_log": [IndexModel([("at", DESCENDING)], name="at")],
}


def fill_production(client: MongoClient[dict[str, Any]], shop: Shop) -> dict[str, int]:
    """Make the shop's collections anew, fill them, and build their indexes, which is faster after than before.

    Args:
        client: logged in at production's primary, as one who may write.
        shop: where the documents come from.

    Returns:
        Documents written, by collection; the majority has all of them.
    """
    client.drop_database(DATABASE)
    database = client.get_database(DATABASE, write_concern=WriteConcern(w=1))
    written = {}
    for name, documents in shop.collections().items():
        written[name] = sum(_insert(database[name], batch) for batch in _batches(documents))
        database[name].create_indexes(INDEXES[name])
    settled = client.get_database(DATABASE, write_concern=WriteConcern(w="majority", wtimeout=60_000))
    settled["audit_log"].insert_one({**shop.audit(), "action": "filled the shop"})
    return {**written, "audit_log": written["audit_log"] + 1}


def _insert(collection: Any, documents: list[dict[str, Any]]) -> int:
    return len(collection.insert_many(documents, ordered=False).inserted_ids)


def _batches(documents: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(documents)
    while batch := list(islice(source, _BATCH)):
        yield batch


def main() -> None:
    """Fill the production of a running sandbox."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo.seeding", description="Fill production with a shop.")
    parser.add_argument("--sandbox", default="sandbox", help="name of the running sandbox (default: sandbox)")
    world = Sandbox.connect(parser.parse_args().sandbox)
    with connect_production(world) as production:
        for name, count in fill_production(production, Shop()).items():
            print(f"{count:8,} {name}")


if __name__ == "__main__":
    main()
