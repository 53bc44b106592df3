"""The little that is needed of MongoDB: a connection, what a server holds, and its errors without values in them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from bson.errors import BSONError
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from anonymizer.bsontypes import DECODE
from anonymizer.errors import ServerError, UsageError
from anonymizer.rules.model import SYSTEM_DATABASES

Client = MongoClient[dict[str, Any]]
_WAIT_MILLISECONDS = 10_000
_APP_NAME = "understudy-anonymizer"
_FORMER_SECONDS = 60
_ANY = {"$exists": True}


def connect(address: str) -> Client:
    """Open a client for a mongod; it connects when first used.

    Args:
        address: The path of a unix socket, or a MongoDB URI. It is never shown: it may hold a password.

    Raises:
        UsageError: The URI is not valid.
    """
    options: dict[str, Any] = {"datetime_conversion": "DATETIME_AUTO", "appname": _APP_NAME}
    if "://" not in address:
        address = f"mongodb://{quote_plus(address)}/?directConnection=true"
    if "serverselectiontimeoutms" not in address.lower():
        options["serverSelectionTimeoutMS"] = _WAIT_MILLISECONDS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an option that the driver does not understand is a mistake
            return MongoClient(address, **options)
    except (PyMongoError, ValueError, TypeError, OSError, Warning) as error:
        raise UsageError(
            f"a server's URI cannot be used ({type(error).__name__}); check its user name, host, options and the files "
            "that it names"
        ) from None


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
            f"{what}: the server cannot be reached, or its connection was lost; is its mongod running (its log says "
            "why it ended), and its socket or URI the one given? Run the same command again, it goes on where it was"
        ) from None
    except BSONError:
        raise ServerError(f"{what}: the server sent, or was to be sent, what is no valid BSON") from None
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
        ServerError: The source is a sharded cluster or a member of one, or uses Queryable Encryption.
    """
    whole = client.admin.command("hello").get("msg") != "isdbgrid"
    if not whole or client.admin["system.version"].find_one({"_id": "shardIdentity"}):
        raise ServerError(
            "the source belongs to a sharded cluster, of which one member is not the whole; those are not supported"
        )
    for listed in collections(client).values():
        if "encryptedFields" in listed.options or listed.name.startswith("enxcol_."):
            raise ServerError(
                "the source uses Queryable Encryption, whose collections cannot be copied apart; they are not supported"
            )


def end_former(client: Client, database: str = "", collection: str = "") -> None:
    """End inserts that a killed process still has going on in a server, so that nothing is written behind our back.

    Args:
        client: The server.
        database: Only inserts into this database's collection, where others go on.
        collection: That collection.

    Raises:
        ServerError: They do not end.
    """
    wanted = {"command.$db": database, "command.insert": collection} if collection else {"command.insert": _ANY}
    mine = {"$match": {"appName": _APP_NAME, **wanted}}
    deadline = time.monotonic() + _FORMER_SECONDS
    while time.monotonic() < deadline:
        try:
            going = list(client.admin.aggregate([{"$currentOp": {}}, mine]))
        except OperationFailure:  # a user with few rights does not see the operations of others
            return
        if not going:
            return
        for row in going:
            client.admin.command("killOp", op=row["opid"])
        time.sleep(0.1)
    raise ServerError("the candidate is still busy with an earlier run's writes; wait, and run the same command again")


def free_bytes(client: Client) -> int | None:
    """Give how much room the file system of a server has; None where it does not say."""
    try:
        stats = client.local.command("dbStats")
    except OperationFailure:
        return None
    size, used = stats.get("fsTotalSize"), stats.get("fsUsedSize")
    return None if size is None or used is None else int(size - used)
