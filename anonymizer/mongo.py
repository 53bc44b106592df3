"""The little that is needed of MongoDB: a connection, what a server holds, and its errors without values in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, PyMongoError

from anonymizer.bsontypes import DECODE
from anonymizer.errors import ServerError
from anonymizer.rules import SYSTEM_DATABASES

Client = MongoClient[dict[str, Any]]
_WAIT_MILLISECONDS = 10_000


def connect(socket: str) -> Client:
    """Open a client for the mongod behind a unix socket; it connects when first used."""
    return MongoClient(
        f"mongodb://{quote_plus(socket)}/?directConnection=true",
        serverSelectionTimeoutMS=_WAIT_MILLISECONDS,
        datetime_conversion="DATETIME_AUTO",
    )


@contextmanager
def server_errors(what: str) -> Iterator[None]:
    """Turn a driver's error into one that names what was tried, its kind and its code: its text may hold values.

    Raises:
        ServerError: The driver raised anything.
    """
    try:
        yield
    except AutoReconnect:
        raise ServerError(
            f"{what}: the server cannot be reached; is its mongod running, and its socket the one given?"
        ) from None
    except PyMongoError as error:
        code = getattr(error, "code", None)
        details = getattr(error, "details", None) or {}
        name = details.get("codeName") or type(error).__name__
        raise ServerError(
            f"{what}: the server answered {name}{f' (code {code})' if code else ''}; see its log"
        ) from None


@dataclass(frozen=True)
class Collection:
    """A collection as a server lists it.

    Attributes:
        kind: `collection`, `view` or `timeseries`.
        options: As `create` takes them.
    """

    database: str
    name: str
    kind: str
    options: dict[str, Any]

    @property
    def namespace(self) -> str:
        """Database and collection as MongoDB writes them."""
        return f"{self.database}.{self.name}"

    @property
    def one_stream(self) -> bool:
        """Whether it is read in one go and in natural order: no `_id` index to cut by, or an order that must stay."""
        return self.kind == "timeseries" or bool({"capped", "clusteredIndex", "collation"} & self.options.keys())


def collections(client: Client) -> dict[str, Collection]:
    """Give all collections and views but MongoDB's own, by namespace."""
    found = {}
    for database in client.list_database_names():
        if database in SYSTEM_DATABASES:
            continue
        for row in client[database].list_collections():
            if not row["name"].startswith("system."):
                listed = Collection(database, row["name"], row.get("type", "collection"), dict(row.get("options", {})))
                found[listed.namespace] = listed
    return found


def indexes(client: Client, collection: Collection) -> list[dict[str, Any]]:
    """Give the specifications of all indexes but `_id_` and a clustered collection's own."""
    rows = client[collection.database].get_collection(collection.name, codec_options=DECODE).list_indexes()
    specs = [dict(row) for row in rows]
    return [
        {k: v for k, v in spec.items() if k != "ns"}
        for spec in specs
        if spec["name"] != "_id_" and not spec.get("clustered")
    ]


def refuse_unfit(client: Client) -> None:
    """Refuse sources that cannot be copied document by document without leaving something out.

    Raises:
        ServerError: The source is a member of a sharded cluster, or uses Queryable Encryption.
    """
    if client.admin["system.version"].find_one({"_id": "shardIdentity"}):
        raise ServerError(
            "the source belongs to a sharded cluster, of which one member is not the whole; those are not supported"
        )
    for listed in collections(client).values():
        if "encryptedFields" in listed.options or listed.name.startswith("enxcol_."):
            raise ServerError(
                "the source uses Queryable Encryption, whose collections cannot be copied apart; they are not supported"
            )
