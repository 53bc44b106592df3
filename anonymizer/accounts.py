"""Users and roles for a candidate: those of today's staging, or, at the first refresh, one admin. Never production's.

`python -m anonymizer accounts carry|create-admin|compare`; staging's admin and the admin's password come on standard
input, a line each. What is printed is counts, never a name or a credential.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from anonymizer.errors import ServerError, UsageError

COLLECTIONS = ("system.users", "system.roles")
ANSWER_MILLISECONDS = 20_000
AUTHENTICATION_FAILED = 18


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What the candidate holds, and whether that is what it should hold."""

    users: int
    roles: int
    users_equal: bool
    roles_equal: bool


@dataclass(frozen=True, kw_only=True)
class Login:
    """Staging's admin."""

    user: str
    password: str


class Server:
    """One of the two servers, by the name that messages give it.

    Its errors say which server failed and how, without the driver's words: those quote documents and addresses.
    """

    def __init__(self, name: str, uri: str, **options: Any) -> None:
        self._name = name
        self._client: MongoClient[dict[str, Any]] = MongoClient(
            uri, directConnection=True, retryWrites=False, serverSelectionTimeoutMS=ANSWER_MILLISECONDS, **options
        )

    def command(self, *command: Any, **parameters: Any) -> dict[str, Any]:
        """Run a command on the database admin."""
        with self._plain_errors():
            return self._client.admin.command(*command, **parameters)

    def documents(self, collection: str) -> list[dict[str, Any]]:
        """Give the documents of a collection of admin, in the order of their ids."""
        with self._plain_errors():
            return list(self._client.admin[collection].find(sort=[("_id", 1)]))

    def replace(self, collection: str, documents: list[dict[str, Any]]) -> None:
        """Make a collection of admin hold these documents and nothing else."""
        with self._plain_errors():
            self._client.admin.drop_collection(collection)
            if documents:
                self._client.admin[collection].insert_many(documents)

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except OperationFailure as error:
            if error.code == AUTHENTICATION_FAILED:
                message = f"{self._name} refused the admin's name and password: do the SSM parameters hold today's?"
                raise ServerError(message) from None
            kind = (error.details or {}).get("codeName", f"code {error.code}")
            raise ServerError(f"{self._name} refused a command on users and roles: {kind}") from None
        except PyMongoError as error:
            message = f"{self._name} could not be asked for users and roles: {type(error).__name__}"
            raise ServerError(message) from None


def add_parser(subparsers: Any) -> None:
    """Add the command `accounts`; what it parses has `handler`, which returns the exit code."""
    about = "carry users and roles from one mongod to another (admin and password on stdin)"
    accounts = subparsers.add_parser("accounts", help=about)
    actions = accounts.add_subparsers(dest="action", required=True)
    for name, action in (("carry", carry), ("compare", compare), ("create-admin", create_admin)):
        parser = actions.add_parser(name, help=str(action.__doc__).partition("\n")[0])
        parser.add_argument("--target-socket", required=True, help="unix socket of the candidate's mongod")
        if action is not create_admin:
            parser.add_argument("--source", required=True, metavar="HOST:PORT", help="live staging")
            parser.add_argument("--source-ca", required=True, metavar="FILE", help="the CA of its certificate")
        parser.set_defaults(handler=_handle, accounts_action=action)


def carry(arguments: argparse.Namespace, login: Login) -> Accounts:
    """Give the candidate all users and roles of live staging, of every database, credentials included.

    What the candidate has beyond them is removed, so a second run changes nothing.
    """
    source, target = _staging(arguments, login), _candidate(arguments)
    temporary = {name: f"understudy.{name.removeprefix('system.')}" for name in COLLECTIONS}
    try:
        for name in COLLECTIONS:
            target.replace(temporary[name], source.documents(name))
        # The way of mongorestore: the server itself replaces its users and roles by those of two collections.
        target.command(
            "_mergeAuthzCollections",
            tempUsersCollection=f"admin.{temporary['system.users']}",
            tempRolesCollection=f"admin.{temporary['system.roles']}",
            db="",
            drop=True,
        )
    finally:
        for name in temporary.values():
            target.replace(name, [])
    return compare(arguments, login)


def compare(arguments: argparse.Namespace, login: Login) -> Accounts:
    """Say whether the candidate's users and roles are those of live staging, to the last field."""
    source, target = _staging(arguments, login), _candidate(arguments)
    users, roles = (target.documents(name) for name in COLLECTIONS)
    live_users, live_roles = (source.documents(name) for name in COLLECTIONS)
    return Accounts(
        users=len(users), roles=len(roles), users_equal=users == live_users, roles_equal=roles == live_roles
    )


def create_admin(arguments: argparse.Namespace, login: Login) -> Accounts:
    """Give the candidate of the first refresh its one user: the admin, with the role root."""
    target = _candidate(arguments)
    known = target.command("usersInfo", login.user)["users"]
    target.command("updateUser" if known else "createUser", login.user, pwd=login.password, roles=["root"])
    users, roles = (target.documents(name) for name in COLLECTIONS)
    only_admin = [user["user"] for user in users] == [login.user]
    return Accounts(users=len(users), roles=len(roles), users_equal=only_admin, roles_equal=not roles)


def read_login(stream: TextIO) -> Login:
    """Read the admin's name and password, a line each.

    Raises:
        UsageError: One of them is missing.
    """
    user, password = (*stream.read().split("\n"), "", "")[:2]
    if not user or not password:
        raise UsageError("standard input must have the admin's name on its first line and the password on its second")
    return Login(user=user, password=password)


def _handle(arguments: argparse.Namespace) -> int:
    action: Callable[[argparse.Namespace, Login], Accounts] = arguments.accounts_action
    result = action(arguments, read_login(sys.stdin))
    sys.stdout.write(json.dumps(asdict(result)) + "\n")
    return 0


def _staging(arguments: argparse.Namespace, login: Login) -> Server:
    return Server(
        "live staging",
        f"mongodb://{arguments.source}/",
        tls=True,
        tlsCAFile=arguments.source_ca,
        username=login.user,
        password=login.password,
        authSource="admin",
    )


def _candidate(arguments: argparse.Namespace) -> Server:
    return Server("the candidate", f"mongodb://{urllib.parse.quote_plus(arguments.target_socket)}/")
