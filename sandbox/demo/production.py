"""The way into a running sandbox's production: as its administrator, at whichever member is the primary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from pymongo import MongoClient

Client = MongoClient[dict[str, Any]]
MONGO_PORT = 27017
_USER_PARAMETER = "/production/mongo/admin"
_PASSWORD_PARAMETER = "/production/mongo/admin/password"  # noqa: S105 - a name


class World(Protocol):
    """What is needed of the sandbox's client."""

    @property
    def production(self) -> dict[str, Any]:
        """What the sandbox brought as production; `instance_ids` among it."""

    def forward(self, instance_id: str, port: int) -> tuple[str, int]:
        """Make a port of a host reachable from here."""

    def session(self) -> Any:
        """Make a boto3 session that speaks to the sandbox."""


def read_parameters(world: World, *names: str) -> list[str]:
    """Read parameters of SSM, decrypted, in the order asked for."""
    ssm = world.session().client("ssm")
    return [ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] for name in names]


def connect_production(world: World) -> Client:
    """Log in at production's primary.

    Raises:
        RuntimeError: No member says that it is the primary.
    """
    user, password = read_parameters(world, _USER_PARAMETER, _PASSWORD_PARAMETER)
    members = (world.forward(instance_id, MONGO_PORT) for instance_id in world.production["instance_ids"])
    return _primary_of(members, username=user, password=password)


def _primary_of(members: Iterable[tuple[str, int]], **login: Any) -> Client:
    for host, port in members:
        client: Client = MongoClient(host, port, directConnection=True, **login)
        if client.admin.command("hello")["isWritablePrimary"]:
            return client
        client.close()
    raise RuntimeError(
        "no member of production says that it is the primary; `python -m sandbox status` shows its hosts"
    )
