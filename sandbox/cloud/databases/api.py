"""What of RDS's operations is put in the place of moto's, and what is refused by name because it would be a lie."""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds import models
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from sandbox.cloud.databases.clusters import Databases
from sandbox.cloud.databases.copies import Copies
from sandbox.cloud.databases.records import DBCluster, DBInstanceClustered, MasterUserSecret, Refused, unsupported
from sandbox.cloud.replacement import replace_class, replace_operations

REFUSED = (
    "create_db_instance_read_replica", "create_db_snapshot", "copy_db_snapshot", "create_db_shard_group",
    "promote_read_replica", "restore_db_instance_from_db_snapshot", "restore_db_instance_to_point_in_time",
    "failover_db_cluster", "stop_db_instance", "start_db_instance", "reboot_db_instance", "start_db_cluster",
    "stop_db_cluster", "copy_db_cluster_snapshot", "start_export_task", "create_global_cluster",
    "promote_read_replica_db_cluster", "create_db_proxy", "create_blue_green_deployment",
)  # fmt: skip

_plain_delete_cluster = RDSResponse.delete_db_cluster


def install(databases: Databases, copies: Copies) -> None:
    """Put these operations in the place of moto's."""
    replace_class(models, "DBCluster", DBCluster)
    replace_class(models, "DBInstanceClustered", DBInstanceClustered)
    replace_class(models, "MasterUserSecret", MasterUserSecret)
    of_databases = (
        "create_db_cluster", "modify_db_cluster", "delete_db_cluster", "create_db_instance", "delete_db_instance",
    )  # fmt: skip
    of_copies = (
        "create_db_cluster_snapshot", "delete_db_cluster_snapshot", "restore_db_cluster_from_snapshot",
        "restore_db_cluster_to_point_in_time",
    )  # fmt: skip
    replace_operations(RDSBackend, databases, of_databases)
    replace_operations(RDSBackend, copies, of_copies)
    for name in REFUSED:
        setattr(RDSResponse, name, _refused(name))
    RDSResponse.delete_db_cluster = _delete_db_cluster


def _refused(name: str) -> Any:
    def refused(_response: Any) -> ActionResult:
        raise unsupported(f"{''.join(word.capitalize() for word in name.split('_'))}.")

    return refused


def _delete_db_cluster(response: Any) -> ActionResult:
    """Ask, as AWS does, what is to become of the data."""
    skips = bool(response.params.get("SkipFinalSnapshot"))
    if skips == bool(response.params.get("FinalDBSnapshotIdentifier")):
        raise Refused(
            "InvalidParameterCombination", "Give FinalDBSnapshotIdentifier or SkipFinalSnapshot=true, and not both."
        )
    return _plain_delete_cluster(response)
