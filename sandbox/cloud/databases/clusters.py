"""RDS: Aurora clusters that are real MariaDB servers, in the place of moto's records.

A cluster has one server, at whose address the writer's and the readers' endpoints and all instances' lead. It answers
while the cluster has an instance. Parameter groups, classes and security groups are records.
"""

import time
from collections.abc import Callable
from typing import Any

from moto.rds import models
from moto.rds.exceptions import DBClusterNotFoundError
from moto.rds.models import RDSBackend

from sandbox.aurora.copies import earliest_time
from sandbox.cloud.databases.places import default_group, find_subnet, site_of
from sandbox.cloud.databases.records import Refused, check_identifier, check_password, password_of, unsupported
from sandbox.cloud.databases.servers import Cluster, Servers
from sandbox.cloud.world import World, in_background

DELETING_SECONDS = 0.3
RESETTING_SECONDS = 0.3

_plain_create_cluster = RDSBackend.create_db_cluster
_plain_modify_cluster = RDSBackend.modify_db_cluster
_plain_delete_cluster = RDSBackend.delete_db_cluster
_plain_create_instance = RDSBackend.create_db_instance
_plain_delete_instance = RDSBackend.delete_db_instance


class Databases:
    """The operations on clusters and instances that replace moto's.

    Args:
        world: The real things.
        servers: The clusters' servers.
    """

    def __init__(self, world: World, servers: Servers) -> None:
        self._world, self._servers = world, servers

    def create_db_cluster(self, backend: Any, kwargs: dict[str, Any]) -> Any:
        """Make a cluster with an empty server."""
        if kwargs.get("master_user_password"):
            check_password(kwargs["master_user_password"])

        def make(cluster: Cluster, record: Any) -> None:
            cluster.server.create(record.master_username, password_of(record))
            if record.database_name:
                cluster.server.sql(f"CREATE DATABASE `{record.database_name.replace('`', '``')}`;")

        return self.make_cluster(backend, kwargs, make)

    def make_cluster(self, backend: Any, kwargs: dict[str, Any], make: Callable[[Cluster, Any], None]) -> Any:
        """Record a cluster and make its server, in the background.

        Args:
            backend: moto's.
            kwargs: The new cluster's properties, as moto names them.
            make: Fills and starts the server.

        Returns:
            moto's cluster, whose status is `creating` until the server is made.

        Raises:
            Refused: There is one of that name, or its network is not there.
        """
        check_identifier(kwargs["db_cluster_identifier"])
        name = kwargs["db_cluster_identifier"].lower()
        with self._world.lock:
            if name in backend.clusters:
                raise Refused("DBClusterAlreadyExistsFault", f"DB cluster {name} already exists.")
            subnet = find_subnet(backend, kwargs.get("db_subnet_group_name") or "default")
            kwargs["vpc_security_group_ids"] = kwargs.get("vpc_security_group_ids") or [default_group(backend, subnet)]
            record = _plain_create_cluster(backend, {**kwargs, "db_cluster_identifier": name})
            cluster = self._servers.prepare(site_of(backend, record, subnet))
        in_background(lambda: self._make(cluster, record, make))
        return record

    def modify_db_cluster(self, backend: Any, kwargs: dict[str, Any]) -> Any:
        """Change a cluster's record, and its master user's password on the server."""
        record = _record(backend, kwargs["db_cluster_identifier"])
        if kwargs.get("new_db_cluster_identifier"):
            raise unsupported("renaming a cluster.")
        if record.status != "available":
            raise Refused(
                "InvalidDBClusterStateFault", f"DB cluster {kwargs['db_cluster_identifier']} is {record.status}."
            )
        password = kwargs.get("master_user_password")
        if password:
            check_password(password)
        answer = _plain_modify_cluster(backend, kwargs)
        if password:
            record.sandbox_status = answer.sandbox_status = "resetting-master-credentials"
            in_background(lambda: self._reset_password(record, password))
        return answer

    def delete_db_cluster(self, backend: Any, cluster_identifier: str, snapshot_name: str | None = None) -> Any:
        """Delete a cluster without instances, its server and its data."""
        record = _record(backend, cluster_identifier)
        cluster = self._servers.find(record.db_cluster_resource_id)
        if not record.deletion_protection:
            self._let_go(backend, record)
            if snapshot_name and not record.members:
                self.snapshot_now(backend, record, snapshot_name)
        _plain_delete_cluster(backend, record.db_cluster_identifier)
        record.sandbox_status = "deleting"
        backend.clusters[record.db_cluster_identifier] = record

        def end() -> None:
            if cluster:
                with cluster.lock:
                    self._servers.remove(cluster)
            time.sleep(DELETING_SECONDS)
            backend.clusters.pop(record.db_cluster_identifier, None)

        in_background(end)
        return record

    def create_db_instance(self, backend: Any, db_kwargs: dict[str, Any]) -> Any:
        """Add an instance to a cluster: with the first one the cluster's server answers."""
        name = db_kwargs.get("db_cluster_identifier")
        if not name:
            raise unsupported("a DB instance without a cluster; give DBClusterIdentifier.")
        record = _record(backend, name)
        if record.status == "deleting":
            raise Refused("InvalidDBClusterStateFault", f"DB cluster {name} is {record.status}.")
        instance = _plain_create_instance(backend, {**db_kwargs, "db_cluster_identifier": record.db_cluster_identifier})
        instance.status = "creating"
        cluster = self._servers.find(record.db_cluster_resource_id)
        if cluster is None:
            raise unsupported(f"an instance of cluster {name}, which has no server.")

        def begin() -> None:
            self._attempt(instance, lambda: self._serve(cluster, record, instance))

        in_background(begin)
        return instance

    def delete_db_instance(self, backend: Any, db_instance_identifier: str, **options: Any) -> Any:
        """Take an instance from its cluster: without the last one the server answers nobody."""
        instance = _plain_delete_instance(backend, db_instance_identifier, **options)
        record = instance.cluster
        cluster = self._servers.find(record.db_cluster_resource_id)
        backend.databases[db_instance_identifier] = instance

        def end() -> None:
            time.sleep(DELETING_SECONDS)
            backend.databases.pop(db_instance_identifier, None)
            if cluster:
                with cluster.lock:
                    self._servers.forget_names(cluster, {instance.address})
                    if not record.members:
                        self._servers.rest(cluster)

        in_background(end)
        return instance

    @staticmethod
    def _let_go(backend: Any, record: Any) -> None:
        """Forget a cluster's instances if all are being deleted: then AWS lets the cluster go, too."""
        if all(member.status == "deleting" for member in record.members):
            for member in record.members:
                backend.databases.pop(member.db_instance_identifier, None)

    def snapshot_now(self, backend: Any, record: Any, name: str) -> Any:
        """Take a snapshot of a cluster before anything else happens to it."""
        snapshot = models.DBClusterSnapshot(backend, record, name)
        cluster = self._servers.find(record.db_cluster_resource_id)
        if cluster is None:
            raise unsupported(f"a snapshot of {record.db_cluster_identifier}, which has no server.")
        with cluster.lock:
            self._servers.take_snapshot(cluster, snapshot.db_cluster_snapshot_identifier)
        backend.cluster_snapshots[snapshot.db_cluster_snapshot_identifier] = snapshot
        return snapshot

    def _make(self, cluster: Cluster, record: Any, make: Callable[[Cluster, Any], None]) -> None:
        def work() -> None:
            with cluster.lock:
                make(cluster, record)
                if earliest_time(cluster.server) is None:
                    cluster.server.back_up()
                record.earliest_restorable_time = earliest_time(cluster.server)
                if not record.members:
                    self._servers.rest(cluster)
            record.sandbox_status = "available"

        self._attempt(record, work)

    def _serve(self, cluster: Cluster, record: Any, instance: Any) -> None:
        while record.status == "creating":
            time.sleep(0.05)
        with cluster.lock:
            self._servers.serve(cluster, [instance.address])
        instance.status = "available"

    def _reset_password(self, record: Any, password: str) -> None:
        def work() -> None:
            time.sleep(RESETTING_SECONDS)
            self.change_password(record, password)
            record.sandbox_status = "available"

        self._attempt(record, work)

    def change_password(self, record: Any, password: str) -> None:
        """Give a cluster's master user another password, on the server."""
        cluster = self._servers.find(record.db_cluster_resource_id)
        if cluster is None:
            raise unsupported(f"a password of {record.db_cluster_identifier}, which has no server.")
        with cluster.lock:
            was_up = cluster.server.is_up()
            cluster.server.start()
            cluster.server.change_password(record.master_username, password)
            if not was_up:
                cluster.server.stop()

    @staticmethod
    def _attempt(record: Any, work: Callable[[], None]) -> None:
        """Do something in the background; what fails shows as the status, and in the sandbox's log."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - RDS tells of it by a status
            print(f"{record.arn}: {error}", flush=True)
            if isinstance(record, models.DBCluster):
                record.sandbox_status = "inaccessible-encryption-credentials"
            else:
                record.status = "failed"


def _record(backend: Any, name: str) -> Any:
    # By ARN or by identifier, which has no upper case.
    record = backend.clusters.get(name.rpartition(":")[2].lower())
    if record is None:
        raise DBClusterNotFoundError(name)
    return record
