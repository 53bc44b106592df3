"""A shop's database as production would hold it: people, orders, tickets, sessions, goods and a log.

The same seed and time give the same documents. Values are drawn from tables, as a hundred thousand documents are to be
there within seconds; `countries.yaml` says where they come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from bson.int64 import Int64
from bson.objectid import ObjectId
from pymongo import ASCENDING
from pymongo.database import Database

from sandbox.demo.goods import cents, draw_products, money
from sandbox.demo.people import People, Person, card_number, person_of, pick
from sandbox.demo.talk import AGENTS, ANSWERS, QUESTIONS, SUBJECTS, THANKS

DATABASE = "shop"
_NUMBER_LETTERS = 7
_DAY_SECONDS = 24 * 3600
_STATUSES = ("delivered", "delivered", "delivered", "shipped", "open", "returned")
_BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
)


@dataclass(frozen=True)
class Sizes:
    """How many documents of each collection to make; a hundred thousand and more in all."""

    customers: int = 3_000
    orders: int = 6_000
    tickets: int = 2_000
    sessions: int = 61_000
    products: int = 1_500
    audit_log: int = 27_000

    @property
    def total(self) -> int:
        """How many documents the shop begins with."""
        return self.customers + self.orders + self.tickets + self.sessions + self.products + self.audit_log


class Shop:
    """Draws the shop's documents, collection by collection."""

    def __init__(
        self,
        seed: int | None = 7,
        sizes: Sizes | None = None,
        now: datetime | None = None,
        known: tuple[dict[ObjectId, Person], list[dict[str, Any]]] | None = None,
    ) -> None:
        """Draw the customers and the goods that everything else refers to.

        Args:
            seed: where the random numbers begin; None: somewhere else each time.
            sizes: documents a collection.
            now: the newest time in the data, aware, UTC; sessions older than their lifetime would vanish at once.
            known: customers and products that are there already, instead of drawing new ones.
        """
        self._rng = Random(seed)  # noqa: S311 - the same shop each time, no secret
        self._sizes = sizes or Sizes()
        self._now = (now or datetime.now(timezone.utc)).replace(microsecond=0)
        self._draw = People(self._rng)
        customers, self.products = known or self._newcomers()
        self.people, self.customer_ids = list(customers.values()), list(customers)
        self._cents = [cents(product["price"]) for product in self.products]

    @classmethod
    def of_database(cls, database: Database[dict[str, Any]], skip: int, customers: int, products: int) -> Shop:
        """Go on from customers and products that are in a database: `skip` and `customers` say which ones by `_id`."""
        rows = database["customers"].find().sort("_id", ASCENDING).skip(skip).limit(customers)
        goods = list(database["products"].find().sort("_id", ASCENDING).limit(products))
        return cls(seed=None, known=({row["_id"]: person_of(row) for row in rows}, goods))

    def address(self) -> dict[str, str]:
        """Draw an address to move to."""
        return self._draw.address()

    def _newcomers(self) -> tuple[dict[ObjectId, Person], list[dict[str, Any]]]:
        people = {self._object_id(): self._draw.person() for _ in range(self._sizes.customers)}
        return people, draw_products(self._rng, self._sizes.products)

    def collections(self) -> dict[str, Iterable[dict[str, Any]]]:
        """Name every collection with its documents, which are drawn as they are asked for, in this order."""
        sizes = self._sizes
        return {
            "customers": (self._customer(n) for n in range(sizes.customers)),
            "orders": (self.order(n + 1) for n in range(sizes.orders)),
            "tickets": (self.ticket() for _ in range(sizes.tickets)),
            "sessions": (self.session() for _ in range(sizes.sessions)),
            "products": self.products,
            "audit_log": (self.audit() for _ in range(sizes.audit_log)),
        }

    def _customer(self, position: int) -> dict[str, Any]:
        rng, person = self._rng, self.people[position]
        addresses = [{"label": "home", **person.address}]
        if pick(rng, (True, False, False)):
            addresses.append({"label": "work", **self._draw.address()})
        return {
            "_id": self.customer_ids[position],
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "birth_date": person.birth_date,
            "addresses": addresses,
            "payment": {"cards": {self._token(6): self._card(person) for _ in range(pick(rng, (0, 1, 1, 1, 2)))}},
            "preferences": {"newsletter": pick(rng, (True, False)), "language": person.language},
            "loyalty_points": int(rng.random() * 5_000),
            "created_at": self._time(1_500),
        }

    def _card(self, person: Person) -> dict[str, str]:
        rng = self._rng
        expires = f"{1 + int(rng.random() * 12):02d}/{27 + int(rng.random() * 5)}"
        return {"number": card_number(rng), "holder": person.name.upper(), "expires": expires}

    def order(self, order_id: int) -> dict[str, Any]:
        """Draw one order of some customer.

        Args:
            order_id: its `_id`, which nobody else uses; the order's number follows from it.
        """
        rng = self._rng
        buyer = int(rng.random() * len(self.people))
        person = self.people[buyer]
        items, total = [], 0
        for _ in range(1 + int(rng.random() * 4)):
            which, quantity = int(rng.random() * len(self.products)), pick(rng, (1, 1, 1, 2, 3))
            product = self.products[which]
            total += quantity * self._cents[which]
            items.append(
                {"sku": product["_id"], "title": product["title"], "quantity": quantity, "price": product["price"]}
            )
        address = person.address
        return {
            "_id": Int64(order_id),
            "number": _order_number(order_id),
            "customer_id": self.customer_ids[buyer],
            "customer_email": person.email,
            "placed_at": self._time(700),
            "status": pick(rng, _STATUSES),
            "items": items,
            "shipping": {
                "name": person.name,
                "street": address["street"],
                "city": address["city"],
                "postcode": address["postcode"],
                "phone": person.phone,
            },
            "total": money(total),
        }

    def ticket(self) -> dict[str, Any]:
        """Draw one ticket with what was written so far."""
        rng, person = self._rng, pick(self._rng, self.people)
        title, agent = pick(rng, self.products)["title"], pick(rng, AGENTS)
        opened_at = self._time(500)
        turns = [("customer", person.name, QUESTIONS), ("agent", agent, ANSWERS), ("customer", person.name, THANKS)]
        words = {"title": title, "name": person.name, "given": person.name.split()[0], "email": person.email}
        words |= {"phone": person.phone, **person.address}
        return {
            "_id": self._object_id(),
            "customer_email": person.email,
            "subject": pick(rng, SUBJECTS).format(title=title),
            "messages": [
                {
                    "author": author,
                    "author_name": name,
                    "body": pick(rng, texts).format_map(words),
                    "sent_at": opened_at + timedelta(hours=7 * turn),
                }
                for turn, (author, name, texts) in enumerate(turns[: 1 + int(rng.random() * 3)])
            ],
            "status": pick(rng, ("open", "waiting", "solved", "solved")),
            "priority": pick(rng, ("low", "normal", "normal", "high")),
        }

    def session(self) -> dict[str, Any]:
        """Draw one session, younger than its lifetime."""
        rng = self._rng
        return {
            "_id": self._token(20),
            "customer_id": pick(rng, self.customer_ids),
            "ip": self._address(),
            "user_agent": pick(rng, _BROWSERS),
            "started_at": self._time(25),
        }

    def audit(self) -> dict[str, Any]:
        """Draw one line of the log: somebody at the desk did something to a customer."""
        rng, person = self._rng, pick(self._rng, self.people)
        return {
            "_id": self._object_id(),
            "at": self._time(90),
            "actor": pick(rng, AGENTS),
            "action": pick(rng, ("viewed", "changed the address of", "refunded", "exported")),
            "subject": person.email,
            "ip": self._address(),
        }

    def _time(self, days: int) -> datetime:
        return self._now - timedelta(seconds=int(self._rng.random() * days * _DAY_SECONDS))

    def _object_id(self) -> ObjectId:
        return ObjectId(self._rng.getrandbits(96).to_bytes(12, "big"))

    def _token(self, size_bytes: int) -> str:
        return f"{self._rng.getrandbits(8 * size_bytes):0{2 * size_bytes}x}"

    def _address(self) -> str:
        return ".".join(str(1 + int(self._rng.random() * 253)) for _ in range(4))


def _order_number(order_id: int) -> str:
    """Write an order's number as the shop prints it: letters, so that nothing takes it for a telephone number."""
    letters = ""
    while order_id or len(letters) < _NUMBER_LETTERS:
        order_id, rest = divmod(order_id, 20)
        letters = "BCDFGHJKLMNPQRSTVWXZ"[rest] + letters
    return f"SO-{letters[:3]}-{letters[3:]}"
