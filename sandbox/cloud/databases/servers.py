"""The servers behind the clusters: a MariaDB each, in a network of its own beside the hosts of its VPC."""

import json
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.aurora.authority import Authority
from sandbox.aurora.server import Server
from sandbox.cloud.world import World
from sandbox.machine.commands import run
from sandbox.machine.networks import NAMESPACES

THIS_MACHINE = ("localhost", "127.0.0.1")  # where a forward from this machine ends


@dataclass(kw_only=True)
class ClusterServer(Server):
    """A server with a certificate for all names of its cluster, and a socket that clean-up finds by the sandbox's name.

    Attributes:
        names: The reader endpoint, and a pattern for the instances' endpoints.
        socket_path: The socket.
    """

    names: Sequence[str] = ()
    socket_path: Path = Path("/nowhere")

    @property
    def socket(self) -> Path:
        """The socket, for the sandbox itself: root needs no password there."""
        return self.socket_path

    def renew_certificate(self, *, until: datetime | None = None) -> None:
        """Sign another certificate; the server takes it at its next start."""
        names = [self.host_name, *self.names, self.address, *THIS_MACHINE]
        self.authority.issue(self.folder / "tls", names, until=until)


@dataclass(frozen=True)
class Site:
    """Where a cluster stands.

    Args:
        resource_id: The cluster's `DbClusterResourceId`, which no other cluster ever had.
        vpc_id: Its VPC.
        vpc_cidr: The VPC's address range.
        address: Its private address.
        endpoint: The writer's name.
        reader_endpoint: The readers' name.
        port: Its port.
    """

    resource_id: str
    vpc_id: str
    vpc_cidr: str
    address: str
    endpoint: str
    reader_endpoint: str
    port: int


@dataclass
class Cluster:
    """A cluster's server and what guards it."""

    site: Site
    server: ClusterServer
    lock: threading.RLock = field(default_factory=threading.RLock)
    names: set[str] = field(default_factory=set)


class Servers:
    """Make and remove the servers of clusters.

    Args:
        world: The real things.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._authority = Authority(world.layout.authority)
        self._authority.create()
        self._clusters: dict[str, Cluster] = {}

    def find(self, resource_id: str) -> Cluster | None:
        """Return a cluster's server, None where there is none."""
        return self._clusters.get(resource_id)

    def prepare(self, site: Site) -> Cluster:
        """Give a cluster its network and its place on the pool; nothing runs yet.

        Args:
            site: Where it is to stand.

        Returns:
            The cluster.
        """
        layout, networks = self._world.layout, self._world.networks
        networks.connect(site.resource_id, site.vpc_id, site.address, site.vpc_cidr)
        namespace = networks.namespace(site.resource_id)
        wildcard = "*." + site.endpoint.partition(".")[2]
        server = ClusterServer(
            folder=layout.databases / site.resource_id,
            host_name=site.endpoint,
            names=(site.reader_endpoint, wildcard),
            authority=self._authority,
            address=site.address,
            port=site.port,
            prefix=("nsenter", f"--net={NAMESPACES / namespace}"),
            socket_path=layout.database_sockets.with_name(
                f"{layout.database_sockets.name}{site.resource_id[-12:].lower()}.sock"
            ),
        )
        cluster = Cluster(site, server)
        self._clusters[site.resource_id] = cluster
        self._write_record(site, namespace)
        return cluster

    def serve(self, cluster: Cluster, names: Sequence[str]) -> None:
        """Let a cluster answer: its server runs, and its names can be resolved by tasks that start from now on."""
        cluster.server.start()
        for name in (cluster.site.endpoint, cluster.site.reader_endpoint, *names):
            cluster.names.add(name)
            self._world.names[name] = cluster.site.address

    def rest(self, cluster: Cluster) -> None:
        """Let a cluster without instances answer nobody; its data stays."""
        cluster.server.stop()
        self.forget_names(cluster, set(cluster.names))

    def forget_names(self, cluster: Cluster, names: set[str]) -> None:
        """Let names of a cluster lead nowhere."""
        for name in names:
            self._world.names.pop(name, None)
        cluster.names -= names

    def remove(self, cluster: Cluster) -> None:
        """End a server and remove its data."""
        self.forget_names(cluster, set(cluster.names))
        cluster.server.remove()
        self._world.networks.disconnect(cluster.site.resource_id)
        self._world.layout.host_record(cluster.site.resource_id).unlink(missing_ok=True)
        self._clusters.pop(cluster.site.resource_id, None)

    def snapshot_folder(self, name: str) -> Path:
        """Return where a snapshot's data lies."""
        return self._world.layout.databases / "snapshots" / name

    def take_snapshot(self, cluster: Cluster, name: str) -> None:
        """Copy a cluster's data for a snapshot."""
        folder = self.snapshot_folder(name)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _copy(cluster.server.back_up(), folder)

    def restore_snapshot(self, name: str, cluster: Cluster) -> None:
        """Start a new cluster's server on a snapshot's data."""
        cluster.server.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(self.snapshot_folder(name), cluster.server.data)
        cluster.server.start()

    def remove_snapshot(self, name: str) -> None:
        """Remove a snapshot's data."""
        shutil.rmtree(self.snapshot_folder(name), ignore_errors=True)

    def _write_record(self, site: Site, namespace: str) -> None:
        """Write the record by which a forward from this machine finds the address, as a host's."""
        path = self._world.layout.host_record(site.resource_id)
        path.parent.mkdir(exist_ok=True)
        record: Mapping[str, object] = {
            "init_pid": 0,
            "private_ip": site.address,
            "network": namespace,
            "environment": {},
        }
        path.write_text(json.dumps(record))


def _copy(source: Path, to: Path) -> None:
    run(["cp", "--archive", "--reflink=auto", str(source), str(to)], timeout_seconds=600)
