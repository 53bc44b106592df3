"""What the demonstration shows of a refreshed staging: that it is complete, and that the people in it are others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

from sandbox.demo.record import Write, acknowledged_until, missing_writes
from sandbox.demo.show import side_by_side
from sandbox.demo.terminal import DemoError

Document = dict[str, Any]
Shop = Database[Document]
_RESERVED = re.compile(r"@([a-z0-9-]+\.)*(example\.(com|net|org)|[a-z0-9-]+\.(test|example|invalid))$")
_SAMPLE = 2_000
_COLLECTIONS = {"customers": "email", "orders": "customer_email", "tickets": "customer_email"}


def completeness(writes: list[Write], commit_point: tuple[int, int], staging: Shop) -> tuple[int, list[Write]]:
    """Look for every write that production's majority had acknowledged by the refresh's commit point.

    Returns:
        How many such writes there are, and those that staging does not have.
    """
    return len(acknowledged_until(writes, commit_point)), missing_writes(writes, commit_point, staging)


def leaked_addresses(production: Shop, staging: Shop) -> Iterator[str]:
    """Name each collection of staging that holds an e-mail address of production, or any that could be delivered to.

    Yields:
        A sentence for each such collection, with a count and no address.
    """
    sample = [row["email"] for row in production["customers"].aggregate([{"$sample": {"size": _SAMPLE}}])]
    for name, field in _COLLECTIONS.items():
        known = staging[name].count_documents({field: {"$in": sample}})
        if known:
            yield f"{name}: {known} documents hold an e-mail address of production"
        real = sum(1 for address in staging[name].distinct(field) if not _RESERVED.search(address))
        if real:
            yield f"{name}: {real} e-mail addresses are not of a reserved domain"


def still_joined(staging: Shop) -> tuple[int, int]:
    """Count staging's orders whose e-mail address is one of staging's customers, and all of its orders."""
    customers = staging["customers"].distinct("email")
    return staging["orders"].count_documents({"customer_email": {"$in": customers}}), staging["orders"].count_documents(
        {}
    )


def same_documents(production: Shop, staging: Shop) -> Iterator[tuple[str, list[str]]]:
    """Set a customer, one of their orders and one of their tickets beside the same documents of staging.

    Yields:
        A title and lines; all of the customer, and of the others what differs.
    """
    customer, order, ticket = _of_one_customer(production, staging)
    yield f"a customer, {customer['_id']}", side_by_side(customer, _copy(staging, "customers", customer))
    for title, name, original in (("an order", "orders", order), ("a ticket", "tickets", ticket)):
        lines = side_by_side(original, _copy(staging, name, original), only_changed=True)
        yield f"{title} of theirs, {original['_id']}: what differs", lines


def _of_one_customer(production: Shop, staging: Shop) -> tuple[Document, Document, Document]:
    """Choose documents that were there before the refresh: staging has all three."""
    # Writers leave the customers with the highest ids alone.
    for customer in production["customers"].find({"payment.cards": {"$ne": {}}}).sort("_id", DESCENDING).limit(_SAMPLE):
        theirs = {"customer_email": customer["email"]}
        order = production["orders"].find_one(theirs)
        ticket = production["tickets"].find_one({**theirs, "messages.1": {"$exists": True}})
        if order and ticket and _copy(staging, "orders", order) and _copy(staging, "tickets", ticket):
            return customer, order, ticket
    raise DemoError("no customer of production with a card has an order and a ticket that staging has too")


def _copy(staging: Shop, name: str, original: Document) -> Document:
    return staging[name].find_one(original["_id"]) or {}
