"""Pulumi's provider protocol, on top of a Provider that speaks plain Python.

Measured with engine 3.259: these calls are enough for it (facts: Pulumi, plugins).
"""

import os
import select
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any, Protocol

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.plugins.values import changes, to_python, to_struct

# At most this many resources at a time; the engine itself would send many more.
_WORKERS = 32


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


_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translate each call of the protocol; say what went wrong without a traceback of Python."""

    def __init__(self, provider: Provider, log: Log) -> None:
        """Serve a provider."""
        self._provider, self._log, self._cancelled = provider, log, threading.Event()

    def _call(self, urn: str) -> Call:
        return Call(urn, self._cancelled, self._log)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say which version of the real plugin this one stands for."""
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check the provider's settings."""
        try:
            self._provider.check_config(to_python(request.news))
        except PluginError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Compare the provider's settings."""
        same = to_python(request.old_inputs) == to_python(request.news)
        kind = provider_pb2.DiffResponse.DIFF_NONE if same else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the provider's settings."""
        with _told(context):
            self._provider.configure(to_python(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Check a resource's inputs."""
        with _told(context):
            inputs = self._provider.check(
                self._call(request.urn), to_python(request.olds), to_python(request.news), request.randomSeed
            )
        return provider_pb2.CheckResponse(inputs=to_struct(inputs))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Compare a resource's inputs."""
        with _told(context):
            found = self._provider.diff(self._call(request.urn), to_python(request.old_inputs), to_python(request.news))
        kinds = {path: kind for path, kind in found.kinds.items() if not _ignored(path, request.ignoreChanges)}
        replaces = [path for path in found.replaces if path in kinds]
        some = provider_pb2.DiffResponse.DIFF_SOME if kinds else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            replaces=replaces,
            deleteBeforeReplace=found.delete_first,
            diffs=sorted({_root(path) for path in kinds}),
            detailedDiff={
                path: provider_pb2.PropertyDiff(kind=_KINDS[kind, path in replaces], inputDiff=True)
                for path, kind in kinds.items()
            },
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Make a resource."""
        with _told(context):
            made, outputs = self._provider.create(
                self._call(request.urn), to_python(request.properties), request.preview
            )
        return provider_pb2.CreateResponse(id=made, properties=to_struct(outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what a resource is now; an empty id says that it is gone."""
        with _told(context):
            found = self._provider.read(
                self._call(request.urn), request.id, to_python(request.inputs), to_python(request.properties)
            )
        if found is None:
            return provider_pb2.ReadResponse(id="")
        return provider_pb2.ReadResponse(id=request.id, inputs=to_struct(found[0]), properties=to_struct(found[1]))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change a resource."""
        with _told(context):
            outputs = self._provider.update(
                self._call(request.urn),
                request.id,
                to_python(request.old_inputs),
                to_python(request.news),
                to_python(request.olds),
                request.preview,
            )
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Delete a resource."""
        with _told(context):
            self._provider.delete(
                self._call(request.urn), request.id, to_python(request.old_inputs), to_python(request.properties)
            )
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Call a function."""
        with _told(context):
            answer = self._provider.invoke(request.tok, to_python(request.args))
        return provider_pb2.InvokeResponse(**{"return": to_struct(answer)})  # type: ignore[arg-type] # a keyword

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Stop what can be stopped, soon."""
        self._cancelled.set()
        return empty_pb2.Empty()


def _root(path: str) -> str:
    return path.replace("[", ".").split(".")[0]


def _ignored(path: str, ignored: Sequence[str]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in ignored)


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
    asks = [path for path in kinds if _ignored(path, replaces) and not _ignored(path, keeps)]
    return Difference(kinds, asks)


class _told:  # noqa: N801 (reads as a word: with _told(context))
    """Turn an exception into an answer that the engine shows as it is."""

    def __init__(self, context: grpc.ServicerContext) -> None:
        self._context = context

    def __enter__(self) -> None:
        """Do nothing; what counts is the end."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Answer with the error."""
        if isinstance(error, HalfMade):
            _abort_half_made(self._context, error)
        if isinstance(error, PluginError):
            self._context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _abort_half_made(context: grpc.ServicerContext, error: HalfMade) -> None:
    made = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id, properties=to_struct(error.outputs), reasons=[str(error)]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(made)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(error))


def serve(provider: Provider) -> None:
    """Serve until the engine ends this process. The first line on standard output is the port: the engine reads it."""
    engine = next((word for word in reversed(sys.argv[1:]) if ":" in word and not word.startswith("-")), None)
    server = grpc.server(futures.ThreadPoolExecutor(_WORKERS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, Log(engine)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=_end_with_engine, daemon=True).start()
    print(port, flush=True)
    server.wait_for_termination()


def _end_with_engine() -> None:
    """End this process when the engine is gone, so that a killed `pulumi up` leaves nobody working on.

    Measured: standard input is a pipe from the engine, and hangs up at once when the engine dies.
    """
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    while True:
        if any(event & select.POLLHUP for _, event in poll.poll()):
            os._exit(1)
