"""What a plugin's provider is to the engine, in plain Python: `servicer.py` speaks Pulumi's protocol for it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from sandbox.plugins.values import changes


class PluginError(Exception):
    """Something that this plugin does not know or cannot do; the message is for the user."""


class Cancelled(PluginError):
    """The engine asked to stop."""


class HalfMade(PluginError):
    """A resource was made and something after that failed: the engine has to remember it."""

    def __init__(self, message: str, resource_id: str, outputs: Mapping[str, Any]) -> None:
        """Keep what is known of the resource."""
        super().__init__(message)
        self.resource_id, self.outputs = resource_id, outputs


@dataclass(frozen=True)
class Difference:
    """What differs between old and new inputs: path to kind of change, and the paths that ask for a new resource."""

    kinds: Mapping[str, str]
    replaces: Sequence[str] = ()
    delete_first: bool = False


@dataclass
class Call:
    """One resource in one call: its type and name, and whether the engine wants to stop."""

    urn: str
    cancelled: threading.Event
    log: "Log"
    type: str = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Take type and name from the URN."""
        *_, types, self.name = self.urn.split("::", 3)
        self.type = types.split("$")[-1]

    def check_cancelled(self) -> None:
        """Raise Cancelled if the engine asked to stop."""
        if self.cancelled.is_set():
            raise Cancelled(f"{self.type} {self.name}: stopped because Pulumi was cancelled")


class Provider(Protocol):
    """What a plugin has to know how to do. Inputs and outputs are plain dicts."""

    version: str

    def check_config(self, config: Mapping[str, Any]) -> None:
        """Raise PluginError for a configuration that cannot be used."""

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take the configuration."""

    def check(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any], seed: bytes) -> Mapping[str, Any]:
        """Return the inputs, with names filled in."""

    def diff(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """Compare old and new inputs."""

    def create(self, call: Call, inputs: Mapping[str, Any], preview: bool) -> tuple[str, Mapping[str, Any]]:
        """Make the resource; return its id and outputs."""

    def read(
        self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Return (inputs, outputs) as they are now, or None for a resource that is gone."""

    def update(
        self,
        call: Call,
        resource_id: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        outputs: Mapping[str, Any],
        preview: bool,
    ) -> Mapping[str, Any]:
        """Change the resource; return all its outputs."""

    def delete(self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        """Delete the resource; one that is gone already is no error."""

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a function."""


class Log:
    """Lines for the user, sent to the engine as they happen."""

    def __init__(self, engine_address: str | None) -> None:
        """Connect to the engine, if its address is known."""
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine_address)) if engine_address else None

    def line(self, urn: str, text: str) -> None:
        """Show a line beside a resource while it is being worked on."""
        if self._engine:
            request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=urn, ephemeral=True)
            self._engine.Log(request, timeout=10)


def is_below(path: str, paths: Sequence[str]) -> bool:
    """Tell whether a path is one of some others, or lies inside one."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in paths)


def difference(
    old: Mapping[str, Any], new: Mapping[str, Any], replaces: Sequence[str], keeps: Sequence[str] = ()
) -> Difference:
    """Compare inputs.

    Args:
        old: The former inputs.
        new: The wanted inputs.
        replaces: Properties of which a change asks for a new resource.
        keeps: Paths below them of which it does not.
    """
    kinds = dict(changes(dict(old), dict(new)))
    asks = [path for path in kinds if is_below(path, replaces) and not is_below(path, keeps)]
    return Difference(kinds, asks)
