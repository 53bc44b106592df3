"""Adoption of an Aurora cluster that is there already, with its administrator's secret. Plain Python; it only looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from components.adoption import AdoptionError, reason_of

ENGINE = "aurora-mysql"


class Rds(Protocol):
    """The RDS calls that adoption needs."""

    def describe_db_clusters(self, **arguments: Any) -> Mapping[str, Any]:
        """Describe clusters."""


class Secrets(Protocol):
    """The calls to Secrets Manager that adoption needs: that a secret is there, never what it holds."""

    def describe_secret(self, **arguments: Any) -> Mapping[str, Any]:
        """Describe a secret."""


@dataclass(frozen=True, kw_only=True)
class AdoptedCluster:
    """A cluster as it is.

    Attributes:
        endpoint: The writer's address.
        port: Its port.
        subnet_group: Its subnet group.
        parameter_group: Its cluster parameter group.
        security_group_ids: Its security groups.
        secret_arn: The administrator's secret.
    """

    endpoint: str
    port: int
    subnet_group: str
    parameter_group: str
    security_group_ids: Sequence[str]
    secret_arn: str


def find_cluster(rds: Rds, secrets: Secrets, identifier: str, secret: str, backup_days: int) -> AdoptedCluster:
    """Find a cluster and its administrator's secret.

    Args:
        rds: Client of the stack's account and region.
        secrets: The same of Secrets Manager.
        identifier: The cluster's.
        secret: The secret's name.
        backup_days: For how many days its backups have to be kept.

    Raises:
        AdoptionError: One of them is not there, or the cluster is not what a refresh needs.
    """
    cluster = _cluster(rds, identifier)
    refused = _refused(cluster, identifier, backup_days)
    if refused:
        raise AdoptionError("; ".join(refused))
    return AdoptedCluster(
        endpoint=str(cluster["Endpoint"]),
        port=int(cluster["Port"]),
        subnet_group=str(cluster["DBSubnetGroup"]),
        parameter_group=str(cluster["DBClusterParameterGroup"]),
        security_group_ids=[str(one["VpcSecurityGroupId"]) for one in cluster["VpcSecurityGroups"]],
        secret_arn=_secret_arn(secrets, secret),
    )


def _cluster(rds: Rds, identifier: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]
    except (BotoCoreError, ClientError) as error:
        raise AdoptionError(
            f"aurora.cluster.adopt: {identifier} cannot be looked up ({reason_of(error)}); check the identifier and "
            "aws:region, or set `name` instead of `adopt` to have a cluster made"
        ) from None
    return found


def _refused(cluster: Mapping[str, Any], identifier: str, backup_days: int) -> list[str]:
    reasons = []
    if cluster["Engine"] != ENGINE:
        reasons.append(f"aurora.cluster.adopt: {identifier} is of engine {cluster['Engine']}; it has to be {ENGINE}")
    if not cluster.get("StorageEncrypted"):
        reasons.append(f"aurora.cluster.adopt: {identifier} is not encrypted; restore it into an encrypted one first")
    kept = int(cluster.get("BackupRetentionPeriod") or 0)
    if kept < backup_days:
        reasons.append(
            f"aurora.cluster.adopt: {identifier} keeps backups for {kept} days, aurora.cluster.backup_days asks for "
            f"{backup_days}: aws rds modify-db-cluster --db-cluster-identifier {identifier} "
            f"--backup-retention-period {backup_days} --apply-immediately"
        )
    return reasons


def _secret_arn(secrets: Secrets, name: str) -> str:
    try:
        return str(secrets.describe_secret(SecretId=name)["ARN"])
    except (BotoCoreError, ClientError) as error:
        raise AdoptionError(
            f"aurora.names.secret: {name} cannot be looked up ({reason_of(error)}); an adopted cluster needs its "
            "administrator's secret to be there, as JSON with username and password"
        ) from None
