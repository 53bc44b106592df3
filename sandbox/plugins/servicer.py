"""Pulumi's provider protocol, on top of a Provider that speaks plain Python.

Measured with engine 3.259: these calls are enough for it (facts: Pulumi, plugins).
"""

import os
import select
import sys
import threading
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.plugins.protocol import Call, HalfMade, Log, PluginError, Provider, is_below
from sandbox.plugins.values import to_python, to_struct

# At most this many resources at a time; the engine itself would send many more.
_WORKERS = 32

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
        kinds = {path: kind for path, kind in found.kinds.items() if not is_below(path, request.ignoreChanges)}
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
