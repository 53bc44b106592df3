"""The API's server: moto in this process, reachable at the same address on this machine and in every host."""

import os
import socket
import threading
from collections.abc import Callable
from typing import Any

# moto reads these when it is imported: any AMI id runs, and DescribeImages is empty.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
os.environ.setdefault("MOTO_ALLOW_NONEXISTENT_REGION", "false")

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.cloud import (
    accounts,
    alarms,
    disks,
    honesty,
    instances,
    messages,
    secrets,
    snapshots,
)
from sandbox.cloud.automation import api as automation_api
from sandbox.cloud.automation.script import Scripts
from sandbox.cloud.containers import api as containers_api
from sandbox.cloud.containers.tasks import Tasks
from sandbox.cloud.databases import api as databases_api
from sandbox.cloud.databases.clusters import Databases
from sandbox.cloud.databases.copies import Copies
from sandbox.cloud.databases.servers import Servers
from sandbox.cloud.run_command import api as run_command_api
from sandbox.cloud.run_command.agents import RunCommand
from sandbox.cloud.world import World
from sandbox.layout import Layout
from sandbox.machine.hosts import Hosts
from sandbox.machine.networks import Networks
from sandbox.machine.volumes import VolumeStore

LOOPBACK = "127.0.0.1"


class QuietHandler(MotoRequestHandler):
    """Answer requests over kept connections, and log only what failed inside."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log server errors only."""
        if str(code).startswith("5"):
            super().log_request(code, size)


class Cloud:
    """The small AWS of one sandbox.

    Args:
        layout: The sandbox, its pool mounted.
    """

    def __init__(self, layout: Layout) -> None:
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = f"http://{LOOPBACK}:{self.port}"
        self.networks = Networks(layout)
        self.hosts = Hosts(layout, self.networks, on_loss=self._lose)
        world = World(layout, VolumeStore(layout), self.networks, self.hosts)
        run_command = RunCommand(self.hosts)
        operations = disks.Disks(world)
        self._instances = instances.Instances(world, operations, self.endpoint)
        self.hosts.on_network = self._serve_host
        self._instances.on_end = self._end_host
        self._host_servers: dict[str, BaseWSGIServer] = {}
        self._run_command = run_command
        disks.install(operations)
        snapshots.install(snapshots.Snapshots(world))
        instances.install(self._instances, operations)
        run_command_api.install(run_command_api.RunCommandApi(run_command))
        automation_api.install(automation_api.AutomationApi(Scripts(self.networks, self._serve_host), self.endpoint))
        servers = Servers(world)
        databases = Databases(world, servers)
        databases_api.install(databases, Copies(databases, servers))
        secrets.install(secrets.Rotation(databases))
        tasks = Tasks(world)
        tasks.on_end = self._end_host
        containers_api.install(containers_api.ContainersApi(tasks, self.endpoint))
        accounts.install()
        self.alarms = alarms.Alarms()
        alarms.install(self.alarms)
        messages.install(messages.Messages(layout.messages))
        honesty.install(world)
        self._application = DomainDispatcherApplication(create_backend_app)

    def start(self, extra: Callable[[Any], Any] | None = None) -> None:
        """Serve the API on this machine.

        Args:
            extra: Wraps the application, for what only this machine may ask.
        """
        application = extra(self._application) if extra else self._application
        _serve(self._listener, application)
        self.alarms.start()

    def _lose(self, instance_id: str) -> None:
        self._instances.lost(instance_id)

    def _serve_host(self, instance_id: str) -> None:
        listener = self.networks.socket_in(instance_id, lambda: _listen(self.port))
        self._host_servers[instance_id] = _serve(listener, self._application)

    def _end_host(self, instance_id: str) -> None:
        self._run_command.host_ended(instance_id)
        server = self._host_servers.pop(instance_id, None)
        if server:
            threading.Thread(target=_end, args=(server,), daemon=True).start()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(128)
    return listener


def _serve(listener: socket.socket, application: Any) -> BaseWSGIServer:
    host, port = listener.getsockname()
    server = make_server(host, port, application, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
    listener.close()  # the server has a duplicate
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server


def _end(server: BaseWSGIServer) -> None:
    server.shutdown()
    server.server_close()
