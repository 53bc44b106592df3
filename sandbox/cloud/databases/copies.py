"""Snapshots of clusters, and clusters made from them, from another cluster, or from a point in time."""

import copy
from datetime import datetime, timezone
from typing import Any

from moto.rds import models
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBClusterSnapshotAlreadyExistsError,
    DBClusterSnapshotNotFoundError,
)

from sandbox.aurora.copies import earliest_time
from sandbox.cloud.databases.clusters import Databases
from sandbox.cloud.databases.records import Refused
from sandbox.cloud.databases.servers import Cluster, Servers
from sandbox.cloud.world import in_background

# What a restored cluster does not take over from its source: AWS gives it the defaults.
NOT_TAKEN_OVER = {
    "backend", "db_subnet_group", "vpc_security_group_ids", "db_subnet_group_name", "parameter_group",
    "deletion_protection", "tags", "status", "sandbox_status", "manage_master_user_password", "master_user_secret",
    "associated_roles",
}  # fmt: skip
COPY_ON_WRITE, FULL_COPY = "copy-on-write", "full-copy"


class Copies:
    """The operations on snapshots and restored clusters that replace moto's.

    Args:
        databases: The clusters.
        servers: Their servers.
    """

    def __init__(self, databases: Databases, servers: Servers) -> None:
        self._databases, self._servers = databases, servers

    def create_db_cluster_snapshot(
        self,
        backend: Any,
        db_cluster_identifier: str,
        db_cluster_snapshot_identifier: str,
        snapshot_type: str = "manual",
        tags: list[dict[str, str]] | None = None,
    ) -> Any:
        """Take a snapshot: of the moment of the call, as a storage snapshot is."""
        name = db_cluster_snapshot_identifier.lower()
        if name in backend.cluster_snapshots:
            raise DBClusterSnapshotAlreadyExistsError(name)
        record, cluster = self._source(backend, db_cluster_identifier)
        snapshot = models.DBClusterSnapshot(backend, record, name, snapshot_type, tags)
        snapshot.status, snapshot.percent_progress = "creating", 0
        backend.cluster_snapshots[name] = snapshot

        def take() -> None:
            try:
                with cluster.lock:
                    self._servers.take_snapshot(cluster, name)
                snapshot.percent_progress, snapshot.status = 100, "available"
            except Exception as error:  # noqa: BLE001 - RDS tells of it by the status
                print(f"snapshot {name}: {error}", flush=True)
                snapshot.status = "failed"

        in_background(take)
        return snapshot

    def delete_db_cluster_snapshot(self, backend: Any, db_snapshot_identifier: str) -> Any:
        """Delete a snapshot and its data."""
        snapshot = backend.cluster_snapshots.pop(db_snapshot_identifier.lower(), None)
        if snapshot is None:
            raise DBClusterSnapshotNotFoundError(db_snapshot_identifier)
        self._servers.remove_snapshot(snapshot.db_cluster_snapshot_identifier)
        return snapshot

    def restore_db_cluster_from_snapshot(self, backend: Any, from_snapshot_id: str, overrides: dict[str, Any]) -> Any:
        """Make a cluster from a snapshot: without instances, with the default security group unless told otherwise."""
        name = from_snapshot_id.rpartition(":")[2].lower()
        snapshot = backend.cluster_snapshots.get(name)
        if snapshot is None:
            raise DBClusterSnapshotNotFoundError(from_snapshot_id)
        if snapshot.status != "available":
            raise Refused("InvalidDBClusterSnapshotStateFault", f"DB cluster snapshot {name} is {snapshot.status}.")
        properties = {**_taken_over(snapshot.cluster), **{k: v for k, v in overrides.items() if v is not None}}
        properties.pop("snapshot_identifier", None)
        return self._databases.make_cluster(
            backend, properties, lambda cluster, _record: self._servers.restore_snapshot(name, cluster)
        )

    def restore_db_cluster_to_point_in_time(
        self,
        backend: Any,
        db_cluster_identifier: str,
        source_db_cluster_identifier: str,
        restore_type: str = FULL_COPY,
        restore_to_time: datetime | None = None,
        use_latest_restorable_time: bool = False,  # noqa: FBT001, FBT002 - moto's signature
        **overrides: Any,
    ) -> Any:
        """Make a cluster from another one: its clone, or what it held at a time."""
        record, source = self._source(backend, source_db_cluster_identifier)
        to_time = _check_time(record, source, restore_type, restore_to_time, latest=use_latest_restorable_time)

        def make(cluster: Cluster, _record: Any) -> None:
            with source.lock:
                if to_time is None:
                    source.server.clone(cluster.server)
                else:
                    source.server.restore_to_time(cluster.server, to_time)

        properties = {**_taken_over(record), **overrides, "db_cluster_identifier": db_cluster_identifier}
        return self._databases.make_cluster(backend, properties, make)

    def _source(self, backend: Any, name: str) -> tuple[Any, Cluster]:
        record = backend.clusters.get(name.rpartition(":")[2].lower())
        cluster = self._servers.find(record.db_cluster_resource_id) if record is not None else None
        if record is None or cluster is None:
            raise DBClusterNotFoundError(name)
        if record.status in {"creating", "deleting"}:
            raise Refused("InvalidDBClusterStateFault", f"DB cluster {name} is {record.status}.")
        return record, cluster


def _taken_over(record: Any) -> dict[str, Any]:
    properties = {key.removeprefix("_"): copy.copy(value) for key, value in record.__dict__.items()}
    if record.manage_master_user_password:  # the copy has the source's password, but no secret that RDS keeps
        properties["master_user_password"] = "taken over with the data"  # noqa: S105 - moto wants one
    return {key: value for key, value in properties.items() if key not in NOT_TAKEN_OVER}


def _check_time(
    record: Any, source: Cluster, restore_type: str, to_time: datetime | None, *, latest: bool
) -> datetime | None:
    """Return the time to restore to, None for now; refuse what AWS refuses."""
    if restore_type not in {COPY_ON_WRITE, FULL_COPY}:
        raise Refused("InvalidParameterValue", f"RestoreType is {FULL_COPY} or {COPY_ON_WRITE}, not {restore_type}.")
    if to_time is not None and restore_type == COPY_ON_WRITE:
        raise Refused("InvalidParameterCombination", "RestoreToTime can't be specified for a copy-on-write clone.")
    if (to_time is not None) == bool(latest):
        raise Refused(
            "InvalidParameterCombination", "Specify either RestoreToTime or UseLatestRestorableTime, and not both."
        )
    if to_time is None:
        return None
    aware = to_time if to_time.tzinfo else to_time.replace(tzinfo=timezone.utc)
    earliest = earliest_time(source.server)
    if earliest is None or aware < earliest or aware > datetime.now(timezone.utc):
        name = record.db_cluster_identifier
        raise Refused("InvalidRestoreFault", f"{name} cannot be restored to that time: its earliest is {earliest}.")
    return aware
