"""Initiate production's replica set and make its users; runs in the first member's network, its task on stdin."""

import json
import sys
import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

# A low time-out makes the first election quick; kept, it would depose a primary whenever the machine is busy.
FIRST_ELECTION_MILLISECONDS = 1000
LATER_ELECTION_MILLISECONDS = 10_000
WAIT_SECONDS = 100


def main() -> None:
    """Initiate, wait until all members are up and make the users."""
    task = json.load(sys.stdin)
    client: MongoClient[dict[str, Any]] = MongoClient(
        "127.0.0.1", directConnection=True, serverSelectionTimeoutMS=WAIT_SECONDS * 1000
    )
    _initiate(client, task)
    _wait_for_primary(client)
    client.admin.command("createUser", "admin", pwd=task["admin_password"], roles=["root"])
    client = MongoClient(
        "127.0.0.1",
        directConnection=True,
        username="admin",
        password=task["admin_password"],
        serverSelectionTimeoutMS=10_000,
    )
    role = [{"role": "clusterMonitor", "db": "admin"}]
    client.admin.command(
        "createUser", "understudy", pwd=task["understudy_password"], roles=role, writeConcern={"w": "majority"}
    )
    _wait_for_members(client)
    config = client.admin.command("replSetGetConfig")["config"]
    config["version"] += 1
    config["settings"]["electionTimeoutMillis"] = LATER_ELECTION_MILLISECONDS
    client.admin.command("replSetReconfig", config)


def _initiate(client: "MongoClient[dict[str, Any]]", task: dict[str, Any]) -> None:
    first, second, hidden = task["hosts"]
    members = [
        {"_id": 0, "host": first, "priority": 2},
        {"_id": 1, "host": second, "priority": 1},
        {"_id": 2, "host": hidden, "priority": 0, "hidden": True},
    ]
    settings = {"electionTimeoutMillis": FIRST_ELECTION_MILLISECONDS, "heartbeatIntervalMillis": 500}
    config = {"_id": task["replica_set"], "members": members, "settings": settings}
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            client.admin.command("replSetInitiate", config)
        except (OperationFailure, AutoReconnect):  # a member does not listen yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _wait_for_primary(client: "MongoClient[dict[str, Any]]") -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not client.admin.command("hello")["isWritablePrimary"]:
        if time.monotonic() > deadline:
            raise SystemExit("the first member did not become primary")
        time.sleep(0.05)


def _wait_for_members(client: "MongoClient[dict[str, Any]]") -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        states = [member["stateStr"] for member in client.admin.command("replSetGetStatus")["members"]]
        if states == ["PRIMARY", "SECONDARY", "SECONDARY"]:
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"the members are {states}")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
