"""The ways into a running sandbox's databases: production as its administrator; staging as its users, over TLS."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from pymongo import MongoClient

from sandbox.demo.terminal import DemoError

Client = MongoClient[dict[str, Any]]
MONGO_PORT = 27017
_PRODUCTION = "/production/mongo/admin"
_STAGING = "/mongo/admin"


class World(Protocol):
    """What is needed of the sandbox's client."""

    @property
    def production(self) -> dict[str, Any]:
        """What the sandbox brought as production; `instance_ids` among it."""

    def forward(self, instance_id: str, port: int) -> tuple[str, int]:
        """Make a port of a host reachable from here."""

    def session(self) -> Any:
        """Make a boto3 session that speaks to the sandbox."""


def connect_production(world: World) -> Client:
    """Log in at production's primary.

    Raises:
        DemoError: No member says that it is the primary.
    """
    login = _login(world, _PRODUCTION)
    members = (world.forward(instance_id, MONGO_PORT) for instance_id in world.production["instance_ids"])
    return _primary_of(members, **login)


def connect_staging(world: World, instance_id: str, authority: Path, **options: Any) -> Client:
    """Log in at staging, over TLS.

    Args:
        world: the sandbox.
        instance_id: staging's host.
        authority: file with the certificate of staging's authority, in PEM.
        options: further options of the client.
    """
    host, port = world.forward(instance_id, MONGO_PORT)
    # The certificate is for staging's own address, and this way leads through a port of this machine.
    tls: dict[str, Any] = {"tls": True, "tlsCAFile": str(authority), "tlsAllowInvalidHostnames": True}
    return MongoClient(host, port, directConnection=True, **_login(world, _STAGING), **tls, **options)


def _login(world: World, parameter: str) -> dict[str, Any]:
    """Read user and password from the two parameters that hold them."""
    ssm = world.session().client("ssm")
    names = {"username": parameter, "password": f"{parameter}/password"}
    return {
        option: ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        for option, name in names.items()
    }


def _primary_of(members: Iterable[tuple[str, int]], **login: Any) -> Client:
    for host, port in members:
        client: Client = MongoClient(host, port, directConnection=True, **login)
        if client.admin.command("hello")["isWritablePrimary"]:
            return client
        client.close()
    raise DemoError("no member of production says that it is the primary; `python -m sandbox status` shows its hosts")
